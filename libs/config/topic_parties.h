// Which party touches which topic: the table of docs/road.md as code, for whoever needs it (which
// topics a process looks at, who may ask for a lane again, the broker's access lists).
//
// Parties are named as the sources of records are: "intake", "risk", "casemgr", "gateway/police".
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "libs/config/partnership.h"

namespace waymark::config {

// False for what is no topic of this partnership and for what is no party of it.
bool Reads(const Partnership& partnership, std::string_view source, std::string_view topic);
bool Writes(const Partnership& partnership, std::string_view source, std::string_view topic);

// What `source` reads or writes, with the number of partitions. A core service reads its own topic
// when it is rebuilt, and a gateway its own audit topic when it starts.
std::map<std::string, int> TopicsOf(const Partnership& partnership, std::string_view source);

}  // namespace waymark::config
