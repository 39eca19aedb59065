// Intake's index in the store: who is whom, under which tokens, and who registered which place.
// Reads answer the domain's views; writes are what events do.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "libs/runtime/decider.h"
#include "services/intake/domain/interest.h"
#include "services/intake/domain/linking.h"

namespace waymark::intake {

// One partnership's index, as of the view it is given. Lives within one Decide.
class IndexView : public LinkView, public StockView {
 public:
  IndexView(const runtime::View& view, std::string partnership)
      : view_(view), partnership_(std::move(partnership)) {}

  std::string SubjectOf(const MemberPerson& person) const override;
  std::vector<std::string> SubjectsByToken(const Token& token) const override;
  std::vector<Token> TokensOf(std::string_view subject_id) const override;
  std::vector<std::string> AgenciesHolding(std::string_view subject_id) const override;
  std::vector<std::string> HoldersOfPlace(std::string_view keyed) const override;
  std::vector<std::string> HoldersOfLsoa(std::string_view lsoa) const override;

  std::vector<MemberPerson> PersonsOf(std::string_view subject_id) const;
  // nullopt: no such subject.
  std::optional<uint64_t> KeySlotOf(std::string_view subject_id) const;
  // nullopt: this incident has not been seen.
  std::optional<uint64_t> RevisionOf(std::string_view incident_id) const;

 private:
  const runtime::View& view_;
  std::string partnership_;
};

// The highest slot of any subject of this shard, plus one; for opening the key file.
uint64_t SlotsInUse(const runtime::View& view);

class IndexWriter {
 public:
  IndexWriter(runtime::Changes& changes, std::string partnership)
      : changes_(changes), partnership_(std::move(partnership)) {}

  void NoteIncident(std::string_view incident_id, uint64_t revision);
  void NoteSubject(std::string_view subject_id, uint64_t key_slot);
  void Link(const MemberPerson& person, std::string_view subject_id,
            const std::vector<Token>& tokens);
  // Moves a person with everything they brought from one subject to another.
  void Move(const runtime::View& view, const MemberPerson& person, std::string_view from,
            std::string_view to);
  void AddStock(std::string_view agency, std::string_view keyed);
  void AddWard(std::string_view agency, std::string_view lsoa);

 private:
  runtime::Changes& changes_;
  std::string partnership_;
};

}  // namespace waymark::intake
