#include "libs/audit/verify.h"

#include <functional>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/audit/test_log.h"
#include "libs/base/rfc3339.h"

namespace waymark::audit {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

// Computed apart, in Python.
TEST(Commitments, AreAsComputedApart) {
  EXPECT_EQ(ToHex(LeafCommitment(std::string(16, 1), "entry")),
            "fb71742eb2571054800fcea612eac473da1f9904ea740db3ee0c92c0567c5074");
  EXPECT_EQ(ToHex(FieldCommitment(std::string(16, 2), "person.name", "Zo\xc3\xab Example")),
            "764545c38dc4eced134105a67c0dd36458c11770520f12397883e603ca930170");
  gateway::v1::Alert alert;
  alert.set_alert_id("a-1");
  alert.set_version(2);
  alert.set_band(common::v1::BAND_HIGH);
  alert.add_band_by("police");
  alert.add_band_by("council");
  alert.mutable_area()->set_lsoa("E01099777");
  alert.mutable_basis()->set_clause("fenland-isa 1 clause 2");
  alert.mutable_raised_at()->set_seconds(1772820000);
  alert.mutable_raised_at()->set_nanos(250'000'000);
  (*alert.mutable_fields())["person.name"] = "Zo\xc3\xab Example";
  (*alert.mutable_withheld())["person.email"] = "consent_category";
  alert.mutable_proof()->set_salt("is left out");
  EXPECT_EQ(ToHex(AlertCommitment(std::string(16, 3), alert)),
            "9a9bfc6440055f33c91855864dba929417fbe701767f01a1f22c5ae226becd66");
}

// Every field of an alert must change the commitment: a new one too.
TEST(Commitments, CoverEveryFieldOfAnAlert) {
  const gateway::v1::Alert empty;
  const std::string before = AlertCommitment("", empty);
  const auto* descriptor = gateway::v1::Alert::descriptor();
  for (int i = 0; i < descriptor->field_count(); ++i) {
    const auto* field = descriptor->field(i);
    if (field->name() == "proof") continue;
    gateway::v1::Alert alert;
    ASSERT_TRUE(alert.ParseFromString(
                    field->is_map() ? std::string{static_cast<char>(field->number() << 3 | 2), 6,
                                                  10, 1, 'k', 18, 1, 'v'}
                    : field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE ||
                            field->cpp_type() == google::protobuf::FieldDescriptor::CPPTYPE_STRING
                        ? std::string{static_cast<char>(field->number() << 3 | 2), 3, 10, 1, 'x'}
                        : std::string{static_cast<char>(field->number() << 3), 1}) ||
                field->message_type() != nullptr)
        << field->name();
    if (field->message_type() == google::protobuf::Timestamp::descriptor()) {
      alert.GetReflection()->MutableMessage(&alert, field);
    }
    EXPECT_NE(AlertCommitment("", alert), before) << field->name();
  }
}

TEST(TrustedKeysTest, ReadsKeysAndNamesTheLineItCannotRead) {
  const TestLog log("fenland.waymark/audit/police", 'p');
  const std::string line = NoteVerifierKey(log.origin, log.key.verify_key());
  const auto keys = TrustedKeys::Parse("# of the directory\n\n" + line + "\n");
  ASSERT_TRUE(keys.ok()) << keys.status();
  ASSERT_NE(keys->Log(log.origin), nullptr);
  EXPECT_TRUE(*keys->Log(log.origin) == log.key.verify_key());
  EXPECT_EQ(keys->Log("fenland.waymark/audit/fire"), nullptr);

  std::string other_name = line;
  other_name[0] = 'F';
  for (const std::string& wrong : {std::string("x"), other_name, line + "x", line + "\n" + line,
                                   line.substr(0, line.size() - 8)}) {
    EXPECT_EQ(TrustedKeys::Parse(wrong).status().code(), absl::StatusCode::kInvalidArgument)
        << wrong;
  }
}

class ProofTest : public testing::Test {
 protected:
  static constexpr const char* kAt = "2026-03-06T18:00:00Z";
  static constexpr const char* kEnd = "2026-03-06T18:05:00Z";

