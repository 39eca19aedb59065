#include "libs/crypto/certificates.h"

#include <arpa/inet.h>
#include <openssl/ec.h>
#include <openssl/pem.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "libs/base/bytes.h"
#include "libs/base/check.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/crypto/certificates_internal.h"
#include "libs/crypto/hash.h"
#include "libs/crypto/openssl_internal.h"

namespace waymark::crypto {
namespace {

constexpr size_t kCommonNameMax = 64;  // RFC 5280 appendix A: ub-common-name
constexpr size_t kNameMax = 253;
constexpr size_t kSerialSize = 16;

struct NamesDelete {
  void operator()(GENERAL_NAMES* names) const { GENERAL_NAMES_free(names); }
};
using Names = std::unique_ptr<GENERAL_NAMES, NamesDelete>;

Key NewKey() {
  Key key(EVP_EC_gen("P-256"));
  WM_CHECK(key != nullptr, "OpenSSL made no P-256 key");
  return key;
}

// Printable ASCII without what means something in a certificate's texts.
bool IsPlain(std::string_view text, size_t size_max) {
  return !text.empty() && text.size() <= size_max &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return c > ' ' && c < 0x7f && c != ',' && c != '\\'; });
}

bool IsCommonName(std::string_view text) {
  return !text.empty() && text.size() <= kCommonNameMax &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c < 0x7f; });
}

void SetSubject(X509* certificate, const std::string& common_name) {
  WM_CHECK(X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                                      Data(std::string_view(common_name)),
                                      static_cast<int>(common_name.size()), -1, 0) == 1,
           "a checked common name was refused");
}

void SetSerial(X509* certificate, Random& random) {
  std::string bytes = random.Bytes(kSerialSize);
  bytes[0] = static_cast<char>((bytes[0] & 0x3f) | 0x40);  // positive, and always as long
  BIGNUM* number = BN_bin2bn(Data(bytes), static_cast<int>(bytes.size()), nullptr);
  BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate));
  BN_free(number);
}

void AddExtension(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  WM_CHECK(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1,
           "a certificate's extension was refused");
  X509_EXTENSION_free(extension);
}

void AddName(GENERAL_NAMES* names, int kind, std::string_view bytes) {
  GENERAL_NAME* name = GENERAL_NAME_new();
  ASN1_STRING* value = kind == GEN_IPADD ? ASN1_OCTET_STRING_new() : ASN1_IA5STRING_new();
  ASN1_STRING_set(value, bytes.data(), static_cast<int>(bytes.size()));
  GENERAL_NAME_set0_value(name, kind, value);
  sk_GENERAL_NAME_push(names, name);
}

// 4 or 16 bytes; empty when it is no address.
std::string AddressBytes(const std::string& text) {
  std::string bytes(16, '\0');
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) return bytes;
  bytes.resize(4);
  if (inet_pton(AF_INET, text.c_str(), bytes.data()) == 1) return bytes;
  return "";
}

std::string AddressText(std::string_view bytes) {
  char text[INET6_ADDRSTRLEN] = "";
  if (bytes.size() == 4) inet_ntop(AF_INET, bytes.data(), text, sizeof text);
  if (bytes.size() == 16) inet_ntop(AF_INET6, bytes.data(), text, sizeof text);
  return text;
}

absl::StatusOr<Names> AlternativeNames(const LeafRequest& request) {
  Names names(GENERAL_NAMES_new());
  for (const std::string& uri : request.uris) {
    if (!IsPlain(uri, 2048) || !absl::StrContains(uri, "://")) {
      return absl::InvalidArgumentError("a certificate's URI must look like spiffe://DOMAIN/PATH");
    }
    AddName(names.get(), GEN_URI, uri);
  }
  for (const std::string& dns : request.dns_names) {
    if (!IsPlain(dns, kNameMax)) {
      return absl::InvalidArgumentError("a certificate's DNS name must look like host.example");
    }
    AddName(names.get(), GEN_DNS, dns);
  }
  for (const std::string& address : request.ip_addresses) {
    const std::string bytes = AddressBytes(address);
    if (bytes.empty()) {
      return absl::InvalidArgumentError("a certificate's address must be IPv4 or IPv6");
    }
    AddName(names.get(), GEN_IPADD, bytes);
  }
  if (sk_GENERAL_NAME_num(names.get()) == 0) {
    return absl::InvalidArgumentError("a certificate needs a URI, a DNS name or an address");
  }
  return names;
}

