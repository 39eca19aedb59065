#include "libs/telemetry/log.h"

#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <mutex>
#include <nlohmann/json.hpp>
#include <utility>

#include "libs/base/rfc3339.h"

namespace waymark::telemetry {
namespace {

spdlog::level::level_enum SpdlogLevel(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarning:
      return spdlog::level::warn;
    case Level::kError:
      return spdlog::level::err;
  }
  return spdlog::level::err;
}

std::string_view NameOf(Level level) {
  switch (level) {
    case Level::kDebug:
      return "debug";
    case Level::kInfo:
      return "info";
    case Level::kWarning:
      return "warning";
    case Level::kError:
      return "error";
  }
  return "error";
}

class FunctionSink : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit FunctionSink(std::function<void(std::string_view)> sink) : sink_(std::move(sink)) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    sink_(std::string_view(message.payload.data(), message.payload.size()));
  }
  void flush_() override {}

 private:
  std::function<void(std::string_view)> sink_;
};

class JsonLog : public Log {
 public:
  JsonLog(std::string_view service, spdlog::sink_ptr sink, Level least, Clock& clock)
      : service_(service), logger_("waymark", std::move(sink)), clock_(clock) {
    logger_.set_pattern("%v");
    logger_.set_level(SpdlogLevel(least));
    logger_.flush_on(spdlog::level::warn);
  }

  void Write(Level level, std::string_view event,
             std::initializer_list<FieldValue> fields) override {
    if (!logger_.should_log(SpdlogLevel(level))) return;
    nlohmann::ordered_json line;
    line["at"] = FormatRfc3339(clock_.Now());
    line["level"] = NameOf(level);
    line["service"] = service_;
    line["event"] = event;
    for (const FieldValue& field : fields) {
      const std::string name(telemetry::NameOf(field.field));
      std::visit([&](const auto& value) { line[name] = value; }, field.value);
    }
    const std::string text =
        line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    logger_.log(SpdlogLevel(level), spdlog::string_view_t(text.data(), text.size()));
  }

 private:
  const std::string service_;
  spdlog::logger logger_;
  Clock& clock_;
};

}  // namespace

std::string_view NameOf(Field field) {
  switch (field) {
    case Field::kAlarm:
      return "alarm";
    case Field::kAttempt:
      return "attempt";
    case Field::kCode:
      return "code";
    case Field::kCount:
      return "count";
    case Field::kDetail:
      return "detail";
    case Field::kDurationMs:
      return "duration_ms";
    case Field::kEffect:
      return "effect";
    case Field::kEpoch:
      return "epoch";
    case Field::kFile:
      return "file";
    case Field::kLane:
      return "lane";
    case Field::kMethod:
      return "method";
    case Field::kPartition:
      return "partition";
    case Field::kPeer:
      return "peer";
    case Field::kPort:
      return "port";
    case Field::kReason:
      return "reason";
    case Field::kSeq:
      return "seq";
    case Field::kService:
      return "of_service";
    case Field::kShard:
      return "shard";
    case Field::kSubject:
      return "subject";
    case Field::kTimer:
      return "timer";
    case Field::kTopic:
      return "topic";
    case Field::kTraceparent:
      return "traceparent";
    case Field::kVersion:
      return "version";
  }
  return "unknown";
}

absl::StatusOr<std::unique_ptr<Log>> MakeJsonLog(std::string_view service, std::string_view path,
                                                 Level least, Clock& clock) {
  try {
    spdlog::sink_ptr sink;
    if (path.empty()) {
      sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    } else {
      sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(std::string(path));
    }
    return std::make_unique<JsonLog>(service, std::move(sink), least, clock);
  } catch (const spdlog::spdlog_ex& error) {
    return absl::InvalidArgumentError(absl::StrCat("cannot write the log: ", error.what()));
  }
}

std::unique_ptr<Log> MakeJsonLog(std::string_view service,
                                 std::function<void(std::string_view)> sink, Level least,
                                 Clock& clock) {
  return std::make_unique<JsonLog>(service, std::make_shared<FunctionSink>(std::move(sink)), least,
                                   clock);
}

}  // namespace waymark::telemetry
