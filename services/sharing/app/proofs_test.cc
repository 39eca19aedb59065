// What a gateway hands over is provable offline, and what comes without a proof is not shown.
#include <map>
#include <string>
#include <vector>

#include "libs/audit/export.h"
#include "services/sharing/adapters/audit_proof.h"
#include "services/sharing/audit/adapters/audit_view.h"
#include "services/sharing/audit/domain/schedule.h"
#include "services/sharing/testing/sharing_fixture.h"
#include "waymark/gateway/v1/audit.pb.h"

namespace waymark::sharing {
namespace {

using gateway::v1::Alert;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

const absl::Duration kARound = audit_room::kPublishEvery + absl::Minutes(2);
constexpr char kExport[] = "/waymark.gateway.v1.AuditService/ExportLog";

std::vector<std::string> CodesOf(const audit::Verdict& verdict) {
  std::vector<std::string> codes;
  for (const audit::Finding& finding : verdict.findings) {
    codes.push_back(finding.what + " at " + finding.where);
  }
  return codes;
}

class ProofsTest : public SharingTest {
 protected:
  // As an outsider: every public key, no secret.
  audit::TrustedKeys Keys() { return PartnershipKeys(world.MembershipOf("council")); }

  void GiveConsent() { ASSERT_TRUE(Record(GoodConsent()).ok()); }

  void Forge(const std::string& agency) {
    world.MembershipOf(agency).audit_key =
        std::make_shared<const crypto::SigningKey>(crypto::SigningKey::Generate(world.random));
  }

  // Heads of the police that this gateway was shown and has not yet found in what they published.
  std::vector<gateway::v1::StoredHead> UntiedAt(const std::string& agency) {
    std::vector<gateway::v1::StoredHead> untied;
    world.Read(agency, [&](const runtime::View& view) {
      untied = audit_room::AuditView(view).Untied("police");
    });
    return untied;
  }

  bool Alarmed(const std::string& code) { return world.alarms.IsRaised(code); }

