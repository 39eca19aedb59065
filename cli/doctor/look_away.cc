// What lies elsewhere: peers, their clocks, the event log.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/doctor/doctor.h"
#include "libs/base/text.h"
#include "libs/config/topic_parties.h"
#include "libs/config/topics.h"
#include "libs/rpc/probe.h"

namespace waymark::cli {
namespace {

// A difference that makes deadlines wrong, and one that makes certificates and tokens fail.
constexpr absl::Duration kClockWarning = absl::Seconds(5);
constexpr absl::Duration kClockBroken = absl::Minutes(2);

struct Peer {
  std::string name;  // "intake", "gateway/housing"
  std::string endpoint;
  rpc::Principal principal;
};

std::vector<Peer> PeersOf(const config::ProcessConfig& config,
                          const config::Partnership& partnership) {
  const std::string& domain = partnership.trust_domain;
  std::vector<Peer> peers = {
      {"intake", partnership.intake.endpoint, rpc::Principal::Core(domain, "intake")},
      {"risk", partnership.risk.endpoint, rpc::Principal::Core(domain, "risk")},
      {"casemgr", partnership.casemgr.endpoint, rpc::Principal::Core(domain, "casemgr")}};
  for (const config::Member& member : partnership.members) {
    peers.push_back({config::GatewaySource(member.agency), member.endpoint,
                     rpc::Principal::Gateway(domain, member.agency)});
  }
  std::erase_if(peers, [&](const Peer& peer) { return peer.name == SourceOf(config); });
  return peers;
}

// What transports say, put so that somebody can act on it.
std::string RemedyFor(const absl::Status& status, const Peer& peer) {
  const std::string text(status.message());
  struct Known {
    const char* sign;
    const char* remedy;
  };
  static constexpr Known kKnown[] = {
      {"refused", "start it, or correct its address in the partnership directory"},
      {"DNS", "its host name is not known here: correct the directory, or this machine's DNS"},
      {"the server is not", "another program answers there: correct the directory, or its port"},
      {"revoked", "its certificate is revoked: have it issued a new one"},
      {"current revocation list", "fetch the authority's current revocation list"},
      {"has ended", "its certificate has ended: have it issued a new one"},
      {"certificate verify failed",
       "it shows a certificate that the authorities in this ca.pem did not sign, or that is not "
       "valid now: compare both sides' ca.pem, and the clocks"},
      {"handshake failed", "what answers there does not speak TLS as this partnership does"},
      {"Socket closed",
       "it closed the connection: it may not trust this certificate; try "
       "`waymark doctor` there"},
      {"reset",
       "it closed the connection: it may not trust this certificate; try "
       "`waymark doctor` there"},
      {"No route", "open the way to it in the firewall"},
      {"unreachable", "open the way to it in the firewall"},
      {"Deadline", "open the way to it in the firewall"},
      {"deadline", "open the way to it in the firewall"},
  };
  for (const Known& known : kKnown) {
    if (absl::StrContains(text, known.sign)) return known.remedy;
  }
  return absl::StrCat("try `waymark doctor` at ", peer.name);
}

void TellClock(const std::string& name, const rpc::Probe& probe, absl::Time now,
               Findings& findings) {
  if (!probe.its_time) return;
  // It read its clock at some moment between question and answer.
  const absl::Duration ahead = now - *probe.its_time;
  const absl::Duration apart = std::max({ahead - probe.took, -ahead, absl::ZeroDuration()});
  Finding finding{absl::StrCat("clock against ", name), Verdict::kGood,
                  absl::StrCat("at most ", absl::FormatDuration(apart + probe.took), " apart"), ""};
  if (apart >= kClockWarning) {
    finding.verdict = apart >= kClockBroken ? Verdict::kBroken : Verdict::kWarning;
    finding.found = absl::StrCat(absl::FormatDuration(apart),
                                 ahead > absl::ZeroDuration() ? " ahead of it" : " behind it");
    finding.remedy = "mend the time service here or there; docs/runbooks/clock_jump.md";
  }
  findings.push_back(std::move(finding));
}

// Ranges are asked where this process reads; elsewhere the number of partitions is enough.
void LookAtTopic(const config::Partnership& partnership, const std::string& source,
                 const std::string& topic, int partitions, eventlog::EventLog& log,
                 Findings& findings) {
  const std::string what = absl::StrCat("topic ", topic);
  const absl::StatusOr<int> count = log.PartitionCount(topic);
  if (!count.ok()) {
    findings.push_back({what, Verdict::kBroken, std::string(count.status().message()),
                        absl::IsPermissionDenied(count.status()) || absl::IsNotFound(count.status())
                            ? "an operator runs `waymark topics apply`"
                            : "see the broker's log"});
    return;
  }
  if (*count != partitions) {
    findings.push_back(
        {what, Verdict::kBroken,
         absl::StrCat("has ", *count, " partitions; the partnership's directory says ", partitions),
         "never change a topic's partitions: put back the directory it was made for"});
    return;
  }
  const bool reads = config::Reads(partnership, source, topic);
  const bool writes = config::Writes(partnership, source, topic);
  if (reads) {
    const int partition = partitions == 1 ? 0 : config::CorePartition(partnership.id, partitions);
    const auto range = log.Range({topic, partition});
    if (!range.ok()) {
      findings.push_back({what, Verdict::kBroken, std::string(range.status().message()),
                          "an operator runs `waymark topics apply`"});
      return;
    }
  }
  findings.push_back({what, Verdict::kGood,
                      absl::StrCat(reads ? "read" : "", reads && writes ? " and " : "",
                                   writes ? "written" : "", " here"),
                      ""});
}

}  // namespace

void LookAtPeers(const Examination& examination, const config::Partnership& partnership,
                 Findings& findings) {
  for (const Peer& peer : PeersOf(examination.config, partnership)) {
    const std::string what = absl::StrCat("peer ", peer.name, " at ", peer.endpoint);
    rpc::GrpcChannelConfig channel;
    channel.target = peer.endpoint;
    channel.tls_dir = examination.config.tls;
    channel.expected_server = peer.principal;
    const rpc::Probe probe = rpc::ProbeServer(channel, examination.patience, examination.clock);
    if (absl::IsFailedPrecondition(probe.answered)) {
      findings.push_back({what, Verdict::kNotLooked, "this process's own certificate", ""});
    } else if (!probe.answered.ok()) {
      findings.push_back({what, Verdict::kBroken, std::string(probe.answered.message()),
                          RemedyFor(probe.answered, peer)});
    } else if (!probe.serving) {
      findings.push_back({what, Verdict::kWarning, "answers, and does not serve",
                          absl::StrCat("try `waymark doctor` at ", peer.name)});
    } else {
      findings.push_back({what, Verdict::kGood,
                          absl::StrCat("serves, in ", absl::FormatDuration(probe.took)), ""});
    }
    TellClock(peer.name, probe, examination.clock.Now(), findings);
  }
}

void LookAtLog(const Examination& examination, const config::Partnership& partnership,
               Findings& findings) {
  const std::string what =
      absl::StrCat("event log at ", absl::StrJoin(examination.config.log.bootstrap, ", "));
  const auto log = examination.open_log();
  if (!log.ok()) {
    findings.push_back({what, Verdict::kBroken, std::string(log.status().message()),
                        "put certificate, key and ca.pem of this partnership in place"});
    return;
  }
  const std::string source = SourceOf(examination.config);
  Findings topics;
  for (const auto& [topic, partitions] : config::TopicsOf(partnership, source)) {
    const absl::StatusOr<int> first = (*log)->PartitionCount(topic);
    if (absl::IsUnavailable(first.status())) {
      findings.push_back({what, Verdict::kBroken, std::string(first.status().message()),
                          "start the broker, open the way to it, or correct `log.bootstrap`; "
                          "compare its ca.pem with this one"});
      return;
    }
    LookAtTopic(partnership, source, topic, partitions, **log, topics);
  }
  findings.push_back({what, Verdict::kGood, "answers", ""});
  findings.insert(findings.end(), topics.begin(), topics.end());
}

}  // namespace waymark::cli
