#include "libs/config/bank_holidays.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>

#include "libs/base/clock.h"
#include "libs/config/file.h"
#include "libs/config/load_pack.h"
#include "libs/config/signed_pack.h"

namespace waymark::config {
namespace {

using ::testing::HasSubstr;

constexpr std::string_view kDivision = "england-and-wales";

std::string Complaint(std::string_view json) {
  const auto holidays = ParseBankHolidays(json, "f.json", kDivision);
  return holidays.ok() ? "" : std::string(holidays.status().message());
}

// What comes with the program is this file, compiled in so that rules need no files.
TEST(BankHolidays, TheBundledFileIsWhatIsCompiledIn) {
  const auto file = ReadFile("packs/parts/bank-holidays.json");
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_THAT(*file, HasSubstr("\"as-of\": \"20"));
  const auto bundled = ParseBankHolidays(*file, "packs/parts/bank-holidays.json", kDivision);
  ASSERT_TRUE(bundled.ok()) << bundled.status();
  const calendar::Holidays& compiled = calendar::EnglandAndWales();
  EXPECT_EQ(bundled->horizon(), compiled.horizon());
  int holidays = 0;
  for (absl::CivilDay day(2009, 1, 1); day <= compiled.horizon() + 366; ++day) {
    EXPECT_EQ(bundled->IsBankHoliday(day), compiled.IsBankHoliday(day)) << day;
    holidays += compiled.IsBankHoliday(day) ? 1 : 0;
  }
  EXPECT_GT(holidays, 19 * 8);
}

TEST(BankHolidays, RefusesAListThatIsNone) {
  EXPECT_EQ(Complaint(R"({"england-and-wales":{"division":"england-and-wales","events":[
      {"title":"A","date":"2030-01-01","notes":"","bunting":true}]},"scotland":{"events":[]}})"),
            "");
  EXPECT_THAT(Complaint("{"), HasSubstr("f.json: the file: wanted a JSON object"));
  EXPECT_THAT(Complaint("[]"), HasSubstr("the file: wanted"));
  EXPECT_THAT(Complaint(R"({"scotland":{}})"), HasSubstr("england-and-wales: wanted"));
  EXPECT_THAT(Complaint(R"({"england-and-wales":[]})"), HasSubstr("england-and-wales: wanted"));
  EXPECT_THAT(Complaint(R"({"england-and-wales":{"events":[]}})"), HasSubstr(".events: wanted"));
  EXPECT_THAT(Complaint(R"({"england-and-wales":{"events":[{"date":"2030-02-30"}]}})"),
              HasSubstr("england-and-wales.events[0].date: wanted a date"));
  EXPECT_THAT(Complaint(R"({"england-and-wales":{"events":[7]}})"), HasSubstr("events[0].date"));
  EXPECT_THAT(Complaint(R"({"england-and-wales":{"events":[{"date":"2030-01-01"},
      {"date":"2030-01-01"}]}})"),
              HasSubstr("events[1].date: wanted each date once"));
  EXPECT_THAT(Complaint(R"({"as-of":"soon","england-and-wales":{}})"), HasSubstr("as-of: wanted"));
}

class SignedUpdate : public testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        std::filesystem::temp_directory_path() / ("waymark_holidays_" + std::to_string(getpid()));
    std::filesystem::create_directories(folder_);
    Write("bank-holidays.json", kUpdate);
    Write("fenland.yaml", *ReadFile("packs/fenland.yaml"));
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void Write(const std::string& name, std::string_view content) {
    ASSERT_TRUE(WriteFile((folder_ / name).string(), content, FileMode::kPublic).ok());
  }
  void Sign(std::string_view bytes) {
    crypto::SignatureSet set = crypto::NewSignatureSet(kBankHolidaysContext, bytes);
    crypto::AddSignature(set, "police", key_);
    Write("bank-holidays.json.signatures", crypto::FormatSignatureSet(set));
  }

  static constexpr std::string_view kUpdate =
      R"({"england-and-wales":{"events":[{"date":"2030-06-14"},{"date":"2031-01-01"}]}})";
  std::filesystem::path folder_;
  SeededRandom random_{7};
  crypto::SigningKey key_ = crypto::SigningKey::Generate(random_);
  std::vector<crypto::PartyKey> keys_ = {{"police", key_.verify_key()}};
};

TEST_F(SignedUpdate, ReplacesTheBundledListOfAPack) {
  const std::string file = (folder_ / "fenland.yaml").string();
  ASSERT_TRUE(SignPackFile(file, "packs", "police", key_).ok());
  EXPECT_EQ(LoadSignedPack(file, "packs", keys_).status().code(), absl::StatusCode::kNotFound);
  Sign(kUpdate);
  const auto pack = LoadSignedPack(file, "packs", keys_);
  ASSERT_TRUE(pack.ok()) << pack.status();
  EXPECT_TRUE((*pack)->BankHolidays().IsBankHoliday(absl::CivilDay(2030, 6, 14)));
  EXPECT_FALSE((*pack)->BankHolidays().IsBankHoliday(absl::CivilDay(2026, 12, 25)));
  EXPECT_EQ((*pack)->BankHolidays().horizon(), absl::CivilDay(2031, 12, 31));
  Write("bank-holidays.json", std::string(kUpdate) + " ");
  EXPECT_EQ(LoadSignedPack(file, "packs", keys_).status().code(),
            absl::StatusCode::kUnauthenticated);
}

TEST_F(SignedUpdate, WithoutOneTheBundledListStands) {
  std::filesystem::remove(folder_ / "bank-holidays.json");
  const auto none = LoadSignedBankHolidays(folder_.string(), kDivision, keys_);
  ASSERT_TRUE(none.ok()) << none.status();
  EXPECT_EQ(*none, nullptr);
  const auto pack = LoadPack("fenland", "packs");
  EXPECT_EQ(&(*pack)->BankHolidays(), &calendar::EnglandAndWales());
}

}  // namespace
}  // namespace waymark::config
