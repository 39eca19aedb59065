#include "cli/rules/json.h"

#include <gmock/gmock.h>

namespace waymark::cli {
namespace {

// The value as it is read and written again, or why it is refused.
std::string Again(std::string_view text, size_t depth_max = 100) {
  JsonReader reader(depth_max);
  std::string why, out;
  const Json* json = reader.Parse(text, &why);
  if (json == nullptr) return why;
  AppendJsonRaw(*json, &out);
  return out;
}

TEST(JsonReader, KeepsWhatItReads) {
  for (const char* text :
       {"null", "true", "[]", "{}", "-0", "1.50e+7", "[[],{},[{}]]", "\"a \\\"b\"",
        "{\"a\":[1,{\"b\":null}],\"c\":\"\"}", "\"\\ud800\"", "1e99999"}) {
    EXPECT_EQ(Again(text), text);
    EXPECT_EQ(Again(std::string(" \t") + text + "\r\n"), text);
  }
  EXPECT_EQ(Again(" { \"a b\" : [ 1 , 2 ] } "), "{\"a b\":[1,2]}");
}

TEST(JsonReader, RefusesWhatIsNotJson) {
  for (const char* text : {"",
                           " ",
                           "nul",
                           "truex",
                           "01",
                           "1.",
                           ".5",
                           "-",
                           "1e",
                           "+1",
                           "[1,]",
                           "[1 2]",
                           "{\"a\"}",
                           "{\"a\":}",
                           "{a:1}",
                           "{\"a\":1,}",
                           "[",
                           "]",
                           "{",
                           "}",
                           "\"",
                           "\"\\x\"",
                           "\"\\u12g4\"",
                           "\"\x01\"",
                           "\"\xff\"",
                           "\"\xc0\xaf\"",
                           "\"\xed\xa0\x80\"",
                           "\"\xf5\x80\x80\x80\"",
                           "\"\xe2\x82\"",
                           "1 1",
                           "[}",
                           "{]",
                           "NaN",
                           "'a'",
                           "\xef\xbb\xbf{}"}) {
    EXPECT_THAT(Again(text), testing::StartsWith("not JSON at byte ")) << text;
  }
  EXPECT_EQ(Again("{\"a\":1,\"b\":2,\"\\u0061\":3}"), "an object names a member twice");
  EXPECT_EQ(Again("[[[]]]", 3), "[[[]]]");
  EXPECT_EQ(Again("[[[]]]", 2), "values are nested too deeply");
}

TEST(JsonReader, SeesATwinAmongManyNames) {
  std::string many = "{";
  for (int i = 0; i < 200; ++i) many += "\"n" + std::to_string(i) + "\":0,";
  EXPECT_EQ(Again(many + "\"m\":0}"), many + "\"m\":0}");
  EXPECT_EQ(Again(many + "\"n77\":0}"), "an object names a member twice");
}

TEST(JsonReader, DecodesTextsAndFindsMembers) {
  JsonReader reader;
  std::string why;
  const Json* json = reader.Parse(
      "{\"\\u0061\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\ud83d\\ude00x\",\"list\":[1,[2,3],4]}",
      &why);
  ASSERT_NE(json, nullptr) << why;
  EXPECT_EQ(json->Find("a")->text, "\"\\/\b\f\n\r\t\u00e9\U0001F600x");
  EXPECT_EQ(json->Find("b"), nullptr);
  EXPECT_EQ(json->size(), 2u);
  std::vector<std::string_view> raw;
  for (const Json& child : *json->Find("list")) raw.push_back(child.raw);
  EXPECT_THAT(raw, testing::ElementsAre("1", "[2,3]", "4"));
}

TEST(JsonWriter, PutsCommasAndEscapes) {
  std::string out;
  JsonWriter writer(&out);
  writer.Open('{').Key("a\"").Open('[').Number(-5).Text("\x01\\\x7f\xed\xa0\x80").Close(']');
  writer.Key("b").Null().Key("c").Boolean(true).Key("d").Open('{').Close('}').Close('}');
  EXPECT_EQ(out, "{\"a\\\"\":[-5,\"\\u0001\\\\\\u007f\\ud800\"],\"b\":null,\"c\":true,\"d\":{}}");
}

}  // namespace
}  // namespace waymark::cli
