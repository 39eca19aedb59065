// One membership: an agency's part in one partnership. It is the unit a gateway process is made of:
// one shard, one vault, one set of keys, one audit log. Built by the composition root from files;
// immutable from then on and shared between threads.
//
// Secrets live here and in the key file, nowhere else: no room's domain code sees this header.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "libs/agreement/evaluator.h"
#include "libs/base/clock.h"
#include "libs/crypto/hpke.h"
#include "libs/crypto/sign.h"
#include "libs/crypto/slot_keys.h"
#include "libs/eventlog/event_log.h"
#include "libs/pack/pack.h"

namespace waymark::sharing {

// One key for each person: crypto::FileSlotKeys; crypto::MemorySlotKeys in tests.
using PersonKeys = crypto::SlotKeys;

// A version of the partnership's linkage key. Two are live while keys rotate.
struct LinkageKey {
  uint32_t version = 0;  // from 1
  std::string key;       // 32 bytes, secret
};

// Another member of the partnership, or this one.
struct Peer {
  std::string agency;
  std::string endpoint;              // of its gateway: "host:port"
  crypto::VerifyKey verify;          // its signatures on member topics and shares
  std::string sealing_key;           // X25519 public key, 32 raw bytes
  crypto::VerifyKey audit_verify;    // the checkpoints of its audit log
  crypto::VerifyKey witness_verify;  // its cosignatures of the others' checkpoints
};

struct Membership {
  std::string partnership;   // "fenland"
  std::string trust_domain;  // of this partnership: "fenland.waymark"
  std::string agency;        // "police"
  std::shared_ptr<const pack::Pack> pack;
  std::shared_ptr<const agreement::Evaluator> agreements;  // the baseline included

  std::vector<LinkageKey> linkage_keys;  // at least one; each party is tokenised under all
  std::string local_key;                 // 32 bytes, secret: separate keys are derived from it
  std::shared_ptr<PersonKeys> person_keys;
  std::shared_ptr<const crypto::SigningKey> signing_key;
  std::shared_ptr<const crypto::SigningKey> audit_key;        // signs its audit log's checkpoints
  std::shared_ptr<const crypto::SigningKey> witness_key;      // cosigns the others' checkpoints
  std::shared_ptr<const crypto::HpkePrivateKey> sealing_key;  // opens parcels
  std::string intake_sealing_key;                             // X25519 public key, 32 raw bytes
  std::map<std::string, Peer> peers;                          // by agency, this one included
  Random* random = nullptr;                                   // for nonces, salts and seals

  // "fenland/police": the runtime's shard.
  std::string Shard() const;
  // Partition 0 of the member topics.
  eventlog::TopicPartition Out() const;
  eventlog::TopicPartition Inbox() const;
  eventlog::TopicPartition InboxOf(const std::string& other_agency) const;
  eventlog::TopicPartition AuditOf(const std::string& any_agency) const;
  // What this gateway reads: its inbox, and the audit topics of the other members.
  std::vector<eventlog::TopicPartition> Inputs() const;
  // The log's origin and the name of its key; the name of a witness's key. Any member's.
  std::string AuditOrigin(const std::string& any_agency) const;
  std::string WitnessName(const std::string& any_agency) const;

  // How to reach an agency's desk: the address of its first contact in the agreements; "" when they
  // name none. Never a person's.
  std::string DeskOf(const std::string& any_agency) const;
};

// By partnership id.
using Memberships = std::map<std::string, Membership>;

}  // namespace waymark::sharing
