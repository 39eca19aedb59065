#include "cli/partnership/set_up.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "libs/base/bytes.h"
#include "libs/base/status.h"
#include "libs/base/text.h"
#include "libs/config/agreement_loader.h"
#include "libs/config/file.h"
#include "libs/config/load_pack.h"
#include "libs/config/partnership.h"
#include "libs/config/signed_pack.h"
#include "libs/config/topics.h"
#include "libs/crypto/hpke.h"
#include "libs/crypto/sign.h"
#include "libs/crypto/signed_file.h"
#include "libs/rpc/identity.h"

namespace waymark::cli {
namespace {

namespace fs = std::filesystem;
using config::FileMode;
using config::WriteFile;
using crypto::CertificateAuthority;
using rpc::Principal;

constexpr int kAuthorityDays = 3650;
constexpr int kLeafDays = 90;
constexpr int kSecretBytes = 32;
constexpr size_t kNameMax = 64;  // RFC 5280, ub-common-name
constexpr absl::Duration kBackdated =
    absl::Minutes(5);  // for peers whose clocks are a little behind

std::string Address(const SetUpOptions& options, std::string_view host, int offset) {
  return absl::StrCat(options.named_hosts ? ToAbsl(host) : "127.0.0.1", ":",
                      options.first_port + offset);
}

absl::Time WholeSeconds(absl::Time at) { return absl::FromUnixSeconds(absl::ToUnixSeconds(at)); }

absl::StatusOr<CertificateAuthority> LoadAuthority(const Layout& layout) {
  WM_ASSIGN_OR_RETURN(const std::string certificate,
                      config::ReadFile(layout.AuthorityCertificate()));
  WM_ASSIGN_OR_RETURN(const std::string key, config::ReadFile(layout.AuthorityKey()));
  return CertificateAuthority::FromPem(certificate, key);
}

// Puts a certificate into `home`: a fresh folder, swapped in by renaming a symbolic link, so that a
// running process never sees half of it.
absl::Status InstallTls(const Layout& layout, const Home& home,
                        const crypto::IssuedCertificate& issued, const std::string& authority_pem) {
  WM_ASSIGN_OR_RETURN(const auto info, crypto::ParseCertificate(issued.certificate_pem));
  const std::string name = absl::StrCat("tls-", info.serial.substr(0, 16));
  const std::string folder = absl::StrCat(home.path, "/", name);
  WM_RETURN_IF_ERROR(WriteFile(folder + "/cert.pem", issued.certificate_pem, FileMode::kPublic));
  WM_RETURN_IF_ERROR(WriteFile(folder + "/key.pem", issued.private_key_pem, FileMode::kSecret));
  WM_RETURN_IF_ERROR(WriteFile(folder + "/ca.pem", authority_pem, FileMode::kPublic));
  std::error_code error;
  if (fs::is_directory(layout.AuthorityLists(), error)) {
    fs::copy(layout.AuthorityLists(), folder + "/crl", error);
    if (error) return absl::FailedPreconditionError(absl::StrCat(folder, ": ", error.message()));
  }
  const fs::path before = fs::read_symlink(home.Tls(), error);
  const std::string fresh = home.Tls() + ".new";
  fs::remove(fresh, error);
  fs::create_directory_symlink(name, fresh, error);
  if (!error) fs::rename(fresh, home.Tls(), error);
  if (error) {
    return absl::FailedPreconditionError(
        absl::StrCat(home.Tls(), ": cannot be put in place: ", error.message()));
  }
  if (!before.empty() && before != name) fs::remove_all(fs::path(home.path) / before, error);
  return absl::OkStatus();
}

// Who holds a certificate, and where.
struct Holder {
  Home home;
  std::string name;                    // CN
  std::vector<std::string> uris = {};  // none: no caller of our services
  std::vector<std::string> dns_names = {"localhost"};
};

Holder HolderOf(const Home& home, const Principal& who) {
  const std::string& domain = who.trust_domain;
  switch (who.kind) {
    case rpc::PrincipalKind::kCore:
      return {home, config::CoreName(domain, who.role), {who.Text()}};
    case rpc::PrincipalKind::kGateway:
      return {home, config::GatewayName(domain, who.agency), {who.Text()}};
    case rpc::PrincipalKind::kOperator:
      return {home, config::OperatorName(domain, who.role), {who.Text()}};
    case rpc::PrincipalKind::kSystem:
      break;
  }
  return {home, config::SystemName(domain, who.agency, who.role), {who.Text()}};
}

absl::Status Issue(const Layout& layout, const Holder& holder, int days,
                   const CertificateAuthority& authority, absl::Time now, Random& random) {
  if (holder.name.size() > kNameMax) {
    return absl::InvalidArgumentError(
        absl::StrCat("the name ", holder.name, " is longer than the ", kNameMax,
                     " bytes a certificate takes: use a shorter id for the partnership"));
  }
  crypto::LeafRequest request;
  request.common_name = holder.name;
  request.uris = holder.uris;
  request.dns_names = holder.dns_names;
  request.ip_addresses = {"127.0.0.1"};
  request.not_before = WholeSeconds(now - kBackdated);
  request.not_after = WholeSeconds(now + absl::Hours(24) * days);
  WM_ASSIGN_OR_RETURN(const auto issued, authority.Issue(request, random));
  return InstallTls(layout, holder.home, issued, authority.certificate_pem());
}

absl::Status CopyYaml(const fs::path& from, const fs::path& to) {
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(from, error)) {
    if (entry.path().extension() != ".yaml") continue;
    WM_ASSIGN_OR_RETURN(const std::string bytes, config::ReadFile(entry.path().string()));
    WM_RETURN_IF_ERROR(
        WriteFile((to / entry.path().filename()).string(), bytes, FileMode::kPublic));
  }
  if (error) {
    return absl::NotFoundError(absl::StrCat(from.string(), ": ", error.message(),
                                            "; name the folder that holds packs/ and agreements/"));
  }
  return absl::OkStatus();
}

using SigningKeys = std::map<std::string, crypto::SigningKey>;

// Every agreement of the folder, signed by every member.
absl::Status SignAgreements(const Layout& layout, const SigningKeys& keys) {
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(layout.Agreements(), error)) {
    if (entry.path().extension() != ".yaml") continue;
    WM_ASSIGN_OR_RETURN(const std::string bytes, config::ReadFile(entry.path().string()));
    crypto::SignatureSet set = crypto::NewSignatureSet(config::kAgreementContext, bytes);
    for (const auto& [agency, key] : keys) crypto::AddSignature(set, agency, key);
    WM_RETURN_IF_ERROR(WriteFile(entry.path().string() + ".signatures",
                                 crypto::FormatSignatureSet(set), FileMode::kPublic));
  }
  return absl::OkStatus();
}

