// One real broker for a whole test program, with an authority and certificates of its own; started
// by tools/kafka/broker.py when first asked for, and gone when the program ends.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "libs/base/clock.h"
#include "libs/crypto/certificates.h"
#include "libs/eventlog/kafka_log.h"
#include "libs/store/testing.h"

namespace waymark::kafka_testing {

// Validity and names of a certificate other than the usual.
struct Identity {
  absl::Duration starts = -absl::Hours(1);
  absl::Duration ends = absl::Hours(1);
  const crypto::CertificateAuthority* by = nullptr;  // null: the broker's own
};

class Broker {
 public:
  // Why there can be none here (no Java, no jars); nullopt when there can.
  static std::optional<std::string> Missing();
  // The one of this program.
  static Broker& Get();

  // With a folder and ports of its own, for tests that break it. `more` for tools/kafka/broker.py.
  explicit Broker(std::string home_under = "");
  ~Broker();

  void Kill();
  void Stop();
  // Again on the same folder and ports, answering.
  void Start();
  // SIGSTOP and SIGCONT.
  void Freeze();
  void Thaw();

  const std::string& bootstrap() const { return bootstrap_; }
  std::string data() const { return home_ + "/data"; }
  const crypto::CertificateAuthority& authority() const { return authority_; }

  // A folder with cert.pem, key.pem and ca.pem for `name`.
  std::string Tls(const std::string& name, const Identity& identity = {});
  // Puts other files into such a folder, one after the other.
  void Replace(const std::string& folder, const std::string& name, const Identity& identity = {});

  // As `name`; short waits.
  eventlog::KafkaOptions Options(const std::string& name);
  std::unique_ptr<eventlog::KafkaLog> Open(const std::string& name);

 private:
  int Pid() const;

  SystemClock clock_;
  SystemRandom random_;
  store::TemporaryDirectory scratch_;
  std::string home_;
  crypto::CertificateAuthority authority_;
  std::string bootstrap_;
  int folders_ = 0;
};

// "CN=operator.test@fenland.waymark" may do everything.
inline constexpr const char* kOperator = "operator.test@fenland.waymark";

SystemClock& RealClock();

}  // namespace waymark::kafka_testing

// Skips a test, with the reason, where no broker can run.
#define WM_NEEDS_BROKER()                                                                    \
  if (const auto missing = ::waymark::kafka_testing::Broker::Missing(); missing.has_value()) \
  GTEST_SKIP() << *missing
