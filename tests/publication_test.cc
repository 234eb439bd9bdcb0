// What is published and what is not: failing tests, other projects, selections, incremental models,
// and runs of unusual sizes.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "duck/database.h"
#include "gsa_process.h"
#include "project_folder.h"
#include "warehouse_reading.h"

namespace gsa::tests {
namespace {

TEST_F(PublicationTest, IsNotMadeWhereATestFails) {
  expect_ok("run", {"--prompts", "500", "--seed", "1"});
  const Publication before = read_publication(warehouse_);
  const auto relations = visible_relations(warehouse_);
  init_project();
  write("tests/nobody_is_free.sql",
        "select user_id as culprit, 'is ' || user_tier as why from {{ ref('dim_users') }}\n"
        "where user_tier = 'free' order by user_id\n");
  const Outcome failed = run("run", {"--prompts", "500", "--seed", "2", "--project", "project"});
  EXPECT_EQ(failed.exit_code, 3);
  EXPECT_NE(failed.err.find("error: 1 data test failed; nothing was published\nhint: "),
            std::string::npos)
      << failed.err;
  EXPECT_NE(failed.err.find("Failure in test nobody_is_free (project/tests/nobody_is_free.sql"),
            std::string::npos)
      << failed.err;
  // More than ten users are on the free tier; ten rows are shown.
  std::size_t shown = 0;
  for (std::size_t at = 0; (at = failed.err.find("| is free", at)) != std::string::npos; ++at) {
    ++shown;
  }
  EXPECT_EQ(shown, 10u) << failed.err;
  EXPECT_EQ(failed.out, "");
  EXPECT_EQ(read_publication(warehouse_), before);
  EXPECT_EQ(visible_relations(warehouse_), relations);

  EXPECT_EQ(run("build", {"--quiet", "--project", "project"}).exit_code, 3);
  EXPECT_EQ(read_publication(warehouse_), before);

  write("tests/nobody_is_free.sql",
        "{{ config(severity='warn') }} select 1 as culprit from {{ ref('dim_users') }}\n");
  const Outcome warned = run("run", {"--prompts", "500", "--seed", "2", "--project", "project"});
  EXPECT_EQ(warned.exit_code, 0) << warned.err;
  EXPECT_EQ(read_publication(warehouse_)["seed"], "2");
}

TEST_F(PublicationTest, IsNotMadeWhereAModelCannotBeBuilt) {
  expect_ok("run", few_);
  const Publication before = read_publication(warehouse_);
  init_project();
  write("models/broken.sql",
        "{{ config(materialized='table') }} select cast(region as integer) as y "
        "from {{ ref('dim_users') }}\n");
  const Outcome failed = run("run", {"--prompts", "500", "--seed", "2", "--project", "project"});
  EXPECT_EQ(failed.exit_code, 1);
  EXPECT_NE(failed.err.find("nothing was published"), std::string::npos) << failed.err;
  EXPECT_EQ(read_publication(warehouse_), before);
  expect_nothing_hidden();
  EXPECT_EQ(
      read_rows(warehouse_,
                "select status, published, (select count(*) from ops.steps s where s.run_id = "
                "r.run_id and name = 'broken' and status = 'error') from ops.runs r order by "
                "run_id desc limit 1"),
      (TextRows{{"failed", "false", "1"}}));
}

TEST_F(PublicationTest, LeavesWhatTheProjectNoLongerHasInPlaceAndForgetsIt) {
  init_project();
  write("models/extra_table.sql",
        "{{ config(materialized='table') }} select count(*) as n from {{ ref('dim_users') }}\n");
  write("models/extra_view.sql", "select n + 1 as m from {{ ref('extra_table') }}\n");
  expect_ok("run", {"--prompts", "500", "--project", "project"});
  EXPECT_EQ(read_cell(warehouse_, "select m from extra_view"), "51");
  execute(
      "create table notes as select 'mine' as note; create schema lab; "
      "create table lab.fct_sessions as select 7 as x; "
      "create view my_view as select count(*) as n from fct_sessions");

  expect_ok("run", few_);
  EXPECT_TRUE(is_visible("table main.extra_table"));
  EXPECT_EQ(read_cell(warehouse_, "select m from extra_view"), "51");
  EXPECT_EQ(read_cell(warehouse_, "select count(*) from ops.published where name like 'extra%'"),
            "0");
  EXPECT_EQ(read_cell(warehouse_, "select note from notes"), "mine");
  EXPECT_EQ(read_cell(warehouse_, "select x from lab.fct_sessions"), "7");
  EXPECT_EQ(read_cell(warehouse_, "select n from my_view"),
            read_cell(warehouse_, "select count(*) from fct_sessions"));
}

TEST_F(PublicationTest, MayTurnViewsIntoTablesAndBack) {
  init_project();
  replace("models/marts/dim_prompts.sql", "'view'", "'table'");
  replace("models/marts/dim_users.sql", "with users",
          "{{ config(materialized='view') }}\nwith users");
  expect_ok("run", few_);
  const Publication built_in = read_publication(warehouse_);
  for (int turn = 0; turn < 2; ++turn) {
    expect_ok("run", {"--prompts", "500", "--project", "project"});
    EXPECT_TRUE(is_visible("table main.dim_prompts"));
    EXPECT_TRUE(is_visible("view main.dim_users"));
    EXPECT_EQ(read_publication(warehouse_), built_in);
    expect_ok("build", {"--quiet"});
    EXPECT_TRUE(is_visible("view main.dim_prompts"));
    EXPECT_TRUE(is_visible("table main.dim_users"));
    EXPECT_EQ(read_publication(warehouse_), built_in);
    expect_nothing_hidden();
  }
}

TEST_F(PublicationTest, OfASelectionKeepsTheRest) {
  expect_ok("run", few_);
  Publication before = read_publication(warehouse_);
  const auto relations = visible_relations(warehouse_);
  expect_ok("build",
            {"--quiet", "--select", "fct_sessions", "--vars", "{friction_error_weight: 1.0}"});
  Publication after = read_publication(warehouse_);
  EXPECT_NE(after["fct_sessions"], before["fct_sessions"]);
  after["fct_sessions"] = before["fct_sessions"];
  EXPECT_EQ(after, before);
  EXPECT_EQ(visible_relations(warehouse_), relations);

  // The options equal those of the published run, so its raw tables stay and only the model is
  // rebuilt.
  expect_ok("run", {"--prompts", "500", "--select", "fct_sessions"});
  EXPECT_EQ(read_publication(warehouse_), before);
}

TEST_F(PublicationTest, RefusesASelectionOnOtherData) {
  const Outcome first = run("run", {"--prompts", "500", "--select", "fct_sessions"});
  EXPECT_EQ(first.exit_code, 1);
  EXPECT_NE(first.err.find("nothing is published"), std::string::npos) << first.err;
  expect_ok("run", few_);
  const Publication before = read_publication(warehouse_);
  const Outcome other = run("run", {"--prompts", "500", "--seed", "7", "--select", "fct_sessions"});
  EXPECT_EQ(other.exit_code, 1);
  EXPECT_NE(other.err.find("the data would be made anew"), std::string::npos) << other.err;
  EXPECT_EQ(read_publication(warehouse_), before);
}

// A project with an incremental model in a schema of its own, a macro and a custom generic test.
class IncrementalTest : public PublicationTest {
 protected:
  void SetUp() override {
    init_project();
    write("macros/batch.sql",
          "{% macro in_thousandths(cost) %}cast({{ cost }} * 1000 as integer){% endmacro %}\n"
          "{% test at_most(model, column_name, limit) %}\n"
          "select * from {{ model }} where {{ column_name }} > {{ limit }}\n{% endtest %}\n");
    write("models/audit/ledger.sql", R"(
{{ config(materialized='incremental', unique_key='generation_id') }}
select
    generation_id,
    {{ in_thousandths('cost') }} as thousandths,
    {{ var('batch') }} as batch
from {{ ref('fct_generations') }}
{% if is_incremental() %}
-- from the last generation on, once more: it replaces its row
where generation_id >= (select max(generation_id) from {{ this }})
{% endif %}
)");
    write("models/audit/ledger.yml", R"(
models:
  - name: ledger
    columns:
      - name: generation_id
        data_tests: [unique, not_null]
      - name: batch
        data_tests:
          - at_most:
              arguments: {limit: 8}
)");
    replace("dbt_project.yml", "    staging:\n",
            "    audit:\n      +schema: audit\n    staging:\n");
  }

