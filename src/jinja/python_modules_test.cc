// The expected values are the answers of Python 3.11.

#include "jinja/python_modules.h"

#include <string>

#include <gtest/gtest.h>

#include "jinja/template.h"

namespace gsa::jinja {
namespace {

std::string shown(const std::string& expression) {
  Scope scope;
  scope.set("modules", python_modules());
  return Template::parse(
             "{% set d = modules.datetime.datetime(2024, 1, 31, 13, 5, 9) %}"
             "{% set date = modules.datetime.date %}{% set re = modules.re %}"
             "{% set delta = modules.datetime.timedelta %}"
             "{% set it = modules.itertools %}{{ " +
                 expression + " }}",
             "t")
      .render(scope)
      .text();
}

// The message of the expression's error.
std::string failure(const std::string& expression) {
  try {
    return "no error: " + shown(expression);
  } catch (const Error& error) {
    return error.message();
  }
}

TEST(PythonDatetime, PrintsAndCalculates) {
  EXPECT_EQ(shown("d"), "2024-01-31 13:05:09");
  EXPECT_EQ(shown("d + delta(days=1, hours=2)"), "2024-02-01 15:05:09");
  EXPECT_EQ(shown("(d - delta(microseconds=1)).isoformat()"), "2024-01-31T13:05:08.999999");
  EXPECT_EQ(shown("date(2024, 2, 28) + delta(2)"), "2024-03-01");
  EXPECT_EQ(shown("(date(2024, 3, 1) - date(2023, 3, 1)).days"), "366");
  EXPECT_EQ(shown("delta(days=-1, hours=1)"), "-1 day, 1:00:00");
  EXPECT_EQ(shown("delta(weeks=1, minutes=90).total_seconds()"), "610200.0");
  EXPECT_EQ(shown("d.replace(day=1, hour=0).date()"), "2024-01-01");
  EXPECT_EQ(shown("[d < d + delta(1), d == d + delta(0), date(2024, 1, 1).weekday()]"),
            "[True, True, 0]");
  EXPECT_EQ(shown("modules.datetime.datetime(2024, 1, 1, tzinfo=modules.pytz.utc)"),
            "2024-01-01 00:00:00+00:00");
  EXPECT_EQ(shown("modules.datetime.datetime.fromisoformat('2024-03-05T06:07:08')"),
            "2024-03-05 06:07:08");
}

TEST(PythonDatetime, FormatsAndReadsTimes) {
  EXPECT_EQ(shown("d.strftime('%Y-%j %H:%M %b %d %a %A %B %I %p %y %% %f %-d')"),
            "2024-031 13:05 Jan 31 Wed Wednesday January 01 PM 24 % 000000 31");
  EXPECT_EQ(shown("modules.datetime.datetime.strptime('Mar 5 2024 07:08 PM', '%b %d %Y %I:%M %p')"),
            "2024-03-05 19:08:00");
  EXPECT_NE(failure("modules.datetime.datetime.strptime('x', '%Y')").find("does not match format"),
            std::string::npos);
}

TEST(PythonDatetime, RefusesWhatIsNoTime) {
  EXPECT_NE(failure("date(2024, 2, 30)").find("day is out of range for month"), std::string::npos);
  EXPECT_NE(failure("date(9999, 12, 31) + delta(1)").find("out of range"), std::string::npos);
  EXPECT_NE(failure("d + d").find("cannot apply +"), std::string::npos);
  EXPECT_NE(failure("delta(days=10 ** 12)").find("longer than"), std::string::npos);
  EXPECT_NE(failure("modules.pytz.timezone('America/New_York')").find("is not supported"),
            std::string::npos);
}

TEST(PythonRegex, MatchesSplitsAndReplaces) {
  EXPECT_EQ(shown(R"(re.sub('[^a-z]+', '_', 'a-b  c'))"), "a_b_c");
  EXPECT_EQ(shown(R"(re.sub('(a)(?P<n>b)', '\\g<n>\\1', 'abab'))"), "baba");
  EXPECT_EQ(shown(R"(re.match('(\\w+)-(?P<n>\\d+)', 'ab-12 x').group('n'))"), "12");
  EXPECT_EQ(shown(R"(re.match('x', 'abx'))"), "None");
  EXPECT_EQ(shown(R"(re.fullmatch('ab', 'abc'))"), "None");
  EXPECT_EQ(shown(R"(re.search('B(.)?', 'äbc', re.IGNORECASE).span())"), "(1, 3)");
  EXPECT_EQ(shown(R"(re.findall('\\d+', 'a1b22'))"), "['1', '22']");
  EXPECT_EQ(shown(R"(re.split(',\\s*', 'a, b,c'))"), "['a', 'b', 'c']");
  EXPECT_EQ(shown(R"(re.compile('a.').sub('x', 'abac', 1))"), "xac");
  EXPECT_EQ(shown(R"(re.escape('a.b'))"), "a\\.b");
}

TEST(PythonRegex, RefusesWhatCannotBeReadOrTakesTooLong) {
  EXPECT_NE(failure("re.match('(', 'x')").find("cannot be read"), std::string::npos);
  EXPECT_NE(failure("re.match('(a*)*b', 'a' * 40)").find("too costly"), std::string::npos);
}

TEST(PythonItertools, CombinesLists) {
  EXPECT_EQ(shown("it.product([1, 2], ['x'])"), "[(1, 'x'), (2, 'x')]");
  EXPECT_EQ(shown("it.product([0, 1], repeat=2) | length"), "4");
  EXPECT_EQ(shown("it.chain([1], [2, 3])"), "[1, 2, 3]");
  EXPECT_EQ(shown("it.combinations(['a', 'b', 'c'], 2)"), "[('a', 'b'), ('a', 'c'), ('b', 'c')]");
  EXPECT_EQ(shown("it.permutations([1, 2])"), "[(1, 2), (2, 1)]");
  EXPECT_EQ(shown("it.zip_longest([1, 2], [3], fillvalue=0)"), "[(1, 3), (2, 0)]");
  EXPECT_EQ(shown("it.islice([1, 2, 3], 2)"), "[1, 2]");
  EXPECT_NE(failure("it.permutations(range(12))").find("more than 1000000"), std::string::npos);
}

}  // namespace
}  // namespace gsa::jinja
