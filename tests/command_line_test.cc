// Behaviour that all commands share: help, usage errors, --quiet, colour, progress.

#include <chrono>
#include <fcntl.h>
#include <map>
#include <unistd.h>

#include "golden.h"

namespace gsa::tests {
namespace {

TEST(Help, OfEveryCommandHasItsOptionsAndAnExample) {
  const std::vector<std::string> project = {"--project", "--vars", "--select", "--exclude"};
  std::map<std::string, std::vector<std::string>> options = {
      {"run",
       {"--prompts", "--users", "--year", "--month", "--seed", "--source", "--full-refresh"}},
      {"watch", {"--prompts", "--source", "--schedule", "--time-zone", "--debounce"}},
      {"build", {"--full-refresh"}},
      {"test", {}},
      {"summary", {"--format"}},
      {"sql", {"--file", "--format", "--output"}},
      {"export", {"--format", "--project"}},
      {"forget", {"--dry-run", "--list", "--undo", "--format", "--project", "--wait"}},
      {"init", {}}};
  for (const char* command : {"run", "watch", "build", "test"}) {
    options[command].insert(options[command].end(), project.begin(), project.end());
  }
  const TempFolder folder;
  for (auto& [command, own] : options) {
    const Outcome help = gsa(folder, {command, "--help"});
    EXPECT_EQ(help.exit_code, 0);
    EXPECT_EQ(help.err, "");
    for (const char* shared : {"--warehouse", "--threads", "--memory-limit", "--quiet", "--help"}) {
      own.emplace_back(shared);
    }
    for (const std::string& option : own) {
      EXPECT_TRUE(contains(help.out, option)) << command << " " << option;
    }
    EXPECT_TRUE(contains(help.out, "Examples:\n  gsa " + command)) << help.out;
  }
  const Outcome fetch = gsa(folder, {"fetch", "--help"});  // it needs no warehouse
  for (const char* shown : {"--list", "--format", "--quiet", "--help", "Examples:\n  gsa fetch"}) {
    EXPECT_TRUE(contains(fetch.out, shown)) << shown;
  }
  EXPECT_FALSE(contains(fetch.out, "--warehouse"));
  const Outcome inspect = gsa(folder, {"inspect", "--help"});  // nor does it
  for (const char* shown :
       {"--map", "--format", "--write", "--quiet", "Examples:\n  gsa inspect"}) {
    EXPECT_TRUE(contains(inspect.out, shown)) << shown;
  }
  EXPECT_FALSE(contains(inspect.out, "--warehouse"));
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
}

TEST(UsageError, ExitsWithTwoSaysWhatIsWrongAndDoesNothing) {
  const std::vector<std::vector<std::string>> lines = {
      {"rnu"},
      {"help"},
      {"--nope"},
      {"run", "--promts", "5"},
      {"run", "--prompts"},
      {"run", "--prompts="},
      {"run", "--prompts", "0"},
      {"run", "--prompts", "-1"},
      {"run", "--prompts", "+5"},
      {"run", "--prompts", "1e6"},
      {"run", "--prompts", "0x10"},
      {"run", "--prompts", "1,000"},
      {"run", "--prompts", "1.5"},
      {"run", "--prompts", "many"},
      {"run", "--prompts", ""},
      {"run", "--prompts", "2000000001"},
      {"run", "--prompts", "99999999999999999999999"},
      {"run", "--users", "0"},
      {"run", "--users", "-3"},
      {"run", "--month", "0"},
      {"run", "--month", "13"},
      {"run", "--month", "May"},
      {"run", "--year", "1969"},
      {"run", "--year", "20255"},
      {"run", "--year", "'25"},
      {"run", "--seed", "-1"},
      {"run", "--seed", "18446744073709551616"},
      {"run", "--seed", "1.5"},
      {"run", "--source", ""},
      {"run", "--threads", "0"},
      {"run", "--threads", "two"},
      {"run", "--threads", "1025"},
      {"run", "--memory-limit", "nonsense"},
      {"run", "--memory-limit", "-5GB"},
      {"run", "--memory-limit", "3"},
      {"run", "--memory-limit", "0GB"},
      {"run", "--memory-limit", "120%"},
      {"run", "--warehouse", ""},
      {"run", "words"},
      {"inspect"},
      {"inspect", "synthetic"},
      {"inspect", "a.csv", "--format", "xml"},
      {"inspect", "a.csv", "--map", "latncy=took"},
      {"inspect", "a.csv", "--map", "latency=took:weeks"},
      {"watch"},
      {"watch", "--source", "diffusiondb", "hf://datasets/a/b/c.parquet"},
      {"watch", "--project", "models", "--prompts", "0"},
      {"watch", "--project", "models", "--time-zone", "UTC"},
      {"watch", "--project", "models", "--debounce", "5000"},
      {"watch", "--schedule", "0 * * * *", "--debounce", "100"},
      {"watch", "--schedule", "0 * * * *", "--time-zone", "Europe/Berln"},
      {"watch", "--schedule", "0 * * *"},
      {"watch", "--schedule", "@hourly", "--schedule", "0 24 * * *"},
      {"watch", "--schedule", ""},
      {"build", "--prompts", "5"},
      {"summary", "--format", "xml"},
      {"summary", "--format"},
      {"summary", "extra"},
      {"sql"},
      {"sql", ""},
      {"sql", " ; -- nothing"},
      {"sql", "select 1", "select 2"},
      {"sql", "select 1", "-f", "query.sql"},
      {"sql", "select 1", "--format", "parquet"},
      {"sql", "select 1", "--format", "CSVS"},
      {"export"},
      {"export", ""},
      {"export", "out", "--format", "json"},
      {"forget"},
      {"forget", ""},
      {"forget", "--list", "--dry-run"},
      {"forget", "jo", "--undo", "jo"},
      {"init"},
      {"init", ""},
  };
  const TempFolder folder;
  std::string all;
  for (const auto& line : lines) {
    const Outcome outcome = gsa(folder, line);
    all += transcript(folder, line, outcome);
    EXPECT_EQ(outcome.exit_code, 2) << all.substr(all.rfind('$'));
    EXPECT_EQ(outcome.out, "");
    EXPECT_TRUE(outcome.err.starts_with("error: ")) << outcome.err;
    EXPECT_TRUE(contains(outcome.err, "\nhint: ")) << outcome.err;
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder.path()));
  expect_golden("usage_errors.txt", all);
}

TEST(Values, OfNumbersAreDecimal) {
  const TempFolder folder;
  const Outcome run = gsa(folder, {"run", "--prompts", "0100", "--users", "010", "--month", "08",
                                   "--seed", "18446744073709551615", "--quiet"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_TRUE(contains(run.out,
                       "100 synthetic prompts, 10 users and simulated telemetry of "
                       "2025-08, seed 18446744073709551615"))
      << run.out;
}

TEST(Options, ThatTakeOneValueTakeTheLast) {
  const TempFolder folder;
  const Outcome run =
      gsa(folder, {"run", "--prompts", "5", "--prompts", "60", "--users", "10", "--seed", "9",
                   "--seed=10", "-q", "-q", "--warehouse", "a.duckdb", "--warehouse", "b.duckdb"});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_TRUE(contains(run.out, "60 synthetic prompts, 10 users")) << run.out;
  EXPECT_TRUE(contains(run.out, "seed 10.")) << run.out;
  EXPECT_FALSE(std::filesystem::exists(folder / "a.duckdb"));
  EXPECT_EQ(gsa(folder, {"sql", "select options from ops.runs", "--format", "json", "--format",
                         "csv", "--warehouse", "b.duckdb"})
                .out,
            "options\n--prompts 60 --users 10 --seed 10\n");
  EXPECT_EQ(gsa(folder, {"sql",
                         "select option.name, option.value from (select unnest(option_values) as "
                         "option from ops.runs)",
                         "--format", "csv", "--warehouse", "b.duckdb"})
                .out,
            "name,value\n--prompts,60\n--users,10\n--seed,10\n");
}

TEST(StandardOutput, ThatIsFullOrClosedFailsEveryCommand) {
  const TempFolder folder;
  copy_small_warehouse(folder);
  const std::vector<std::vector<std::string>> lines = {{"--help"},
                                                       {"--version"},
                                                       {"run", "--help"},
                                                       {},
                                                       {"run"},
                                                       {"summary"},
                                                       {"plan"},
                                                       {"plan", "--seed", "7"},
                                                       {"assets"},
                                                       {"runs"},
                                                       {"assets", "graph"},
                                                       {"fetch", "--list"},
                                                       {"sql", "from fct_sessions limit 1"},
                                                       {"assets", "show", "fct_sessions"}};
  for (const auto& line : lines) {
    const Outcome full =
        GsaProcess(line, {folder.path(), {}, [] { dup2(open("/dev/full", O_WRONLY), 1); }}).wait();
    EXPECT_EQ(full.exit_code, 1) << join(line, " ");
    EXPECT_TRUE(contains(full.err, "error: cannot write ")) << join(line, " ") << full.err;
    const Outcome closed = GsaProcess(line, {folder.path(), {}, [] { close(1); }}).wait();
    EXPECT_EQ(closed.exit_code, 1) << join(line, " ");
    EXPECT_TRUE(contains(closed.err, "error: cannot write ")) << join(line, " ") << closed.err;
  }
}

TEST(MemoryLimit, ThatIsTooSmallIsAClearError) {
  const TempFolder folder;
  const Outcome run = gsa(folder, {"run", "--prompts", "20000", "--memory-limit", "2MB"});
  EXPECT_EQ(run.exit_code, 1) << run.out;
  EXPECT_TRUE(contains(run.err, "hint: allow more memory with --memory-limit")) << run.err;
  EXPECT_FALSE(contains(run.err, "SET ")) << run.err;
}

TEST(Quiet, PrintsResultsAndErrorsOnly) {
  const TempFolder folder;
  const Outcome run = gsa(folder, {"run", "--prompts", "200", "--users", "20", "--quiet"});
  EXPECT_EQ(run.err, "");
  EXPECT_TRUE(contains(run.out, "By tier"));
  for (const std::vector<std::string>& line :
       {std::vector<std::string>{"build"}, {"test"}, {"export", "out"}, {"init", "models"}}) {
    std::vector<std::string> quiet = line;
    quiet.emplace_back("-q");
    const Outcome outcome = gsa(folder, quiet);
    EXPECT_EQ(outcome.exit_code, 0) << outcome.err;
    EXPECT_EQ(outcome.out + outcome.err, "") << line[0];
  }
  const Outcome failed = gsa(folder, {"export", "data/warehouse.duckdb", "--quiet"});
  EXPECT_EQ(failed.exit_code, 1);
  EXPECT_TRUE(failed.err.starts_with("error: ")) << failed.err;
}

TEST(Log, NamesPublishedTablesNeverHiddenOnes) {
  const TempFolder folder;
  const Outcome run = gsa(folder, {"run", "--prompts", "200", "--users", "20"});
  EXPECT_TRUE(contains(run.err, "OK created sql table model main.fct_sessions .")) << run.err;
  EXPECT_FALSE(contains(run.err + run.out, "__gsa_new__"));
}

TEST(Output, HasNoBlanksAtTheEndsOfLines) {
  const TempFolder folder;
  const Outcome run = gsa(folder, {"run", "--prompts", "200", "--users", "20"});
  const std::string all = run.out + run.err + gsa(folder, {"sql", "from dim_users limit 3"}).out;
  EXPECT_FALSE(contains(all, " \n")) << all;
}

constexpr const char* kEscape = "\x1b[";

TEST(Terminal, ShowsColourUnlessNoColorIsSet) {
  const TempFolder folder;
  const std::vector<std::string> run = {"run", "--prompts", "200", "--users", "20"};
  EXPECT_TRUE(contains(on_a_terminal(folder, run, {"TERM=xterm"}), "\x1b[32mPASS\x1b["));
  EXPECT_FALSE(contains(on_a_terminal(folder, run, {"TERM=xterm", "NO_COLOR=1"}), kEscape));
  EXPECT_FALSE(contains(on_a_terminal(folder, run, {"TERM=dumb"}), kEscape));
  const Outcome piped = gsa(folder, run);
  EXPECT_FALSE(contains(piped.out + piped.err, kEscape));
}

TEST(Terminal, ShowsErrorsInColour) {
  const TempFolder folder;
  EXPECT_TRUE(contains(on_a_terminal(folder, {"summary"}, {"TERM=xterm"}), "\x1b[31merror:\x1b["));
}

// Long enough that a step is still running on any machine; the tests end it.
const std::vector<std::string> kLongRun = {"run", "--prompts", "50000000", "--threads", "1"};

TEST(Terminal, ShowsProgressOfALongStep) {
  const TempFolder folder;
  const std::string shown =
      on_a_terminal(folder, kLongRun, {"TERM=xterm", "NO_COLOR=1"},
                    [](const std::string& so_far) { return contains(so_far, " left"); });
  EXPECT_TRUE(contains(shown, "───   1 %")) << shown.substr(0, 2000);
  EXPECT_TRUE(contains(shown, "rows/s")) << shown.substr(0, 2000);
  EXPECT_TRUE(contains(shown, "of 50,000,000 rows")) << shown.substr(0, 2000);
  EXPECT_TRUE(contains(shown, " left")) << shown.substr(0, 2000);
}

TEST(Terminal, ShowsNoProgressUnderQuiet) {
  const TempFolder folder;
  std::vector<std::string> quiet = kLongRun;
  quiet.emplace_back("--quiet");
  const auto begin = std::chrono::steady_clock::now();
  const auto long_enough = [begin](const std::string&) {
    return std::chrono::steady_clock::now() - begin > std::chrono::seconds(2);
  };
  EXPECT_EQ(on_a_terminal(folder, quiet, {"TERM=xterm"}, long_enough), "");
}

}  // namespace
}  // namespace gsa::tests
