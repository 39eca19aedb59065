// Intake's index in the store: who is whom, under which tokens, and who registered which place.
// Reads answer the domain's views; writes are what events do.
//
// What finds a person is nowhere in clear: their tokens lie under a key of their own, and the rows
// that lead from a token to them under the index's key. Both lie outside the store.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "libs/keyed_index/keyed_index.h"
#include "libs/runtime/decider.h"
#include "services/intake/adapters/tokens.h"
#include "services/intake/domain/interest.h"
#include "services/intake/domain/linking.h"
#include "waymark/intake/v1/kept.pb.h"

namespace waymark::intake {

// nullopt: nobody of the partnership was indexed yet.
std::optional<keyed_index::Generations> IndexGenerations(const runtime::View& view,
                                                         const std::string& partnership);

// One partnership's index, as of the view it is given. Lives within one Decide or Evolve.
class IndexView : public LinkView, public StockView {
 public:
  // `view` and `tokens` must outlive it. Errors are the key file's.
  static absl::StatusOr<IndexView> Load(const runtime::View& view, const TokenDesk& tokens,
                                        std::string partnership);

  std::string SubjectOf(const MemberPerson& person) const override;
  std::vector<std::string> SubjectsByToken(const Token& token) const override;
  std::vector<Token> TokensOf(std::string_view subject_id) const override;
  std::vector<std::string> AgenciesHolding(std::string_view subject_id) const override;
  std::vector<std::string> HoldersOfPlace(std::string_view keyed) const override;
  std::vector<std::string> HoldersOfLsoa(std::string_view lsoa) const override;

  std::vector<MemberPerson> PersonsOf(std::string_view subject_id) const;
  // nullopt: this member person has not been seen, or was erased.
  std::optional<intake::v1::KeptPerson> Person(const MemberPerson& person) const;
  // None when the person was erased.
  absl::StatusOr<std::vector<Token>> TokensOfPerson(const MemberPerson& person) const;
  // nullopt: this incident has not been seen.
  std::optional<uint64_t> RevisionOf(std::string_view incident_id) const;
  bool indexed() const { return generations_.has_value(); }
  // Persons after `from` ("": from the first), in order, at most `max`. `from` and the second of
  // each pair say how far one has come.
  std::vector<std::pair<MemberPerson, std::string>> PersonsAfter(const std::string& from,
                                                                 size_t max) const;

  // The first failure of the key file since it was loaded: check it before a decision is made.
  const absl::Status& status() const { return status_; }

 private:
  IndexView(const runtime::View& view, const TokenDesk& tokens, std::string partnership,
            std::optional<keyed_index::Generations> generations, keyed_index::KeyedIndex index)
      : view_(view),
        tokens_(tokens),
        partnership_(std::move(partnership)),
        generations_(generations),
        index_(std::move(index)) {}

  const runtime::View& view_;
  const TokenDesk& tokens_;
  std::string partnership_;
  std::optional<keyed_index::Generations> generations_;
  mutable keyed_index::KeyedIndex index_;
  mutable absl::Status status_;
};

// The highest slot that any row of this shard names, plus one; for opening the key file.
uint64_t SlotsInUse(const runtime::View& view);

// Writes what events do. Lives within one Evolve.
class IndexWriter {
 public:
  // All must outlive it.
  IndexWriter(const runtime::View& view, runtime::Changes& changes, const TokenDesk& tokens,
              std::string partnership)
      : view_(view), changes_(changes), tokens_(tokens), partnership_(std::move(partnership)) {}

  void NoteIncident(std::string_view incident_id, uint64_t revision);
  // The first time that anybody is indexed.
  void UseIndexKey(uint64_t slot);
  // Errors of these three are the key file's.
  absl::Status Link(const MemberPerson& person, const intake::v1::KeptPerson& kept);
  // Whatever led to the person is gone.
  absl::Status Forget(const MemberPerson& person);
  // One step of putting the index under a new key (PersonForgotten in events.proto says when).
  absl::Status Rekey(const std::vector<std::pair<MemberPerson, std::string>>& persons);
  // Moves a person with everything they brought from one subject to another.
  void Move(const MemberPerson& person, std::string_view from, std::string_view to);
  void SetGenerations(const keyed_index::Generations& generations);
  void AddStock(std::string_view agency, std::string_view keyed);
  void AddWard(std::string_view agency, std::string_view lsoa);

 private:
  absl::StatusOr<keyed_index::KeyedIndex> Index() const;

  const runtime::View& view_;
  runtime::Changes& changes_;
  const TokenDesk& tokens_;
  std::string partnership_;
};

}  // namespace waymark::intake
