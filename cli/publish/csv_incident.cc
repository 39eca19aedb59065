#include "cli/publish/csv_incident.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cli/publish/when.h"
#include "libs/base/text.h"
#include "waymark/gateway/v1/incident.pb.h"

namespace waymark::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr int kPartiesMax = 20;
constexpr std::string_view kAnswers = "answers.";
constexpr std::string_view kParty = "party";

const std::set<std::string>& TopColumns() {
  static const auto* const kColumns = new std::set<std::string>{
      "source_reference", "revision", "occurred_at", "reported_at", "category", "type",
      "channel",          "lsoa",     "summary",     "action_taken"};
  return *kColumns;
}

bool StartsWith(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

bool IsInstant(const FieldDescriptor& field) {
  return field.message_type() != nullptr &&
         field.message_type()->full_name() == "google.protobuf.Timestamp";
}

// "ROLE_CALLER" to "caller".
std::string WordOf(const EnumDescriptor& type, int index) {
  const std::string prefix = type.value(0)->name().substr(
      0, type.value(0)->name().size() - std::string_view("UNSPECIFIED").size());
  return absl::AsciiStrToLower(type.value(index)->name().substr(prefix.size()));
}

std::string WordsOf(const EnumDescriptor& type) {
  std::string words;
  for (int i = 1; i < type.value_count(); ++i) {
    absl::StrAppend(&words, i == 1 ? "" : (i + 1 == type.value_count() ? " or " : ", "),
                    WordOf(type, i));
  }
  return words;
}

// 0 when the cell is none of the words.
int NumberOf(const EnumDescriptor& type, const std::string& cell) {
  const std::string given = absl::AsciiStrToLower(cell);
  for (int i = 1; i < type.value_count(); ++i) {
    if (WordOf(type, i) == given) return type.value(i)->number();
  }
  return 0;
}

Problem Malformed(const std::string& column, std::string wanted) {
  return {"malformed", column, std::move(wanted), "correct the cell and publish the row again"};
}

std::optional<Problem> SetInstant(const std::string& column, const std::string& cell,
                                  Message& instant) {
  const std::optional<absl::Time> at = ParseWhen(cell);
  if (!at) return Malformed(column, std::string(kWhenForms));
  const auto& type = *instant.GetDescriptor();
  const auto& reflection = *instant.GetReflection();
  reflection.SetInt64(&instant, type.FindFieldByName("seconds"), absl::ToUnixSeconds(*at));
  const absl::Duration rest = *at - absl::FromUnixSeconds(absl::ToUnixSeconds(*at));
  reflection.SetInt32(&instant, type.FindFieldByName("nanos"),
                      static_cast<int32_t>(absl::ToInt64Nanoseconds(rest)));
  return std::nullopt;
}

std::optional<Problem> SetField(const std::string& column, const std::string& cell,
                                const FieldDescriptor& field, Message& holder) {
  const auto& reflection = *holder.GetReflection();
  if (IsInstant(field)) {
    return SetInstant(column, cell, *reflection.MutableMessage(&holder, &field));
  }
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_ENUM: {
      const int number = NumberOf(*field.enum_type(), cell);
      if (number == 0) return Malformed(column, WordsOf(*field.enum_type()));
      reflection.SetEnumValue(&holder, &field, number);
      return std::nullopt;
    }
    case FieldDescriptor::CPPTYPE_UINT32: {
      uint32_t number = 0;
      if (!absl::SimpleAtoi(cell, &number)) return Malformed(column, "a whole number from 0 on");
      reflection.SetUInt32(&holder, &field, number);
      return std::nullopt;
    }
    case FieldDescriptor::CPPTYPE_BOOL:
      if (cell != "yes" && cell != "no") return Malformed(column, "yes or no");
      reflection.SetBool(&holder, &field, cell == "yes");
      return std::nullopt;
    default:
      reflection.SetString(&holder, &field, cell);
      return std::nullopt;
  }
}

std::optional<Problem> SetRoles(const std::string& column, const std::string& cell,
                                gateway::v1::Party& party) {
  for (const auto& word : absl::StrSplit(cell, '+')) {
    const int role =
        NumberOf(*common::v1::Role_descriptor(), std::string(absl::StripAsciiWhitespace(word)));
    if (role == 0) {
      return Malformed(column, WordsOf(*common::v1::Role_descriptor()) +
                                   "; several with + between, such as caller+victim");
    }
    party.add_roles(static_cast<common::v1::Role>(role));
  }
  return std::nullopt;
}

