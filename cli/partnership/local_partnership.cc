#include "cli/partnership/local_partnership.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "cli/partnership/composition.h"
#include "libs/base/status.h"
#include "libs/base/text.h"

namespace waymark::cli {

LocalPartnership::LocalPartnership(std::unique_ptr<Composition> composition)
    : composition_(std::move(composition)) {}
LocalPartnership::~LocalPartnership() = default;

absl::StatusOr<std::unique_ptr<LocalPartnership>> LocalPartnership::Open(
    const LocalOptions& options) {
  auto composition = std::make_unique<Composition>(options);
  WM_RETURN_IF_ERROR(composition->Open());
  return std::unique_ptr<LocalPartnership>(new LocalPartnership(std::move(composition)));
}

absl::StatusOr<bool> LocalPartnership::StepOnce() { return composition_->StepOnce(); }
void LocalPartnership::Tick() { composition_->Tick(); }

absl::Status LocalPartnership::StepUntilIdle() {
  while (true) {
    WM_ASSIGN_OR_RETURN(const bool busy, composition_->StepOnce());
    if (!busy) return absl::OkStatus();
  }
}

absl::Time LocalPartnership::next_due() const { return composition_->next_due; }
absl::Status LocalPartnership::Start() { return composition_->Start(); }
void LocalPartnership::Stop(absl::Duration deadline) { composition_->Stop(deadline); }

absl::Status LocalPartnership::health() const {
  for (const std::unique_ptr<Part>& part : composition_->parts) {
    if (!part->runtime().healthy()) return part->runtime().failure();
  }
  return absl::OkStatus();
}

const config::Partnership& LocalPartnership::directory() const {
  return composition_->rulebook->directory;
}
const pack::Pack& LocalPartnership::pack() const { return *composition_->rulebook->pack; }
const std::vector<std::unique_ptr<Part>>& LocalPartnership::parts() const {
  return composition_->parts;
}
const std::string& LocalPartnership::operator_endpoint() const {
  return composition_->operator_endpoint;
}

Part* LocalPartnership::FindPart(std::string_view name) const {
  for (const std::unique_ptr<Part>& part : composition_->parts) {
    const bool core = part->config().agency.empty() &&
                      part->config().program == absl::StrCat("waymark-", ToAbsl(name));
    if (core || (!name.empty() && part->config().agency == name)) return part.get();
  }
  return nullptr;
}

}  // namespace waymark::cli
