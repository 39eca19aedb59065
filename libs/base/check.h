// WM_CHECK: an invariant of this process. Prints where and what, then aborts; never used for
// input, files, peers or anything else that can be wrong without a bug in this code.
#pragma once

#include <string_view>

namespace waymark {

[[noreturn]] void CheckFailed(const char* file, int line, const char* condition,
                              std::string_view message);

}  // namespace waymark

#define WM_CHECK(condition, message)                                                     \
  do {                                                                                   \
    if (!(condition)) ::waymark::CheckFailed(__FILE__, __LINE__, #condition, (message)); \
  } while (false)
