// Inside the library: what a caller holds of a stream. Letting go of it cancels.
#pragma once

#include "libs/rpc/channel.h"

namespace waymark::rpc {

class ClientHandle : public RawClientStream {
 public:
  explicit ClientHandle(std::shared_ptr<RawClientStream> stream) : stream_(std::move(stream)) {}
  ~ClientHandle() override { stream_->Cancel(); }
  void Read(std::function<void(absl::StatusOr<std::optional<std::string>>)> done) override {
    stream_->Read(std::move(done));
  }
  void Write(std::string message, std::function<void(bool)> done) override {
    stream_->Write(std::move(message), std::move(done));
  }
  void WritesDone() override { stream_->WritesDone(); }
  void Cancel() override { stream_->Cancel(); }

 private:
  const std::shared_ptr<RawClientStream> stream_;
};

}  // namespace waymark::rpc
