#include "jinja/value.h"

#include <limits>

#include <gtest/gtest.h>

#include "base/error.h"

namespace gsa::jinja {
namespace {

TEST(FormatFloat, WritesTheShortestDigitsAsPython) {
  EXPECT_EQ(format_float(1), "1.0");
  EXPECT_EQ(format_float(-0.0), "-0.0");
  EXPECT_EQ(format_float(0.1), "0.1");
  EXPECT_EQ(format_float(1.0 / 3), "0.3333333333333333");
  EXPECT_EQ(format_float(1e15), "1000000000000000.0");
  EXPECT_EQ(format_float(9999999999999998.0), "9999999999999998.0");
  EXPECT_EQ(format_float(1e16), "1e+16");
  EXPECT_EQ(format_float(0.0001), "0.0001");
  EXPECT_EQ(format_float(0.00001), "1e-05");
  EXPECT_EQ(format_float(5e-324), "5e-324");
  EXPECT_EQ(format_float(std::numeric_limits<double>::infinity()), "inf");
}

TEST(Value, PrintsAsPython) {
  Dict dict;
  dict.set("a", Value());
  dict.set(1, true);
  const Value list = List{1, 2.5, "it's", "both ' and \"", "line\n", Value::tuple({1}), dict};
  EXPECT_EQ(list.str(),
            R"([1, 2.5, "it's", 'both \' and "', 'line\n', (1,), {'a': None, 1: True}])");
  EXPECT_EQ(Value("plain").str(), "plain");
  EXPECT_EQ(Value("plain").repr(), "'plain'");
}

TEST(Value, WritesJson) {
  Dict dict;
  dict.set("b", List{1, 0.5, Value(), false});
  dict.set("a", "\"\u00e9\U0001f600\n");
  EXPECT_EQ(Value(dict).json(), R"({"b": [1, 0.5, null, false], "a": "\"\u00e9\ud83d\ude00\n"})");
  EXPECT_EQ(Value(dict).json(true),
            R"({"a": "\"\u00e9\ud83d\ude00\n", "b": [1, 0.5, null, false]})");
  EXPECT_THROW(Value::function("f", [](const CallArguments&) { return Value(); }).json(), Error);
}

TEST(Value, ComparesNumbersAcrossTypes) {
  EXPECT_EQ(Value(1), Value(1.0));
  EXPECT_EQ(Value(true), Value(1));
  EXPECT_FALSE(Value("1") == Value(1));
  EXPECT_FALSE(Value(List{1}) == Value::tuple({1}));
  EXPECT_TRUE(Value::less(1, 1.5));
  // Integers compare exactly, even where doubles would round.
  EXPECT_TRUE(Value::less(std::int64_t{9007199254740992}, std::int64_t{9007199254740993}));
  EXPECT_THROW(Value::less("a", 1), Error);
}

TEST(Value, SharesListsBetweenCopies) {
  const Value a = List{1};
  const Value b = a;  // NOLINT(performance-unnecessary-copy-initialization): the copy is the point
  b.as_list().emplace_back(2);
  EXPECT_EQ(a.str(), "[1, 2]");
}

TEST(Value, RefusesToPrintAListThatHoldsItself) {
  const Value list = List{};
  list.as_list().push_back(list);
  EXPECT_THROW(list.str(), Error);
  list.as_list().clear();
}

TEST(Value, SaysWhatItIsWhenReadAsSomethingElse) {
  try {
    Value(1).as_string();
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.message(), "expected a string, got integer");
  }
}

TEST(Dict, KeepsTheOrderOfInsertion) {
  Dict dict;
  dict.set("z", 1);
  dict.set("a", 2);
  dict.set("z", 3);
  EXPECT_EQ(dict.names(), (std::vector<std::string>{"z", "a"}));
  EXPECT_EQ(*dict.find("z"), Value(3));
  EXPECT_EQ(dict.remove("z"), Value(3));
  EXPECT_EQ(dict.find("z"), nullptr);
  EXPECT_THROW(dict.set(List{}, 1), Error);
}

std::string refusal(const CallArguments& arguments) {
  try {
    arguments.expect("ref", 1, {"name", "version"});
    return "fine";
  } catch (const Error& error) {
    return error.message() + "|" + error.hint();
  }
}

TEST(CallArguments, AreCheckedAgainstTheirNames) {
  EXPECT_EQ(refusal({{"a"}, {}, {}}), "fine");
  EXPECT_EQ(refusal({{}, {{"version", 1}, {"name", "a"}}, {}}), "fine");
  EXPECT_EQ(refusal({{}, {}, {}}), "ref() needs the argument 'name'|ref(name, [version])");
  EXPECT_EQ(refusal({{1, 2, 3}, {}, {}}),
            "ref() takes at most 2 arguments, 3 given|ref(name, [version])");
  EXPECT_EQ(refusal({{1}, {{"verson", 1}}, {}}),
            "ref() has no argument 'verson'|did you mean 'version'?");
  EXPECT_EQ(refusal({{1}, {{"name", 1}}, {}}), "ref() was given the argument 'name' twice|");
}

}  // namespace
}  // namespace gsa::jinja