  ProofTest() {
    keys_.AddLog(police_.origin, police_.key.verify_key());
    keys_.AddLog(housing_.origin, housing_.key.verify_key());
    keys_.AddWitness("fenland.waymark/witness/fire", fire_.verify_key());
    police_.AddIdle(5);
    disclosure_ = Disclose({{"person.name", "Ann Example"}, {"person.telephone", "0113 496 0001"}});
    alert_.set_alert_id("alert-1");
    alert_.set_case_id("case-1");
    alert_.set_version(2);
    alert_.set_band(common::v1::BAND_HIGH);
    *alert_.mutable_raised_at() = Instant(kAt);
    alert_.mutable_basis()->set_lawful_gateway("consent");
    alert_.mutable_basis()->set_clause("fenland-isa 1 clause 2");
    alert_.mutable_basis()->set_consent_id("consent-1");
    *alert_.mutable_basis()->mutable_expires_at() = Instant(kEnd);
    *alert_.mutable_proof()->add_origins() = disclosure_;
    for (const v1::FieldOpening& field : disclosure_.fields()) {
      (*alert_.mutable_fields())[field.name()] = field.value();
    }
    Send();
  }

  static google::protobuf::Timestamp Instant(const std::string& text) {
    google::protobuf::Timestamp at;
    at.set_seconds(absl::ToUnixSeconds(ParseRfc3339(text).value()));
    return at;
  }

  v1::DisclosureProof Disclose(const std::map<std::string, std::string>& fields,
                               const std::string& what = "share_fetched",
                               const std::string& at = kAt) {
    gateway::v1::AuditEntry entry;
    entry.set_what(what);
    *entry.mutable_at() = Instant(at);
    auto& facts = *entry.mutable_facts();
    facts["share"] = "share-1";
    facts["case"] = "case-1";
    facts["recipient"] = "housing";
    facts["lawful_gateway"] = "consent";
    facts["clause"] = "fenland-isa 1 clause 2";
    facts["consent"] = "consent-1";
    facts["expires_at"] = kEnd;
    v1::DisclosureProof proof;
    for (const auto& [name, value] : fields) {
      v1::FieldOpening& opening = *proof.add_fields();
      opening.set_name(name);
      opening.set_value(value);
      opening.set_salt(std::string(16, name.back()));
      facts["field." + name] = ToHex(FieldCommitment(opening.salt(), name, value));
    }
    police_.Add(entry);
    *proof.mutable_log() = police_.Prove(police_.log.size() - 1);
    return proof;
  }

  void Send() {
    alert_.mutable_proof()->set_salt(std::string(16, 's'));
    gateway::v1::AuditEntry entry;
    entry.set_what("alert_sent");
    *entry.mutable_at() = Instant(kAt);
    auto& facts = *entry.mutable_facts();
    facts["alert"] = alert_.alert_id();
    facts["version"] = "2";
    facts["content"] = ToHex(AlertCommitment(alert_.proof().salt(), alert_));
    housing_.Add(entry);
    *alert_.mutable_proof()->mutable_sent() = housing_.Prove(housing_.log.size() - 1);
  }

  HandOver Expected() const {
    return {
        police_.origin, "share-1",
        "case-1",       "housing",
        "consent",      "fenland-isa 1 clause 2",
        "consent-1",    {{"person.name", "Ann Example"}, {"person.telephone", "0113 496 0001"}}};
  }
  Verdict Check(const v1::DisclosureProof& proof) const { return VerifyDisclosure(proof, keys_); }
  Verdict Check(const gateway::v1::Alert& alert) const { return VerifyAlert(alert, keys_); }

