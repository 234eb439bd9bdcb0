// How the engine handles failures.

#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <thread>

#include <gtest/gtest.h>

#include "assets/engine_fixture.h"
#include "base/clock.h"
#include "base/interrupt.h"

namespace gsa::assets {
namespace {

// raw → good, raw → bad → worse → worst; alone
class EngineFailure : public testing::Test {
 protected:
  EngineFailure() {
    make_raw(1);
    p.table("good", "select i + 1 as i from {raw}");
    p.table("bad", "select i as i from {raw}");
    p.table("worse", "select i from {bad}");
    p.table("worst", "select i from {worse}");
    p.table("alone", "select 0 as i");
  }
  void make_raw(int i) { p.table("raw", fmt::format("select {} as i", i)); }
  void make_alone(int i) { p.table("alone", fmt::format("select {} as i", i)); }
  Lines published() {
    return p.rows(
        "select raw.i, good.i, bad.i, worst.i, alone.i from raw, good, bad, worst, alone");
  }

  Pipeline p;
};

TEST_F(EngineFailure, LetsEverythingGoOnThatDoesNotHangOnIt) {
  p.table("bad", "select missing from {raw}");
  p.check("of_worst", "select count(*) from {worst}");
  const Ran ran = p.run();
  EXPECT_EQ(ran.ended, (Texts{{"raw", "success"},
                              {"good", "success"},
                              {"alone", "success"},
                              {"bad", "error"},
                              {"worse", "skipped"},
                              {"worst", "skipped"},
                              {"of_worst", "skipped"}}));
  EXPECT_NE(ran.step("bad").message.find("\"missing\" not found"), std::string::npos)
      << ran.step("bad").message;
}

TEST_F(EngineFailure, NamesWhatFailedFirstToAllThatIsSkipped) {
  p.table("bad", "select missing from {raw}");
  const Ran ran = p.run();
  EXPECT_EQ(ran.step("worse").message, "skipped because of bad");
  EXPECT_EQ(ran.step("worst").message, "skipped because of bad");
  EXPECT_EQ(p.rows("select message from ops.steps where status = 'skipped' order by step"),
            (Lines{"skipped because of bad", "skipped because of bad"}));
}

TEST_F(EngineFailure, OfACheckThatDoesNotJudgeItsInputsHoldsBackWhatItGuards) {
  Check& check = p.check("unit", "select count(*) from {bad}");
  check.judges_inputs = false;
  check.guards = {"worse"};
  const Ran ran = p.run();
  EXPECT_TRUE(ran.published);
  EXPECT_EQ(ran.step("worse").message, "skipped because of unit");
  EXPECT_EQ(p.rows("select bad.i, good.i from bad, good"), (Lines{"1, 2"}));
  EXPECT_EQ(p.relations().size(), 4u);
}

TEST_F(EngineFailure, PublishesNothing) {
  p.run();
  const Lines before = published();
  make_raw(2);
  make_alone(2);
  p.table("bad", "select missing from {raw}");
  const Ran ran = p.run();
  EXPECT_FALSE(ran.published);
  EXPECT_EQ(ran.error, "1 errors");
  EXPECT_EQ(published(), before);
  EXPECT_EQ(p.relations().size(), 6u);  // nothing hidden is left
  EXPECT_EQ(p.rows("select status, published from ops.runs where run_id = 2"),
            (Lines{"failed, false"}));
  EXPECT_EQ(p.rows("select count(*) from ops.materializations where run_id = 2 and published"),
            (Lines{"0"}));
  p.table("bad", "select i as i from {raw}");
  EXPECT_TRUE(p.run().published);
  EXPECT_EQ(published(), (Lines{"2, 3, 2, 2, 2"}));
}

TEST_F(EngineFailure, OfABlockingCheckHoldsBackItsAssetAndWhatHangsOnIt) {
  p.check("of_bad", "select count(*) from {bad}");
  const Ran ran = p.run();
  EXPECT_EQ(ran.error, "1 failed checks");
  EXPECT_EQ(ran.ended.at("of_bad"), "fail");
  EXPECT_EQ(ran.held_back, (Names{"bad", "worse", "worst"}));
  EXPECT_TRUE(ran.published);
  EXPECT_EQ(p.relations(), (Lines{"main.alone", "main.good", "main.raw"}));
  // The next run builds these again, and nothing else.
  EXPECT_EQ(p.run().made.size(), 3u);
}

TEST_F(EngineFailure, OfACheckHoldsBackTheInputsOfWhatStaysAsItWas) {
  p.run();
  p.check("of_bad", "select count(*) from {bad} where i = 2");
  make_raw(2);
  make_alone(2);
  const Ran ran = p.run();
  // bad stays as built from the old raw, so raw stays, and therefore good.
  EXPECT_EQ(ran.held_back, (Names{"bad", "good", "raw", "worse", "worst"}));
  EXPECT_EQ(published(), (Lines{"1, 2, 1, 1, 2"}));
}

TEST_F(EngineFailure, OfACheckDoesNotHoldBackInputsThatCameOutTheSame) {
  p.run();
  p.check("of_bad", "select count(*) from {bad} where i = 7");
  p.table("raw", "select 1 as i order by i");
  p.table("bad", "select i + 6 as i from {raw}");
  const Ran ran = p.run();
  EXPECT_EQ(ran.made.count("raw"), 1u);
  EXPECT_EQ(ran.held_back, (Names{"bad", "worse", "worst"}));
  EXPECT_EQ(p.reasons().count("raw"), 0u);
}

TEST_F(EngineFailure, OfACheckThatGuardsAnAssetKeepsItFromBeingMade) {
  p.check("of_bad", "select count(*) from {bad}").guards = {"worse"};
  const Ran ran = p.run();
  EXPECT_EQ(ran.ended.at("worse"), "skipped");
  EXPECT_EQ(ran.step("worst").message, "skipped because of of_bad");
  EXPECT_EQ(ran.held_back, (Names{"bad", "worse", "worst"}));
}

TEST_F(EngineFailure, OfACheckOfWhatIsPublishedAlreadyHoldsNothingBack) {
  p.run();
  p.check("of_bad", "select count(*) from {bad}");
  make_alone(2);
  const Ran ran = p.run();
  EXPECT_EQ(ran.error, "1 failed checks");
  EXPECT_EQ(ran.held_back, Names{});
  EXPECT_EQ(published(), (Lines{"1, 2, 1, 1, 2"}));
}

TEST_F(EngineFailure, OfACheckLeavesWhatTheGraphNoLongerHas) {
  p.view("on_gone", "select i from {raw}");
  p.table("gone", "select 1 as i");
  p.view("on_gone", "select i from {gone}");
  p.run();
  p.remove("gone");
  p.view("on_gone", "select i + 1 as i from {raw}");
  p.check("of_view", "select count(*) from {on_gone}");
  make_alone(2);
  EXPECT_EQ(p.run().held_back, (Names{"on_gone"}));
  EXPECT_EQ(p.rows("from on_gone"), (Lines{"1"}));  // unchanged, on the table that it reads
}

TEST_F(EngineFailure, OfACheckThatReadsNoAssetIsToldAndHoldsBackWhatItGuards) {
  p.check("of_nothing", "select 3").guards = {"worse"};
  p.check("of_nothing_else", "select 0");
  const Ran ran = p.run();
  EXPECT_EQ(ran.error, "1 failed checks");
  EXPECT_EQ(ran.ended.at("worse"), "skipped");
  EXPECT_EQ(p.rows("select check_name, status from ops.checks order by 1"),
            (Lines{"of_nothing, fail", "of_nothing_else, pass"}));
}

TEST_F(EngineFailure, OfACheckThatDoesNotBlockWarns) {
  p.check("of_bad", "select count(*) from {bad}").blocks = false;
  const Ran ran = p.run();
  EXPECT_EQ(ran.error, "");
  EXPECT_EQ(ran.ended.at("of_bad"), "warn");
  EXPECT_EQ(ran.held_back, Names{});
  EXPECT_EQ(ran.ended.at("worst"), "success");
  EXPECT_EQ(p.rows("select status, checks_warned from ops.runs"), (Lines{"success, 1"}));
}

TEST_F(EngineFailure, IsACheckThatCannotRun) {
  p.check("of_bad", "select missing from {bad}");
  const Ran ran = p.run();
  EXPECT_EQ(ran.error, "1 errors");
  EXPECT_FALSE(ran.published);
  EXPECT_EQ(ran.ended.at("of_bad"), "error");
  EXPECT_EQ(p.rows("select status, message like '%missing%' from ops.checks"),
            (Lines{"error, true"}));
  EXPECT_EQ(p.rows("select checks_failed from ops.runs"), (Lines{"1"}));
}

// ---- Retries

class EngineRetries : public testing::Test {
 protected:
  // Each call of the hook fails, for the first `failures` calls.
  template <typename Failure>
  std::function<void()> failing(int failures, const Failure& failure) {
    return [this, failures, failure] {
      if (++calls <= failures) throw Failure(failure);
    };
  }
  Ran run_of_a() {
    p.table("a", "select 1 as i");
    return p.run();
  }

