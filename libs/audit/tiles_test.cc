#include "libs/audit/tiles.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/audit/test_log.h"
#include "libs/crypto/hash.h"

namespace waymark::audit {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

// The examples of https://c2sp.org/tlog-tiles.
TEST(TilePath, IsAsPublished) {
  EXPECT_EQ(TilePath({.level = 0, .index = 1234067}), "tile/0/x001/x234/067");
  EXPECT_EQ(TilePath({.level = 0, .index = 273, .width = 112}), "tile/0/273.p/112");
  EXPECT_EQ(TilePath({.level = 1, .index = 0}), "tile/1/000");
  EXPECT_EQ(TilePath({.level = 1, .index = 1, .width = 17}), "tile/1/001.p/17");
  EXPECT_EQ(TilePath({.level = 2, .index = 0, .width = 1}), "tile/2/000.p/1");
  EXPECT_EQ(TilePath({.entries = true, .index = 1000}), "tile/entries/x001/000");
}

TEST(TilePath, ReadsBackAndRefusesWhatItWouldNotWrite) {
  for (const TileId& tile : {TileId{.level = 3, .index = 1234067, .width = 5}, TileId{},
                             TileId{.entries = true, .index = 999, .width = 255}}) {
    EXPECT_EQ(ParseTilePath(TilePath(tile)).value(), tile);
  }
  for (const char* path : {"",
                           "tile/",
                           "tile/0",
                           "tile/0/",
                           "tile/0/0",
                           "tile/0/1234",
                           "tile/0/x001",
                           "tile/8/000",
                           "tile/-1/000",
                           "tile/0/000.p/0",
                           "tile/0/000.p/256",
                           "tile/0/000.p/07",
                           "tile/0/000.p/",
                           "tile/00/000",
                           "tile/0/../000",
                           "tile/0/x000/001",
                           "/tile/0/000",
                           "tile/0/000 ",
                           "tile/entries/0/000",
                           "tile/0/99999999999999999999999"}) {
    EXPECT_FALSE(ParseTilePath(path).ok()) << path;
  }
}

class BigLog : public testing::Test {
 protected:
  static constexpr uint64_t kSize = 70'000;

  static std::string Entry(uint64_t index) { return crypto::Sha256(absl::StrCat("entry ", index)); }
  static void SetUpTestSuite() {
    for (uint64_t i = 0; i < kSize; ++i) {
      for (const Node& node : log_.Append(LeafHash(Entry(i)))) nodes_.nodes[node.id] = node.hash;
    }
  }
  static std::string Bytes(const TileId& tile) { return TileBytes(tile, nodes_, Entry).value(); }