  TestLog police_{"fenland.waymark/audit/police", 'p'};
  TestLog housing_{"fenland.waymark/audit/housing", 'h'};
  crypto::SigningKey fire_ = crypto::SigningKey::FromBytes(std::string(32, 'f')).value();
  TrustedKeys keys_;
  v1::DisclosureProof disclosure_;
  gateway::v1::Alert alert_;
};

// Flips one bit of every byte of `text` and calls `refused` for each.
void EachFlip(std::string& text, const std::function<bool()>& refused, const std::string& of) {
  for (char& byte : text) {
    byte = static_cast<char>(byte ^ 1);
    EXPECT_TRUE(refused()) << "a changed byte of " << of;
    byte = static_cast<char>(byte ^ 1);
  }
}

TEST_F(ProofTest, ADisclosureVerifiesWithPublicKeysAlone) {
  const Verdict verdict = Check(disclosure_);
  ASSERT_THAT(verdict.findings, IsEmpty());
  ASSERT_THAT(verdict.proven, SizeIs(1));
  EXPECT_EQ(verdict.proven[0].origin, police_.origin);
  EXPECT_EQ(verdict.proven[0].index, 5u);
  EXPECT_EQ(verdict.proven[0].size, 6u);
  EXPECT_TRUE(VerifyHandOver(disclosure_, Expected(), keys_, ParseRfc3339(kAt).value()).ok());
}

TEST_F(ProofTest, EveryChangedByteOfADisclosureIsFound) {
  const auto refused = [&] { return !Check(disclosure_).ok(); };
  v1::LogProof& log = *disclosure_.mutable_log();
  EachFlip(*log.mutable_entry(), refused, "the entry");
  EachFlip(*log.mutable_salt(), refused, "the salt");
  EachFlip(*log.mutable_checkpoint(), refused, "the checkpoint");
  for (std::string& hash : *log.mutable_path()) EachFlip(hash, refused, "the path");
  for (v1::FieldOpening& field : *disclosure_.mutable_fields()) {
    EachFlip(*field.mutable_name(), refused, "a name");
    EachFlip(*field.mutable_value(), refused, "a value");
    EachFlip(*field.mutable_salt(), refused, "a field's salt");
  }
  log.set_index(log.index() + 1);
  EXPECT_TRUE(refused());
  log.set_index(log.index() - 1);
  EXPECT_FALSE(refused());
}

TEST_F(ProofTest, EachFaultOfADisclosureHasItsName) {
  v1::DisclosureProof changed = disclosure_;
  changed.mutable_fields(0)->set_value("Bob Example");
  EXPECT_THAT(CodesOf(Check(changed)), ElementsAre("wrong_content"));
  changed = disclosure_;
  changed.mutable_fields(0)->set_name("person.email");
  EXPECT_THAT(CodesOf(Check(changed)), ElementsAre("unproven"));
  changed = disclosure_;
  *changed.add_fields() = changed.fields(0);
  EXPECT_THAT(CodesOf(Check(changed)), ElementsAre("wrong_content"));
  changed = disclosure_;
  changed.mutable_log()->set_salt(std::string(16, 'z'));
  EXPECT_THAT(CodesOf(Check(changed)), ElementsAre("not_in_log"));
  changed.mutable_log()->clear_salt();
  EXPECT_THAT(CodesOf(Check(changed)), ElementsAre("malformed"));
  changed = disclosure_;
  changed.mutable_log()->set_checkpoint("nonsense");
  EXPECT_THAT(CodesOf(Check(changed)), ElementsAre("malformed"));

  EXPECT_THAT(CodesOf(VerifyDisclosure(disclosure_, TrustedKeys())), ElementsAre("unknown_log"));
  TrustedKeys others;
  others.AddLog(police_.origin, fire_.verify_key());
  EXPECT_THAT(CodesOf(VerifyDisclosure(disclosure_, others)), ElementsAre("wrong_key"));

  EXPECT_THAT(CodesOf(Check(Disclose({}, "look_up"))), ElementsAre("wrong_statement"));
  EXPECT_THAT(CodesOf(Check(Disclose({}, "share_fetched", kEnd))), ElementsAre("expired"));
  EXPECT_THAT(CodesOf(VerifyDisclosure(disclosure_, keys_, ParseRfc3339(kEnd).value())),
              ElementsAre("expired"));
}

TEST_F(ProofTest, AFieldMayBeLeftOutByWhoMayNotPassItOn) {
  disclosure_.mutable_fields()->RemoveLast();
  EXPECT_TRUE(Check(disclosure_).ok());
}

TEST_F(ProofTest, AProofOfAnotherHandOverIsRefused) {
  const absl::Time at = ParseRfc3339(kAt).value();
  using Change = std::function<void(HandOver&)>;
  for (const Change& change : std::vector<Change>{
           [](HandOver& h) { h.origin = "fenland.waymark/audit/council"; },
           [](HandOver& h) { h.share_id = "share-2"; }, [](HandOver& h) { h.case_id = "case-2"; },
           [](HandOver& h) { h.recipient = "fire"; },
           [](HandOver& h) { h.lawful_gateway = "vital_interests"; },
           [](HandOver& h) { h.clause = "fenland-isa 1 clause 3"; },
           [](HandOver& h) { h.consent_id = ""; }}) {
    HandOver other = Expected();
    change(other);
    EXPECT_THAT(CodesOf(VerifyHandOver(disclosure_, other, keys_, at)),
                ElementsAre("wrong_statement"));
  }
  HandOver more = Expected();
  more.fields["person.email"] = "ann@example.org";
  EXPECT_THAT(CodesOf(VerifyHandOver(disclosure_, more, keys_, at)), ElementsAre("wrong_content"));
}

TEST_F(ProofTest, CosignaturesOfAnEarlierCheckpointCountWhenTheLogContinuesIt) {
  v1::LogProof& log = *disclosure_.mutable_log();
  const absl::Time at = ParseRfc3339(kAt).value();
  const std::string witness = "fenland.waymark/witness/fire";
  log.set_witnessed(Cosign(police_.CheckpointAt(3), witness, fire_, at).value());
  const std::vector<std::string> path = ConsistencyProof(3, 6, police_.nodes).value();
  *log.mutable_consistency() = {path.begin(), path.end()};
  const Verdict verdict = Check(disclosure_);
  ASSERT_THAT(CodesOf(verdict), IsEmpty());
  ASSERT_THAT(verdict.proven[0].cosigned, SizeIs(1));
  EXPECT_EQ(verdict.proven[0].cosigned[0].witness, witness);

  TestLog fork("fenland.waymark/audit/police", 'p');
  fork.Add({});
  fork.AddIdle(2);
  log.set_witnessed(fork.CheckpointAt(3));
  EXPECT_THAT(CodesOf(Check(disclosure_)), ElementsAre("inconsistent"));
}

TEST_F(ProofTest, AnAlertVerifiesWithPublicKeysAlone) {
  const Verdict verdict = Check(alert_);
  EXPECT_THAT(CodesOf(verdict), IsEmpty());
  EXPECT_THAT(verdict.proven, SizeIs(2));
}

TEST_F(ProofTest, EveryChangedFieldOfAnAlertIsFound) {
  using Change = std::function<void(gateway::v1::Alert&)>;
  const std::vector<Change> changes = {
      [](auto& a) { a.set_alert_id("alert-2"); },
      [](auto& a) { a.set_case_id("case-2"); },
      [](auto& a) { a.set_version(3); },
      [](auto& a) { a.set_band(common::v1::BAND_STANDARD); },
      [](auto& a) { a.clear_raised_at(); },
      [](auto& a) { a.set_lead_agency("fire"); },
      [](auto& a) { (*a.mutable_fields())["person.name"] = "Bob Example"; },
      [](auto& a) { (*a.mutable_fields())["person.email"] = "bob@example.org"; },
      [](auto& a) { a.mutable_fields()->erase("person.name"); },
      [](auto& a) { (*a.mutable_withheld())["person.email"] = "x"; },
      [](auto& a) { a.mutable_basis()->set_lawful_gateway("legal_obligation"); },
      [](auto& a) { a.mutable_basis()->set_clause("fenland-isa 1 clause 9"); },
      [](auto& a) { a.mutable_basis()->set_consent_id("consent-9"); },
      [](auto& a) { a.mutable_basis()->mutable_expires_at()->set_seconds(1); },
      [](auto& a) { a.clear_basis(); },
      [](auto& a) { a.clear_proof(); },
      [](auto& a) { a.mutable_proof()->clear_origins(); },
      [](auto& a) { a.mutable_proof()->clear_sent(); },
      [](auto& a) { a.mutable_proof()->mutable_salt()->front() ^= 1; },
      [](auto& a) { a.mutable_proof()->mutable_sent()->mutable_salt()->front() ^= 1; },
  };
  for (size_t i = 0; i < changes.size(); ++i) {
    gateway::v1::Alert changed = alert_;
    changes[i](changed);
    EXPECT_FALSE(Check(changed).ok()) << "change " << i;
  }
}

TEST_F(ProofTest, AFieldThatNoOriginDisclosedIsUnprovenEvenWhenTheSenderSignsIt) {
  (*alert_.mutable_fields())["person.email"] = "ann@example.org";
  Send();
  EXPECT_THAT(CodesOf(Check(alert_)), ElementsAre("unproven"));
}

TEST_F(ProofTest, WhatTwoOriginsSayStandsDividedAsTheyDisclosedIt) {
  *alert_.mutable_proof()->add_origins() = Disclose({{"person.name", "Anne Example"}});
  (*alert_.mutable_fields())["person.name"] = "Ann Example / Anne Example";
  Send();
  EXPECT_THAT(CodesOf(Check(alert_)), IsEmpty());
  (*alert_.mutable_fields())["person.name"] = "Anne Example / Ann Example";
  Send();
  EXPECT_THAT(CodesOf(Check(alert_)), ElementsAre("wrong_content"));
}

TEST_F(ProofTest, ADisclosureToAnotherAgencyDoesNotServeThisOne) {
  TestLog fire("fenland.waymark/audit/fire", 'f');
  keys_.AddLog(fire.origin, fire.key.verify_key());
  gateway::v1::AuditEntry entry;
  ASSERT_TRUE(entry.ParseFromString(alert_.proof().sent().entry()));
  fire.Add(entry);
  *alert_.mutable_proof()->mutable_sent() = fire.Prove(0);
  EXPECT_THAT(CodesOf(Check(alert_)), Contains("wrong_statement"));
  EXPECT_THAT(CodesOf(Check(alert_)), Not(Contains("not_in_log")));
}

}  // namespace
}  // namespace waymark::audit
