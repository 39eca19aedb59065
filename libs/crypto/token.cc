#include "libs/crypto/token.h"

#include <nlohmann/json.hpp>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "libs/base/bytes.h"
#include "libs/base/status.h"
#include "libs/base/text.h"

namespace waymark::crypto {
namespace {

using Json = nlohmann::json;

// Reads one flat object of strings and whole numbers; everything else, and a member given twice,
// stops the parse.
class FlatObject : public nlohmann::json_sax<Json> {
 public:
  static std::optional<FlatObject> Parse(const std::string& text) {
    FlatObject object;
    if (!Json::sax_parse(text, &object)) return std::nullopt;
    return object;
  }

  // Takes the member out, so that what is left at the end is what was not asked for.
  std::optional<std::string> TakeText(const std::string& name) { return Take(texts_, name); }
  std::optional<int64_t> TakeNumber(const std::string& name) { return Take(numbers_, name); }
  bool empty() const { return texts_.empty() && numbers_.empty(); }

  bool null() override { return false; }
  bool boolean(bool) override { return false; }
  bool number_float(number_float_t, const string_t&) override { return false; }
  bool binary(binary_t&) override { return false; }
  bool start_array(std::size_t) override { return false; }
  bool end_array() override { return false; }
  bool start_object(std::size_t) override { return depth_++ == 0; }
  bool end_object() override { return true; }
  bool key(string_t& name) override {
    key_ = name;
    return texts_.count(name) == 0 && numbers_.count(name) == 0;
  }
  bool string(string_t& value) override {
    if (depth_ != 1) return false;
    texts_.emplace(key_, value);
    return true;
  }
  bool number_integer(number_integer_t) override { return false; }  // negative
  bool number_unsigned(number_unsigned_t value) override {
    if (depth_ != 1 || value > kNumberMax) return false;
    numbers_.emplace(key_, static_cast<int64_t>(value));
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const Json::exception&) override {
    return false;
  }

 private:
  // The year 9999 in seconds: later instants are nobody's.
  static constexpr uint64_t kNumberMax = 253402300799;

  template <typename Map>
  static std::optional<typename Map::mapped_type> Take(Map& map, const std::string& name) {
    auto node = map.extract(name);
    if (node.empty()) return std::nullopt;
    return std::move(node.mapped());
  }

