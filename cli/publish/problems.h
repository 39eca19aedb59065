// Problems that both readers of incidents find.
#pragma once

#include <cstddef>

#include "libs/base/problem.h"

namespace waymark::cli {

Problem TooLarge(size_t bytes_max);
Problem NotUtf8();

}  // namespace waymark::cli
