#include "services/sharing/statement/domain/story.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"

namespace waymark::sharing::statement {
namespace {

constexpr std::string_view kField = "field.";

bool IsTold(const std::string& state) { return state == "notified" || state == "pushed"; }

Chapter ChapterOf(const Recorded& leaf) {
  Chapter chapter;
  chapter.index = leaf.index;
  chapter.at = leaf.at;
  chapter.state = leaf.Fact("state");
  chapter.fields = leaf.Fields();
  chapter.lawful_gateway = leaf.Fact("lawful_gateway");
  chapter.clause = leaf.Fact("clause");
  chapter.agreement = leaf.Fact("agreement");
  chapter.agreement_digest = leaf.Fact("agreement_digest");
  chapter.consent_id = leaf.Fact("consent");
  chapter.override_id = leaf.Fact("override");
  chapter.purpose = leaf.purpose;
  chapter.because = leaf.Fact("because");
  if (chapter.because.empty()) chapter.because = leaf.Fact("code");
  return chapter;
}

bool SameGround(const Chapter& a, const Chapter& b) {
  return a.state == b.state && a.fields == b.fields && a.lawful_gateway == b.lawful_gateway &&
         a.clause == b.clause && a.agreement_digest == b.agreement_digest &&
         a.consent_id == b.consent_id && a.override_id == b.override_id && a.because == b.because;
}

Reading ReadingOf(const Recorded& leaf) {
  Reading reading;
  reading.index = leaf.index;
  reading.at = leaf.at;
  reading.reader = leaf.Fact("reader");
  reading.role = leaf.Fact("reader_role");
  reading.purpose = leaf.purpose;
  reading.fields = leaf.Fields();
  reading.copy = leaf.Fact("copy") == "taken";
  if (leaf.what == "fetch_refused") reading.refused = leaf.Fact("code");
  return reading;
}

}  // namespace

std::string Recorded::Fact(const std::string& name) const {
  const auto found = facts.find(name);
  return found == facts.end() ? "" : found->second;
}

std::vector<std::string> Recorded::Fields() const {
  std::vector<std::string> fields = absl::StrSplit(Fact("fields"), ',', absl::SkipEmpty());
  if (!fields.empty()) return fields;
  for (const auto& [name, value] : facts) {
    if (absl::StartsWith(name, kField.data())) fields.push_back(name.substr(kField.size()));
  }
  return fields;
}

bool TellsOfSharing(const std::string& what) {
  if (what == "share_explained" || what == "statement_made") return false;
  for (const char* prefix : {"share_", "fetch_", "consent_", "override_", "alert_", "copy_"}) {
    if (absl::StartsWith(what, prefix)) return true;
  }
  return false;
}

const Chapter* ShareStory::At(absl::Time at) const {
  const Chapter* stood = nullptr;
  for (const Chapter& chapter : chapters) {
    if (chapter.at <= at) stood = &chapter;
  }
  return stood;
}

bool ShareStory::EverTold() const {
  return std::any_of(chapters.begin(), chapters.end(),
                     [](const Chapter& chapter) { return IsTold(chapter.state); });
}

const Chapter* ShareStory::Live() const {
  return !chapters.empty() && IsTold(chapters.back().state) ? &chapters.back() : nullptr;
}

std::vector<ShareStory> StoriesOf(const std::vector<Recorded>& leaves) {
  std::vector<ShareStory> stories;
  std::map<std::string, size_t> places;
  for (const Recorded& leaf : leaves) {
    if (leaf.about.empty()) continue;
    const std::string& share_id = leaf.about.front();
    const auto known = places.find(share_id);
    if (leaf.what == "share_fetched" || leaf.what == "fetch_refused") {
      if (known != places.end()) stories[known->second].readings.push_back(ReadingOf(leaf));
      continue;
    }
    if (leaf.what != "share_decided") continue;
    if (known == places.end()) {
      places[share_id] = stories.size();
      stories.push_back(
          {share_id, leaf.about.size() > 1 ? leaf.about[1] : "", leaf.Fact("recipient"), {}, {}});
    }
    ShareStory& story = stories[places.at(share_id)];
    Chapter chapter = ChapterOf(leaf);
    if (story.chapters.empty() || !SameGround(story.chapters.back(), chapter)) {
      story.chapters.push_back(std::move(chapter));
    }
  }
  return stories;
}

}  // namespace waymark::sharing::statement
