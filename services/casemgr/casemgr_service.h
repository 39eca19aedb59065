// What a composition root needs to run casemgr.
//
//   casemgr::CasemgrConfig config{{{"fenland", pack, agreements, {"police", ...}}}, 24};
//   auto service = casemgr::MakeCasemgr(config);
//   runtime::Runtime runtime(casemgr::RuntimeConfigOf(config), {.service = *service, ...});
//   service->AddMethods(runtime, table);
//
// The store must be opened with service->DomainColumnFamilies() and the runtime's own. Member
// topics are signed and verified: the runtime needs casemgr's signing key and the members' public
// keys.
#pragma once

#include <memory>

#include "libs/runtime/runtime.h"
#include "services/casemgr/app/casemgr_app.h"

namespace waymark::casemgr {

std::unique_ptr<CasemgrApp> MakeCasemgr(CasemgrConfig config);

// One shard for each core partition in which a partnership lives: it reads that partition of
// intake's and risk's topics and every member's out topic, and journals to casemgr's.
runtime::RuntimeConfig RuntimeConfigOf(const CasemgrConfig& config);

}  // namespace waymark::casemgr
