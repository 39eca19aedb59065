#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <set>

#include "google/protobuf/message.h"
#include "tests/checker/bytes.h"
#include "tests/checker/checks.h"
#include "tests/checker/messages.h"
#include "waymark/gateway/v1/alert_kept.pb.h"
#include "waymark/gateway/v1/consent_kept.pb.h"
#include "waymark/gateway/v1/outbound.pb.h"
#include "waymark/gateway/v1/share_kept.pb.h"
#include "waymark/gateway/v1/vault.pb.h"
#include "waymark/intake/v1/events.pb.h"

namespace checker {
namespace {

namespace fs = std::filesystem;
namespace gw = waymark::gateway::v1;

constexpr int kInvariant = 5;
constexpr size_t kNonceBytes = 12;
constexpr size_t kNumberBytes = 8;  // of a token sheet, before its ciphertext
constexpr size_t kFormBytesMin = 6;

std::string Lower(std::string text) {
  for (char& c : text) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

std::string Base64(std::string_view bytes) {
  static constexpr char kAlphabet[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (size_t i = 0; i + 3 <= bytes.size(); i += 3) {
    uint32_t held = 0;
    for (size_t j = 0; j < 3; ++j) held = held << 8 | static_cast<unsigned char>(bytes[i + j]);
    for (int shift = 18; shift >= 0; shift -= 6) text.push_back(kAlphabet[held >> shift & 63]);
  }
  return text;
}

// The ways a word may lie in a file: as it is, small, as UTF-16, in hexadecimal, in base64.
std::vector<std::string> FormsOf(const std::string& word) {
  std::vector<std::string> forms;
  for (const std::string& text : {word, Lower(word)}) {
    std::string wide;
    for (const char c : text) wide += std::string{c, '\0'};
    forms.insert(forms.end(), {text, wide, Hex(text)});
    for (size_t shift = 0; shift < 3; ++shift) {
      const std::string encoded = Base64(std::string(shift, 'x') + text);
      if (encoded.size() > 4) forms.push_back(encoded.substr(4));
    }
  }
  std::sort(forms.begin(), forms.end());
  forms.erase(std::unique(forms.begin(), forms.end()), forms.end());
  forms.erase(std::remove_if(forms.begin(), forms.end(),
                             [](const auto& form) { return form.size() < kFormBytesMin; }),
              forms.end());
  return forms;
}

class Canaries {
 public:
  Canaries(const Book& book, Report& report) : report_(report) {
    for (const std::string& word : book.canaries) words_.emplace_back(word, FormsOf(word));
  }

  // The word itself stays out of the report: its number in the book is enough.
  void Search(const std::string& where, std::string_view bytes) {
    report_.Count("bytes searched", bytes.size());
    for (size_t i = 0; i < words_.size(); ++i) {
      const auto& forms = words_[i].second;
      const bool found = std::any_of(forms.begin(), forms.end(), [&](const std::string& form) {
        return bytes.find(form) != std::string_view::npos;
      });
      if (found && said_.emplace(where, i).second) {
        report_.Add(kInvariant, "personal_data_in_clear", where,
                    "canary " + std::to_string(i + 1) + " of the book");
      }
    }
  }

 private:
  Report& report_;
  std::vector<std::pair<std::string, std::vector<std::string>>> words_;
  std::set<std::pair<std::string, size_t>> said_;
};

void SearchFiles(const World& world, Canaries& canaries) {
  std::error_code error;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(world.root, error)) {
    if (!entry.is_regular_file(error)) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    canaries.Search(fs::relative(entry.path(), world.root, error).string(), bytes);
  }
}

// Table files are compressed, so what they hold is looked at row by row too.
void SearchRows(const World& world, Canaries& canaries) {
  for (const auto& [name, store] : world.stores) {
    for (const auto& [family, rows] : store.families) {
      for (const auto& [key, value] : rows) {
        canaries.Search(name + " " + family, key);
        canaries.Search(name + " " + family, value);
      }
    }
  }
  for (const auto& [topic, partitions] : world.log) {
    for (const auto& [number, partition] : partitions) {
      for (const Record& record : partition.records) {
        std::string bytes = record.key + "\n" + record.value;
        for (const Header& header : record.headers)
          bytes += "\n" + header.name + "\n" + header.value;
        canaries.Search("topic " + topic, bytes);
      }
    }
  }
}

std::string Name(const std::string& part, uint64_t slot) {
  return part + " key " + std::to_string(slot);
}

// Under one key a nonce serves one ciphertext.
class Nonces {
 public:
  explicit Nonces(Report& report) : report_(report) {}

  // `key` names the key.
  void Take(const std::string& key, std::string_view sealed) {
    if (sealed.size() < kNonceBytes) return;
    report_.Count("ciphertexts");
    const auto [held, is_new] =
        seen_.emplace(key + " " + std::string(sealed.substr(0, kNonceBytes)), sealed);
    if (is_new || held->second == sealed) return;
    report_.Add(kInvariant, "nonce_reused", key,
                "two ciphertexts begin with " + Hex(sealed.substr(0, kNonceBytes)));
  }

  // Every gw::Sealed within a message.
  void Walk(const std::string& part, const google::protobuf::Message& message) {
    if (const auto* sealed = dynamic_cast<const gw::Sealed*>(&message)) {
      return Take(Name(part, sealed->key_slot()), sealed->sealed());
    }
    const google::protobuf::Reflection& reflection = *message.GetReflection();
    std::vector<const google::protobuf::FieldDescriptor*> fields;
    reflection.ListFields(message, &fields);
    for (const auto* field : fields) {
      if (field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_MESSAGE) continue;
      if (!field->is_repeated()) {
        Walk(part, reflection.GetMessage(message, field));
        continue;
      }
      for (int i = 0; i < reflection.FieldSize(message, field); ++i) {
        Walk(part, reflection.GetRepeatedMessage(message, field, i));
      }
    }
  }

  template <class Message>
  void WalkAll(const Store& store, std::string_view family) {
    for (const Message& message : All<Message>(store, family)) Walk(store.name, message);
  }

 private:
  Report& report_;
  std::map<std::string, std::string> seen_;
};

// Under one encapsulated key each number (the first bytes of what is sealed) serves one ciphertext.
void CheckEncapsulated(const World& world, Report& report) {
  std::map<std::string, std::string> seen;
  for (const Record* record :
       RecordsOf(world, "waymark.member.", ".out.v1", "waymark.gateway.v1.IncidentReported")) {
    gw::IncidentReported reported;
    if (!reported.ParseFromString(record->value)) continue;
    const gw::SealedTokens& tokens = reported.tokens();
    const auto [held, is_new] =
        seen.emplace(tokens.encapsulated_key() + tokens.ciphertext().substr(0, kNumberBytes),
                     tokens.ciphertext());
    if (is_new || held->second == tokens.ciphertext()) continue;
    report.Add(kInvariant, "nonce_reused", record->Where(),
               "its encapsulated key and number were used for another ciphertext");
  }
}

}  // namespace

void CheckSecrets(const World& world, const Book& book, Report& report) {
  Canaries canaries(book, report);
  SearchFiles(world, canaries);
  SearchRows(world, canaries);
  Nonces nonces(report);
  for (const auto& [name, store] : world.stores) {
    if (!store.gateway()) continue;
    nonces.WalkAll<gw::StoredPerson>(store, "gateway.vault.persons");
    nonces.WalkAll<gw::StoredIncident>(store, "gateway.vault.incidents");
    nonces.WalkAll<gw::StoredAssessment>(store, "gateway.vault.assessments");
    nonces.WalkAll<gw::StoredConsent>(store, "gateway.consent.consents");
    nonces.WalkAll<gw::StoredReceivedShare>(store, "gateway.disclosure.received");
    for (const Leaf& leaf : LeavesOf(store)) {
      std::string keys = "audit keys";
      for (const uint64_t slot : leaf.key_slots) keys += " " + std::to_string(slot);
      nonces.Take(name + " " + keys, leaf.sealed);
    }
  }
  for (const Record* record :
       RecordsOf(world, "waymark.intake.v1", "", "waymark.intake.v1.IncidentLinked")) {
    waymark::intake::v1::IncidentLinked linked;
    if (!linked.ParseFromString(record->value)) continue;
    for (const auto& party : linked.parties()) {
      nonces.Take(Name("intake", party.key_slot()), party.sealed_tokens());
    }
  }
  CheckEncapsulated(world, report);
}

}  // namespace checker
