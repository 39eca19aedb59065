// Every method an endpoint serves: its path, its rule, its handler. A path that is not in the table
// does not exist, and nothing enters the table without a rule; that is how default deny is built.
//
// Build it before serving, from one thread; afterwards it is read only. A path is
// "/<proto service>/<method>"; adding one twice, or a malformed one, stops the process.
//
//   table.Unary<ResolveRequest, ResolveResponse>(
//       "/waymark.intake.v1.IntakeService/Resolve", Rule::Gateways(),
//       [&](const CallContext& call, ResolveRequest request, Reply<ResolveResponse> reply) {...});
//
// Handlers run on the transport's threads (or the caller's, in process), many at once: they hand
// over to the runtime and return; they never block. They must outlive the endpoint.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "libs/rpc/identity.h"
#include "libs/rpc/rule.h"
#include "libs/rpc/stream.h"

namespace waymark::rpc {

enum class MethodKind { kUnary, kServerStream, kBidiStream };

struct MethodInfo {
  std::string path;
  std::string service;  // "waymark.intake.v1.IntakeService"
  std::string name;     // "Resolve"
  MethodKind kind;
  Rule rule;
  std::string request_type;  // full proto names
  std::string response_type;
};

class MethodTable {
 public:
  MethodTable() = default;
  MethodTable(MethodTable&&) = default;
  MethodTable& operator=(MethodTable&&) = default;

  template <class Req, class Resp>
  void Unary(std::string path, Rule rule,
             std::function<void(const CallContext&, Req, Reply<Resp>)> handler) {
    Entry entry = Describe<Req, Resp>(std::move(path), MethodKind::kUnary, std::move(rule));
    entry.unary = [handler = std::move(handler)](const CallContext& call, const std::string& bytes,
                                                 RawReply reply) {
      Req request;
      if (!request.ParseFromString(bytes)) return reply(Undecodable(request.GetTypeName()));
      handler(call, std::move(request), Reply<Resp>(std::move(reply)));
    };
    Add(std::move(entry));
  }

  template <class Req, class Resp>
  void ServerStream(
      std::string path, Rule rule,
      std::function<void(const CallContext&, Req, std::shared_ptr<ServerWriter<Resp>>)> handler) {
    Entry entry = Describe<Req, Resp>(std::move(path), MethodKind::kServerStream, std::move(rule));
    entry.stream = [handler = std::move(handler)](const CallContext& call, const std::string& bytes,
                                                  std::shared_ptr<RawStream> raw) {
      Req request;
      if (!request.ParseFromString(bytes)) return raw->Finish(Undecodable(request.GetTypeName()));
      handler(call, std::move(request), std::make_shared<ServerWriter<Resp>>(std::move(raw)));
    };
    Add(std::move(entry));
  }

  template <class Req, class Resp>
  void BidiStream(
      std::string path, Rule rule,
      std::function<void(const CallContext&, std::shared_ptr<Duplex<Req, Resp>>)> handler) {
    Entry entry = Describe<Req, Resp>(std::move(path), MethodKind::kBidiStream, std::move(rule));
    entry.stream = [handler = std::move(handler)](const CallContext& call, const std::string&,
                                                  std::shared_ptr<RawStream> raw) {
      handler(call, std::make_shared<Duplex<Req, Resp>>(std::move(raw)));
    };
    Add(std::move(entry));
  }

  // In order of path.
  std::vector<MethodInfo> List() const;
  // Full names, in order.
  std::vector<std::string> Services() const;

  // For the transports. `stream` gets the request's bytes for kServerStream, "" for kBidiStream.
  struct Entry {
    MethodInfo info;
    std::function<void(const CallContext&, const std::string&, RawReply)> unary;
    std::function<void(const CallContext&, const std::string&, std::shared_ptr<RawStream>)> stream;
  };
  // nullptr when there is no such method.
  const Entry* Find(std::string_view path) const;

 private:
  template <class Req, class Resp>
  static Entry Describe(std::string path, MethodKind kind, Rule rule) {
    return Entry{{std::move(path), "", "", kind, std::move(rule),
                  Req::default_instance().GetTypeName(), Resp::default_instance().GetTypeName()},
                 nullptr,
                 nullptr};
  }
  void Add(Entry entry);

  std::map<std::string, Entry, std::less<>> entries_;
};

}  // namespace waymark::rpc
