// Text that says nothing.
#pragma once

#include <string_view>

namespace waymark {

// True when `text` is empty or holds only white space, Unicode's included (no-break and ideographic
// spaces, line separators): a reason of such characters is none. Bytes that are not UTF-8 count as
// text.
bool IsBlank(std::string_view text);

}  // namespace waymark
