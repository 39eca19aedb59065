// waymark log copy: apart from verbs.h, because it alone of all verbs links a Kafka client that
// writes records.
#pragma once

#include <functional>

#include "cli/partnership/copy_log.h"
#include "cli/verbs/connection.h"
#include "cli/verbs/verb.h"

namespace waymark::cli {

void AddLog(const Verb& root, const Workshop& workshop,
            std::function<int(const CopyLogOptions&)> copy_log);

}  // namespace waymark::cli