// The partnership's pack with all it includes, signed by every member.
absl::Status SignPack(const Layout& layout, const std::string& pack, const SigningKeys& keys) {
  const std::string file = (fs::path(layout.Packs()) / (pack + ".yaml")).string();
  for (const auto& [agency, key] : keys) {
    WM_RETURN_IF_ERROR(config::SignPackFile(file, layout.Packs(), agency, key));
  }
  return absl::OkStatus();
}

absl::Status WriteSecret(const Home& home, std::string_view name, std::string_view bytes) {
  return WriteFile(home.Key(name), bytes, FileMode::kSecret);
}

// One agency's keys and its entry in the directory.
absl::StatusOr<config::Member> MakeMember(const Layout& layout, const std::string& agency,
                                          const std::string& endpoint,
                                          const std::string& linkage_key, Random& random,
                                          SigningKeys& signing_keys) {
  const Home home = layout.Gateway(agency);
  const auto signing = crypto::SigningKey::Generate(random);
  const auto sealing = crypto::HpkePrivateKey::Generate(random);
  const auto provider = crypto::SigningKey::Generate(random);
  const auto audit = crypto::SigningKey::Generate(random);
  const auto witness = crypto::SigningKey::Generate(random);
  WM_RETURN_IF_ERROR(WriteSecret(home, kSigningKey, signing.ToPem()));
  WM_RETURN_IF_ERROR(WriteSecret(home, kSealingKey, sealing.ToPem()));
  WM_RETURN_IF_ERROR(WriteSecret(home, kAuditKey, audit.ToPem()));
  WM_RETURN_IF_ERROR(WriteSecret(home, kWitnessKey, witness.ToPem()));
  WM_RETURN_IF_ERROR(WriteSecret(home, kLinkageKey, linkage_key));
  WM_RETURN_IF_ERROR(WriteSecret(home, kLocalKey, random.Bytes(kSecretBytes)));
  WM_RETURN_IF_ERROR(
      WriteFile(layout.IdentityProviderKey(agency), provider.ToPem(), FileMode::kSecret));
  config::Member member;
  member.agency = agency;
  member.endpoint = endpoint;
  member.signing_key = signing.verify_key().bytes();
  member.sealing_key = sealing.public_key();
  member.token_issuer = absl::StrCat("https://idp.", agency, ".invalid");
  member.token_issuer_key = provider.verify_key().bytes();
  member.audit_key = audit.verify_key().bytes();
  member.witness_key = witness.verify_key().bytes();
  signing_keys.emplace(agency, signing);
  return member;
}

