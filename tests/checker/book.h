// The clients' book: one JSON object a line, written as each answer came (README.md lists them).
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace checker {

// How a call was answered for good. Unknown: it was never answered, so it may have happened or not.
enum class Answer { kUnknown, kDone, kRefused };

struct Published {
  std::string agency, reference;
  uint32_t revision = 0;
  Answer answer = Answer::kUnknown;
  std::set<std::string> incidents;  // ids of its receipts: one, or something is wrong
};

struct Consented {
  std::string agency, key, reference;
  Answer answer = Answer::kUnknown;
  std::set<std::string> consents;
};

struct Withdrawal {
  std::string agency, consent;
  Answer answer = Answer::kUnknown;
  int64_t answered = 0;  // microseconds since 1970, by the client's clock; the first answer
};

// One entry of the register of stock, that was never there before.
struct Stocked {
  std::string agency;
  Answer answer = Answer::kUnknown;
  bool other_than_one = false;  // it was answered with another number of new entries
};

struct Erasing {
  std::string agency, reference, person;  // the person's id, once answered
  Answer answer = Answer::kUnknown;
  int64_t answered = 0;
};

struct Overriding {
  std::string agency, key, reference;
  Answer answer = Answer::kUnknown;
  std::set<std::string> overrides;
};

struct Reviewing {
  std::string agency, override_id;
  bool reversed = false;
  Answer answer = Answer::kUnknown;
};

struct Looked {
  size_t done = 0, unknown = 0;
};

// A message of a subscription, as the agency's system received it.
struct Told {
  std::string agency, subscription, alert, consent, lawful_gateway;
  uint32_t version = 0;
  bool tombstone = false;
  std::vector<std::string> fields;       // names
  std::vector<std::string> shares;       // whose proofs it carries
  std::vector<std::string> checkpoints;  // signed notes of those proofs
  int64_t received = 0;
};

struct Book {
  // (agency, reference, revision), (agency, key), (agency, consent)
  std::map<std::string, Published> published;
  std::map<std::string, Consented> consented;
  std::map<std::string, Withdrawal> withdrawn;
  std::map<std::string, Stocked> stocked;        // (agency, key)
  std::map<std::string, Looked> looked;          // by agency
  std::map<std::string, Erasing> erased;         // (agency, reference)
  std::map<std::string, Overriding> overridden;  // (agency, key)
  std::map<std::string, Reviewing> reviewed;     // (agency, override, verdict)
  std::vector<Told> told;
  std::set<std::string> subscribed;  // agencies with a subscriber to the end
  std::vector<std::string> canaries;
  size_t kills = 0;
  bool settled = false;  // the partnership was quiet before it was stopped for good
  std::string unreadable;
};

Book ReadBook(const std::string& path);

}  // namespace checker
