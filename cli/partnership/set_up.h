// Makes everything a partnership on one machine needs before its first start: keys, certificates,
// the directory, the signed agreements. For trying out and for tests: one run holds every party's
// secrets, which no real partnership may.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cli/partnership/layout.h"
#include "libs/base/clock.h"
#include "libs/crypto/certificates.h"

namespace waymark::cli {

struct SetUpOptions {
  std::string partnership = "fenland";
  std::string source_folder;  // holds packs/ and agreements/ as shipped
  // The first of the ports used, all on 127.0.0.1: gateways in order of agency from here on, then
  // intake, risk, casemgr at +10, +11, +12 and the operator's port at +20.
  int first_port = 7500;
  // Instead of all on 127.0.0.1, each process on a host of its own, as in docker-compose.yml:
  // gateway-<agency>:<first port + 1>, intake, risk and casemgr with their ports as above.
  bool named_hosts = false;
};

// Systems that get a certificate: agency to roles. What stands here is what the demonstration and
// the tests use; `IssueSystem` adds others.
std::vector<std::string> SystemRolesOf(std::string_view agency_kind);

// AlreadyExists when the folder holds a partnership. `now` is real time: certificates begin there.
absl::Status SetUpPartnership(const Layout& layout, const SetUpOptions& options, absl::Time now,
                              Random& random);

// A new certificate for a system of an agency, in Layout::System; replaces the one that was there,
// the whole folder at once. `days` of validity, at least 1.
absl::Status IssueSystem(const Layout& layout, std::string_view agency, std::string_view role,
                         int days, absl::Time now, Random& random);

// New certificates for every process and system of the layout, put in place one by one while they
// run: they pick them up by themselves.
absl::Status RenewCertificates(const Layout& layout, int days, absl::Time now, Random& random);

// Puts these certificates (files in PEM) on the authority's revocation list beside what is on it,
// and the list, good for `days`, beside every certificate of the layout; they pick it up by
// themselves. Without files the list is only made anew. InvalidArgument: of another authority.
absl::Status RevokeCertificates(const Layout& layout, const std::vector<std::string>& files,
                                int days, absl::Time now);

struct CertificateStatus {
  std::string path;  // below the root
  std::string uri;
  absl::Time not_after;
};
// Every certificate of the layout, soonest to expire first.
absl::StatusOr<std::vector<CertificateStatus>> ListCertificates(const Layout& layout);

int OperatorPort(int first_port);

}  // namespace waymark::cli
