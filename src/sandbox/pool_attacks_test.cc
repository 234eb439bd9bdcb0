// Queries that crash the engine, never end, or exhaust memory or disk. Each may only fail itself,
// and must get a reason.

#include <csignal>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/text.h"
#include "sandbox/confine.h"
#include "sandbox/pool_fixture.h"

namespace gsa::sandbox {
namespace {

using std::chrono::milliseconds;

// How late a query may end after its deadline. Sanitizers on a busy machine need more time.
const double kLate = has_sanitizer() ? 5.0 : 0.3;

std::string repeated(std::string_view text, std::size_t times) {
  std::string all;
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

std::string nested(std::size_t levels, const std::string& before, const std::string& core,
                   const std::string& after) {
  return repeated(before, levels) + core + repeated(after, levels);
}

// Many levels of CTEs, each built from the one before; `step` refers to that as {0}.
std::string ctes(std::size_t levels, const std::string& first, const std::string& step) {
  std::string sql = "with c0 as (" + first + ")";
  for (std::size_t i = 1; i <= levels; ++i) {
    sql += fmt::format(", c{} as ({})", i, replace_all(step, "{0}", fmt::format("c{}", i - 1)));
  }
  return sql + fmt::format(" select count(*) from c{}", levels);
}

bool has_no_secret(const std::string& message) {
  return message.find("Stack Trace") == std::string::npos &&
         message.find(".so(") == std::string::npos && message.find("/tmp/") == std::string::npos &&
         message.find("/proc/") == std::string::npos;
}

void expect_still_answers() {
  const Outcome outcome = ask("select count(*) from fct_sessions");
  EXPECT_EQ(outcome.rows, "[[10000]]") << outcome.message;
}

const char* name_of(const Outcome& outcome) {
  constexpr const char* kNames[] = {"refused",       "sql",     "timeout", "cancelled",
                                    "out_of_memory", "crashed", "busy",    "unavailable"};
  return outcome.failure ? kNames[static_cast<int>(*outcome.failure)] : "answered";
}

constexpr const char* kInternalError =
    "SELECT cume_dist(ORDER BY b) OVER (ORDER BY a ROWS BETWEEN 3 FOLLOWING AND 1 FOLLOWING) "
    "FROM (VALUES (1,3),(2,2),(3,1)) t(a,b)";

TEST(PoolAttacks, AnEngineThatInvalidatesItselfIsReplaced) {
  for (int i = 0; i < 3; ++i) {
    const Outcome outcome = ask(kInternalError);
    EXPECT_EQ(outcome.failure, FailureKind::crashed) << outcome.message;
    EXPECT_TRUE(outcome.message.starts_with("DuckDB failed on this query: ")) << outcome.message;
    EXPECT_TRUE(has_no_secret(outcome.message)) << outcome.message;
    expect_still_answers();
  }
}

TEST(PoolAttacks, AStackThatOverflowsEndsItsProcessAlone) {
  for (const char* type : {"json::variant", "json", "json::varchar[]"}) {
    const Outcome outcome =
        ask(fmt::format("select ('{}'::{})::varchar[1:10]", nested(45'000, "[", "", "]"), type));
    EXPECT_TRUE(has_no_secret(outcome.message)) << outcome.message;
    expect_still_answers();
  }
  // Chance decides which thread runs this. The stack of DuckDB's own is small, and overflows. The
  // query's is not; with sanitizers, it is still at work at the deadline. Optimised code has
  // smaller frames, so it may reach the memory limit first.
  const Outcome deep =
      ask(pool(),
          "select count(v::varchar) from (select case when range % 10000 = 77 then "
          "(repeat('[', (50000 + range % 2)::int) || repeat(']', (50000 + range % 2)::int))"
          "::json::variant end as v from range(1000000))",
          milliseconds(has_sanitizer() ? 10'000 : 60'000));
  EXPECT_TRUE(deep.failure == FailureKind::crashed || deep.failure == FailureKind::out_of_memory ||
              (has_sanitizer() && deep.failure == FailureKind::timeout))
      << deep.message;
  if (deep.failure == FailureKind::crashed && !has_sanitizer()) {
    EXPECT_EQ(deep.message, "the engine crashed and ended the query's process (SIGSEGV)");
  }
  expect_still_answers();
}

// Queries in which DuckDB does not check for interrupts.
TEST(PoolAttacks, TheDeadlineHoldsWhateverRuns) {
  const std::string s = "(values (repeat('a', 9900))) t(s)";
  const std::string eight = repeated("s||", 7) + "s";
  for (const std::string& sql : std::vector<std::string>{
           "select " + eight + " like '%_a%_a%_a%_a%_a%_a%_a%_b' from " + s,
           "select max(concat(" + repeated("s, ", 399) + "s)) ~~~ '*a*a*a*a*a*a*a*a*ab' from " + s,
           "select levenshtein(" + eight + ", reverse(" + eight + ") || 'b') from " + s,
           "select regexp_matches(repeat('a', 50000000), '(a|aa|aaa){1,900}b')",
           "select regexp_replace(repeat('a', 90000000), '(a*)*b', 'x', 'g')",
           "from range(1000000) select list_sum(list_transform(range(100000), x -> x * range))",
           "select list_reduce(range(10000), (a, b) -> a + list_sum(range(100000 + 0 * b)))",
           "with recursive t(n) as (select 1 union all select n + 1 from t) select max(n) from t",
           "with recursive t(n) as (select 1 union all select n % 2 from t) select count(*) from t",
           "select count(*) from range(10000000000) as a, range(10000000000) as b",
           "select sleep_ms(100000)",
           std::string("select count(*) from generate_series(timestamp '2000-01-01', ") +
               "timestamp '290000-01-01', interval '1 microsecond')",
           std::string("select length(repeat('x', 100000000)), md5(repeat('x', 100000000)), ") +
               "sha256(repeat(repeat('x', 1000), 200000)) from range(1000)",
           ctes(30, "select 1 as a", "select a.*, b.* from {0} as a, {0} as b"),
           ctes(40, "select 1 as a", "select {'x': a, 'y': a} as a from {0}"),
           ctes(40, "select 1 as a", "select a from {0} union all select a from {0}"),
           std::string("select list_distinct(range(10000000)) = list_distinct(range(10000000)), ") +
               "list_intersect(range(1000000), range(1000000)) from range(1000)",
           std::string(
               "select array_to_string(list_transform(range(1000000), x -> x::varchar), ',') ") +
               "like '%1%2%3%4%5%6%7%8%9%0%1%2%x%'"}) {
    const Outcome outcome = ask(pool(), sql, milliseconds(200));
    EXPECT_LT(outcome.seconds, 0.2 + kLate) << sql.substr(0, 200);
    EXPECT_TRUE(has_no_secret(outcome.message)) << outcome.message;
  }
  expect_still_answers();
}

TEST(PoolAttacks, MemoryOutsideOfDuckDbsLimitHasALimit) {
  if (has_sanitizer()) GTEST_SKIP() << "they map more than any limit";
  for (const std::string& sql : std::vector<std::string>{
           "select length([" + repeated("s, ", 3999) +
               "s]) from (select repeat('x', 4000000) as s) where length(s) > 0",
           "select length(repeat('x', 1000000000) || repeat('y', 1000000000))",
           "select lpad('x', 2000000000, 'y')", "select printf('%2000000000d', 1)",
           "select format('{:2000000000}', 1)", "select len(range(1000000000))",
           "select len(list_resize([1], 1000000000, 2))",
           "select length(hex(hex(hex(hex(repeat('x', 100000000))))))",
           "select length(string_agg('xxxxxxxxxxxxxxxxxxxxxxxxx', '')) from range(1000000000)",
           "select len(list(a.range)) from range(1000000000) as a",
           "with recursive t(s) as (select 'x' union all select s || s from t) from t",
           std::string(
               "select max(s) from (select sum(a.range) over (order by hash(a.range)) as s ") +
               "from range(1000000000) as a)",
           "select count(*) from (select distinct a.range from range(100000000000) as a)",
           "select histogram(range) from range(100000000)",
           "select json_group_array(repeat('x', 10000)) from range(1000000)",
           "select count(distinct repeat('x', 1000) || range) from range(100000000)",
           "select length(replace(repeat('a', 1000000), 'a', repeat('b', 100000)))",
           std::string("select approx_quantile(a, 0.5), mode(a), list(distinct a) from "
                       "range(1000000000) ") +
               "t(a)"}) {
    const Outcome outcome = ask(pool(), sql, milliseconds(500));
    EXPECT_TRUE(outcome.failure == FailureKind::out_of_memory ||
                outcome.failure == FailureKind::timeout)
        << name_of(outcome) << " " << outcome.message << sql.substr(0, 200);
    EXPECT_LT(outcome.seconds, 0.5 + kLate) << sql.substr(0, 200);
    EXPECT_LT(pool().resident_bytes(), std::int64_t{1} << 30);
  }
  expect_still_answers();
}

TEST(PoolAttacks, TheDiskHasALimit) {
  if (has_sanitizer()) GTEST_SKIP() << "too slow to spill anything in time";
  for (const char* sql :
       {"select count(*) from (select distinct repeat(md5(range::varchar), 20) from "
        "range(3000000))",
        "select max(s) from (select repeat(md5(range::varchar), 20) as s, row_number() over "
        "(order by s) as n from range(3000000)) where n > 0"}) {
    const Outcome outcome = ask(pool(), sql);
    EXPECT_EQ(outcome.failure, FailureKind::out_of_memory) << outcome.message;
    EXPECT_TRUE(outcome.message.find("disk") != std::string::npos ||
                outcome.message.find("memory") != std::string::npos)
        << outcome.message;
  }
  expect_still_answers();
}

TEST(PoolAttacks, AProcessThatIsKilledCostsItsQueryAlone) {
  const auto own = make_pool();
  ask(*own, "select 1");
  for (const int signal : {SIGSEGV, SIGKILL, SIGABRT}) {
    std::jthread killer([&] {
      std::this_thread::sleep_for(milliseconds(50));
      for (const pid_t pid : own->pids()) ::kill(pid, signal);
    });
    const Outcome outcome = ask(*own, "select sum(hash(range)) from range(1000000000000)");
    EXPECT_EQ(outcome.failure,
              signal == SIGKILL ? FailureKind::out_of_memory : FailureKind::crashed)
        << outcome.message;
    EXPECT_EQ(ask(*own, "select 1").rows, "[[1]]");
  }
}

}  // namespace
}  // namespace gsa::sandbox