// Adds the fields of a dotted path to `path`; false when it does not lead to a single value.
bool Follow(const Descriptor* type, const std::string& dotted,
            std::vector<const FieldDescriptor*>& path) {
  for (const auto& name : absl::StrSplit(dotted, '.')) {
    if (type == nullptr) return false;
    const FieldDescriptor* field = type->FindFieldByName(std::string(name));
    if (field == nullptr || field->is_repeated()) return false;
    path.push_back(field);
    type = IsInstant(*field) ? nullptr : field->message_type();
  }
  return type == nullptr;
}

}  // namespace

bool CsvColumns::Resolve(const std::string& name, Column& column) {
  column.name = name;
  if (StartsWith(name, kAnswers)) {
    column.answer = name.substr(kAnswers.size());
    return !column.answer.empty();
  }
  const Descriptor* incident = gateway::v1::Incident::descriptor();
  const size_t dot = name.find('.');
  if (dot == std::string::npos) {
    return TopColumns().contains(name) && Follow(incident, name, column.path);
  }
  if (!StartsWith(name, kParty)) return Follow(incident, name, column.path);
  int number = 0;
  const std::string digits = name.substr(kParty.size(), dot - kParty.size());
  if (!absl::SimpleAtoi(digits, &number) || absl::StrCat(number) != digits) return false;
  if (number < 1 || number > kPartiesMax) return false;
  column.party = number - 1;
  const std::string field = name.substr(dot + 1);
  if (field == "roles") return column.roles = true;
  const bool of_address = gateway::v1::Address::descriptor()->FindFieldByName(field) != nullptr;
  return Follow(gateway::v1::Party::descriptor(),
                absl::StrCat("identity.", of_address ? "address." : "", field), column.path);
}

std::vector<Problem> CsvColumns::Read(const std::vector<std::string>& header) {
  std::vector<Problem> problems;
  std::set<std::string> seen;
  for (const std::string& cell : header) {
    const std::string name(absl::StripAsciiWhitespace(cell));
    Column column;
    if (!Resolve(name, column)) {
      problems.push_back({"unknown_column", name,
                          "one of the columns that `waymark help csv` lists",
                          "correct its name or remove the column"});
    } else if (!seen.insert(name).second) {
      problems.push_back(
          {"repeated_column", name, "each column once", "remove or rename one of the two"});
    }
    columns_.push_back(std::move(column));
  }
  if (!seen.contains("source_reference")) {
    problems.push_back({"missing_column", "source_reference",
                        "a column with the agency's own reference of each incident",
                        "add it to the header and to every row"});
  }
  return problems;
}

std::optional<Problem> CsvColumns::Set(const Column& column, const std::string& cell,
                                       gateway::v1::Incident& incident) {
  if (!column.answer.empty()) {
    (*incident.mutable_answers())[column.answer] = cell;
    return std::nullopt;
  }
  Message* holder = &incident;
  if (column.party >= 0) {
    while (incident.parties_size() <= column.party) incident.add_parties();
    gateway::v1::Party& party = *incident.mutable_parties(column.party);
    if (column.roles) return SetRoles(column.name, cell, party);
    holder = &party;
  }
  for (size_t i = 0; i + 1 < column.path.size(); ++i) {
    holder = holder->GetReflection()->MutableMessage(holder, column.path[i]);
  }
  return SetField(column.name, cell, *column.path.back(), *holder);
}

std::vector<Problem> CsvColumns::Fill(const std::vector<std::string>& cells,
                                      gateway::v1::Incident& incident) const {
  if (cells.size() != columns_.size()) {
    return {{"wrong_column_count", "",
             absl::StrCat(columns_.size(), " columns as in the header (found ", cells.size(), ")"),
             "check for a missing or surplus comma, and put text with commas into quotes"}};
  }
  std::vector<Problem> problems;
  for (size_t i = 0; i < cells.size(); ++i) {
    if (cells[i].empty()) continue;
    if (auto problem = Set(columns_[i], cells[i], incident)) {
      problems.push_back(*std::move(problem));
    }
  }
  return problems;
}

}  // namespace waymark::cli
