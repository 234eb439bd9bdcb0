// gsa runs: the list of recorded runs, one run, and a comparison of two.

#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "assets/records_fixture.h"
#include "golden.h"

namespace gsa::tests {
namespace {

using Arguments = std::vector<std::string>;

class Runs : public testing::Test {
 protected:
  // Creates data/warehouse.duckdb and applies `write` to it.
  void make_warehouse(const std::function<void(duck::Connection&)>& write) const {
    std::filesystem::create_directories(folder_ / "data");
    duck::DatabaseOptions options;
    options.path = folder_ / "data/warehouse.duckdb";
    std::filesystem::remove(options.path);
    duck::Connection connection = duck::Database(options).connect();
    write(connection);
  }

  void make_three_runs() const { make_warehouse(assets::write_three_runs); }
  void make_none() const { make_warehouse(assets::create_records); }
  // A warehouse as an older gsa leaves it.
  void make_without_tables() const {
    make_warehouse([](duck::Connection& connection) {
      connection.execute("create schema ops; create table ops.published (name varchar)");
    });
  }

  Outcome run(const Arguments& arguments) const { return gsa(folder_, arguments); }
  std::string seen(const Arguments& arguments) const {
    return transcript(folder_, arguments, run(arguments));
  }

  TempFolder folder_;
};

TEST_F(Runs, AreListedNewestFirstInEveryFormat) {
  make_three_runs();
  std::string all = seen({"runs"});
  for (const char* format : {"markdown", "csv", "json", "jsonl"}) {
    all += seen({"runs", "--format", format});
  }
  all += seen({"runs", "--limit", "2"}) + seen({"runs", "-q", "--limit", "1"});
  expect_golden("runs_list.txt", all);
}

TEST_F(Runs, AreShownWithAGanttChartAndWhatWentWrong) {
  make_three_runs();
  expect_golden("runs_show.txt", seen({"runs", "show", "1"}) + seen({"runs", "show", "2"}) +
                                     seen({"runs", "show", "latest"}) +
                                     seen({"runs", "show", "1", "--all", "--quiet"}));
}

TEST_F(Runs, AreCompared) {
  make_three_runs();
  expect_golden("runs_diff.txt", seen({"runs", "diff", "1", "2"}));
  EXPECT_TRUE(contains(run({"runs", "diff", "latest", "1"}).out, "run 3"));
}

TEST_F(Runs, WithManyTroublesNameTheFirstAndCountTheRest) {
  make_warehouse([](duck::Connection& connection) {
    assets::write_three_runs(connection);
    connection.execute(
        "insert into ops.checks (run_id, check_name, asset, status, message) "
        "select 1, 'check_' || i, 'a', 'error', e'first line\nsecond line' from range(25) t(i)");
  });
  const std::string out = run({"runs", "show", "1"}).out;
  EXPECT_TRUE(contains(out, "  error check_9 of a\n    first line\n    second line\n")) << out;
  EXPECT_FALSE(contains(out, "check_10")) << out;
  EXPECT_TRUE(contains(out, "\n  and 15 more\n")) << out;
}

TEST_F(Runs, OfAWarehouseThatHasNoneAreNone) {
  std::string all;
  for (const bool tables : {true, false}) {
    if (tables) {
      make_none();
    } else {
      make_without_tables();
    }
    std::string said = seen({"runs"});
    for (const char* format : {"json", "csv", "jsonl", "markdown"}) {
      const Arguments arguments = {"runs", "--format", format};
      EXPECT_EQ(run(arguments).exit_code, 0);
      said += seen(arguments);
    }
    said += seen({"runs", "show", "latest"}) + seen({"runs", "show", "1"}) +
            seen({"runs", "diff", "1", "2"});
    if (tables) all = said;
    EXPECT_EQ(said, all);
  }
  expect_golden("runs_none.txt", all);
}

TEST_F(Runs, AreReadFromTheWarehouseThatIsNamedBeforeOrAfterTheSubcommand) {
  make_three_runs();
  std::filesystem::rename(folder_ / "data/warehouse.duckdb", folder_ / "o'ther.db");
  for (const Arguments& arguments : {Arguments{"runs", "--warehouse", "o'ther.db", "show", "1"},
                                     Arguments{"runs", "show", "1", "--warehouse", "o'ther.db"}}) {
    const Outcome outcome = run(arguments);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_TRUE(contains(outcome.out, "Run 1: gsa run --prompts 2000 --seed 42")) << outcome.out;
    EXPECT_TRUE(contains(outcome.out,
                         "\"from ops.steps where run_id = 1\" --warehouse "
                         "'o'\\''ther.db'\n"))
        << outcome.out;
  }
  EXPECT_TRUE(contains(run({"runs"}).err, "there is no warehouse at data/warehouse.duckdb"));
}

TEST_F(Runs, HintsCanBeTyped) {
  make_three_runs();
  const std::string out = run({"runs", "show", "2"}).out;
  ASSERT_TRUE(contains(out, "  gsa sql \"from ops.events where run_id = 2\"\n")) << out;
  const Outcome typed = run({"sql", "from ops.events where run_id = 2"});
  EXPECT_EQ(typed.exit_code, 0) << typed.err;
  EXPECT_TRUE(contains(typed.out, "2 rows")) << typed.out;
}

TEST_F(Runs, AreColouredOnATerminalOnly) {
  make_three_runs();
  const std::string shown = on_a_terminal(folder_, {"runs", "show", "2"}, {"TERM=xterm"});
  EXPECT_TRUE(contains(shown, "\033[31mfailed\033[0m")) << shown;
  EXPECT_TRUE(contains(shown, "\033[36m● \033[0m")) << shown;
  EXPECT_FALSE(contains(on_a_terminal(folder_, {"runs", "show", "2"}, {"TERM=dumb"}), "\033["));
  EXPECT_FALSE(contains(run({"runs", "show", "2"}).out, "\033["));
}

TEST_F(Runs, HelpOfEachCommandHasItsOptionsAndAnExample) {
  const std::vector<std::pair<Arguments, std::vector<std::string>>> commands = {
      {{"runs"}, {"--limit", "--format", "show", "diff", "Examples:\n  gsa runs\n"}},
      {{"runs", "show"}, {"gsa runs show", "ID", "--all", "Examples:\n  gsa runs show latest"}},
      {{"runs", "diff"}, {"gsa runs diff", "Examples:\n  gsa runs diff 3 latest"}}};
  for (const auto& [command, expected] : commands) {
    Arguments arguments = command;
    arguments.emplace_back("--help");
    const Outcome help = run(arguments);
    EXPECT_EQ(help.exit_code, 0);
    EXPECT_TRUE(contains(help.out, "--warehouse")) << help.out;
    for (const std::string& part : expected) {
      EXPECT_TRUE(contains(help.out, part)) << part << "\n" << help.out;
    }
  }
}

TEST_F(Runs, RefuseWhatTheyDoNotKnowAndSayWhereHelpIs) {
  const std::vector<Arguments> lines = {{"runs", "shw", "1"},
                                        {"runs", "list"},
                                        {"runs", "summary"},
                                        {"runs", "--limt", "1"},
                                        {"runs", "--limit", "0"},
                                        {"runs", "--limit"},
                                        {"runs", "--format", "parquet"},
                                        {"runs", "--limit", "5", "show", "1"},
                                        {"runs", "--format", "json", "diff", "1", "2"},
                                        {"runs", "show"},
                                        {"runs", "show", "first"},
                                        {"runs", "show", "-1"},
                                        {"runs", "show", "1", "2"},
                                        {"runs", "show", "1", "diff"},
                                        {"runs", "show", "1", "--al"},
                                        {"runs", "show", "1", "--warehouse"},
                                        {"runs", "diff"},
                                        {"runs", "diff", "1"},
                                        {"runs", "diff", "1", "b"}};
  std::string all;
  for (const Arguments& line : lines) {
    const Outcome outcome = run(line);
    all += transcript(folder_, line, outcome);
    EXPECT_EQ(outcome.exit_code, 2) << all.substr(all.rfind('$'));
    EXPECT_EQ(outcome.out, "");
  }
  make_three_runs();
  for (const Arguments& line :
       {Arguments{"runs", "show", "4"}, Arguments{"runs", "diff", "1", "9"}}) {
    const Outcome outcome = run(line);
    all += transcript(folder_, line, outcome);
    EXPECT_EQ(outcome.exit_code, 1) << outcome.err;
  }
  expect_golden("runs_errors.txt", all);
}

}  // namespace
}  // namespace gsa::tests
