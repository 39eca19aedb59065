"""The guards that the promises of docs/threat-model.md rest on, and the test that notices when one goes.

Each is a few lines of the product. `./dev guards` takes one away in a copy of the tree, builds the
test and requires that it fails. `guards_stand` (in every test run) only checks that each text below
still stands where it is said to, so that this list cannot rot unnoticed.
"""

from typing import NamedTuple


class Guard(NamedTuple):
    name: str
    promise: str
    file: str
    text: str  # stands exactly once in the file
    without: str  # what stands there when the guard is gone
    target: str  # what to build
    test: str  # a regular expression over ctest names: at least one of them must fail


GUARDS = [
    Guard(
        "store-sync",
        "what was acknowledged survives the loss of power",
        "libs/store/rocks_store.cc",
        "write_options_.sync = true;",
        "write_options_.sync = false;",
        "store_test store_contract_test",
        "Store",
    ),
    Guard(
        "record-signature",
        "a record of a member topic is believed only under its source's signature",
        "libs/trust/record_trust.cc",
        'if (!key->second.Verify(bytes, signature.bytes)) return refuse("its signature does not hold");',
        "",
        "trust_test",
        "Trust|Record|Verif",
    ),
    Guard(
        "record-topic",
        "nobody writes to a topic that is not theirs",
        "libs/trust/record_trust.cc",
        'if (!MayWrite(*topic, source)) return refuse("this source may not write there");',
        "(void)MayWrite(*topic, source);",
        "trust_test",
        "Trust|Record|Verif",
    ),
    Guard(
        "lane-repeat",
        "a record that comes twice takes effect once",
        "libs/runtime/lanes.cc",
        "} else if (event.seq <= row.last) {",
        "} else if (event.seq == 0) {",
        "runtime_test",
        "Lane|Runtime|Simulation",
    ),
    Guard(
        "lane-gap",
        "a lane with a missing record stops until it is repaired",
        "libs/runtime/lanes.cc",
        "  } else {\n    row.stopped = true;\n    judgement.verdict = LaneVerdict::kGap;\n  }",
        "  } else {\n    row.last = event.seq;\n  }",
        "runtime_test",
        "Lane|Runtime|Simulation",
    ),
    Guard(
        "lane-epoch",
        "a zombie of an older epoch is refused",
        "libs/runtime/lanes.cc",
        "judgement.verdict = LaneVerdict::kOlderEpoch;\n    return judgement;",
        "(void)judgement;",
        "runtime_test",
        "Lane|Runtime|Simulation",
    ),
    Guard(
        "rpc-rule",
        "a call is carried out only when the method's rule permits its caller",
        "libs/rpc/endpoint.cc",
        "absl::Status permitted = entry->info.rule.Check(*caller, person, config_.own_agency);",
        "absl::Status permitted = absl::OkStatus();",
        "rpc_test doors_test",
        "Endpoint|Rule|Door|Rpc",
    ),
    Guard(
        "token-signature",
        "a person is who the identity provider signed for",
        "libs/crypto/token.cc",
        'if (!key->second.Verify(absl::StrCat(parts[0], ".", parts[1]), *signature)) {',
        "if (signature->empty()) {",
        "crypto_test",
        "Token",
    ),
    Guard(
        "fetch-decides-afresh",
        "a share is handed over only where it is permitted at this instant",
        "services/sharing/disclosure/adapters/fetch.cc",
        "if (decided.effect != agreement::Effect::kPermit) {",
        "if (decided.effect != agreement::Effect::kPermit && command.request.reader().empty()) {",
        "sharing_test",
        "Disclosure|Fetch|Consent|Withdraw",
    ),
    Guard(
        "fetch-recipient",
        "a share is handed to its recipient alone",
        "services/sharing/disclosure/adapters/fetch.cc",
        "share->recipient() == command.caller.agency();",
        "!command.caller.agency().empty();",
        "sharing_test",
        "Disclosure|Fetch",
    ),
    Guard(
        "fetch-leaf",
        "every hand-over has its leaf in the batch that makes it true",
        "services/sharing/disclosure/adapters/fetch.cc",
        "NoteAndProve(membership, view, note, now, decision.events)",
        "NoteAndProve(membership, view, note, now, *std::make_unique<std::vector<runtime::Event>>())",
        "sharing_test",
        "Disclosure|Fetch|Leaf|Audit",
    ),
    Guard(
        "timer-not-early",
        "a clock never fires before it is due",
        "libs/runtime/timers.cc",
        "TimerDueEnd(shard.config.id, number, now),",
        "TimerDueEnd(shard.config.id, number, now + absl::Hours(1)),",
        "runtime_test",
        "Timer|Runtime|Simulation",
    ),
    Guard(
        "lease-at-the-write",
        "what waits for a slow reader is not written after its lease or a withdrawal",
        "services/sharing/alerts/adapters/alert_stream.cc",
        "const bool holds = StillHolds(pending);",
        "const bool holds = true;",
        "sharing_test",
        "SlowReaderTest",
    ),
    Guard(
        "consent-leased",
        "a consent of another gateway counts for a release only with its home's lease",
        "services/sharing/disclosure/adapters/fetch.cc",
        "DropUnleased(view, share->case_id(), leases, facts);",
        "if (now == absl::InfinitePast()) DropUnleased(view, share->case_id(), leases, facts);",
        "sharing_test",
        "ConsentLeaseTest",
    ),
    Guard(
        "consent-not-for-its-home",
        "nobody vouches for a consent by which they would receive",
        "services/sharing/disclosure/adapters/facts.cc",
        "std::erase(facts.agencies, stored.home());",
        "",
        "sharing_test",
        "ConsentLeaseTest",
    ),
    Guard(
        "pushed-key-destroyed",
        "a pushed share that was withdrawn cannot be opened from any copy",
        "services/sharing/disclosure/adapters/key_effects.cc",
        "membership.person_keys->Erase(ended.key_slot())",
        "absl::OkStatus()",
        "sharing_test",
        "WithdrawalTest",
    ),
    Guard(
        "copy-removed-by-its-holder",
        "only the agency that took a copy says that it is gone",
        "services/sharing/disclosure/adapters/copies.cc",
        "before->recipient() != parcel.sender || ",
        "",
        "sharing_test",
        "WithdrawalTest",
    ),
    Guard(
        "witness-consistency",
        "a witness cosigns only a log that continues what it saw before",
        "services/sharing/audit/adapters/witness.cc",
        "return holds.ok() ? Proven::kHolds : Proven::kFails;",
        "return Proven::kHolds;",
        "sharing_test audit_attacks_test",
        "AuditTest|AuditAttackTest",
    ),
    Guard(
        "witness-owner-key",
        "only its owner's key speaks for a log",
        "services/sharing/audit/adapters/witness.cc",
        "!audit::VerifyCheckpoint(*parsed, origin, peer->second.audit_verify).ok()",
        "false",
        "sharing_test",
        "AuditTest",
    ),
    Guard(
        "self-audit-leaf",
        "an edited entry of the audit log is found",
        "services/sharing/audit/adapters/own_log.cc",
        "if (leaf == LeafState::kChanged)",
        "if (false)",
        "sharing_test",
        "AuditTest",
    ),
    Guard(
        "withdrawal-leaf",
        "every change of a consent has its leaf",
        "services/sharing/consent/adapters/consent_room.cc",
        "MakeEvent(withdrawn),\n"
        '      NoteAudit(membership, NoteOf("consent_withdrawn", command.caller, consent), context.now())};',
        "MakeEvent(withdrawn)};",
        "sharing_test",
        "LeafTable|Consent|Withdraw",
    ),
]
