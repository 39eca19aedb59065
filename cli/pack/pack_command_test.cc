#include "cli/pack/pack_command.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>

#include "libs/base/clock.h"
#include "libs/config/file.h"
#include "libs/config/load_pack.h"
#include "libs/config/signed_pack.h"

namespace waymark::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class PackCommand : public testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        std::filesystem::temp_directory_path() / ("waymark_packs_" + std::to_string(getpid()));
    std::filesystem::create_directories(folder_);
    file_ = (folder_ / "fenland.yaml").string();
    Write(file_, *config::ReadFile("packs/fenland.yaml"));
    for (const char* party : {"council", "police"}) {
      keys_.push_back(crypto::SigningKey::Generate(random_));
      Write(KeyFile(party), keys_.back().ToPem());
      trusted_.push_back({party, keys_.back().verify_key()});
    }
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  void Write(const std::string& path, const std::string& content) {
    ASSERT_TRUE(config::WriteFile(path, content, config::FileMode::kPublic).ok());
  }
  std::string KeyFile(const std::string& party) { return (folder_ / (party + ".pem")).string(); }

  int Check(const std::vector<std::string>& packs, bool json = false) {
    out_.str("");
    return CheckPacks(packs, "packs", json, out_);
  }
  int Sign(const std::string& party) {
    err_.str("");
    return SignPack(file_, "packs", party, KeyFile(party), out_, err_);
  }
  int Verify() {
    out_.str("");
    err_.str("");
    return VerifyPack(file_, "packs", trusted_, out_, err_);
  }

  std::filesystem::path folder_;
  std::string file_;
  SeededRandom random_{7};
  std::vector<crypto::SigningKey> keys_;
  std::vector<crypto::PartyKey> trusted_;
  std::ostringstream out_, err_;
};

TEST_F(PackCommand, CheckSaysWhatIsGood) {
  EXPECT_EQ(Check({"fenland", file_}), kPackGood);
  const auto digest = (*config::LoadPack("fenland", "packs"))->digest;
  EXPECT_EQ(out_.str(), "fenland: good, version 1, " + digest + "\n" + file_ +
                            ": good, version 1, " + digest + "\n");
}

TEST_F(PackCommand, CheckSaysEveryMistakeOfEveryPack) {
  std::string many = *config::ReadFile(file_);
  for (int i = 0; i < 30; ++i) many += "wrong" + std::to_string(i) + ": 1\n";
  Write(file_, many);
  EXPECT_EQ(Check({"nowhere", file_, "statutory"}), kPackRefused);
  EXPECT_THAT(out_.str(), HasSubstr("there is no pack 'nowhere'; wanted one of avon-and-somerset"));
  EXPECT_THAT(out_.str(), HasSubstr("wrong29: found an unknown key"));
  EXPECT_THAT(out_.str(), HasSubstr(file_ + ": 30 mistakes\n"));
  EXPECT_THAT(out_.str(), HasSubstr("statutory: good"));
}

TEST_F(PackCommand, CheckSpeaksJson) {
  Write(file_, "pack: fenland\n");
  EXPECT_EQ(Check({file_}, true), kPackRefused);
  const auto line = nlohmann::json::parse(out_.str());
  EXPECT_EQ(line["good"], false);
  EXPECT_THAT(line["mistakes"][0].get<std::string>(), HasSubstr(file_ + ":1: found no such key"));
  EXPECT_EQ(Check({"fenland"}, true), kPackGood);
  EXPECT_EQ(nlohmann::json::parse(out_.str())["digest"].get<std::string>().size(), 71u);
}

TEST_F(PackCommand, APackIsVerifiedWhenAllHaveSignedItAsItStands) {
  EXPECT_EQ(Verify(), kPackRefused);
  EXPECT_THAT(err_.str(), HasSubstr("is not signed: there is no " + file_ + ".signatures"));
  EXPECT_EQ(Sign("police"), kPackGood);
  EXPECT_EQ(Verify(), kPackRefused);
  EXPECT_THAT(err_.str(), HasSubstr("all of council, police sign with: waymark pack sign"));
  EXPECT_EQ(Sign("council"), kPackGood);
  EXPECT_EQ(Verify(), kPackGood);
  EXPECT_THAT(out_.str(), HasSubstr("VERIFIED  " + file_ + " signed by council, police"));
  EXPECT_THAT(*config::VerifyPackFile(file_, "packs", trusted_), ElementsAre("council", "police"));
}

TEST_F(PackCommand, ASignatureIsOverTheIncludesToo) {
  Write((folder_ / "statutory.yaml").string(), *config::ReadFile("packs/statutory.yaml"));
  EXPECT_EQ(Sign("police") + Sign("council"), kPackGood);
  EXPECT_EQ(Verify(), kPackGood);
  Write((folder_ / "statutory.yaml").string(),
        *config::ReadFile("packs/statutory.yaml") + "# changed\n");
  EXPECT_EQ(config::VerifyPackFile(file_, "packs", trusted_).status().code(),
            absl::StatusCode::kUnauthenticated);
  EXPECT_FALSE(config::LoadSignedPack(file_, "packs", trusted_).ok());
  // Signing anew drops what was signed before the change.
  EXPECT_EQ(Sign("police"), kPackGood);
  EXPECT_EQ(config::VerifyPackFile(file_, "packs", trusted_).status().code(),
            absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(Sign("council"), kPackGood);
  EXPECT_TRUE(config::LoadSignedPack(file_, "packs", trusted_).ok());
}

TEST_F(PackCommand, RefusesToSignWhatIsNoPackOfTheAgencyOrNoPackAtAll) {
  Write(KeyFile("nobody"), keys_[0].ToPem());
  EXPECT_EQ(Sign("nobody"), kPackRefused);
  EXPECT_THAT(err_.str(), HasSubstr("nobody is no agency of the pack"));
  Write(KeyFile("police"), "no key");
  EXPECT_EQ(Sign("police"), kPackRefused);
  Write(file_, *config::ReadFile(file_) + "wrong: 1\n");
  EXPECT_EQ(Sign("council"), kPackRefused);
  EXPECT_THAT(err_.str(), HasSubstr("wrong: found an unknown key"));
}

TEST_F(PackCommand, ShowPrintsBothForms) {
  EXPECT_EQ(ShowPack("fenland", "packs", HandbookFormat::kMarkdown, out_, err_), kPackGood);
  EXPECT_THAT(out_.str(), ::testing::StartsWith("# Fenland community safety partnership\n"));
  out_.str("");
  EXPECT_EQ(ShowPack("fenland", "packs", HandbookFormat::kHtml, out_, err_), kPackGood);
  EXPECT_THAT(out_.str(), ::testing::StartsWith("<!doctype html>"));
  EXPECT_EQ(ShowPack("nowhere", "packs", HandbookFormat::kHtml, out_, err_), kPackRefused);
  EXPECT_THAT(err_.str(), HasSubstr("there is no pack 'nowhere'"));
}

}  // namespace
}  // namespace waymark::cli
