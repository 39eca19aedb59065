// What a lawful gateway may rest on for the people of a case, as other rooms know it.
#pragma once

#include "libs/runtime/decider.h"
#include "services/sharing/duties/domain/identity.h"
#include "services/sharing/duties/domain/model.h"
#include "services/sharing/membership.h"

namespace waymark::sharing::duties {

LawfulFacts FactsOf(const Membership& membership, const runtime::View& view, const Case& one);

}  // namespace waymark::sharing::duties