  Pipeline p;
  std::atomic<int> calls = 0;
};

TEST_F(EngineRetries, AreTwoOfAFailureThatMayPass) {
  p.before["a"] = failing(2, TransientError("the network hiccups"));
  const Ran ran = run_of_a();
  EXPECT_TRUE(ran.published);
  EXPECT_EQ(ran.step("a").attempts, 3);
  EXPECT_EQ(ran.told.notes, (Lines{"a is tried again in 0.1 s: the network hiccups",
                                   "a is tried again in 0.4 s: the network hiccups"}));
  EXPECT_EQ(p.rows("select level, asset, message, fields['attempt'] from ops.events where event = "
                   "'retry' order by happened_at"),
            (Lines{"warning, a, the network hiccups, 1", "warning, a, the network hiccups, 2"}));
  EXPECT_EQ(p.rows("select attempts from ops.steps"), (Lines{"3"}));
}

TEST_F(EngineRetries, FollowAnErrorOfFilesFromSql) {
  p.before["after a"] = failing(2, duck::SqlError(duck::SqlErrorKind::io, "IO Error: busy"));
  const Ran ran = run_of_a();
  EXPECT_TRUE(ran.published);
  EXPECT_EQ(ran.step("a").attempts, 3);
  EXPECT_EQ(p.rows("select i from a"), (Lines{"1"}));
}

TEST_F(EngineRetries, EndWithTheThirdFailure) {
  p.before["a"] = failing(3, TransientError("the network is down"));
  const Ran ran = run_of_a();
  EXPECT_EQ(ran.error, "1 errors");
  EXPECT_EQ(calls, 3);
  EXPECT_EQ(ran.step("a").message, "the network is down");
}

TEST_F(EngineRetries, DoNotFollowOtherErrors) {
  p.before["a"] = failing(1, Error("wrong"));
  EXPECT_EQ(run_of_a().error, "1 errors");
  EXPECT_EQ(calls, 1);
  p.before["a"] = failing(2, duck::SqlError(duck::SqlErrorKind::disk_full, "full"));
  EXPECT_EQ(run_of_a().error, "1 errors");
  EXPECT_EQ(calls, 2);
}

TEST_F(EngineRetries, AreOfChecksToo) {
  p.check("of_a", "select count(*) from {a} where i is null");
  p.before["of_a"] = failing(1, TransientError("busy"));
  const Ran ran = run_of_a();
  EXPECT_TRUE(ran.published);
  EXPECT_EQ(ran.step("of_a").attempts, 2);
}

TEST_F(EngineRetries, OfAnIncrementalAssetAddNothingTwice) {
  p.add(AssetKind::incremental, "log", "select 1 as i");
  p.run();
  p.add(AssetKind::incremental, "log", "select 2 as i");
  p.before["after log"] = failing(1, TransientError("busy"));
  p.run();
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(p.rows("select i from log order by i"), (Lines{"1", "2"}));
}

TEST_F(EngineRetries, OfAnIncrementalAssetThatIsNewLeaveNoTableBehind) {
  p.add(AssetKind::incremental, "log", "select 1 as i");
  p.before["after log"] = failing(1, TransientError("busy"));
  EXPECT_TRUE(p.run().published);
  EXPECT_EQ(p.rows("select i from log"), (Lines{"1"}));
}

// ---- Ctrl-C. In separate processes: the flag belongs to the process and stays set.

class InterruptionDeathTest : public testing::Test {
 protected:
  InterruptionDeathTest() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }

  // Sends SIGINT when `name` begins, and exits with 0 if the run ended as expected.
  [[noreturn]] static void interrupt_at(const std::string& name, const std::string& expected) {
    Pipeline p;
    p.stop = catch_interrupts();
    p.table("first", "select 1 as i");
    p.table("slow",
            "select count(*) as n from range(1000000) a(x), range(1000000) b(y), {first} "
            "where x * y % 7 = i");
    p.table("other", "select 1 as i");
    p.table("last", "select n from {slow}");
    Stopwatch since;
    std::thread signal;
    p.before[name] = [&] {
      if (name == "other" && signal.joinable()) throw TransientError("busy");
      signal = std::thread([&] {
        std::this_thread::sleep_for(std::chrono::milliseconds(150));
        since = Stopwatch();
        std::raise(SIGINT);
      });
      if (name == "other") throw TransientError("busy");
    };
    try {
      p.run();
    } catch (const Error& error) {
      signal.join();
      const double seconds = since.seconds();
      const std::string found = join(p.rows("select name || ' ' || status from ops.steps order by "
                                            "name"),
                                     ", ") +
                                ", " + join(p.rows("select status from ops.runs"), ", ");
      fmt::print(stderr, "{} after {:.2f} s: {}\n", error.message(), seconds, found);
      std::exit(error.code() == ErrorCode::interrupted && seconds < 0.5 && found == expected &&
                        p.relations().empty()
                    ? 0
                    : 1);
    }
    std::exit(2);
  }
};

TEST_F(InterruptionDeathTest, EndsALongQueryWithinHalfASecond) {
  EXPECT_EXIT(interrupt_at("slow", "first success, other success, slow interrupted, interrupted"),
              testing::ExitedWithCode(0), "");
}

TEST_F(InterruptionDeathTest, EndsTheRestBeforeARetryAndWhatRunsBeside) {
  EXPECT_EXIT(interrupt_at("other",
                           "first success, other interrupted, slow interrupted, "
                           "interrupted"),
              testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace gsa::assets
