// The built-in dbt project: everything in it is described, and its data tests fail when they
// should.

#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "dbt/node_graph.h"
#include "dbt/runner.h"
#include "pipeline/open_project.h"
#include "pipeline/raw_tables.h"
#include "pipeline/word_types.h"
#include "prompts/ingest.h"

namespace gsa::pipeline {
namespace {

// Runs the models or the tests of a project, in order.
dbt::RunResult run_all(const dbt::Project& project, duck::Connection& connection,
                       dbt::NodeKind kind) {
  dbt::NodeSet chosen;
  for (std::size_t i = 0; i < project.nodes().size(); ++i) {
    const dbt::Node& node = project.nodes()[i];
    const bool made =
        kind == dbt::NodeKind::test || node.model.materialized != dbt::Materialization::ephemeral;
    if (node.kind == kind && made) chosen.insert(i);
  }
  dbt::NodeRunner runner(project, connection);
  dbt::RunResult result;
  for (const std::size_t i : dbt::run_order(project.nodes(), chosen)) {
    result.nodes.push_back(runner.run(project.nodes()[i], connection));
  }
  return result;
}

// Models from 3,000 synthetic prompts, in memory.
struct Built {
  duck::Connection connection = duck::Database({}).connect();
  dbt::Project project = load_project({}, Invocation());

