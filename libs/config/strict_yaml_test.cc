#include "libs/config/strict_yaml.h"

#include <gmock/gmock.h>

namespace waymark::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string ParseError(std::string_view text, const YamlLimits& limits = {}) {
  const auto document = YamlDocument::Parse(text, "f.yaml", limits);
  return document.ok() ? "" : std::string(document.status().message());
}

YamlDocument Parsed(std::string_view text) {
  auto document = YamlDocument::Parse(text, "f.yaml");
  EXPECT_TRUE(document.ok()) << document.status();
  return *std::move(document);
}

TEST(StrictYaml, ReadsWhatIsAskedFor) {
  YamlDocument document = Parsed(
      "name: Example\ncount: 12\nfraction: 0.75\non: true\nwords: [a, b]\nmap:\n  x: {n: -1}\n");
  const YamlNode root = document.root();
  EXPECT_EQ(root.At("name").Text(), "Example");
  EXPECT_EQ(root.At("count").Integer(0, 12), 12);
  EXPECT_EQ(root.At("fraction").Decimal(), "0.75");
  EXPECT_TRUE(root.At("on").Boolean());
  EXPECT_THAT(root.At("words").Texts(), ElementsAre("a", "b"));
  EXPECT_EQ(root.Find("other"), std::nullopt);
  const auto entries = root.At("map").Entries();
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].first, "x");
  EXPECT_EQ(entries[0].second.path(), "map.x");
  EXPECT_EQ(entries[0].second.line(), 7);
  EXPECT_EQ(entries[0].second.At("n").Integer(-5, 5), -1);
  EXPECT_TRUE(document.Finish().ok());
}

TEST(StrictYaml, RefusesAnUnknownKeyWithItsPathAndLine) {
  YamlDocument document = Parsed("a: 1\nb:\n  c: 2\n  d: 3\n");
  document.root().At("a").Integer(0, 9);
  document.root().At("b").At("c").Integer(0, 9);
  EXPECT_THAT(document.Finish().message(), HasSubstr("f.yaml:4: b.d: found an unknown key"));
}

TEST(StrictYaml, NamesEveryComplaintInTheOrderOfTheFile) {
  YamlDocument document = Parsed("a: x\nb: [1]\nc: yes\nd:\n");
  const YamlNode root = document.root();
  root.Find("d");
  root.At("c").Boolean();
  root.At("b").Text();
  root.At("a").Integer(0, 9);
  EXPECT_EQ(document.Finish().message(),
            "f.yaml:1: a: found 'x'; wanted a whole number from 0 to 9\n"
            "f.yaml:2: b: found a list; wanted a text\n"
            "f.yaml:3: c: found 'yes'; wanted true or false\n"
            "f.yaml:4: d: found nothing; wanted a value, or the key left out");
}

TEST(StrictYaml, ComplainsOnceOfAMissingKey) {
  YamlDocument document = Parsed("a: {}\n");
  EXPECT_EQ(document.root().At("a").At("b").At("c").Text(), "");
  EXPECT_EQ(document.Finish().message(), "f.yaml:1: a: found no such key; wanted the key 'b'");
}

TEST(StrictYaml, RefusesWrongScalars) {
  const std::vector<std::string_view> not_numbers = {"1.0", "0x1f", "01", "+1", "\"1\"", "11", "~"};
  for (const std::string_view text : not_numbers) {
    YamlDocument document = Parsed("a: " + std::string(text));
    document.root().At("a").Integer(0, 10);
    EXPECT_FALSE(document.Finish().ok()) << text;
  }
  for (const std::string_view text : {".5", "1.", "-1", "1e3", "\"1\"", "nan"}) {
    YamlDocument document = Parsed("a: " + std::string(text));
    document.root().At("a").Decimal();
    EXPECT_FALSE(document.Finish().ok()) << text;
  }
  YamlDocument document = Parsed("a: blue\n");
  EXPECT_EQ(document.root().At("a").Choice<int>({{"red", 1}, {"green", 2}}), 1);
  EXPECT_THAT(document.Finish().message(), HasSubstr("found 'blue'; wanted one of red, green"));
}

TEST(StrictYaml, AKeyThatStandsTwiceIsOneComplaintAmongOthers) {
  YamlDocument document = Parsed("a: 1\nb:\n  c: 1\n  c: {d: 2}\n  e: 3\n");
  document.root().At("a").Boolean();
  EXPECT_EQ(document.root().At("b").At("c").Integer(0, 9), 1);
  EXPECT_EQ(document.Finish().message(),
            "f.yaml:1: a: found '1'; wanted true or false\n"
            "f.yaml:4: b.c: found this key twice; wanted it once\n"
            "f.yaml:5: b.e: found an unknown key; wanted a key of this version of the format");
}

