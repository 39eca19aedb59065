// A pack as a handbook for practitioners: question sets, score sheets, bands, clocks, cover, duties
// and reminders in words and tables, with a mark at everything that no published source gives.
#pragma once

#include "cli/pack/render.h"
#include "libs/pack/pack.h"

namespace waymark::cli {

Handbook HandbookOf(const pack::Pack& pack);

// "24 hours", "3 working days" without the last word's calendar: "P3D" to "3 days".
std::string LengthInWords(const calendar::Length& length);
// When a clock falls due, in words: "within 24 hours", "after 4, 7, 10 and 14 days, then every 7
// days".
std::string DueInWords(const calendar::ClockSpec& spec);
// "Mon to Fri 09:00-17:00"; "always".
std::string HoursInWords(const calendar::OpeningHours& hours);

}  // namespace waymark::cli