  Outcome run_batch(const std::string& command, int batch, const Arguments& more = {}) const {
    Arguments arguments = {"--project", "project", "--vars", fmt::format("{{batch: {}}}", batch)};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run(command, arguments);
  }

  // batch, its rows
  TextRows ledger() const {
    return read_rows(warehouse_,
                     "select batch, count(*) from main_audit.ledger group by batch order by batch");
  }
};

TEST_F(IncrementalTest, ModelsGrowFromRunToRun) {
  EXPECT_EQ(run_batch("run", 1, {"--prompts", "300"}).exit_code, 0);
  EXPECT_EQ(ledger(), (TextRows{{"1", "300"}}));
  // Prompts 300 to 499 are new, and prompt 299 appears again.
  EXPECT_EQ(run_batch("run", 2, {"--prompts", "500"}).exit_code, 0);
  EXPECT_EQ(ledger(), (TextRows{{"1", "299"}, {"2", "201"}}));
  EXPECT_EQ(run_batch("build", 3, {"--quiet"}).exit_code, 0);
  EXPECT_EQ(ledger(), (TextRows{{"1", "299"}, {"2", "200"}, {"3", "1"}}));
  // Data test at_most fails, so the added rows are not published.
  EXPECT_EQ(run_batch("build", 9, {"--quiet"}).exit_code, 3);
  EXPECT_EQ(ledger(), (TextRows{{"1", "299"}, {"2", "200"}, {"3", "1"}}));
  EXPECT_EQ(run_batch("build", 4, {"--quiet", "--select", "ledger"}).exit_code, 0);
  EXPECT_EQ(ledger(), (TextRows{{"1", "299"}, {"2", "200"}, {"4", "1"}}));
  EXPECT_EQ(run_batch("build", 5, {"--quiet", "--full-refresh"}).exit_code, 0);
  EXPECT_EQ(ledger(), (TextRows{{"5", "500"}}));
  EXPECT_EQ(run_batch("run", 6, {"--prompts", "500", "--full-refresh"}).exit_code, 0);
  EXPECT_EQ(ledger(), (TextRows{{"6", "500"}}));
  EXPECT_EQ(read_cell(warehouse_,
                      "select sum(cost)::decimal(12, 3) - "
                      "sum(thousandths) / 1000 < 1 from main_audit.ledger "
                      "join fct_generations using (generation_id)"),
            "true");
  expect_nothing_hidden();
}

// As in dbt: nothing could rebuild the history.
TEST_F(IncrementalTest, ATableSurvivesThatTheProjectLacksForAWhile) {
  EXPECT_EQ(run_batch("run", 1, {"--prompts", "300"}).exit_code, 0);
  const Outcome without = run("build");
  EXPECT_EQ(without.exit_code, 0) << without.err;
  EXPECT_NE(without.err.find("no longer in the project, left in place: ledger"), std::string::npos)
      << without.err;
  EXPECT_TRUE(is_visible("table main_audit.ledger"));
  EXPECT_EQ(run("build").err.find("left in place"), std::string::npos);
  EXPECT_EQ(run_batch("build", 3, {"--quiet"}).exit_code, 0);
  EXPECT_EQ(ledger(), (TextRows{{"1", "299"}, {"3", "1"}}));
}

struct Size {
  const char* name;
  Arguments arguments;
};

class OddSize : public testing::TestWithParam<Size> {};

TEST_P(OddSize, RunsPassAllTestsAndReportNumbers) {
  const TempFolder folder;
  Arguments arguments = {"run"};
  arguments.insert(arguments.end(), GetParam().arguments.begin(), GetParam().arguments.end());
  const Outcome run = gsa(folder, arguments);
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_NE(run.err.find("WARN=0 ERROR=0 SKIP=0"), std::string::npos) << run.err;

  const Outcome json = gsa(folder, {"summary", "--format", "json"});
  for (const std::string& report : {run.out, json.out}) {
    for (const char* wrong : {":nan", ":NaN", ":inf", " nan", " NaN", " inf", "\"nan", "\"inf"}) {
      EXPECT_EQ(report.find(wrong), std::string::npos) << report;
    }
  }
  // Null appears only where there is nothing to average: in the row of a tier without sessions.
  EXPECT_EQ(run.out.find("null"), std::string::npos) << run.out;
  const std::string overall = json.out.substr(0, json.out.find("\"by_tier\""));
  EXPECT_EQ(overall.find("null"), std::string::npos) << json.out;
  const std::string warehouse = folder / "data/warehouse.duckdb";
  EXPECT_EQ(read_cell(warehouse,
                      "select count(*) from user_friction_summary where (total_sessions = 0) <> "
                      "(avg_friction_score is null or success_rate_pct is null or "
                      "feedback_rate_pct is null or avg_session_cost is null)"),
            "0");
  EXPECT_EQ(read_cell(warehouse,
                      "select count(*) from fct_generations, ops.provenance "
                      "where strftime(generated_at, '%Y-%m') <> period or generated_at is null"),
            "0");
  EXPECT_EQ(read_cell(warehouse,
                      "select count(*) = prompts from raw_generations, ops.provenance "
                      "group by prompts"),
            "true");
}

INSTANTIATE_TEST_SUITE_P(
    Publication, OddSize,
    testing::Values(Size{"one_of_each", {"--prompts", "1", "--users", "1"}},
                    Size{"one_prompt", {"--prompts", "1", "--users", "10000"}},
                    Size{"three_users", {"--prompts", "10", "--users", "3"}},
                    Size{"one_user", {"--prompts", "2000", "--users", "1"}},
                    Size{"leap_year", {"--prompts", "3000", "--year", "2024", "--month", "2"}},
                    Size{"no_leap_year", {"--prompts", "3000", "--year", "2100", "--month", "2"}},
                    Size{"first_month", {"--prompts", "500", "--year", "1970", "--month", "1"}},
                    Size{"last_month", {"--prompts", "500", "--year", "9998", "--month", "12"}},
                    Size{"largest_seed", {"--prompts", "500", "--seed", "18446744073709551615"}}),
    [](const auto& size) { return size.param.name; });

TEST(Publication, OfALeapYearsFebruaryReachesTheTwentyNinth) {
  const TempFolder folder;
  const std::string warehouse = folder / "w.duckdb";
  const Outcome run = gsa(folder, {"run", "--quiet", "--prompts", "5000", "--year", "2024",
                                   "--month", "2", "--warehouse", warehouse});
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(read_rows(warehouse,
                      "select min(session_date), max(session_date), count(*) "
                      "from daily_metrics"),
            (TextRows{{"2024-02-01", "2024-02-29", "29"}}));
}

}  // namespace
}  // namespace gsa::tests