// Everything but names, extensions and the signature.
X509Ptr Blank(EVP_PKEY* key, absl::Time not_before, absl::Time not_after, Random& random) {
  X509Ptr certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  SetSerial(certificate.get(), random);
  internal::SetTime(X509_getm_notBefore(certificate.get()), not_before);
  internal::SetTime(X509_getm_notAfter(certificate.get()), not_after);
  WM_CHECK(X509_set_pubkey(certificate.get(), key) == 1, "a certificate refused its key");
  return certificate;
}

absl::Status CheckValidity(absl::Time not_before, absl::Time not_after) {
  if (not_before >= not_after || not_before < absl::UnixEpoch() ||
      not_after > absl::FromUnixSeconds(internal::kSecondsMax)) {
    return absl::InvalidArgumentError("a certificate must end after it begins, before year 10000");
  }
  return absl::OkStatus();
}

std::vector<std::string> NamesOf(const GENERAL_NAMES* names, int kind) {
  std::vector<std::string> result;
  for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(names, i);
    int found = 0;
    const void* value = GENERAL_NAME_get0_value(name, &found);
    if (found != kind) continue;
    const ASN1_STRING* text = static_cast<const ASN1_STRING*>(value);
    const std::string bytes(reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
                            static_cast<size_t>(ASN1_STRING_length(text)));
    result.push_back(kind == GEN_IPADD ? AddressText(bytes) : bytes);
  }
  return result;
}

}  // namespace

struct CertificateAuthority::Impl {
  X509Ptr certificate;
  Key key;
  absl::Time not_after;
};

absl::StatusOr<CertificateAuthority> CertificateAuthority::Create(std::string_view name,
                                                                  absl::Time not_before,
                                                                  absl::Time not_after,
                                                                  Random& random) {
  if (!IsCommonName(name)) {
    return absl::InvalidArgumentError("an authority's name is 1 to 64 printable characters");
  }
  WM_RETURN_IF_ERROR(CheckValidity(not_before, not_after));
  Key key = NewKey();
  X509Ptr certificate = Blank(key.get(), not_before, not_after, random);
  SetSubject(certificate.get(), std::string(name));
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get()));
  X509* self = certificate.get();
  AddExtension(self, self, NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
  AddExtension(self, self, NID_key_usage, "critical,keyCertSign,cRLSign");
  AddExtension(self, self, NID_subject_key_identifier, "hash");
  WM_CHECK(X509_sign(self, key.get(), EVP_sha256()) > 0, "an authority did not sign itself");
  return CertificateAuthority(
      std::make_shared<const Impl>(Impl{std::move(certificate), std::move(key), not_after}));
}

absl::StatusOr<CertificateAuthority> CertificateAuthority::FromPem(
    std::string_view certificate_pem, std::string_view private_key_pem) {
  WM_ASSIGN_OR_RETURN(const CertificateInfo info, ParseCertificate(certificate_pem));
  if (!info.is_authority) {
    return absl::InvalidArgumentError("the certificate is not an authority's (CA:TRUE)");
  }
  WM_RETURN_IF_ERROR(CheckKeyMatches(certificate_pem, private_key_pem));
  return CertificateAuthority(std::make_shared<const Impl>(
      Impl{internal::ReadCertificate(certificate_pem),
           KeyFromPrivatePem(EVP_PKEY_EC, private_key_pem), info.not_after}));
}

std::string CertificateAuthority::certificate_pem() const {
  return internal::CertificatePem(impl_->certificate.get());
}

std::string CertificateAuthority::private_key_pem() const { return PrivatePem(impl_->key.get()); }

