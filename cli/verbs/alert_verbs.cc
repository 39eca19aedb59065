// waymark alerts: how an agency hears of high risk.
#include <ostream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/publish/mailbox.h"
#include "cli/verbs/ask.h"
#include "cli/verbs/interrupt.h"
#include "cli/verbs/verbs.h"
#include "libs/base/status.h"
#include "waymark/gateway/v1/alert.pb.h"

namespace waymark::cli {
namespace {

using gateway::v1::Alert;
using gateway::v1::SubscribeAlertsRequest;
using gateway::v1::SubscribeAlertsResponse;
using AlertStream = rpc::ClientStream<SubscribeAlertsRequest, SubscribeAlertsResponse>;

constexpr absl::Duration kPause = absl::Seconds(1);

struct TailOptions {
  ConnectionOptions connection;
  std::string subscription = "console", resume, purpose = "support_victim";
  int64_t count = 0;
  int64_t give_up_after_s = 60;
};

void PrintFields(const google::protobuf::Map<std::string, std::string>& fields,
                 const std::string& before, std::ostream& out) {
  const std::map<std::string, std::string> sorted(fields.begin(), fields.end());
  for (const auto& [name, value] : sorted) out << before << name << ": " << value << "\n";
}

void PrintAlert(const Alert& alert, const std::string& agency, std::ostream& out) {
  out << Word(common::v1::Band_Name(alert.band()), "BAND_") << "  " << London(alert.raised_at())
      << "  alert " << alert.alert_id() << " (version " << alert.version() << "), case "
      << alert.case_id() << "\n  "
      << LowerWord(common::v1::Category_Name(alert.category()), "CATEGORY_");
  if (!alert.area().outward_postcode().empty()) out << ", " << alert.area().outward_postcode();
  if (!alert.area().lsoa().empty()) out << ", " << alert.area().lsoa();
  out << "; HIGH by " << absl::StrJoin(alert.band_by(), ", ") << "; lead " << alert.lead_agency();
  if (!alert.lead_contact().empty()) out << ", " << alert.lead_contact();
  out << "\n";
  PrintFields(alert.fields(), "  ", out);
  if (alert.fields().empty()) out << "  without personal data\n";
  if (!alert.basis().lawful_gateway().empty()) {
    out << "  by " << alert.basis().lawful_gateway() << ", " << alert.basis().clause() << ", until "
        << London(alert.basis().expires_at()) << "\n";
  }
  PrintFields(alert.withheld(), "  withheld ", out);
  if (!alert.origin_unreachable().empty()) out << "  ring " << alert.origin_unreachable() << "\n";
  if (alert.has_acknowledge_by()) {
    out << "  acknowledge by " << London(alert.acknowledge_by()) << ": waymark alerts acknowledge "
        << alert.alert_id() << " --as " << agency << ":PERSON\n";
  }
}

// One run of `alerts tail`, over as many streams as it takes.
class Tail {
 public:
  Tail(Workshop& workshop, const TailOptions& options, const Connection& connection)
      : workshop_(workshop),
        options_(options),
        connection_(connection),
        resume_(options.resume),
        heard_at_(workshop.clock.Elapsed()) {}

  int Go() {
    const std::atomic<bool>& stop = WatchInterrupts();
    while (!stop) {
      if (stream_ == nullptr && Now() >= open_at_) {
        const absl::Status opened = Open();
        if (!opened.ok()) return Fail(opened);
      }
      const std::optional<Letter> letter = mailbox_->Take();
      if (!letter) {
        if (stream_ == nullptr && GivesUp()) return Fail(last_loss_);
        continue;
      }
      reading_ = false;
      if (!letter->ok() || !letter->value().has_value()) {
        if (const int code = Lost(*letter); code != kExitOk) return code;
        continue;
      }
      heard_at_ = Now();
      Hear(*letter->value());
      if (options_.count > 0 && heard_ >= options_.count) return EndWell();
      ReadNext();
    }
    return EndWell();
  }

