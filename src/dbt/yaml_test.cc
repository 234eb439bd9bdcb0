#include "dbt/yaml.h"

#include <gtest/gtest.h>

#include "dbt/project_fixture.h"
#include "dbt/yaml_scalar.h"

namespace gsa::dbt {
namespace {

struct Parsed {
  std::string value;  // in Python's notation
  std::vector<std::string> warnings;
};

Parsed parse(const std::string& text) {
  const ProjectFiles files(Files{{"s.yml", text}});
  Parsed parsed;
  parsed.value = Yaml::parse(files, "s.yml", &parsed.warnings).value().repr();
  return parsed;
}

// The expected values are those of PyYAML 6, which dbt uses.
TEST(Yaml, TypesPlainScalarsAsYaml11Does) {
  const std::pair<const char*, const char*> cases[] = {
      {"01", "1"},
      {"017", "15"},
      {"08", "'08'"},
      {"0_", "0"},
      {"+1", "1"},
      {"-0", "0"},
      {"-01", "-1"},
      {"1_000", "1000"},
      {"_1", "'_1'"},
      {"0x1F", "31"},
      {"-0x1f", "-31"},
      {"0b11", "3"},
      {"0o17", "'0o17'"},
      {"12:30", "750"},
      {"-12:30", "-750"},
      {"190:20:30", "685230"},
      {"1:60", "'1:60'"},
      {"99999999999999999999", "'99999999999999999999'"},
      {"1.0e+3", "1000.0"},
      {"1.0e3", "'1.0e3'"},
      {"1e3", "'1e3'"},
      {"1.", "1.0"},
      {".1", "0.1"},
      {"-.1", "'-.1'"},
      {"1_0.5_0", "10.5"},
      {"1:30.5", "90.5"},
      {"-1:2:3.5", "-3723.5"},
      {"1.0e+16", "1e+16"},
      {".inf", "inf"},
      {"-.INF", "-inf"},
      {".nan", "nan"},
      {"yes", "True"},
      {"Off", "False"},
      {"oN", "'oN'"},
      {"y", "'y'"},
      {"~", "None"},
      {"2020-01-01", "'2020-01-01'"},
      {"2020-1-1", "'2020-1-1'"},
      {"2020-01-01T10:00:00.5Z", "'2020-01-01 10:00:00.500000+00:00'"},
      {"2020-01-01 10:00:00", "'2020-01-01 10:00:00'"},
      {"2020-1-2 1:02:03 -5", "'2020-01-02 01:02:03-05:00'"},
      {"2020-01-01 1:2:3 -5", "'2020-01-01 1:2:3 -5'"},
      {"'12'", "'12'"},
      {"!!str 12", "'12'"},
      {"!!int '12'", "12"},
      {"!!float 3", "3.0"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(parse(text).value, expected) << text;
}

TEST(Yaml, RefusesWhatPyYamlRefuses) {
  for (const char* text : {"2020-13-01", "2020-01-01 25:00:00", "=", "!mine x", "a: 1\n---\nb: 2",
                           "<<: 3", "<<: [{a: 1}, 3]", "x: &x [*x]"}) {
    EXPECT_NE(error_of([&] { parse(text); }), "no error") << text;
  }
}

TEST(Yaml, MergesMapsAndLetsTheirOwnKeysWin) {
  EXPECT_EQ(parse("x: &x {a: 1, b: 2}\ny: {b: 3, <<: *x, c: 4}\n").value,
            "{'x': {'a': 1, 'b': 2}, 'y': {'a': 1, 'b': 3, 'c': 4}}");
  // Among several, the first wins.
  EXPECT_EQ(parse("- &x {a: 1}\n- &y {a: 2, b: 2}\n- {<<: [*x, *y]}\n").value,
            "[{'a': 1}, {'a': 2, 'b': 2}, {'a': 1, 'b': 2}]");
  EXPECT_EQ(parse("'<<': 1").value, "{'<<': 1}");
}

TEST(Yaml, WarnsOfAKeyThatStandsTwiceAndTakesTheLast) {
  const Parsed parsed = parse("a: 1\nb: {c: 1, c: 2}\na: 3\n");
  EXPECT_EQ(parsed.value, "{'a': 3, 'b': {'c': 2}}");
  EXPECT_EQ(parsed.warnings,
            (std::vector<std::string>{
                "s.yml:2:11: the key 'c' is repeated (first in line 2), and the last one wins",
                "s.yml:3:1: the key 'a' is repeated (first in line 1), and the last one wins"}));
}

TEST(Yaml, RefusesBytesThatAreNoText) {
  EXPECT_NE(error_of([] { parse("a: 1\nb: !!s\xFF\xFFtr 1\n"); }).find("s.yml:2:7"),
            std::string::npos);
  EXPECT_NE(error_of([] { parse("a: \x04 1\n"); }).find("0x04"), std::string::npos);
  EXPECT_EQ(parse("a: h\u00e9\n").value, "{'a': 'h\u00e9'}");
}

TEST(Yaml, RefusesWhatStandsBehindTheDocument) {
  const std::pair<const char*, const char*> cases[] = {
      {"- a\nb: c\n", "s.yml:2:1: not valid YAML: the document ends before this"},
      {",", "s.yml:1:1: not valid YAML: the document ends before this"},
      {"[a],", "s.yml:1:4: not valid YAML: the document ends before this"},
      {"'a'\n,\n", "s.yml:2:1: not valid YAML: the document ends before this"},
      {"---\n{a: b}\n\n  , c: d", "s.yml:4:3: not valid YAML: the document ends before this"},
      {"a: 1\n...\n,", "s.yml:3:1: not valid YAML: the document ends before this"},
      {"a: 1\n--- ,",
       "s.yml:2:1: a second YAML document begins here, but a file may have only one"},
      {"a: 1\n---\n",
       "s.yml:2:1: a second YAML document begins here, but a file may have only one"},
  };
  for (const auto& [text, expected] : cases) {
    // Without the check, the first case would fail and the comma would use up all memory.
    ASSERT_EQ(error_of([&] { parse(text); }).substr(0, std::string_view(expected).size()), expected)
        << text;
  }
  EXPECT_EQ(parse("---\na: 1\n...\n").value, "{'a': 1}");
  EXPECT_EQ(parse("# nothing\n").value, "None");
}

TEST(Yaml, RefusesAliasesThatGrowWithoutEnd) {
  std::string text = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n";
  for (int i = 1; i < 9; ++i) {
    text += fmt::format("a{0}: &a{0} [*a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}, *a{1}]\n", i,
                        i - 1);
  }
  const std::string error = error_of([&] { parse(text); });
  EXPECT_NE(error.find("becomes too large when its aliases"), std::string::npos) << error;
}

TEST(Yaml, TakesManyValuesIfTheyAreWritten) {
  std::string text = "[";
  for (int i = 0; i < 100001; ++i) text += "1,";
  EXPECT_EQ(parse(text + "]").value.size(), 3 * 100001);
}

}  // namespace
}  // namespace gsa::dbt
