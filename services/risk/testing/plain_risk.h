// Risk without a runtime: each input is decided and its events applied to plain maps, for tests
// that take thousands of inputs and for measuring what one costs. One thread.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "libs/base/check.h"
#include "libs/runtime/decider.h"
#include "services/risk/app/risk_app.h"

namespace waymark::risk::testing {

class PlainStore : public runtime::View, public runtime::Changes {
 public:
  std::optional<std::string> Get(std::string_view family, std::string_view key) const override {
    const Table& table = TableOf(family);
    const auto found = table.find(key);
    return found == table.end() ? std::nullopt : std::make_optional(found->second);
  }
  void Scan(std::string_view family, std::string_view from, std::string_view to,
            const std::function<bool(std::string_view, std::string_view)>& visit) const override {
    const Table& table = TableOf(family);
    for (auto at = table.lower_bound(from); at != table.end(); ++at) {
      if (!to.empty() && at->first >= to) return;
      if (!visit(at->first, at->second)) return;
    }
  }
  void Put(std::string_view family, std::string_view key, std::string_view value) override {
    tables_[std::string(family)].insert_or_assign(std::string(key), std::string(value));
  }
  void Delete(std::string_view family, std::string_view key) override {
    tables_[std::string(family)].erase(std::string(key));
  }
  void ArmTimer(std::string_view, absl::Time, std::string_view, std::string_view,
                runtime::TimerClass) override {
    WM_CHECK(false, "risk has no timers");
  }
  void CancelTimer(std::string_view) override { WM_CHECK(false, "risk has no timers"); }
  void Send(const eventlog::TopicPartition&, std::string_view, std::string_view) override {
    WM_CHECK(false, "risk sends nothing but its journal");
  }
  void StartEffect(std::string_view, std::string_view, std::string_view) override {
    WM_CHECK(false, "risk has no effects");
  }
  void CancelEffect(std::string_view) override { WM_CHECK(false, "risk has no effects"); }

  bool operator==(const PlainStore& other) const { return tables_ == other.tables_; }

 private:
  using Table = std::map<std::string, std::string, std::less<>>;
  const Table& TableOf(std::string_view family) const {
    static const Table none;
    const auto found = tables_.find(std::string(family));
    return found == tables_.end() ? none : found->second;
  }

  std::map<std::string, Table> tables_;
};

class PlainRisk {
 public:
  explicit PlainRisk(std::map<std::string, std::shared_ptr<const pack::Pack>> packs)
      : app_(std::move(packs)) {}

  // Decides one message of intake and applies what was decided; its events.
  template <class Message>
  std::vector<runtime::Event> Take(const Message& message, absl::Time now) {
    Instant context(now);
    runtime::Input input;
    input.type = message.GetTypeName();
    input.payload = message.SerializeAsString();
    const auto decision = app_.Decide(store_, input, context);
    WM_CHECK(decision.ok(), std::string(decision.status().message()));
    for (const runtime::Event& event : decision->events) {
      WM_CHECK(app_.Evolve(store_, event, {}, store_).ok(), "an event that does not evolve");
    }
    return decision->events;
  }

  const PlainStore& store() const { return store_; }

 private:
  class Instant : public runtime::Context {
   public:
    explicit Instant(absl::Time now) : now_(now) {}
    absl::Time now() const override { return now_; }
    const std::string& shard() const override { return shard_; }
    absl::Duration lateness() const override { return absl::ZeroDuration(); }
    std::string NewId(std::string_view) override {
      WM_CHECK(false, "risk makes no ids");
      return "";
    }

   private:
    absl::Time now_;
    std::string shard_ = "shard";
  };

  RiskApp app_;
  PlainStore store_;
};

}  // namespace waymark::risk::testing
