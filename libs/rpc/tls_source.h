// Inside the library: a TLS directory that is watched. What was last found whole stays in force
// until something else is found whole: a key written in place and found half done, a folder without
// its key, a revocation list that does not parse or is older change nothing but TlsState::on_disk.
// Thread-safe.
#pragma once

#include <grpcpp/security/tls_certificate_provider.h>

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "libs/base/clock.h"
#include "libs/rpc/tls_files.h"
#include "libs/rpc/tls_state.h"

namespace waymark::rpc {

// An unnamed file in memory that is replaced as a whole.
class MemoryFile {
 public:
  MemoryFile();
  ~MemoryFile();
  MemoryFile(const MemoryFile&) = delete;
  MemoryFile& operator=(const MemoryFile&) = delete;
  // `version` must grow: gRPC compares a file's time in whole seconds before and after it reads.
  void Replace(std::string_view bytes, int version);
  std::string path() const;

 private:
  int file_ = -1;
};

class TlsSource {
 public:
  // One source for each directory in use; FAILED_PRECONDITION as ReadTlsFiles says.
  static absl::StatusOr<std::shared_ptr<TlsSource>> Open(const std::string& directory,
                                                         absl::Duration refresh);
  ~TlsSource();

  std::shared_ptr<grpc::experimental::CertificateProviderInterface> provider() const {
    return provider_;
  }

  // As JudgePeer, for a peer of an open connection too: remembers certificates, so that asking at
  // every call costs one look into a map.
  absl::Status Judge(std::string_view peer_pem);

  TlsState State() const;

 private:
  TlsSource(std::string directory, absl::Duration refresh, TlsFiles files);
  void Watch();
  void Look();
  void TakeIntoUse(TlsFiles files);

  const std::string directory_;
  const absl::Duration refresh_;
  SystemClock clock_;
  MemoryFile identity_;  // certificates and key in one file, so that they change together
  MemoryFile authorities_;
  std::shared_ptr<grpc::experimental::CertificateProviderInterface> provider_;

  mutable std::mutex mutex_;
  TlsFiles files_;
  int taken_into_use_ = 0;
  absl::Status on_disk_;
  std::unordered_map<std::string, crypto::CertificateInfo> peers_;  // by PEM text, bounded

  std::condition_variable stopped_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace waymark::rpc
