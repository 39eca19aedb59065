// Shell completion, generated from the verbs themselves. Pure.
#pragma once

#include <string>
#include <vector>

#include "cli/verbs/verb.h"

namespace waymark::cli {

// A script for "bash", "zsh" or "fish"; "" for another shell.
std::string CompletionScript(const std::string& shell, const std::vector<VerbInfo>& verbs);

}  // namespace waymark::cli
