#include "cli/doctor/http_get.h"

#include <httplib.h>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace waymark::cli {
namespace {

constexpr size_t kBodyBytesMax = 4 << 20;

}  // namespace

absl::StatusOr<HttpAnswer> HttpGet(const std::string& address, const std::string& path,
                                   absl::Duration patience) {
  const size_t colon = address.rfind(':');
  int port = 0;
  if (colon == std::string::npos || !absl::SimpleAtoi(address.substr(colon + 1), &port)) {
    return absl::InvalidArgumentError(absl::StrCat(address, " is not host:port"));
  }
  std::string host = address.substr(0, colon);
  if (host == "0.0.0.0" || host == "[::]") host = "127.0.0.1";
  httplib::Client client(host, port);
  const auto wait = absl::ToChronoMicroseconds(patience);
  client.set_connection_timeout(wait);
  client.set_read_timeout(wait);
  HttpAnswer answer;
  const auto result = client.Get(path.c_str(), [&](const char* bytes, size_t size) {
    answer.body.append(bytes, size);
    return answer.body.size() <= kBodyBytesMax;
  });
  if (!result) {
    return absl::UnavailableError(absl::StrCat(address, ": ", httplib::to_string(result.error())));
  }
  answer.code = result->status;
  return answer;
}

}  // namespace waymark::cli
