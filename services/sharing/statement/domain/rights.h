// What both forms of the statement say in the same words. Internal to this folder.
#pragma once

#include <string>
#include <vector>

#include "services/sharing/statement/domain/statement.h"

namespace waymark::sharing::statement {

struct Point {
  std::string title;
  std::string words;
};
// What this is and where it ends.
std::vector<std::string> Opening(const Statement& statement);
// How to withdraw, correct, complain.
std::vector<Point> Rights(const Statement& statement);
std::string Provenance(const Statement& statement);
// "Thu 04 Jun 2026 09:30 BST".
std::string When(absl::Time at);
// "a", "a and b", "a; b; and c".
std::string List(const std::vector<std::string>& items);

// Facts of one part as label and value, in the order in which they are told.
struct Line {
  std::string label;
  std::string value;
};
std::vector<Line> LinesOf(const SharedPart& part);
std::vector<Line> LinesOf(const ConsentGiven& consent);
std::vector<Line> LinesOf(const WithoutConsent& decided);

}  // namespace waymark::sharing::statement