absl::Status MakeCore(const Layout& layout, const SetUpOptions& options, Random& random,
                      config::Partnership& partnership) {
  const auto sealing = crypto::HpkePrivateKey::Generate(random);
  const auto signing = crypto::SigningKey::Generate(random);
  WM_RETURN_IF_ERROR(WriteSecret(layout.Core("intake"), kSealingKey, sealing.ToPem()));
  WM_RETURN_IF_ERROR(WriteSecret(layout.Core("intake"), kTokenKey, random.Bytes(kSecretBytes)));
  WM_RETURN_IF_ERROR(WriteSecret(layout.Core("casemgr"), kSigningKey, signing.ToPem()));
  partnership.intake = {Address(options, "intake", 10), sealing.public_key(), ""};
  partnership.risk = {Address(options, "risk", 11), "", ""};
  partnership.casemgr = {Address(options, "casemgr", 12), "", signing.verify_key().bytes()};
  return absl::OkStatus();
}

// Everyone who holds a certificate in this layout.
absl::StatusOr<std::vector<Holder>> Holders(const Layout& layout) {
  WM_ASSIGN_OR_RETURN(const auto partnership, config::LoadPartnership(layout.PartnershipFile()));
  const std::string& domain = partnership.trust_domain;
  std::vector<Holder> holders;
  for (const char* service : {"intake", "risk", "casemgr"}) {
    holders.push_back(HolderOf(layout.Core(service), Principal::Core(domain, service)));
  }
  holders.push_back(HolderOf(layout.Operator("local"), Principal::Operator(domain, "local")));
  holders.push_back({layout.Broker(), config::BrokerName(domain), {}, {"localhost", "kafka"}});
  WM_ASSIGN_OR_RETURN(const auto pack, config::LoadPack(partnership.pack, layout.Packs()));
  for (const config::Member& member : partnership.members) {
    holders.push_back(
        HolderOf(layout.Gateway(member.agency), Principal::Gateway(domain, member.agency)));
    const pack::Agency* agency = pack->FindAgency(member.agency);
    std::set<std::string> roles;
    for (std::string& role : SystemRolesOf(agency->kind)) roles.insert(std::move(role));
    std::error_code error;
    const fs::path systems = fs::path(layout.System(member.agency, "x").path).parent_path();
    for (const fs::directory_entry& entry : fs::directory_iterator(systems, error)) {
      roles.insert(entry.path().filename().string());
    }
    for (const std::string& role : roles) {
      holders.push_back(HolderOf(layout.System(member.agency, role),
                                 Principal::System(domain, member.agency, role)));
    }
  }
  return holders;
}

}  // namespace

int OperatorPort(int first_port) { return first_port + 20; }

std::vector<std::string> SystemRolesOf(std::string_view agency_kind) {
  if (agency_kind == "police") return {"cad", "console"};
  if (agency_kind == "council") return {"crm", "console"};
  if (agency_kind == "housing") return {"housing", "console"};
  if (agency_kind == "fire") return {"fire", "console"};
  return {"console"};
}

