#include "tests/checker/book.h"

#include <fstream>

#include "nlohmann/json.hpp"

namespace checker {
namespace {

using nlohmann::json;

Answer AnswerOf(const json& line) {
  const std::string answer = line.value("answer", "unknown");
  if (answer == "unknown") return Answer::kUnknown;
  return answer == "refused" ? Answer::kRefused : Answer::kDone;
}

void Merge(Answer& known, Answer next) {
  if (next != Answer::kUnknown) known = next;
}

void TakePublish(const json& line, Book& book) {
  const std::string agency = line.at("agency"), reference = line.at("reference");
  const uint32_t revision = line.value("revision", 0u);
  Published& entry = book.published[agency + "\n" + reference + "\n" + std::to_string(revision)];
  entry.agency = agency;
  entry.reference = reference;
  entry.revision = revision;
  Merge(entry.answer, AnswerOf(line));
  if (line.contains("incident")) entry.incidents.insert(line["incident"].get<std::string>());
}

void TakeConsent(const json& line, Book& book) {
  const std::string agency = line.at("agency"), key = line.at("key");
  Consented& entry = book.consented[agency + "\n" + key];
  entry.agency = agency;
  entry.key = key;
  entry.reference = line.at("reference");
  Merge(entry.answer, AnswerOf(line));
  if (line.contains("consent")) entry.consents.insert(line["consent"].get<std::string>());
}

void TakeWithdraw(const json& line, Book& book) {
  const std::string agency = line.at("agency"), consent = line.at("consent");
  Withdrawal& entry = book.withdrawn[agency + "\n" + consent];
  entry.agency = agency;
  entry.consent = consent;
  const Answer answer = AnswerOf(line);
  if (answer == Answer::kDone && entry.answer != Answer::kDone) {
    entry.answered = line.value("answered", int64_t{0});
  }
  Merge(entry.answer, answer);
}

void TakeStock(const json& line, Book& book) {
  const std::string agency = line.at("agency"), key = line.at("key");
  Stocked& entry = book.stocked[agency + "\n" + key];
  entry.agency = agency;
  Merge(entry.answer, AnswerOf(line));
  if (line.contains("added") && line["added"] != 1) entry.other_than_one = true;
}

void TakeErase(const json& line, Book& book) {
  const std::string agency = line.at("agency"), reference = line.at("reference");
  Erasing& entry = book.erased[agency + "\n" + reference];
  entry.agency = agency;
  entry.reference = reference;
  const Answer answer = AnswerOf(line);
  if (answer == Answer::kDone && entry.answer != Answer::kDone) {
    entry.answered = line.value("answered", int64_t{0});
    entry.person = line.value("person", "");
  }
  Merge(entry.answer, answer);
}

void TakeOverride(const json& line, Book& book) {
  const std::string agency = line.at("agency"), key = line.at("key");
  Overriding& entry = book.overridden[agency + "\n" + key];
  entry.agency = agency;
  entry.key = key;
  entry.reference = line.at("reference");
  Merge(entry.answer, AnswerOf(line));
  if (line.contains("override")) entry.overrides.insert(line["override"].get<std::string>());
}

void TakeReview(const json& line, Book& book) {
  const std::string agency = line.at("agency"), id = line.at("override");
  const std::string verdict = line.at("verdict");
  Reviewing& entry = book.reviewed[agency + "\n" + id + "\n" + verdict];
  entry.agency = agency;
  entry.override_id = id;
  entry.reversed = verdict == "reversed";
  Merge(entry.answer, AnswerOf(line));
}

void TakeTold(const json& line, Book& book, bool tombstone) {
  Told told;
  told.agency = line.at("agency");
  told.subscription = line.value("subscription", "");
  told.alert = line.at("alert");
  told.version = line.value("version", 0u);
  told.tombstone = tombstone;
  told.consent = line.value("consent", "");
  told.lawful_gateway = line.value("lawful_gateway", "");
  told.received = line.value("received", int64_t{0});
  const auto list = [&](const char* name) { return line.value(name, std::vector<std::string>()); };
  told.shares = list("shares");
  told.checkpoints = list("checkpoints");
  if (line.contains("fields")) told.fields = line["fields"].get<std::vector<std::string>>();
  book.told.push_back(std::move(told));
}

void Take(const json& line, Book& book) {
  const std::string op = line.at("op");
  if (op == "publish") return TakePublish(line, book);
  if (op == "consent") return TakeConsent(line, book);
  if (op == "withdraw") return TakeWithdraw(line, book);
  if (op == "stock") return TakeStock(line, book);
  if (op == "erase") return TakeErase(line, book);
  if (op == "override") return TakeOverride(line, book);
  if (op == "review") return TakeReview(line, book);
  if (op == "alert") return TakeTold(line, book, false);
  if (op == "tombstone") return TakeTold(line, book, true);
  if (op == "look_up") {
    Looked& looked = book.looked[line.at("agency")];
    const Answer answer = AnswerOf(line);
    if (answer == Answer::kDone) ++looked.done;
    if (answer == Answer::kUnknown) ++looked.unknown;
  } else if (op == "subscribe") {
    book.subscribed.insert(line.at("agency").get<std::string>());
  } else if (op == "canary") {
    book.canaries.push_back(line.at("word"));
  } else if (op == "killed") {
    ++book.kills;
  } else if (op == "settled") {
    book.settled = true;
  } else {
    book.unreadable = "a line of an unknown kind: " + op;
  }
}

}  // namespace

Book ReadBook(const std::string& path) {
  Book book;
  std::ifstream in(path);
  if (!in) book.unreadable = path + " cannot be opened";
  std::string text;
  for (size_t number = 1; std::getline(in, text); ++number) {
    try {
      Take(json::parse(text), book);
    } catch (const json::exception& error) {
      book.unreadable = path + ":" + std::to_string(number) + ": " + error.what();
    }
  }
  return book;
}

}  // namespace checker