absl::StatusOr<IssuedCertificate> CertificateAuthority::Issue(const LeafRequest& request,
                                                              Random& random) const {
  if (!IsCommonName(request.common_name)) {
    return absl::InvalidArgumentError("a certificate's name is 1 to 64 printable characters");
  }
  WM_RETURN_IF_ERROR(CheckValidity(request.not_before, request.not_after));
  if (request.not_after > impl_->not_after) {
    return absl::InvalidArgumentError(
        "a certificate must not outlive its authority: make a shorter one, or a new authority");
  }
  WM_ASSIGN_OR_RETURN(const Names names, AlternativeNames(request));
  const Key key = NewKey();
  const X509Ptr leaf = Blank(key.get(), request.not_before, request.not_after, random);
  X509* issuer = impl_->certificate.get();
  SetSubject(leaf.get(), request.common_name);
  X509_set_issuer_name(leaf.get(), X509_get_subject_name(issuer));
  AddExtension(leaf.get(), issuer, NID_basic_constraints, "critical,CA:FALSE");
  AddExtension(leaf.get(), issuer, NID_key_usage, "critical,digitalSignature");
  AddExtension(leaf.get(), issuer, NID_ext_key_usage, "serverAuth,clientAuth");
  AddExtension(leaf.get(), issuer, NID_subject_key_identifier, "hash");
  AddExtension(leaf.get(), issuer, NID_authority_key_identifier, "keyid:always");
  WM_CHECK(
      X509_add1_ext_i2d(leaf.get(), NID_subject_alt_name, names.get(), 0, X509V3_ADD_DEFAULT) == 1,
      "a certificate refused its names");
  WM_CHECK(X509_sign(leaf.get(), impl_->key.get(), EVP_sha256()) > 0, "a leaf was not signed");
  return IssuedCertificate{internal::CertificatePem(leaf.get()), PrivatePem(key.get())};
}

absl::StatusOr<std::string> CertificateAuthority::MakeRevocationList(
    const std::vector<std::string>& serials, absl::Time this_update, absl::Time next_update,
    uint64_t number) const {
  WM_RETURN_IF_ERROR(CheckValidity(this_update, next_update));
  return internal::MakeRevocationList(impl_->certificate.get(), impl_->key.get(), serials,
                                      this_update, next_update, number);
}

absl::StatusOr<CertificateInfo> ParseCertificate(std::string_view pem) {
  const X509Ptr certificate = internal::ReadCertificate(pem);
  if (certificate == nullptr) {
    return absl::InvalidArgumentError(
        "not a certificate: wanted a PEM block '-----BEGIN CERTIFICATE-----'");
  }
  CertificateInfo info;
  char name[kCommonNameMax * 4 + 1] = "";
  X509_NAME_get_text_by_NID(X509_get_subject_name(certificate.get()), NID_commonName, name,
                            sizeof name);
  info.common_name = name;
  const Names names(static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(certificate.get(), NID_subject_alt_name, nullptr, nullptr)));
  if (names != nullptr) {
    info.uris = NamesOf(names.get(), GEN_URI);
    info.dns_names = NamesOf(names.get(), GEN_DNS);
    info.ip_addresses = NamesOf(names.get(), GEN_IPADD);
  }
  const std::optional<absl::Time> not_before =
      internal::ReadTime(X509_get0_notBefore(certificate.get()));
  const std::optional<absl::Time> not_after =
      internal::ReadTime(X509_get0_notAfter(certificate.get()));
  if (!not_before || !not_after) {
    return absl::InvalidArgumentError("a certificate's validity is not two instants");
  }
  info.not_before = *not_before;
  info.not_after = *not_after;
  info.serial = internal::SerialText(X509_get0_serialNumber(certificate.get()));
  info.issuer = internal::NameDigest(X509_get_issuer_name(certificate.get()));
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate.get(), &der);
  WM_CHECK(size > 0, "a parsed certificate could not be written");
  info.fingerprint =
      ToHex(Sha256(std::string_view(reinterpret_cast<char*>(der), static_cast<size_t>(size))));
  OPENSSL_free(der);
  info.is_authority = X509_check_ca(certificate.get()) == 1;
  ERR_clear_error();
  return info;
}

absl::Status CheckKeyMatches(std::string_view certificate_pem, std::string_view private_key_pem) {
  const X509Ptr certificate = internal::ReadCertificate(certificate_pem);
  if (certificate == nullptr) return absl::InvalidArgumentError("the certificate is not PEM");
  const Key key = KeyFromPrivatePem(EVP_PKEY_EC, private_key_pem);
  if (key == nullptr) {
    return absl::InvalidArgumentError(
        "not an EC private key: wanted a PEM block '-----BEGIN PRIVATE KEY-----' without a "
        "passphrase");
  }
  const bool matches = X509_check_private_key(certificate.get(), key.get()) == 1;
  ERR_clear_error();
  if (matches) return absl::OkStatus();
  return absl::InvalidArgumentError(
      "the private key is not the certificate's: put both files of one issue in place together");
}

}  // namespace waymark::crypto
