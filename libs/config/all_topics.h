// Every topic of a partnership with its number of partitions: the one list from which topics are
// made and against which each process checks them.
#pragma once

#include <map>
#include <string>

#include "libs/config/partnership.h"

namespace waymark::config {

std::map<std::string, int> AllTopics(const Partnership& partnership);

}  // namespace waymark::config