  int depth_ = 0;
  std::string key_;
  std::map<std::string, std::string> texts_;
  std::map<std::string, int64_t> numbers_;
};

absl::Status Refused(std::string_view why) {
  return absl::UnauthenticatedError(absl::StrCat("the person's token is refused: ", ToAbsl(why)));
}

// Base64 that decodes to the same bytes in another spelling is refused: one token, one text.
std::optional<std::string> Decode(std::string_view part) {
  const absl::StatusOr<std::string> bytes = FromBase64Url(part);
  if (!bytes.ok() || ToBase64Url(*bytes) != part) return std::nullopt;
  return *bytes;
}

absl::Status CheckSignature(const std::vector<std::string>& parts, const VerifyKeySet& keys) {
  const std::optional<std::string> header_text = Decode(parts[0]);
  const std::optional<std::string> signature = Decode(parts[2]);
  if (!header_text || !signature) return Refused("it is not URL-safe base64 without padding");
  std::optional<FlatObject> header = FlatObject::Parse(*header_text);
  if (!header) return Refused("its header is not one flat JSON object");
  if (header->TakeText("alg") != "EdDSA" || header->TakeText("typ") != "JWT") {
    return Refused("wanted alg EdDSA and typ JWT");
  }
  const std::optional<std::string> key_id = header->TakeText("kid");
  if (!header->empty()) return Refused("its header has members that are not allowed");
  if (!key_id) return Refused("its header names no key (kid)");
  const auto key = keys.find(*key_id);
  if (key == keys.end()) {
    return Refused(
        "it is signed with a key that this gateway does not trust; sign in again, or "
        "have the operator add the identity provider's key");
  }
  if (!key->second.Verify(absl::StrCat(parts[0], ".", parts[1]), *signature)) {
    return Refused("its signature does not hold; sign in again");
  }
  return absl::OkStatus();
}

absl::StatusOr<TokenClaims> ReadClaims(std::string_view part) {
  const std::optional<std::string> text = Decode(part);
  if (!text) return Refused("it is not URL-safe base64 without padding");
  std::optional<FlatObject> object = FlatObject::Parse(*text);
  if (!object) return Refused("its claims are not one flat JSON object with each member once");
  TokenClaims claims;
  const std::pair<const char*, std::string*> texts[] = {
      {"iss", &claims.issuer},    {"sub", &claims.subject}, {"aud", &claims.audience},
      {"agency", &claims.agency}, {"role", &claims.role},   {"jti", &claims.id}};
  for (const auto& [name, target] : texts) {
    std::optional<std::string> value = object->TakeText(name);
    if (!value || value->empty()) {
      return Refused(absl::StrCat("wanted '", name, "' as a text that is not empty"));
    }
    *target = *std::move(value);
  }
  const std::optional<int64_t> issued_at = object->TakeNumber("iat");
  const std::optional<int64_t> expires_at = object->TakeNumber("exp");
  if (!issued_at || !expires_at) return Refused("wanted 'iat' and 'exp' in whole seconds");
  if (!object->empty()) return Refused("it has claims that are not allowed");
  claims.issued_at = absl::FromUnixSeconds(*issued_at);
  claims.expires_at = absl::FromUnixSeconds(*expires_at);
  return claims;
}

}  // namespace

absl::StatusOr<std::string> IssueToken(const TokenClaims& claims, const SigningKey& key) {
  for (const std::string* text : {&claims.issuer, &claims.subject, &claims.audience, &claims.agency,
                                  &claims.role, &claims.id}) {
    if (text->empty()) return absl::InvalidArgumentError("a token's claims may not be empty");
  }
  const Json header = {{"alg", "EdDSA"}, {"kid", key.verify_key().id()}, {"typ", "JWT"}};
  const Json body = {{"iss", claims.issuer},
                     {"sub", claims.subject},
                     {"aud", claims.audience},
                     {"agency", claims.agency},
                     {"role", claims.role},
                     {"iat", absl::ToUnixSeconds(claims.issued_at)},
                     {"exp", absl::ToUnixSeconds(claims.expires_at)},
                     {"jti", claims.id}};
  std::string token;
  try {
    token = absl::StrCat(ToBase64Url(header.dump()), ".", ToBase64Url(body.dump()));
  } catch (const Json::exception&) {
    return absl::InvalidArgumentError("a token's claims must be UTF-8");
  }
  absl::StrAppend(&token, ".", ToBase64Url(key.Sign(token)));
  if (token.size() > kTokenBytesMax) {
    return absl::InvalidArgumentError("a token may have 4096 bytes: shorten its claims");
  }
  return token;
}

absl::StatusOr<TokenClaims> VerifyToken(std::string_view token, const VerifyKeySet& keys,
                                        const TokenExpectations& expected) {
  if (token.size() > kTokenBytesMax) return Refused("it is longer than 4096 bytes");
  const std::vector<std::string> parts = absl::StrSplit(ToAbsl(token), '.');
  if (parts.size() != 3) return Refused("wanted three parts with dots between them");
  WM_RETURN_IF_ERROR(CheckSignature(parts, keys));
  WM_ASSIGN_OR_RETURN(TokenClaims claims, ReadClaims(parts[1]));
  if (claims.issuer != expected.issuer) return Refused("another identity provider issued it");
  if (claims.audience != expected.audience) return Refused("it is for another gateway");
  if (claims.expires_at <= claims.issued_at) return Refused("it expires before it was issued");
  if (claims.expires_at - claims.issued_at > expected.lifetime_max) {
    return Refused("it lives longer than this gateway allows");
  }
  if (claims.issued_at > expected.now + expected.clock_skew_max) {
    return Refused("it was issued in the future; compare the clocks of both machines");
  }
  if (expected.now >= claims.expires_at) return Refused("it has expired; sign in again");
  return claims;
}

}  // namespace waymark::crypto
