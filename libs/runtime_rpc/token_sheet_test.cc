#include "libs/runtime_rpc/token_sheet.h"

#include <set>
#include <vector>

#include "gtest/gtest.h"
#include "libs/base/bytes.h"

namespace waymark::runtime_rpc {
namespace {

using gateway::v1::SealedTokens;
using gateway::v1::TokenSheet;

class TokenSheetTest : public testing::Test {
 protected:
  TokenSheet Sheet(const std::string& person) {
    TokenSheet sheet;
    sheet.add_parties()->set_person_id(person);
    return sheet;
  }
  SealedTokens Seal(const std::string& person, absl::Time now) {
    return sealer_.Seal(Sheet(person), "fenland", "police", key_.public_key(), now, random_)
        .value();
  }
  static uint64_t NumberOf(const SealedTokens& sheet) {
    return KeyReader(sheet.ciphertext()).Number().value();
  }
  std::string Opened(const absl::StatusOr<TokenSheet>& sheet) {
    return sheet.ok() ? sheet->parties(0).person_id() : sheet.status().ToString();
  }

  SeededRandom random_{1};
  const crypto::HpkePrivateKey key_ = crypto::HpkePrivateKey::Generate(random_);
  const absl::Time start_ = absl::FromUnixSeconds(1'700'000'000);
  TokenSealer sealer_;
  TokenOpener opener_;
};

TEST_F(TokenSheetTest, SheetsOfOneSessionOpenInAnyOrderByEitherWay) {
  std::vector<SealedTokens> sheets;
  for (int i = 0; i < 10; ++i) sheets.push_back(Seal(std::to_string(i), start_));
  for (int i = 9; i >= 0; --i) {
    const SealedTokens& sheet = sheets[static_cast<size_t>(i)];
    EXPECT_EQ(sheet.encapsulated_key(), sheets[0].encapsulated_key());
    EXPECT_EQ(Opened(opener_.Open(sheet, "fenland", "police", key_)), std::to_string(i));
    EXPECT_EQ(Opened(OpenTokens(sheet, "fenland", "police", key_)), std::to_string(i));
  }
}

TEST_F(TokenSheetTest, NoNumberOfASessionIsUsedTwice) {
  std::set<std::pair<std::string, uint64_t>> used;
  for (uint64_t i = 0; i < TokenSealer::kSheetsMax * 2 + 5; ++i) {
    const SealedTokens sheet = Seal("p", start_);
    EXPECT_TRUE(used.emplace(sheet.encapsulated_key(), NumberOf(sheet)).second);
    EXPECT_LT(NumberOf(sheet), TokenSealer::kSheetsMax);
  }
}

TEST_F(TokenSheetTest, ASheetIsOfOneAgencyOneNumberAndOneKey) {
  const SealedTokens sheet = Seal("p", start_);
  EXPECT_TRUE(absl::IsUnauthenticated(opener_.Open(sheet, "fenland", "council", key_).status()));
  EXPECT_TRUE(absl::IsUnauthenticated(opener_.Open(sheet, "other", "police", key_).status()));
  SealedTokens changed = sheet;
  changed.mutable_ciphertext()->replace(0, 8, BigEndian64(1));
  EXPECT_TRUE(absl::IsUnauthenticated(opener_.Open(changed, "fenland", "police", key_).status()));
  changed = sheet;
  changed.mutable_encapsulated_key()->back() ^= 1;
  EXPECT_TRUE(absl::IsUnauthenticated(opener_.Open(changed, "fenland", "police", key_).status()));
  changed = sheet;
  changed.set_ciphertext("short");
  EXPECT_TRUE(absl::IsInvalidArgument(opener_.Open(changed, "fenland", "police", key_).status()));
  const auto other = crypto::HpkePrivateKey::Generate(random_);
  EXPECT_TRUE(absl::IsInvalidArgument(opener_.Open(sheet, "fenland", "police", other).status()));
}

TEST_F(TokenSheetTest, NoSessionOpensForAnotherKeyThanItsOwn) {
  const SealedTokens sheet = Seal("p", start_);
  ASSERT_EQ(Opened(opener_.Open(sheet, "fenland", "police", key_)), "p");
  const auto other = crypto::HpkePrivateKey::Generate(random_);
  SealedTokens renamed = sheet;
  renamed.set_recipient_key_id(SealingKeyId(other.public_key()));
  EXPECT_TRUE(absl::IsUnauthenticated(opener_.Open(renamed, "fenland", "police", other).status()));
  opener_.Forget();
  EXPECT_EQ(Opened(opener_.Open(sheet, "fenland", "police", key_)), "p");
}

TEST_F(TokenSheetTest, ASessionEndsWithItsAgeAndWithItsRecipient) {
  const SealedTokens first = Seal("p", start_);
  EXPECT_EQ(Seal("p", start_ + TokenSealer::kAgeMax).encapsulated_key(), first.encapsulated_key());
  const SealedTokens later = Seal("p", start_ + TokenSealer::kAgeMax + absl::Seconds(1));
  EXPECT_NE(later.encapsulated_key(), first.encapsulated_key());
  const auto other = crypto::HpkePrivateKey::Generate(random_);
  const SealedTokens elsewhere =
      sealer_.Seal(Sheet("q"), "fenland", "police", other.public_key(), start_, random_).value();
  EXPECT_NE(elsewhere.encapsulated_key(), later.encapsulated_key());
  EXPECT_EQ(Opened(OpenTokens(elsewhere, "fenland", "police", other)), "q");
}

TEST_F(TokenSheetTest, MoreSessionsThanAreKeptAtHandStillOpen) {
  std::vector<SealedTokens> sheets;
  for (int i = 0; i < 200; ++i) {
    sheets.push_back(
        SealTokens(Sheet(std::to_string(i)), "fenland", "police", key_.public_key(), random_)
            .value());
  }
  for (int round = 0; round < 2; ++round) {
    for (size_t i = 0; i < sheets.size(); ++i) {
      EXPECT_EQ(Opened(opener_.Open(sheets[i], "fenland", "police", key_)), std::to_string(i));
    }
  }
}

}  // namespace
}  // namespace waymark::runtime_rpc
