// Where everything of a partnership on one machine lives below its data folder. Only paths; nothing
// is read or written here.
//
//   partnership.yaml                   the directory (libs/config/partnership.h)
//   packs/  agreements/                as signed; *.yaml with *.yaml.signatures beside them
//   authority/                         certificate and key that vouch for all systems; crl/ and
//                                      what is revoked, once anything is
//   core/{intake,risk,casemgr}/        tls/ keys/ store/ (intake: also subject-keys/)
//   agencies/<agency>/gateway/         tls/ keys/ store/ person-keys/
//   agencies/<agency>/systems/<role>/  tls/
//   agencies/<agency>/identity-provider/signing.pem
//   operators/<name>/                  tls/
//   broker/                            tls/ of Kafka's own nodes, where there are any
//   log/                               the embedded event log
//   story/                             how far the invented fortnight has been told
#pragma once

#include <string>
#include <string_view>

#include "libs/process/place.h"

namespace waymark::cli {

// The folder of one process or system: certificate and secrets.
struct Home {
  std::string path;

  process::Place Place() const { return {path, path + "/keys", Tls()}; }
  std::string Tls() const { return path + "/tls"; }
  std::string Key(std::string_view name) const { return path + "/keys/" + std::string(name); }
  std::string Store() const { return path + "/store"; }
  std::string SlotKeys(std::string_view name) const { return path + "/" + std::string(name); }
};

struct Layout {
  std::string root;

  std::string PartnershipFile() const { return root + "/partnership.yaml"; }
  std::string Packs() const { return root + "/packs"; }
  std::string Agreements() const { return root + "/agreements"; }
  std::string AuthorityCertificate() const { return root + "/authority/ca.pem"; }
  std::string AuthorityKey() const { return root + "/authority/ca.key.pem"; }
  std::string AuthorityLists() const { return root + "/authority/crl"; }
  std::string Revoked() const { return root + "/authority/revoked"; }
  std::string Log() const { return root + "/log"; }
  std::string Story() const { return root + "/story"; }

  Home Core(std::string_view service) const { return {root + "/core/" + std::string(service)}; }
  Home Gateway(std::string_view agency) const { return {Agency(agency) + "/gateway"}; }
  Home System(std::string_view agency, std::string_view role) const {
    return {Agency(agency) + "/systems/" + std::string(role)};
  }
  Home Operator(std::string_view name) const { return {root + "/operators/" + std::string(name)}; }
  Home Broker() const { return {root + "/broker"}; }
  std::string IdentityProviderKey(std::string_view agency) const {
    return Agency(agency) + "/identity-provider/signing.pem";
  }

 private:
  std::string Agency(std::string_view agency) const {
    return root + "/agencies/" + std::string(agency);
  }
};

using process::kAuditKey;
using process::kLinkageKey;
using process::kLocalKey;
using process::kSealingKey;
using process::kSigningKey;
using process::kTokenKey;
using process::kWitnessKey;

}  // namespace waymark::cli
