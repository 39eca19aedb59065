// A refusal that a person or a calling system can act on: what was wrong, with what, what was
// wanted, what to do next. A Problem is a value (a domain outcome), not an operational failure.
//
// Texts never hold personal data: name the field, never its content.
#pragma once

#include <string>
#include <vector>

namespace waymark {

struct Problem {
  std::string code;    // stable, snake_case: "future_dated", "unknown_category"
  std::string field;   // path to the smallest wrong value: "parties[0].telephone"; "" if none
  std::string wanted;  // what would have been accepted
  std::string remedy;  // what to do next

  friend bool operator==(const Problem&, const Problem&) = default;
};

// One line for a log or a terminal: "code at field: wanted; remedy".
std::string Describe(const Problem& problem);

}  // namespace waymark