absl::Status SetUpPartnership(const Layout& layout, const SetUpOptions& options, absl::Time now,
                              Random& random) {
  std::error_code error;
  if (fs::exists(layout.PartnershipFile(), error)) {
    return absl::AlreadyExistsError(absl::StrCat(layout.PartnershipFile(),
                                                 " is there already: this folder holds a "
                                                 "partnership; use another, or remove this one"));
  }
  const fs::path source(options.source_folder);
  WM_RETURN_IF_ERROR(CopyYaml(source / "packs", layout.Packs()));
  WM_RETURN_IF_ERROR(CopyYaml(source / "packs" / "parts", fs::path(layout.Packs()) / "parts"));
  WM_RETURN_IF_ERROR(CopyYaml(source / "agreements", layout.Agreements()));
  WM_ASSIGN_OR_RETURN(const auto pack, config::LoadPack(options.partnership, layout.Packs()));

  config::Partnership partnership;
  partnership.id = options.partnership;
  partnership.trust_domain = options.partnership + ".waymark";
  partnership.pack = absl::StrCat("packs/", options.partnership, ".yaml");
  partnership.baseline = absl::StrCat("agreements/", options.partnership, "-baseline.yaml");
  partnership.agreements = {absl::StrCat("agreements/", options.partnership, "-isa.yaml")};
  WM_RETURN_IF_ERROR(MakeCore(layout, options, random, partnership));
  std::vector<std::string> agencies;
  for (const pack::Agency& agency : pack->agencies) agencies.push_back(agency.id);
  std::sort(agencies.begin(), agencies.end());
  const std::string linkage_key = random.Bytes(kSecretBytes);
  SigningKeys signing_keys;
  for (size_t i = 0; i < agencies.size(); ++i) {
    WM_ASSIGN_OR_RETURN(config::Member member,
                        MakeMember(layout, agencies[i],
                                   Address(options, absl::StrCat("gateway-", agencies[i]),
                                           options.named_hosts ? 1 : 1 + static_cast<int>(i)),
                                   linkage_key, random, signing_keys));
    partnership.members.push_back(std::move(member));
  }
  WM_RETURN_IF_ERROR(SignAgreements(layout, signing_keys));
  WM_RETURN_IF_ERROR(SignPack(layout, options.partnership, signing_keys));

  WM_ASSIGN_OR_RETURN(
      const auto authority,
      CertificateAuthority::Create(partnership.trust_domain, WholeSeconds(now - kBackdated),
                                   WholeSeconds(now + absl::Hours(24) * kAuthorityDays), random));
  WM_RETURN_IF_ERROR(
      WriteFile(layout.AuthorityCertificate(), authority.certificate_pem(), FileMode::kPublic));
  WM_RETURN_IF_ERROR(
      WriteFile(layout.AuthorityKey(), authority.private_key_pem(), FileMode::kSecret));
  // The directory comes last: where it stands, the rest is complete but for the certificates, which
  // renewing makes.
  WM_RETURN_IF_ERROR(WriteFile(layout.PartnershipFile(), config::PartnershipToYaml(partnership),
                               FileMode::kPublic));
  return RenewCertificates(layout, kLeafDays, now, random);
}

absl::Status IssueSystem(const Layout& layout, std::string_view agency, std::string_view role,
                         int days, absl::Time now, Random& random) {
  WM_ASSIGN_OR_RETURN(const auto partnership, config::LoadPartnership(layout.PartnershipFile()));
  if (partnership.FindMember(agency) == nullptr) {
    return absl::NotFoundError(
        absl::StrCat("agency ", ToAbsl(agency), " is no member of ", partnership.id));
  }
  WM_ASSIGN_OR_RETURN(const auto authority, LoadAuthority(layout));
  const Principal system =
      Principal::System(partnership.trust_domain, std::string(agency), std::string(role));
  return Issue(layout, HolderOf(layout.System(agency, role), system), days, authority, now, random);
}

absl::Status RenewCertificates(const Layout& layout, int days, absl::Time now, Random& random) {
  WM_ASSIGN_OR_RETURN(const auto authority, LoadAuthority(layout));
  WM_ASSIGN_OR_RETURN(const auto holders, Holders(layout));
  for (const Holder& holder : holders) {
    WM_RETURN_IF_ERROR(Issue(layout, holder, days, authority, now, random));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<CertificateStatus>> ListCertificates(const Layout& layout) {
  WM_ASSIGN_OR_RETURN(const auto holders, Holders(layout));
  std::vector<CertificateStatus> all;
  for (const Holder& holder : holders) {
    const std::string path = holder.home.Tls() + "/cert.pem";
    WM_ASSIGN_OR_RETURN(const std::string pem, config::ReadFile(path));
    WM_ASSIGN_OR_RETURN(const auto info, crypto::ParseCertificate(pem));
    all.push_back({fs::path(path).lexically_relative(layout.root).string(),
                   info.uris.empty() ? info.common_name : info.uris.front(), info.not_after});
  }
  std::sort(all.begin(), all.end(), [](const auto& left, const auto& right) {
    return std::tie(left.not_after, left.path) < std::tie(right.not_after, right.path);
  });
  return all;
}

}  // namespace waymark::cli
