#include <openssl/pem.h>

#include <ctime>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "libs/base/bytes.h"
#include "libs/base/check.h"
#include "libs/base/rfc3339.h"
#include "libs/base/status.h"
#include "libs/crypto/certificates.h"
#include "libs/crypto/certificates_internal.h"
#include "libs/crypto/hash.h"

namespace waymark::crypto {
namespace {

using Store = std::unique_ptr<X509_STORE, OpenSslDelete<X509_STORE_free>>;
using StoreContext = std::unique_ptr<X509_STORE_CTX, OpenSslDelete<X509_STORE_CTX_free>>;

Bio Reading(std::string_view text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

CrlPtr ReadRevocationList(std::string_view pem) {
  CrlPtr list(PEM_read_bio_X509_CRL(Reading(pem).get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  return list;
}

absl::Status Broken(X509_STORE_CTX* context, const X509* leaf) {
  const int reason = X509_STORE_CTX_get_error(context);
  std::string remedy = "have the partnership's authority issue a new one";
  if (reason == X509_V_ERR_CERT_NOT_YET_VALID) remedy = "check this machine's clock";
  if (reason == X509_V_ERR_CRL_HAS_EXPIRED || reason == X509_V_ERR_UNABLE_TO_GET_CRL) {
    remedy = "fetch the authority's current revocation list";
  }
  const std::optional<absl::Time> end = internal::ReadTime(X509_get0_notAfter(leaf));
  return absl::FailedPreconditionError(absl::StrCat(
      "the certificate does not hold (", X509_verify_cert_error_string(reason),
      end ? absl::StrCat("; it ends ", FormatRfc3339(*end)) : std::string(), "): ", remedy));
}

}  // namespace

namespace internal {

X509Ptr ReadCertificate(std::string_view pem) {
  X509Ptr certificate(PEM_read_bio_X509(Reading(pem).get(), nullptr, nullptr, nullptr));
  ERR_clear_error();
  return certificate;
}

std::string CertificatePem(X509* certificate) {
  const Bio bio(BIO_new(BIO_s_mem()));
  WM_CHECK(PEM_write_bio_X509(bio.get(), certificate) == 1, "a certificate was not written");
  return BioText(bio.get());
}

void SetTime(ASN1_TIME* target, absl::Time at) {
  WM_CHECK(ASN1_TIME_set(target, absl::ToTimeT(at)) != nullptr, "a checked time was refused");
}

std::optional<absl::Time> ReadTime(const ASN1_TIME* time) {
  std::tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return std::nullopt;
  return absl::FromTM(parts, absl::UTCTimeZone());
}

std::string SerialText(const ASN1_INTEGER* serial) {
  BIGNUM* number = ASN1_INTEGER_to_BN(serial, nullptr);
  std::string bytes(static_cast<size_t>(BN_num_bytes(number)), '\0');
  BN_bn2bin(number, Data(bytes));
  BN_free(number);
  return ToHex(bytes);
}

std::string NameDigest(const X509_NAME* name) {
  const unsigned char* der = nullptr;
  size_t size = 0;
  WM_CHECK(X509_NAME_get0_der(name, &der, &size) == 1, "a parsed name has no DER form");
  return ToHex(Sha256(std::string_view(reinterpret_cast<const char*>(der), size)));
}

absl::StatusOr<std::string> MakeRevocationList(X509* issuer, EVP_PKEY* key,
                                               const std::vector<std::string>& serials,
                                               absl::Time this_update, absl::Time next_update,
                                               uint64_t number) {
  const CrlPtr list(X509_CRL_new());
  X509_CRL_set_version(list.get(), X509_CRL_VERSION_2);
  X509_CRL_set_issuer_name(list.get(), X509_get_subject_name(issuer));
  std::unique_ptr<ASN1_TIME, OpenSslDelete<ASN1_TIME_free>> time(ASN1_TIME_new());
  SetTime(time.get(), this_update);
  X509_CRL_set1_lastUpdate(list.get(), time.get());
  for (const std::string& serial : serials) {
    const absl::StatusOr<std::string> bytes = FromHex(serial);
    if (!bytes.ok() || bytes->empty() || bytes->size() > 20) {
      return absl::InvalidArgumentError("a serial number is 1 to 20 bytes in hexadecimal");
    }
    BIGNUM* value =
        BN_bin2bn(Data(std::string_view(*bytes)), static_cast<int>(bytes->size()), nullptr);
    ASN1_INTEGER* integer = BN_to_ASN1_INTEGER(value, nullptr);
    X509_REVOKED* revoked = X509_REVOKED_new();
    X509_REVOKED_set_serialNumber(revoked, integer);
    X509_REVOKED_set_revocationDate(revoked, time.get());
    X509_CRL_add0_revoked(list.get(), revoked);
    ASN1_INTEGER_free(integer);
    BN_free(value);
  }
  SetTime(time.get(), next_update);
  X509_CRL_set1_nextUpdate(list.get(), time.get());
  ASN1_INTEGER* list_number = ASN1_INTEGER_new();
  ASN1_INTEGER_set_uint64(list_number, number);
  WM_CHECK(X509_CRL_add1_ext_i2d(list.get(), NID_crl_number, list_number, 0, 0) == 1,
           "a revocation list refused its number");
  ASN1_INTEGER_free(list_number);
  X509_CRL_sort(list.get());
  WM_CHECK(X509_CRL_sign(list.get(), key, EVP_sha256()) > 0, "a revocation list was not signed");
  const Bio bio(BIO_new(BIO_s_mem()));
  WM_CHECK(PEM_write_bio_X509_CRL(bio.get(), list.get()) == 1, "a list was not written");
  return BioText(bio.get());
}

}  // namespace internal

absl::Status CheckChain(std::string_view leaf_pem, std::string_view authority_pem,
                        std::optional<std::string_view> revocation_list_pem, absl::Time now) {
  const X509Ptr leaf = internal::ReadCertificate(leaf_pem);
  const X509Ptr authority = internal::ReadCertificate(authority_pem);
  if (leaf == nullptr || authority == nullptr) {
    return absl::InvalidArgumentError("a certificate of the chain is not PEM");
  }
  const Store store(X509_STORE_new());
  X509_STORE_add_cert(store.get(), authority.get());
  X509_VERIFY_PARAM* rules = X509_STORE_get0_param(store.get());
  X509_VERIFY_PARAM_set_time(rules, absl::ToTimeT(now));
  X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_X509_STRICT);
  if (revocation_list_pem.has_value()) {
    const CrlPtr list = ReadRevocationList(*revocation_list_pem);
    if (list == nullptr) return absl::InvalidArgumentError("the revocation list is not PEM");
    X509_STORE_add_crl(store.get(), list.get());
    X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_CRL_CHECK);
  }
  const StoreContext context(X509_STORE_CTX_new());
  WM_CHECK(X509_STORE_CTX_init(context.get(), store.get(), leaf.get(), nullptr) == 1,
           "a chain could not be checked");
  const bool holds = X509_verify_cert(context.get()) == 1;
  ERR_clear_error();
  return holds ? absl::OkStatus() : Broken(context.get(), leaf.get());
}

std::vector<std::string> SplitCertificates(std::string_view pem) {
  std::vector<std::string> all;
  const Bio text = Reading(pem);
  while (const X509Ptr next{PEM_read_bio_X509(text.get(), nullptr, nullptr, nullptr)}) {
    all.push_back(internal::CertificatePem(next.get()));
  }
  ERR_clear_error();
  return all;
}

absl::StatusOr<RevocationListInfo> ParseRevocationList(std::string_view pem,
                                                       std::string_view authority_pem) {
  const CrlPtr list = ReadRevocationList(pem);
  const X509Ptr authority = internal::ReadCertificate(authority_pem);
  if (list == nullptr) {
    return absl::InvalidArgumentError(
        "not a revocation list: wanted a PEM block '-----BEGIN X509 CRL-----'");
  }
  if (authority == nullptr) return absl::InvalidArgumentError("the authority is not PEM");
  const bool issued =
      X509_NAME_cmp(X509_CRL_get_issuer(list.get()), X509_get_subject_name(authority.get())) == 0 &&
      X509_CRL_verify(list.get(), X509_get0_pubkey(authority.get())) == 1;
  ERR_clear_error();
  if (!issued) {
    return absl::FailedPreconditionError(
        "the revocation list is not signed by this authority: fetch the authority's own");
  }
  const auto this_update = internal::ReadTime(X509_CRL_get0_lastUpdate(list.get()));
  const ASN1_TIME* next = X509_CRL_get0_nextUpdate(list.get());
  const auto next_update = next == nullptr ? std::nullopt : internal::ReadTime(next);
  if (!this_update || !next_update) {
    return absl::InvalidArgumentError("a revocation list says from when until when it holds");
  }
  RevocationListInfo info{
      internal::NameDigest(X509_CRL_get_issuer(list.get())), *this_update, *next_update, {}};
  STACK_OF(X509_REVOKED)* revoked = X509_CRL_get_REVOKED(list.get());
  for (int i = 0; i < sk_X509_REVOKED_num(revoked); ++i) {
    info.serials.push_back(
        internal::SerialText(X509_REVOKED_get0_serialNumber(sk_X509_REVOKED_value(revoked, i))));
  }
  return info;
}

absl::StatusOr<std::string> RevocationListFileName(std::string_view authority_pem) {
  const X509Ptr authority = internal::ReadCertificate(authority_pem);
  if (authority == nullptr) return absl::InvalidArgumentError("the certificate is not PEM");
  const unsigned long hash =
      X509_NAME_hash_ex(X509_get_subject_name(authority.get()), nullptr, nullptr, nullptr);
  return absl::StrFormat("%08x.r0", hash);
}

}  // namespace waymark::crypto