 private:
  using Letter = AlertStream::Item;

  absl::Duration Now() const { return workshop_.clock.Elapsed(); }
  bool GivesUp() const { return Now() - heard_at_ > absl::Seconds(options_.give_up_after_s); }

  absl::Status Open() {
    WM_ASSIGN_OR_RETURN(rpc::CallOptions call, connection_.Options());
    call.timeout = absl::InfiniteDuration();
    stream_ = rpc::OpenBidi<SubscribeAlertsRequest, SubscribeAlertsResponse>(
        *connection_.channel, "/waymark.gateway.v1.AlertService/SubscribeAlerts", call);
    mailbox_ = std::make_shared<Mailbox<Letter>>();
    SubscribeAlertsRequest request;
    request.mutable_start()->set_partnership(connection_.partnership);
    request.mutable_start()->set_subscription(options_.subscription);
    request.mutable_start()->set_resume_token(resume_);
    request.mutable_start()->set_purpose(options_.purpose);
    Write(request);
    ReadNext();
    return absl::OkStatus();
  }

  // Waits until it is written, or the stream is over: then the read says so.
  void Write(const SubscribeAlertsRequest& request) {
    auto written = std::make_shared<Mailbox<bool>>();
    stream_->Write(request, [written](bool ok) { written->Put(ok); });
    for (int glances = 0; glances < kGlancesMax; ++glances) {
      if (written->Take()) return;
    }
  }

  void ReadNext() {
    reading_ = true;
    stream_->Read([mailbox = mailbox_](Letter item) { mailbox->Put(std::move(item)); });
  }

  void Hear(const SubscribeAlertsResponse& response) {
    if (response.has_heartbeat()) return;
    std::ostream& out = workshop_.terminal.out;
    if (options_.connection.json) {
      out << JsonOf(response) << "\n";
    } else if (response.has_alert()) {
      PrintAlert(response.alert(), connection_.agency, out);
    } else if (response.has_tombstone()) {
      out << "WITHDRAWN  alert " << response.tombstone().alert_id() << " (version "
          << response.tombstone().version() << "): " << response.tombstone().reason()
          << "; remove what you took from it\n";
    }
    out << std::flush;
    ++heard_;
    resume_ = response.resume_token();
    SubscribeAlertsRequest receipt;
    receipt.mutable_receipt()->set_resume_token(resume_);
    Write(receipt);
  }

  int Lost(const Letter& letter) {
    stream_ = nullptr;
    last_loss_ =
        letter.ok() ? absl::UnavailableError("the gateway ended the stream") : letter.status();
    const int code = ExitCodeOf(last_loss_);
    if (code != kExitUnreachable || GivesUp()) return Fail(last_loss_);
    if (!options_.connection.json) {
      workshop_.terminal.err << "trying again: " << last_loss_.message() << "\n";
    }
    open_at_ = Now() + kPause;
    return kExitOk;
  }

  int Fail(const absl::Status& status) {
    SayStatus(workshop_.terminal, options_.connection.json, "alerts tail", status);
    return ExitCodeOf(status);
  }

  // Receipts are on their way; the end of the stream says that they arrived.
  int EndWell() {
    if (stream_ == nullptr) return kExitOk;
    stream_->WritesDone();
    if (!reading_) ReadNext();
    for (int glances = 0; glances < kGlancesMax;) {
      const std::optional<Letter> letter = mailbox_->Take();
      if (!letter) {
        ++glances;
      } else if (letter->ok() && letter->value().has_value()) {
        ReadNext();  // not shown, and so without a receipt: it comes again
      } else {
        break;
      }
    }
    return kExitOk;
  }

  static constexpr int kGlancesMax = 20;  // tenths of a second

