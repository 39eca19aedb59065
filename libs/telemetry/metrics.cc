#include "libs/telemetry/metrics.h"

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/text.h"

namespace waymark::telemetry {
namespace {

void AppendEscaped(std::string& out, std::string_view text, bool quotes) {
  for (const char c : text) {
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '"' && quotes) {
      out += "\\\"";
    } else {
      out.push_back(c);
    }
  }
}

std::string Render(const Labels& labels) {
  if (labels.empty()) return "";
  std::string out = "{";
  for (const auto& [name, value] : labels) {
    if (out.size() > 1) out.push_back(',');
    absl::StrAppend(&out, name, "=\"");
    AppendEscaped(out, value, /*quotes=*/true);
    out.push_back('"');
  }
  return out + "}";
}

}  // namespace

Metrics::Family& Metrics::FamilyOf(std::string_view name, std::string_view help) {
  const auto [at, fresh] = families_.try_emplace(std::string(name));
  if (fresh) at->second.help = help;
  return at->second;
}

Counter& Metrics::CounterOf(std::string_view name, std::string_view help, const Labels& labels) {
  std::lock_guard lock(mutex_);
  Family& family = FamilyOf(name, help);
  WM_CHECK(family.gauges.empty(), "a metric is both a gauge and a counter");
  std::unique_ptr<Counter>& counter = family.counters[Render(labels)];
  if (!counter) counter = std::make_unique<Counter>();
  return *counter;
}

Gauge& Metrics::GaugeOf(std::string_view name, std::string_view help, const Labels& labels) {
  std::lock_guard lock(mutex_);
  Family& family = FamilyOf(name, help);
  WM_CHECK(family.counters.empty(), "a metric is both a counter and a gauge");
  std::unique_ptr<Gauge>& gauge = family.gauges[Render(labels)];
  if (!gauge) gauge = std::make_unique<Gauge>();
  return *gauge;
}

std::string Metrics::PrometheusText() const {
  std::lock_guard lock(mutex_);
  std::string out;
  for (const auto& [name, family] : families_) {
    absl::StrAppend(&out, "# HELP ", name, " ");
    AppendEscaped(out, family.help, /*quotes=*/false);
    absl::StrAppend(&out, "\n# TYPE ", name, family.gauges.empty() ? " counter\n" : " gauge\n");
    for (const auto& [labels, counter] : family.counters) {
      absl::StrAppend(&out, name, labels, " ", counter->value(), "\n");
    }
    for (const auto& [labels, gauge] : family.gauges) {
      absl::StrAppend(&out, name, labels, " ", gauge->value(), "\n");
    }
  }
  return out;
}

}  // namespace waymark::telemetry