  static MerkleLog log_;
  static NodeMap nodes_;
};
MerkleLog BigLog::log_;
NodeMap BigLog::nodes_;

TEST_F(BigLog, ConsistsOfTheTilesThatTheFormatSays) {
  const std::vector<TileId> tiles = TilesOf(kSize);
  EXPECT_EQ(tiles.size(), 274u + 274u + 2u + 1u);
  EXPECT_EQ(TilePath(tiles[273]), "tile/entries/273.p/112");
  EXPECT_EQ(TilePath(tiles[547]), "tile/0/273.p/112");
  EXPECT_EQ(TilePath(tiles[548]), "tile/1/000");
  EXPECT_EQ(TilePath(tiles[549]), "tile/1/001.p/17");
  EXPECT_EQ(TilePath(tiles[550]), "tile/2/000.p/1");
  EXPECT_THAT(TilesOf(0), IsEmpty());
  EXPECT_EQ(TilesOf(256).size(), 3u);
}

// Digests computed apart, with RFC 6962 written down again in Python.
TEST_F(BigLog, HasTheBytesComputedApart) {
  const auto digest = [](const TileId& tile) { return ToHex(crypto::Sha256(Bytes(tile))); };
  EXPECT_EQ(digest({.level = 0, .index = 0}),
            "0196aef84522c92510f397050d8c4fbfc2eb5b4eeeee6b9be9cfc0016f2b16ac");
  EXPECT_EQ(digest({.level = 0, .index = 273, .width = 112}),
            "7149648589b825a15d3ee66672f139f5383c50caa1c4dc84d431fca15551214d");
  EXPECT_EQ(digest({.level = 1, .index = 0}),
            "8d2808c0b919fdba7d445cd2549f0e72c912edf63ece91a456e17529046e6824");
  EXPECT_EQ(digest({.level = 1, .index = 1, .width = 17}),
            "4f2ee1f8a809436bab1a0035328d83c811a33d0ed75532bc40625498967746e8");
  EXPECT_EQ(digest({.level = 2, .index = 0, .width = 1}),
            "e2728bf933584065fb51a06510254831298238b57d5dd34210661ddf5d111a05");
  EXPECT_EQ(digest({.entries = true, .index = 7}),
            "f0a536522d99d7aad4615eb6f45ebc1808389351b6fcf1af2672ab5f6d767bad");
  EXPECT_EQ(ToHex(log_.Root()), "56516cdf5bcc7171faa86e0f2aa74085bdb54ad7d89237ba3ed1e8eae3485a6c");
}

TEST(ParseTile, TakesApartAndRefusesEveryOtherLength) {
  const TileId hashes{.level = 1, .width = 2};
  const std::string two = std::string(32, 'a') + std::string(32, 'b');
  EXPECT_THAT(ParseTile(hashes, two).value(),
              ElementsAre(std::string(32, 'a'), std::string(32, 'b')));
  EXPECT_FALSE(ParseTile(hashes, two + "x").ok());
  EXPECT_FALSE(ParseTile(hashes, two.substr(1)).ok());

  const TileId bundle{.entries = true, .width = 2};
  using namespace std::string_literals;  // NOLINT: zero bytes
  EXPECT_THAT(ParseTile(bundle, "\0\1a\0\2bc"s).value(), ElementsAre("a", "bc"));
  EXPECT_THAT(ParseTile(bundle, "\0\0\0\0"s).value(), ElementsAre("", ""));
  for (const std::string& wrong :
       {""s, "\0\1a"s, "\0\1a\0"s, "\0\1a\0\2b"s, "\0\1a\0\2bc\0"s, "\0\1a\0\1b\0\1c"s}) {
    EXPECT_FALSE(ParseTile(bundle, wrong).ok()) << ToHex(wrong);
  }
}

class ExportTest : public testing::Test {
 protected:
  ExportTest() {
    log_.AddIdle(300);
    keys_.AddLog(log_.origin, log_.key.verify_key());
    files_ = log_.Export();
  }
  ExportVerdict Verify(std::optional<std::string> since = std::nullopt) const {
    return VerifyExport(ReaderOf(files_), keys_, std::move(since));
  }