  Workshop& workshop_;
  const TailOptions& options_;
  const Connection& connection_;
  std::shared_ptr<AlertStream> stream_;
  std::shared_ptr<Mailbox<Letter>> mailbox_ = std::make_shared<Mailbox<Letter>>();
  bool reading_ = false;
  std::string resume_;
  int64_t heard_ = 0;
  absl::Duration heard_at_;
  absl::Duration open_at_ = -absl::InfiniteDuration();
  absl::Status last_loss_ = absl::UnavailableError("no answer yet");
};

void AddTail(const Verb& alerts, Workshop& workshop) {
  const Verb verb = alerts.Sub("tail", "Print alerts as they come, and say that they arrived");
  const auto options = std::make_shared<TailOptions>();
  verb.Text("--subscription", &options->subscription,
            "name under which the gateway keeps your position [console]");
  verb.Text("--resume", &options->resume, "token of the last alert you have [where it stopped]");
  verb.Text("--purpose", &options->purpose, "purpose from the agreement [support_victim]");
  verb.Number("--count", &options->count, 1, INT64_MAX, "end after so many");
  verb.Number("--give-up-after", &options->give_up_after_s, 1, 86400,
              "seconds without a connection [60]");
  AddConnectionOptions(verb, workshop, &options->connection);
  verb.Does([&workshop, options] {
    const absl::StatusOr<Connection> connection = workshop.connect(options->connection);
    if (!connection.ok()) {
      SayStatus(workshop.terminal, options->connection.json, "alerts tail", connection.status());
      return static_cast<int>(kExitUsage);
    }
    return Tail(workshop, *options, *connection).Go();
  });
}

std::string Standing(const gateway::v1::AlertStatus& alert) {
  if (alert.has_acknowledged_at()) return "acknowledged " + London(alert.acknowledged_at());
  if (alert.escalated()) return "ESCALATED: nobody acknowledged in time";
  return "acknowledge by " + London(alert.acknowledge_by());
}

void AddList(const Verb& alerts, Workshop& workshop) {
  const Verb verb = alerts.Sub("list", "Alerts and how far each has come, newest first");
  const auto connection = std::make_shared<ConnectionOptions>();
  AddConnectionOptions(verb, workshop, connection.get());
  verb.Does([&workshop, connection] {
    gateway::v1::ListAlertsRequest request;
    gateway::v1::ListAlertsResponse response;
    return Ask(workshop, *connection,
               {"alerts list", "/waymark.gateway.v1.AlertService/ListAlerts", Asker::kSystem},
               request, response, [&](std::ostream& out) {
                 Table table({"RAISED", "ALERT", "CASE", "DELIVERED", "PERSONAL DATA", "STANDING"});
                 for (const auto& alert : response.alerts()) {
                   table.Add({London(alert.raised_at()), alert.alert_id(), alert.case_id(),
                              London(alert.delivered_at()), alert.depersonalised() ? "no" : "yes",
                              Standing(alert)});
                 }
                 table.Print(out);
                 if (table.empty()) out << "No alerts.\n";
               });
  });
}

void AddAcknowledge(const Verb& alerts, Workshop& workshop) {
  struct Options {
    ConnectionOptions connection;
    gateway::v1::AcknowledgeAlertRequest request;
  };
  const Verb verb = alerts.Sub("acknowledge", "A person has seen it; stops the clock");
  const auto options = std::make_shared<Options>();
  verb.Text("alert", options->request.mutable_alert_id(), "alert id", Need::kRequired);
  AddConnectionOptions(verb, workshop, &options->connection);
  verb.Does([&workshop, options] {
    gateway::v1::AcknowledgeAlertResponse response;
    return Ask(workshop, options->connection,
               {"alerts acknowledge", "/waymark.gateway.v1.AlertService/AcknowledgeAlert"},
               options->request, response, [&](std::ostream& out) {
                 out << "Acknowledged " << London(response.acknowledged_at()) << "\n";
               });
  });
}

}  // namespace

void AddAlerts(Verb root, Workshop& workshop) {
  const Verb alerts = root.Sub("alerts", "How your agency hears of high risk");
  AddTail(alerts, workshop);
  AddList(alerts, workshop);
  AddAcknowledge(alerts, workshop);
}

}  // namespace waymark::cli
