// The sections of a handbook. Internal to cli/pack.
#pragma once

#include <vector>

#include "cli/pack/render.h"
#include "libs/pack/pack.h"

namespace waymark::cli {

std::vector<Section> FirstContactSections(const pack::Pack& pack);
std::vector<Section> AssessmentSections(const pack::Pack& pack);
std::vector<Section> RepeatSections(const pack::Pack& pack);
std::vector<Section> ClockSections(const pack::Pack& pack);
std::vector<Section> DutySections(const pack::Pack& pack);
std::vector<Section> CaseSections(const pack::Pack& pack);
std::vector<Section> ListSections(const pack::Pack& pack);

// "profile_created" to "profile created".
std::string Spelt(std::string_view word);
// Each plain, with commas and a last "or".
std::string AnyOf(const std::vector<std::string>& words);
std::string BandsInWords(const std::vector<pack::Band>& bands);

}  // namespace waymark::cli
