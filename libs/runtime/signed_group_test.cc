#include "libs/runtime/signed_group.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "libs/base/bytes.h"

namespace waymark::runtime {
namespace {

std::vector<std::string> Records(size_t count) {
  std::vector<std::string> records;
  for (size_t i = 0; i < count; ++i) records.push_back(absl::StrCat("record ", i));
  return records;
}

// The leaves and roots that certificate-transparency implementations test with.
TEST(SignedGroup, HasThePublishedRoots) {
  const std::vector<std::string> leaves = {"",
                                           "00",
                                           "10",
                                           "2021",
                                           "3031",
                                           "40414243",
                                           "5051525354555657",
                                           "606162636465666768696a6b6c6d6e6f"};
  const std::vector<std::string> roots = {
      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
      "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
      "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
      "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
      "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
  std::vector<std::string> records = {FromHex(leaves[0]).value()};
  for (size_t size = 2; size <= leaves.size(); ++size) {
    records.push_back(FromHex(leaves[size - 1]).value());
    EXPECT_EQ(ToHex(MakeGroup(records).root), roots[size - 2]) << size;
  }
}

TEST(SignedGroup, EachRecordHasItsOwnPlaceAndNoOther) {
  for (size_t size = 2; size <= kGroupMax; ++size) {
    const std::vector<std::string> records = Records(size);
    const SignedGroup group = MakeGroup(records);
    for (size_t i = 0; i < size; ++i) {
      EXPECT_EQ(RootOf(records[i], group.places[i]), group.root) << size;
      EXPECT_NE(RootOf("another record", group.places[i]), group.root) << size;
      EXPECT_NE(RootOf(records[i], group.places[(i + 1) % size]), group.root) << size;
    }
  }
}

TEST(SignedGroup, AChangedPlaceLeadsElsewhereOrNowhere) {
  const std::vector<std::string> records = Records(7);
  const SignedGroup group = MakeGroup(records);
  for (size_t i = 0; i < records.size(); ++i) {
    const std::string& place = group.places[i];
    // The number of records counts only as far as it shapes the way up.
    for (size_t byte = 2; byte < place.size(); ++byte) {
      std::string changed = place;
      changed[byte] = static_cast<char>(changed[byte] ^ 1);
      EXPECT_NE(RootOf(records[i], changed), group.root);
    }
    for (size_t length = 0; length < place.size(); ++length) {
      EXPECT_NE(RootOf(records[i], place.substr(0, length)), group.root);
    }
    EXPECT_EQ(RootOf(records[i], place + "x"), std::nullopt);
    EXPECT_EQ(RootOf(records[i], place + std::string(32, 'x')), std::nullopt);
  }
}

TEST(SignedGroup, WhatIsNoPlaceIsRefused) {
  const auto place = [](int index, int size) {
    return std::string{static_cast<char>(index), static_cast<char>(size)} + std::string(32, 'x');
  };
  EXPECT_NE(RootOf("record", place(1, 2)), std::nullopt);
  EXPECT_EQ(RootOf("record", place(2, 2)), std::nullopt);
  EXPECT_EQ(RootOf("record", place(0, 1)), std::nullopt);
  EXPECT_EQ(RootOf("record", place(0, 0)), std::nullopt);
  EXPECT_EQ(RootOf("record", place(0, static_cast<int>(kGroupMax) + 1)), std::nullopt);
  EXPECT_EQ(RootOf("record", place(255, 255)), std::nullopt);
  EXPECT_EQ(RootOf("record", ""), std::nullopt);
}

}  // namespace
}  // namespace waymark::runtime