TEST(StrictYaml, RecordsWhatItsReaderAsksFor) {
  YamlDocument document = Parsed("list: [{n: 3}, {n: 4, word: red}]\nmap: {x: {on: true}}\n");
  document.RecordShape();
  for (const YamlNode& item : document.root().At("list").Items()) {
    item.At("n").Integer(1, 7);
    if (const auto word = item.Find("word")) word->Choice<int>({{"red", 1}, {"green", 2}});
  }
  for (const auto& [key, node] : document.root().At("map").Entries()) node.At("on").Boolean();
  document.root().Find("other");
  const YamlShape shape = document.Shape();
  ASSERT_TRUE(document.Finish().ok());
  std::vector<std::string> places;
  for (const auto& [place, field] : shape) {
    places.push_back(place + (field.required ? "!" : ""));
  }
  EXPECT_THAT(places, ElementsAre("", "list!", "list[]", "list[].n!", "list[].word", "map!",
                                  "map.*", "map.*.on!", "other"));
  EXPECT_EQ(shape.at("list[].n").most, 7);
  EXPECT_THAT(shape.at("list[].word").words, ElementsAre("red", "green"));
  EXPECT_THAT(shape.at("map").kinds, ElementsAre("open_map"));
}

TEST(StrictYaml, RefusesRepeatedTexts) {
  YamlDocument document = Parsed("a: [x, y, x]\n");
  document.root().At("a").Texts();
  EXPECT_THAT(document.Finish().message(), HasSubstr("a[2]: found 'x'; wanted each value once"));
}

TEST(StrictYaml, DoesNotQuoteValuesUnlessAsked) {
  YamlDocument document = Parsed("a: hidden\n");
  document.root().At("a").Refuse("something else");
  EXPECT_THAT(document.Finish().message(), testing::Not(HasSubstr("hidden")));
}

TEST(StrictYaml, RefusesWhatYamlAllowsButWeDoNot) {
  EXPECT_THAT(ParseError("a: &x 1\n"), HasSubstr("f.yaml:1: found an anchor"));
  EXPECT_THAT(ParseError("a: &x [1]\n"), HasSubstr("found an anchor"));
  EXPECT_THAT(ParseError("a: &x 1\nb: *x\n"), HasSubstr("anchor"));
  EXPECT_THAT(ParseError("a: !!str 1\n"), HasSubstr("found a tag"));
  EXPECT_THAT(ParseError("? [a]\n: 1\n"), HasSubstr("as a key"));
  EXPECT_THAT(ParseError("a: 1\n---\nb: 1\n"), HasSubstr("second document"));
  EXPECT_THAT(ParseError(""), HasSubstr("found nothing"));
  EXPECT_THAT(ParseError("a: [1\n"), HasSubstr("f.yaml:"));
  EXPECT_THAT(ParseError("a: 1\nb: \x04\n"), HasSubstr("f.yaml:2: found a control character"));
  EXPECT_THAT(ParseError("a: \xc3\x28\n"), HasSubstr("not UTF-8"));
  EXPECT_THAT(ParseError("\xff\xfe\x61"), HasSubstr("not UTF-8"));
  EXPECT_THAT(ParseError("a: \xed\xa0\x80\n"), HasSubstr("not UTF-8"));
  EXPECT_EQ(ParseError("a: caf\xc3\xa9 \xf0\x9f\x8c\x8d\n"), "");
}

TEST(StrictYaml, HoldsItsLimitsOneStepInsideAndOneOutside) {
  EXPECT_EQ(ParseError("a: 1234\n", {.bytes_max = 8}), "");
  EXPECT_THAT(ParseError("a: 12345\n", {.bytes_max = 8}), HasSubstr("wanted at most 8"));
  EXPECT_EQ(ParseError("[[[1]]]", {.depth_max = 3}), "");
  EXPECT_THAT(ParseError("[[[[1]]]]", {.depth_max = 3}), HasSubstr("too deep"));
  EXPECT_EQ(ParseError("[1, 2, 3]", {.nodes_max = 4}), "");
  EXPECT_THAT(ParseError("[1, 2, 3, 4]", {.nodes_max = 4}), HasSubstr("too many"));
  EXPECT_NE(ParseError(std::string(100000, '[')), "");
}

}  // namespace
}  // namespace waymark::config