  // The files of an export, or why there are none.
  absl::StatusOr<std::map<std::string, std::string>> Export(const std::string& agency,
                                                            const std::string& role,
                                                            const std::string& purpose = "audit") {
    gateway::v1::ExportLogRequest request;
    request.set_partnership(GatewayWorld::kPartnership);
    request.set_purpose(purpose);
    rpc::CallOptions options;
    if (!role.empty()) options.bearer_token = role + ":p-1";
    using Stream = rpc::ClientStream<gateway::v1::ExportLogRequest, gateway::v1::ExportLogResponse>;
    const auto stream = rpc::OpenServerStream<gateway::v1::ExportLogResponse>(
        *world.System(agency, "console"), kExport, request, options);
    std::map<std::string, std::string> files;
    absl::Status end = absl::UnavailableError("no end");
    std::function<void(Stream::Item)> take = [&](Stream::Item item) {
      end = item.status();
      if (!item.ok() || !item->has_value()) return;
      end = absl::UnavailableError("no end");
      const gateway::v1::ExportLogResponse& part = **item;
      if (part.has_file()) files[part.file().path()] = part.file().content();
      for (const auto& opening : part.openings().openings()) {
        files["openings.jsonl"] +=
            audit::OpeningLine({opening.index(), opening.salt(), opening.entry()});
      }
      stream->Read(take);
    };
    stream->Read(take);
    world.Run();
    if (!end.ok()) return end;
    return files;
  }
};

TEST_F(ProofsTest, AFetchedShareCarriesAProofThatAnyoneCanCheck) {
  PublishAndAsk();
  GiveConsent();
  const std::string share = Shares()[0].share_id();
  const auto fetched = Fetch(FetchOf(share));
  ASSERT_TRUE(fetched.ok()) << fetched.status();
  gateway::v1::ShareContent content;
  ASSERT_TRUE(content.ParseFromString(fetched->content()));
  EXPECT_EQ(content.fields_size(), fetched->proof().fields_size());

  const audit::Verdict verdict = audit::VerifyDisclosure(fetched->proof(), Keys());
  ASSERT_THAT(CodesOf(verdict), IsEmpty());
  const audit::ProvenLeaf& leaf = verdict.proven.front();
  EXPECT_EQ("fenland.waymark/audit/police", leaf.origin);
  EXPECT_EQ("share_fetched", leaf.entry.what());
  const auto& facts = leaf.entry.facts();
  EXPECT_EQ(share, facts.at("share"));
  EXPECT_EQ("housing", facts.at("recipient"));
  EXPECT_EQ("consent", facts.at("lawful_gateway"));
  EXPECT_EQ(content.clause(), facts.at("clause"));
  EXPECT_EQ(content.consent_id(), facts.at("consent"));
  EXPECT_THAT(facts.at("agreement"), HasSubstr("fenland-isa "));
  EXPECT_EQ(64u, facts.at("agreement_digest").size());
  EXPECT_EQ("subject-7", facts.at("reader"));
  EXPECT_EQ(1u, facts.count("lease_until"));
  EXPECT_EQ(1u, facts.count("expires_at"));
  EXPECT_EQ(1u, facts.count("field.person.name"));
}

TEST_F(ProofsTest, AProofNamesNoPersonOfTheOriginAndNothingThatCouldBeGuessed) {
  PublishAndAsk();
  GiveConsent();
  const auto fetched = Fetch(FetchOf(Shares()[0].share_id()));
  ASSERT_TRUE(fetched.ok());
  EXPECT_THAT(fetched->proof().log().entry(), Not(HasSubstr(asked.person_ids(0))));
  EXPECT_THAT(fetched->proof().log().entry(), Not(HasSubstr("Canaryson")));
  EXPECT_THAT(world.EverythingStored(), Not(HasSubstr(fetched->proof().fields(0).salt())));
  // And yet the leaf lies under the person's key.
  uint64_t last = fetched->proof().log().index();
  world.Read("police", [&](const runtime::View& view) {
    const vault::VaultView vault(world.MembershipOf("police"), view);
    const uint64_t slot = vault.Person(asked.person_ids(0))->key_slot();
    EXPECT_TRUE(OpenLeaf(world.MembershipOf("police"), view, last).has_value());
    ASSERT_TRUE(world.MembershipOf("police").person_keys->Erase(slot).ok());
    EXPECT_FALSE(OpenLeaf(world.MembershipOf("police"), view, last).has_value());
  });
}

TEST_F(ProofsTest, TwoFetchesOfTheSameValueCommitToItDifferently) {
  PublishAndAsk();
  GiveConsent();
  const std::string share = Shares()[0].share_id();
  const auto first = Fetch(FetchOf(share));
  const auto second = Fetch(FetchOf(share));
  EXPECT_EQ(first->proof().fields(0).value(), second->proof().fields(0).value());
  EXPECT_NE(first->proof().fields(0).salt(), second->proof().fields(0).salt());
  EXPECT_LT(first->proof().log().index(), second->proof().log().index());
}

TEST_F(ProofsTest, AnAlertCarriesTheProofsOfItsOriginsAndOfItsSending) {
  RaiseAlert();
  PublishAndAsk();
  const auto system = world.Subscribe("housing", "alerts", "main");
  GiveConsent();
  ASSERT_THAT(system->alerts(), SizeIs(2));
  for (const Alert& alert : system->alerts()) {
    EXPECT_THAT(CodesOf(audit::VerifyAlert(alert, Keys())), IsEmpty());
  }
  EXPECT_THAT(system->alerts()[0].proof().origins(), IsEmpty()) << "nothing personal";
  const Alert full = system->alerts()[1];
  ASSERT_THAT(full.proof().origins(), SizeIs(1));
  Alert changed = full;
  (*changed.mutable_fields())["person.name"] = "Somebody Else";
  EXPECT_THAT(CodesOf(audit::VerifyAlert(changed, Keys())),
              ElementsAre("wrong_content at alert", "wrong_content at alert.fields.person.name"));
}

TEST_F(ProofsTest, APushedShareIsProvenAndItsProofKeptWithIt) {
  RaiseAlert();
  common::v1::Safeguarding child;
  child.set_child_at_risk(true);
  PublishAndAsk(child);
  world.Peer("housing", "police").cut = true;
  const auto system = world.Subscribe("housing", "alerts", "main");
  ASSERT_THAT(system->alerts(), SizeIs(1));
  const Alert alert = system->alerts()[0];
  ASSERT_THAT(alert.fields(), Not(IsEmpty()));
  const audit::Verdict verdict = audit::VerifyAlert(alert, Keys());
  EXPECT_THAT(CodesOf(verdict), IsEmpty());
  ASSERT_THAT(verdict.proven, SizeIs(2));
  EXPECT_EQ("share_decided", verdict.proven[1].entry.what());
  EXPECT_EQ("pushed", verdict.proven[1].entry.facts().at("state"));
}

TEST_F(ProofsTest, AProofShowsWhoCosignedTheLogItStandsIn) {
  world.StartAudit();
  PublishAndAsk();
  GiveConsent();
  const auto before = Fetch(FetchOf(Shares()[0].share_id()));
  EXPECT_THAT(before->proof().log().witnessed(), IsEmpty()) << "nobody has cosigned yet";
  world.Advance(kARound);
  const auto fetched = Fetch(FetchOf(Shares()[0].share_id()));
  ASSERT_TRUE(fetched.ok()) << fetched.status();
  const audit::Verdict verdict = audit::VerifyDisclosure(fetched->proof(), Keys());
  ASSERT_THAT(CodesOf(verdict), IsEmpty());
  std::vector<std::string> witnesses;
  for (const audit::Cosigned& one : verdict.proven.front().cosigned) {
    witnesses.push_back(one.witness);
  }
  EXPECT_THAT(witnesses, UnorderedElementsAre("fenland.waymark/witness/council",
                                              "fenland.waymark/witness/housing"));
}

TEST_F(ProofsTest, TheHeadThatAHandOverShowsIsTiedToWhatItsOriginPublished) {
  world.StartAudit();
  RaiseAlert();
  PublishAndAsk();
  const auto system = world.Subscribe("housing", "alerts", "main");
  GiveConsent();
  ASSERT_THAT(system->alerts().back().fields(), Not(IsEmpty()));
  EXPECT_THAT(UntiedAt("housing"), SizeIs(1)) << "fetched";
  world.Advance(kARound + audit_room::kPublishEvery);
  EXPECT_THAT(UntiedAt("housing"), IsEmpty());
}

TEST_F(ProofsTest, AHeadWaitsForItsOriginAndNobodyIsAlarmed) {
  world.StartAudit();
  RaiseAlert();
  PublishAndAsk();
  const auto system = world.Subscribe("housing", "alerts", "main");
  GiveConsent();
  ASSERT_THAT(UntiedAt("housing"), SizeIs(1));
  ASSERT_TRUE(Fetch(FetchOf(Shares()[0].share_id())).ok()) << "the log has grown beyond that head";
  world.Peer("housing", "police").cut = true;
  world.Advance(absl::Hours(6));
  EXPECT_THAT(UntiedAt("housing"), SizeIs(1));
  EXPECT_FALSE(Alarmed("effect_dead_end"));
  world.Peer("housing", "police").cut = false;
  ASSERT_TRUE(Fetch(FetchOf(Shares()[0].share_id())).ok());
  world.Advance(absl::Hours(2));
  EXPECT_THAT(UntiedAt("housing"), IsEmpty());
}

TEST_F(ProofsTest, TheHeadThatAPushedShareShowsIsTiedToo) {
  world.StartAudit();
  common::v1::Safeguarding child;
  child.set_child_at_risk(true);
  PublishAndAsk(child);
  EXPECT_THAT(UntiedAt("housing"), SizeIs(1));
  world.Advance(kARound + audit_room::kPublishEvery);
  EXPECT_THAT(UntiedAt("housing"), IsEmpty());
}

TEST_F(ProofsTest, AFetchedShareWithoutAValidProofIsNotShownAndAlarmed) {
  RaiseAlert();
  PublishAndAsk();
  const auto system = world.Subscribe("housing", "alerts", "main");
  Forge("police");
  GiveConsent();
  const Alert last = system->alerts().back();
  EXPECT_THAT(last.fields(), IsEmpty());
  EXPECT_EQ("proof_not_valid", last.withheld().at("person.name"));
  EXPECT_TRUE(Alarmed("disclosure_without_proof"));
}

TEST_F(ProofsTest, APushedShareWithoutAValidProofIsKeptOutAndAlarmed) {
  RaiseAlert();
  Forge("police");
  common::v1::Safeguarding child;
  child.set_child_at_risk(true);
  PublishAndAsk(child);
  const auto system = world.Subscribe("housing", "alerts", "main");
  ASSERT_THAT(system->alerts(), SizeIs(1));
  EXPECT_THAT(system->alerts()[0].fields(), IsEmpty());
  EXPECT_EQ(1u, world.DeadLetters("housing"));
  EXPECT_THAT(world.alarms.Raised(), Not(IsEmpty()));
}

TEST_F(ProofsTest, AnExportedLogVerifiesAndContinuesTheCheckpointOfEveryProof) {
  PublishAndAsk();
  GiveConsent();
  const auto fetched = Fetch(FetchOf(Shares()[0].share_id()));
  ASSERT_TRUE(fetched.ok());
  const auto files = Export("police", "auditor");
  ASSERT_TRUE(files.ok()) << files.status();
  const auto reader = [&](const std::string& path) -> absl::StatusOr<std::string> {
    const auto found = files->find(path);
    if (found == files->end()) return absl::NotFoundError(path);
    return found->second;
  };
  const audit::ExportVerdict verdict =
      audit::VerifyExport(reader, Keys(), fetched->proof().log().checkpoint());
  EXPECT_THAT(CodesOf(verdict.verdict), IsEmpty());
  EXPECT_EQ("fenland.waymark/audit/police", verdict.origin);
  EXPECT_GT(verdict.size, fetched->proof().log().index());
  EXPECT_EQ(verdict.opened, verdict.size);
  EXPECT_THAT(world.Audited("police").back(), "log_exported");
}

TEST_F(ProofsTest, OnlyAnAuditorOrDataProtectionLeadWithAPurposeGetsTheLog) {
  EXPECT_TRUE(Export("police", "data_protection_lead").ok());
  for (const char* role : {"", "officer", "supervisor", "manager"}) {
    EXPECT_FALSE(Export("police", role).ok()) << role;
  }
  for (const char* purpose : {"", "two words"}) {
    EXPECT_THAT(Codes(Export("police", "auditor", purpose).status()), ElementsAre("missing_field"));
  }
}

}  // namespace
}  // namespace waymark::sharing
