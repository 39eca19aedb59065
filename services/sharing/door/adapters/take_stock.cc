#include <string>
#include <utility>

#include "libs/base/bytes.h"
#include "libs/base/status.h"
#include "libs/calendar/civil.h"
#include "libs/crypto/mac.h"
#include "libs/runtime_rpc/submit.h"
#include "libs/runtime_rpc/token_sheet.h"
#include "services/sharing/adapters/audit_note.h"
#include "services/sharing/door/adapters/codec.h"
#include "services/sharing/door/adapters/decisions.h"
#include "services/sharing/door/adapters/events.h"
#include "services/sharing/door/adapters/keys.h"
#include "services/sharing/vault/adapters/intake_key.h"
#include "services/sharing/vault/adapters/tokeniser.h"
#include "waymark/gateway/v1/stock.pb.h"

namespace waymark::sharing::door {
namespace {

using gateway::v1::RegisterStockRequest;
using gateway::v1::StockTaken;

// Collects the entries that the register does not hold yet, each once.
class NewEntries {
 public:
  NewEntries(const Membership& membership, const runtime::View& view)
      : view_(view), mac_(vault::LocalKey(membership, "stock")) {}

  bool Add(std::string_view kind, const std::string& normal) {
    std::string key = mac_.Mac(LengthPrefixed({kind, normal}));
    if (view_.Get(kStock, key) || !seen_.insert(key).second) return false;
    taken_.add_entry_keys(std::move(key));
    return true;
  }
  StockTaken& taken() { return taken_; }

 private:
  const runtime::View& view_;
  crypto::HmacSha256 mac_;
  std::set<std::string> seen_;
  StockTaken taken_;
};

}  // namespace

absl::StatusOr<runtime::Decision> DecideStock(const Membership& membership,
                                              const runtime::View& view,
                                              const runtime::Input& input,
                                              runtime::Context& context) {
  WM_ASSIGN_OR_RETURN(const auto command, runtime_rpc::DecodeCommand<RegisterStockRequest>(input));
  const RegisterStockRequest& request = command.request;
  if (absl::Status wrong = CheckCaller(membership, request.partnership(), command.caller);
      !wrong.ok()) {
    return runtime::Decision::Refuse(std::move(wrong));
  }
  IdentifierLibrary identifiers(calendar::LondonDate(context.now()));
  const std::vector<Problem> problems =
      CheckStock({{request.uprns().begin(), request.uprns().end()},
                  {request.lsoas().begin(), request.lsoas().end()}},
                 {*membership.pack, context.now(), identifiers});
  if (!problems.empty()) return runtime::Decision::Refuse(Refusal(problems));

  NewEntries entries(membership, view);
  std::vector<identifiers::TokenInput> homes;
  for (const std::string& uprn : request.uprns()) {
    std::string normal = *identifiers::NormaliseUprn(uprn, "uprns");
    if (entries.Add("uprn", normal)) {
      homes.push_back({identifiers::TokenKind::kUprn, std::move(normal)});
    }
  }
  StockTaken& taken = entries.taken();
  for (const std::string& lsoa : request.lsoas()) {
    std::string normal = *identifiers::NormaliseLsoa(lsoa, "lsoas");
    if (entries.Add("lsoa", normal)) taken.mutable_outbound()->add_lsoas(std::move(normal));
  }
  gateway::v1::RegisterStockResponse response;
  response.set_added(static_cast<uint32_t>(taken.entry_keys_size()));
  runtime::Decision decision;
  decision.reply = response.SerializeAsString();
  if (taken.entry_keys().empty()) return decision;

  taken.mutable_outbound()->set_partnership(membership.partnership);
  gateway::v1::TokenSheet sheet;
  for (gateway::v1::BlindToken& token : vault::Tokeniser(membership).Blind(homes)) {
    *sheet.add_location() = std::move(token);
  }
  WM_ASSIGN_OR_RETURN(
      *taken.mutable_outbound()->mutable_uprns(),
      runtime_rpc::SealTokens(sheet, membership.partnership, membership.agency,
                              vault::IntakeSealingKey(membership, view), *membership.random));
  AuditNote note{"register_stock", command.caller, {}, "", "", "", {}};
  note.facts["added"] = absl::StrCat(taken.entry_keys_size());
  decision.events.push_back({std::string(kStockTaken), taken.SerializeAsString()});
  decision.events.push_back(NoteAudit(membership, note, context.now()));
  return decision;
}

}  // namespace waymark::sharing::door