  Built() {
    const SimulationOptions simulation{300, 42, {sim::Period{2025, 12}}};
    prompts::register_functions(connection);
    prompts::ingest(connection, {{"synthetic"}, 3000, 42, "main.raw_prompts"},
                    [this](const std::string&, std::int64_t, const std::string& sql) {
                      connection.execute(sql);
                    });
    connection.execute("alter table main.raw_prompts add column negative_prompt varchar");
    register_simulation(connection, simulation);
    connection.execute(create_raw_users("main.raw_users", simulation));
    connection.execute(fmt::format("create table main.raw_generations as select *, {} from ({})",
                                   constant_generation_columns(),
                                   select_raw_generations("main.raw_prompts", {2025, 12})));
    create_temporary(connection,
                     read_word_types(connection, "main.raw_users", "main.raw_generations"));
    check(run_all(project, connection, dbt::NodeKind::model).succeeded(),
          "the built-in project builds");
  }
};

Built& built() {
  // Never destroyed: DuckDB's own thread-local statics are destroyed before ours.
  static Built& once = *new Built;
  return once;
}

// The data tests that fail after `damage`.
std::set<std::string> failing_after(const std::string& damage) {
  built().connection.execute("begin transaction; " + damage);
  const dbt::RunResult result = run_all(built().project, built().connection, dbt::NodeKind::test);
  built().connection.execute("rollback");
  std::set<std::string> failing;
  for (const dbt::NodeResult& node : result.nodes) {
    EXPECT_NE(node.status, dbt::Status::error) << node.name << ": " << node.message;
    if (node.status == dbt::Status::fail) failing.insert(node.name);
  }
  return failing;
}

TEST(BuiltinProject, DescribesEveryTableAndColumnAndNoOther) {
  for (const dbt::Node& node : built().project.nodes()) {
    if (node.kind == dbt::NodeKind::test) continue;
    EXPECT_FALSE(node.description.empty()) << node.name;
    std::vector<std::string> described;
    for (const auto& column : node.columns) {
      EXPECT_FALSE(column.description.empty()) << node.name << "." << column.name;
      described.push_back(column.name);
    }
    if (node.model.materialized == dbt::Materialization::ephemeral &&
        node.kind == dbt::NodeKind::model) {
      continue;
    }
    std::vector<std::string> there;
    for (const auto& column :
         built().connection.inspect("select * from main." + node.relation.name).columns) {
      there.push_back(column.name);
    }
    std::sort(described.begin(), described.end());
    std::sort(there.begin(), there.end());
    EXPECT_EQ(described, there) << node.name;
  }
}

TEST(BuiltinProject, HasAtLeast45DataTestsAndAllPass) {
  EXPECT_GE(std::count_if(built().project.nodes().begin(), built().project.nodes().end(),
                          [](const dbt::Node& node) { return node.kind == dbt::NodeKind::test; }),
            45);
  EXPECT_EQ(failing_after("select 1"), std::set<std::string>{});
}

struct Damage {
  const char* what;
  const char* sql;
  const char* caught_by;
};

constexpr Damage kDamages[] = {
    {"a generation before its user's signup",
     "update fct_generations set generated_at = timestamp '2000-01-01' where generation_id = 7",
     "no_generation_before_signup"},
    {"a day left out", "delete from daily_metrics where session_date = date '2025-12-10'",
     "no_day_is_missing"},
    {"a day twice",
     "insert into daily_metrics from daily_metrics where session_date = date '2025-12-10'",
     "unique_daily_metrics_session_date"},
    {"the last day left out",
     "delete from daily_metrics where session_date = (select max(session_date) from daily_metrics)",
     "no_day_is_missing"},
    {"two sessions that are one",
     "insert into fct_sessions select * replace (session_id + 1000000 as session_id, "
     "session_end + interval 30 minutes as session_start) from fct_sessions limit 1",
     "sessions_of_a_user_are_a_gap_apart"},
    {"a score that is not the sum of its parts",
     "update fct_sessions set friction_score = friction_score - 0.0001 where session_id = "
     "(select min(session_id) from fct_sessions where friction_score > 1)",
     "fct_sessions_parts_add_up_to_the_score"},
    {"a score above 100",
     "update fct_sessions set friction_score = 100.5 where session_id = (select min(session_id) "
     "from fct_sessions)",
     "dbt_utils_accepted_range_fct_sessions_friction_score__100__0"},
    {"statuses that do not add up", "update fct_sessions set timeout_count = timeout_count + 1",
     "fct_sessions_statuses_add_up_to_the_known_ones"},
    {"a success for nothing",
     "update fct_generations set cost = 0 where generation_id = (select "
     "min(generation_id) from fct_generations where status = 'success')",
     "fct_generations_cost_is_positive_after_success"},
    {"the last digit of a cost lost",
     "update fct_sessions set total_cost = total_cost - 0.00000001 where session_id = "
     "(select min(session_id) from fct_sessions)",
     "cost_reconciles"},
    {"cost lost on the way to the days",
     "update daily_metrics set total_cost = total_cost + 0.00000001 where session_date "
     "= date '2025-12-10'",
     "cost_reconciles"},
    {"a generation lost", "delete from fct_generations where generation_id = 11",
     "generations_reconcile"},
    {"a generation lost on the way to the tiers",
     "update user_friction_summary set total_generations = total_generations - 1 where user_tier = "
     "'pro'",
     "generations_reconcile"},
    {"a session lost on the way to the users",
     "update dim_users set lifetime_sessions = lifetime_sessions - 1 where user_id = (select "
     "min(user_id) from dim_users where lifetime_sessions > 0)",
     "sessions_reconcile"},
    {"a session without generations",
     "insert into fct_sessions select * replace (session_id + 1000000 as session_id, session_start "
     "+ interval 1 year as session_start, session_end + interval 1 year as session_end) from "
     "fct_sessions limit 1",
     "sessions_reconcile"},
    {"a generation twice", "insert into fct_generations from fct_generations limit 1",
     "unique_fct_generations_generation_id"},
    {"a session twice", "insert into fct_sessions from fct_sessions limit 1",
     "dbt_utils_unique_combination_of_columns_fct_sessions_user_id__session_start"},
    {"a user twice", "insert into dim_users from dim_users limit 1", "unique_dim_users_user_id"},
    {"a user that is not there",
     "update fct_generations set user_id = 999999 where generation_id = 11",
     "relationships_fct_generations_user_id__user_id__ref_dim_users_"},
    {"a prompt that is not there",
     "update fct_generations set prompt_id = 999999 where generation_id = 11",
     "relationships_fct_generations_prompt_id__prompt_id__ref_dim_prompts_"},
    {"a session that is not there",
     "update fct_generations set session_id = 999999 where generation_id = 11",
     "relationships_fct_generations_session_id__session_id__ref_fct_sessions_"},
    {"a download without an image",
     "update fct_generations set downloaded = true where status <> 'success'",
     "fct_generations_only_successes_have_simulated_downloads"},
    {"more downloads than images",
     "update fct_sessions set download_count = downloadable_count + 1",
     "dbt_utils_expression_is_true_fct_sessions_download_count___downloadable_count"},
    {"a latency that cannot be", "update fct_generations set latency_ms = 30001",
     "fct_generations_simulated_latency_is_at_most_30_seconds"},
    {"a complexity that is none",
     "alter table fct_generations alter complexity type varchar; "
     "update fct_generations set complexity = 'huge'",
     "accepted_values_fct_generations_complexity__short__medium__long__very_long"},
    {"a category that is none",
     "alter table fct_sessions alter friction_category type varchar; "
     "update fct_sessions set friction_category = 'none'",
     "accepted_values_fct_sessions_friction_category__low__medium__high"},
    {"a first generation before the signup",
     "update dim_users set first_generation_at = signup_at - interval 1 second where "
     "lifetime_sessions > 0",
     "dim_users_first_generation_is_not_before_signup"},
    {"a prompt without words", "update raw_prompts set token_count = 0 where prompt_id = 3",
     "dbt_utils_accepted_range_dim_prompts_token_count__1"},
    {"a prompt twice", "insert into raw_prompts from raw_prompts limit 1",
     "unique_dim_prompts_prompt_id"},
    {"a user without a session",
     "update fct_generations set session_id = null where generation_id = 7",
     "sessions_are_of_known_users"},
    {"a session of nobody", "update fct_generations set user_id = null where generation_id = 7",
     "sessions_are_of_known_users"},
    {"a session without its day",
     "update fct_generations set session_date = null where generation_id = 7",
     "sessions_are_of_known_users"},
    {"a simulated generation of nobody",
     "update fct_generations set user_id = null, session_id = null, session_date = null where "
     "generation_id = 7",
     "not_null_fct_generations_user_id"},
    {"a known user without a tier",
     "update fct_generations set user_tier = null where generation_id = 7",
     "not_null_fct_generations_user_tier"},
    {"a known user without a region",
     "update fct_generations set region = null where generation_id = 7",
     "not_null_fct_generations_region"},
    {"a known user without a device",
     "update fct_generations set device_type = null where generation_id = 7",
     "not_null_fct_generations_device_type"},
    {"retries that are not known",
     "update fct_generations set retry_count = null where generation_id = 7",
     "fct_generations_what_is_unknown_is_null_and_nothing_else"},
    {"a status that is lost", "update fct_generations set status = null where generation_id = 7",
     "fct_generations_what_is_unknown_is_null_and_nothing_else"},
    {"a cost that nobody knows",
     "update fct_generations set cost_origin = 'unknown' where generation_id = 7",
     "fct_generations_what_is_unknown_is_null_and_nothing_else"},
    {"points for what is unknown", "update fct_sessions set known_latency_count = 0",
     "fct_sessions_every_part_is_known_or_null"},
    {"a request for no image", "update fct_generations set image_count = 0 where generation_id = 7",
     "dbt_utils_accepted_range_fct_generations_image_count__1"},
    {"images that are not counted",
     "update fct_generations set image_count = null where generation_id = 7", "images_reconcile"},
    {"more images blurred than made",
     "update fct_generations set blurred_images = 2, status = 'safety_violation', status_origin = "
     "'observed' where generation_id = 7",
     "dbt_utils_accepted_range_fct_generations_blurred_images__image_count__0"},
    {"fewer than no images blurred",
     "update fct_generations set blurred_images = -1 where generation_id = 7",
     "dbt_utils_accepted_range_fct_generations_blurred_images__image_count__0"},
    {"a blurred image that is no safety violation",
     "update fct_generations set blurred_images = 1, status_origin = 'observed' where "
     "generation_id "
     "= (select min(generation_id) from fct_generations where status = 'success')",
     "fct_generations_blurred_is_an_observed_safety_violation"},
    {"a blurred image whose safety violation is simulated",
     "update fct_generations set blurred_images = 1, status = 'safety_violation' where "
     "generation_id = 7",
     "fct_generations_blurred_is_an_observed_safety_violation"},
    {"fewer images than generations",
     "update fct_sessions set total_images = total_generations - 1 where session_id = (select "
     "min(session_id) from fct_sessions)",
     "dbt_utils_expression_is_true_fct_sessions_total_images___known_image_count"},
    {"an image lost on the way to the sessions",
     "update fct_generations set image_count = 2 where generation_id = 7", "images_reconcile"},
    {"an image too many in a session",
     "update fct_sessions set total_images = total_images + 1 where session_id = (select "
     "min(session_id) from fct_sessions)",
     "images_reconcile"},
    {"an image lost on the way to the days",
     "update daily_metrics set total_images = total_images - 1 where session_date = date "
     "'2025-12-10'",
     "images_reconcile"},
    {"an image lost on the way to the tiers",
     "update user_friction_summary set total_images = total_images - 1 where user_tier = 'pro'",
     "images_reconcile"},
    {"a name of two users", "update dim_users set user_name = 'one' where user_id < 2",
     "unique_dim_users_user_name"},
    {"a prompt asked for before it was asked for",
     "update raw_generations set asked_before_at = generated_at + interval 1 second where "
     "generation_id = 7",
     "dbt_utils_expression_is_true_stg_generations_asked_before_at___generated_at"},
    {"retries that are simulated and not there",
     "update raw_generations set retry_count = null where generation_id = 7",
     "stg_generations_retries_fit_their_origin"},
    {"retries that are counted and unknown",
     "update raw_generations set retry_origin = 'unknown' where generation_id = 7",
     "stg_generations_retries_fit_their_origin"},
    {"a session that ends before it begins",
     "update fct_sessions set session_end = session_start - interval 1 second",
     "dbt_utils_expression_is_true_fct_sessions_session_end___session_start"},
};

// Sets a value that no enum of the raw tables would accept.
std::string unheard_of(const std::string& table, const std::string& column) {
  return fmt::format("alter table {} alter column {} set data type varchar using 'guessed'", table,
                     column);
}

TEST(BuiltinProject, DataTestsCatchOriginsThatAreNone) {
  for (const std::string_view signal : kSignals) {
    EXPECT_TRUE(failing_after(unheard_of("fct_generations", fmt::format("{}_origin", signal)))
                    .contains(fmt::format("accepted_values_fct_generations_{}_origin__observed__"
                                          "estimated__simulated__unknown",
                                          signal)))
        << signal;
    EXPECT_EQ(failing_after(fmt::format(
                  "update fct_generations set {}_origin = null where generation_id = 7", signal)),
              std::set<std::string>{"fct_generations_every_signal_has_its_origin"})
        << signal;
  }
  for (const std::string signal : {"signup", "traits"}) {
    EXPECT_TRUE(failing_after(unheard_of("dim_users", signal + "_origin"))
                    .contains("accepted_values_dim_users_" + signal +
                              "_origin__observed__estimated__simulated__unknown"))
        << signal;
    EXPECT_EQ(failing_after("update dim_users set " + signal + "_origin = null where user_id = 7"),
              std::set<std::string>{"not_null_dim_users_" + signal + "_origin"})
        << signal;
  }
}

TEST(BuiltinProject, DataTestsCatchWhatTheyAreFor) {
  for (const Damage& damage : kDamages) {
    EXPECT_TRUE(failing_after(damage.sql).contains(damage.caught_by))
        << damage.what << " is not caught by " << damage.caught_by;
  }
}

}  // namespace
}  // namespace gsa::pipeline