  TestLog log_{"fenland.waymark/audit/police", 'p'};
  TrustedKeys keys_;
  std::map<std::string, std::string> files_;
};

TEST_F(ExportTest, AWholeExportVerifiesAndSaysWhatItHolds) {
  const ExportVerdict verdict = Verify(log_.CheckpointAt(123));
  EXPECT_THAT(CodesOf(verdict.verdict), IsEmpty());
  EXPECT_EQ(verdict.origin, "fenland.waymark/audit/police");
  EXPECT_EQ(verdict.size, 300u);
  EXPECT_EQ(verdict.opened, 300u);
}

TEST_F(ExportTest, AnErasedLeafLeavesTheRestProvable) {
  std::string& lines = files_[std::string(kOpeningsFile)];
  lines.erase(0, lines.find('\n') + 1);
  const ExportVerdict verdict = Verify();
  EXPECT_TRUE(verdict.verdict.ok());
  EXPECT_EQ(verdict.opened, 299u);
}

TEST_F(ExportTest, EveryChangedByteOfEveryFileIsFound) {
  for (auto& [path, content] : files_) {
    const size_t step = std::max<size_t>(1, content.size() / 97);
    for (size_t i = 0; i < content.size(); i += step) {
      content[i] = static_cast<char>(content[i] ^ 1);
      EXPECT_FALSE(Verify().verdict.ok()) << path << " byte " << i;
      content[i] = static_cast<char>(content[i] ^ 1);
    }
  }
  EXPECT_TRUE(Verify().verdict.ok());
}

TEST_F(ExportTest, EachFaultHasItsName) {
  const auto codes_without = [&](const std::string& path) {
    std::map<std::string, std::string> fewer = files_;
    fewer.erase(path);
    return CodesOf(VerifyExport(ReaderOf(fewer), keys_).verdict);
  };
  EXPECT_THAT(codes_without("tile/entries/001.p/44"), ElementsAre("truncated"));
  EXPECT_THAT(codes_without("tile/1/000.p/1"), ElementsAre("truncated"));
  EXPECT_THAT(codes_without("checkpoint"), ElementsAre("truncated"));

  EXPECT_THAT(CodesOf(VerifyExport(ReaderOf(files_), TrustedKeys()).verdict),
              ElementsAre("unknown_log"));
  TrustedKeys others;
  others.AddLog(log_.origin, TestLog("x", 'x').key.verify_key());
  EXPECT_THAT(CodesOf(VerifyExport(ReaderOf(files_), others).verdict), ElementsAre("wrong_key"));

  const std::string entry = files_["tile/entries/000"];
  files_["tile/entries/000"][5] ^= 1;
  const ExportVerdict edited = Verify();
  ASSERT_GE(edited.verdict.findings.size(), 2u);
  EXPECT_EQ(edited.verdict.findings[0].what, "edited");
  EXPECT_EQ(edited.verdict.findings[0].where, "tile/0/000");
  EXPECT_EQ(edited.verdict.findings[0].means, "entry 0 or its hash was changed");
}

TEST_F(ExportTest, ALogThatWasCutOffOrRewrittenSinceAPartnerSawItIsNamed) {
  TestLog longer = log_;
  longer.AddIdle(1);
  EXPECT_THAT(CodesOf(Verify(longer.CheckpointAt(301)).verdict), ElementsAre("truncated"));

  TestLog other("fenland.waymark/audit/police", 'p');
  gateway::v1::AuditEntry entry;
  entry.set_what("something else");
  other.Add(entry);
  other.AddIdle(122);
  EXPECT_THAT(CodesOf(Verify(other.CheckpointAt(123)).verdict), ElementsAre("rewritten"));
  EXPECT_THAT(CodesOf(Verify("nonsense").verdict), ElementsAre("malformed"));
}

TEST_F(ExportTest, RefusesLinesThatItWouldNotWrite) {
  const std::string line = OpeningLine({7, "salt", "entry"});
  EXPECT_EQ(line, "{\"index\":7,\"salt\":\"c2FsdA==\",\"entry\":\"ZW50cnk=\"}\n");
  for (const char* wrong :
       {"", "{}", "{\"index\":7}", "{\"index\":07,\"salt\":\"\",\"entry\":\"\"}",
        "{\"index\":-1,\"salt\":\"\",\"entry\":\"\"}", "{\"index\":7,\"salt\":\"\",\"entry\":\"\"",
        "{\"index\":7,\"salt\":\"c2FsdA\",\"entry\":\"\"}",
        "{\"index\":7,\"entry\":\"\",\"salt\":\"\"}",
        "{\"index\":7,\"salt\":\"\",\"entry\":\"\",\"salt\":\"\",\"entry\":\"\"}"}) {
    EXPECT_FALSE(ParseOpeningLine(wrong).ok()) << wrong;
  }
}

}  // namespace
}  // namespace waymark::audit
