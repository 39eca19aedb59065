#include "cli/story/story_clock.h"

#include <algorithm>

namespace waymark::cli::story {

StoryClock::StoryClock(absl::Time start) : story_(start), real_(start == absl::InfinitePast()) {}

absl::Time StoryClock::Now() {
  if (!real_) return story_.Now();
  return system_.Now();
}

absl::Duration StoryClock::Elapsed() {
  if (!real_) return story_.Elapsed();
  return system_.Elapsed() + elapsed_offset_;
}

void StoryClock::AdvanceTo(absl::Time to) { story_.AdvanceTo(std::max(to, story_.Now())); }

void StoryClock::GoOnInRealTime() {
  story_.AdvanceTo(std::max(system_.Now(), story_.Now()));
  elapsed_offset_ = story_.Elapsed() - system_.Elapsed();
  real_ = true;
}

}  // namespace waymark::cli::story
