#include "libs/rpc/tls_source.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <map>

#include "absl/strings/str_cat.h"
#include "libs/base/check.h"
#include "libs/base/rfc3339.h"
#include "libs/base/status.h"

namespace waymark::rpc {
namespace {

constexpr size_t kPeersMax = 1024;

struct Registry {
  std::mutex mutex;
  std::map<std::string, std::weak_ptr<TlsSource>> sources;
};

Registry& AllSources() {
  static auto& registry = *new Registry();
  return registry;
}

int NewMemoryFile() {
  const int file = memfd_create("waymark-tls", MFD_CLOEXEC);
  WM_CHECK(file >= 0, "the system gives no file in memory");
  return file;
}

// Lists only ever grow newer: an old one put back must not bring a revoked certificate back.
absl::Status CheckNotOlder(const TlsFiles& before, const TlsFiles& after) {
  if (before.checks_revocation && !after.checks_revocation) {
    return absl::FailedPreconditionError("the folder crl/ has gone; put the lists back");
  }
  for (const auto& [issuer, list] : after.revoked) {
    const auto held = before.revoked.find(issuer);
    if (held != before.revoked.end() && list.this_update < held->second.this_update) {
      return absl::FailedPreconditionError(
          absl::StrCat("a revocation list of ", FormatRfc3339(list.this_update),
                       " is older than the one in force; fetch the current one"));
    }
  }
  return absl::OkStatus();
}

bool SameCredentials(const TlsFiles& left, const TlsFiles& right) {
  return left.certificate == right.certificate && left.key == right.key &&
         left.authorities == right.authorities;
}

}  // namespace

MemoryFile::MemoryFile() : file_(NewMemoryFile()) {}

MemoryFile::~MemoryFile() { close(file_); }

void MemoryFile::Replace(std::string_view bytes, int version) {
  const int fresh = NewMemoryFile();
  WM_CHECK(write(fresh, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()),
           "a file in memory took only a part");
  const timespec times[2] = {{version, 0}, {version, 0}};
  WM_CHECK(futimens(fresh, times) == 0, "a file in memory refused its time");
  WM_CHECK(dup3(fresh, file_, O_CLOEXEC) == file_, "a file in memory was not replaced");
  close(fresh);
}

std::string MemoryFile::path() const { return absl::StrCat("/proc/self/fd/", file_); }

absl::StatusOr<std::shared_ptr<TlsSource>> TlsSource::Open(const std::string& directory,
                                                           absl::Duration refresh) {
  Registry& registry = AllSources();
  std::lock_guard lock(registry.mutex);
  std::weak_ptr<TlsSource>& known = registry.sources[directory];
  if (auto source = known.lock()) return source;
  WM_ASSIGN_OR_RETURN(TlsFiles files, ReadTlsFiles(directory, SystemClock().Now()));
  std::shared_ptr<TlsSource> source(
      new TlsSource(directory, std::max(refresh, absl::Seconds(1)), std::move(files)));
  known = source;
  return source;
}

TlsSource::TlsSource(std::string directory, absl::Duration refresh, TlsFiles files)
    : directory_(std::move(directory)), refresh_(refresh) {
  TakeIntoUse(std::move(files));
  provider_ = std::make_shared<grpc::experimental::FileWatcherCertificateProvider>(
      identity_.path(), identity_.path(), authorities_.path(), /*refresh_interval_sec=*/1);
  thread_ = std::thread([this] { Watch(); });
}

TlsSource::~TlsSource() {
  {
    std::lock_guard lock(mutex_);
    stop_ = true;
  }
  stopped_.notify_all();
  thread_.join();
  provider_ = nullptr;
}

void TlsSource::Watch() {
  std::unique_lock lock(mutex_);
  while (!stopped_.wait_for(lock, absl::ToChronoMilliseconds(refresh_), [this] { return stop_; })) {
    lock.unlock();
    Look();
    lock.lock();
  }
}

void TlsSource::Look() {
  auto files = ReadTlsFiles(directory_, clock_.Now());
  absl::Status found = files.status();
  std::unique_lock lock(mutex_);
  if (found.ok()) found = CheckNotOlder(files_, *files);
  on_disk_ = found;
  if (!found.ok()) return;
  if (!SameCredentials(files_, *files)) {
    TakeIntoUse(*std::move(files));
  } else {
    files_ = *std::move(files);
  }
}

void TlsSource::TakeIntoUse(TlsFiles files) {
  const int version = ++taken_into_use_;
  identity_.Replace(absl::StrCat(files.certificate, "\n", files.key), version);
  authorities_.Replace(files.authorities, version);
  files_ = std::move(files);
}

absl::Status TlsSource::Judge(std::string_view peer_pem) {
  std::lock_guard lock(mutex_);
  auto known = peers_.find(std::string(peer_pem));
  if (known == peers_.end()) {
    auto info = crypto::ParseCertificate(peer_pem);
    if (!info.ok()) return absl::UnauthenticatedError("the peer's certificate cannot be read");
    if (peers_.size() >= kPeersMax) peers_.clear();
    known = peers_.emplace(peer_pem, *std::move(info)).first;
  }
  return JudgePeer(files_, known->second, clock_.Now());
}

TlsState TlsSource::State() const {
  std::lock_guard lock(mutex_);
  TlsState state;
  state.directory = directory_;
  state.identity = files_.own.uris.front();
  state.not_after = files_.own.not_after;
  state.authority_not_after = files_.authority_not_after;
  state.revocation_next_update = absl::InfiniteFuture();
  for (const auto& [issuer, list] : files_.revoked) {
    state.revocation_next_update = std::min(state.revocation_next_update, list.next_update);
  }
  state.taken_into_use = taken_into_use_;
  state.on_disk = on_disk_;
  return state;
}

std::vector<TlsState> TlsInUse() {
  Registry& registry = AllSources();
  std::vector<TlsState> states;
  std::lock_guard lock(registry.mutex);
  for (auto at = registry.sources.begin(); at != registry.sources.end();) {
    if (auto source = at->second.lock()) {
      states.push_back(source->State());
      ++at;
    } else {
      at = registry.sources.erase(at);
    }
  }
  return states;
}

}  // namespace waymark::rpc
