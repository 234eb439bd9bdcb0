// A user's own project: failing data tests, broken models, selections.

#include "golden.h"

namespace gsa::tests {
namespace {

using Arguments = std::vector<std::string>;

// A warehouse with a publication, and a copy of the built-in project to break.
class OwnProject : public testing::Test {
 protected:
  OwnProject() {
    copy_small_warehouse(folder_);
    EXPECT_EQ(gsa(folder_, {"init", "models", "--quiet"}).exit_code, 0);
  }

  Outcome build(const Arguments& more = {}) {
    Arguments line = {"build", "--project", "models"};
    line.insert(line.end(), more.begin(), more.end());
    Outcome outcome = gsa(folder_, line);
    transcripts_ += transcript(folder_, line, outcome);
    return outcome;
  }

  // Expects this output of a build with the file.
  void expect_error(const std::string& file, const std::string& text, const std::string& said) {
    const std::string path = folder_ / ("models/" + file);
    const bool there = std::filesystem::exists(path);
    const std::string before = there ? read_file(path) : "";
    folder_.write("models/" + file, text);
    const Outcome outcome = build({"--quiet"});
    EXPECT_EQ(outcome.exit_code, 1) << outcome.err;
    EXPECT_TRUE(contains(outcome.err, said)) << outcome.err;
    if (there) {
      folder_.write("models/" + file, before);
    } else {
      std::filesystem::remove(path);
    }
  }

  TempFolder folder_;
  std::string transcripts_;
};

TEST_F(OwnProject, ThatFailsATestPublishesNothingAndShowsRows) {
  const std::string before = published_content(folder_);
  const std::string test =
      "select user_id, user_tier, signup_at > '2020-01-01' as late\n"
      "from {{ ref('dim_users') }} where user_id >= 50 order by user_id\n";
  folder_.write("models/tests/users_are_few.sql", test);
  const Outcome failed = build();
  EXPECT_EQ(failed.exit_code, 3);
  EXPECT_EQ(failed.out, "");
  EXPECT_TRUE(contains(failed.err, "Failure in test users_are_few")) << failed.err;
  EXPECT_TRUE(contains(failed.err, "Got 50 results, configured to fail if != 0")) << failed.err;
  EXPECT_TRUE(contains(failed.err, "error: 1 data test failed; nothing was published\nhint: "));
  EXPECT_TRUE(contains(failed.err, " 59      | ")) << "the tenth row: " << failed.err;
  EXPECT_FALSE(contains(failed.err, " 60      | ")) << "an eleventh row: " << failed.err;
  EXPECT_EQ(published_content(folder_), before);

  const Outcome quiet = build({"--quiet"});
  EXPECT_EQ(quiet.exit_code, 3);
  EXPECT_TRUE(contains(quiet.err, "Failure in test users_are_few")) << quiet.err;
  EXPECT_FALSE(contains(quiet.err, "PASS not_null")) << quiet.err;

  const Outcome run =
      gsa(folder_, {"run", "--prompts", "500", "--users", "90", "--project", "models", "--quiet"});
  EXPECT_EQ(run.exit_code, 3) << run.err;
  EXPECT_EQ(run.out, "");
  EXPECT_EQ(published_content(folder_), before);

  const Outcome tested = gsa(folder_, {"test", "--project", "models", "-s", "users_are_few"});
  EXPECT_EQ(tested.exit_code, 3);
  EXPECT_TRUE(contains(tested.err, "error: 1 data test failed; the warehouse is as it was"));

  folder_.write("models/tests/users_are_few.sql", "{{ config(severity='warn') }}\n" + test);
  const Outcome warned = build();
  EXPECT_EQ(warned.exit_code, 0) << warned.err;
  EXPECT_TRUE(contains(warned.err, "Warning in test users_are_few")) << warned.err;
}

TEST_F(OwnProject, ThatFailsAUnitTestDoesNotMakeItsModelAndPublishesTheRest) {
  folder_.write("models/models/one.sql", "select 1 as id\n");
  folder_.write("models/models/two.sql", "select id + 1 as id from {{ ref('one') }}\n");
  folder_.write("models/models/three.sql", "select id from {{ ref('two') }}\n");
  const auto expect = [&](const std::string& rows) {
    folder_.write("models/models/unit.yml",
                  "unit_tests:\n  - name: adds\n    model: two\n"
                  "    given: [{input: ref('one'), rows: [{id: 5}]}]\n    expect: {rows: [" +
                      rows + "]}\n");
  };
  expect("{id: 7}");
  const Outcome failed = build();
  EXPECT_EQ(failed.exit_code, 3);
  EXPECT_TRUE(contains(failed.err, "Failure in unit_test two::adds (models/models/unit.yml:2:5)"))
      << failed.err;
  EXPECT_TRUE(contains(failed.err, "expected           | 7")) << failed.err;
  EXPECT_TRUE(contains(failed.err, "error: 1 unit test failed; held back: three, two\nhint: "))
      << failed.err;
  const std::string known =
      "select kind, asset, status, message from ops.checks where check_name = 'two::adds'";
  EXPECT_EQ(gsa(folder_, {"sql", "--format", "csv", known}).out,
            "kind,asset,status,message\n"
            "unit test,two,fail,actual differs from expected in 2 rows\n");
  EXPECT_EQ(gsa(folder_, {"sql", "--format", "csv", "select id from one"}).out, "id\n1\n");
  expect("{id: 6}");
  EXPECT_EQ(build({"--quiet"}).exit_code, 0);
  EXPECT_EQ(gsa(folder_, {"sql", "--format", "csv", "select id from three"}).out, "id\n2\n");
  expect("{id: 8}");
  const Outcome tested = gsa(folder_, {"test", "--project", "models", "-s", "test_type:unit"});
  EXPECT_EQ(tested.exit_code, 3);
  EXPECT_TRUE(contains(tested.err, "error: 1 unit test failed; the warehouse is as it was"))
      << tested.err;
}

TEST_F(OwnProject, WithAWrongModelSaysWhereAndWhatWasLikelyMeant) {
  const std::string before = published_content(folder_);
  const std::string file = "models/marts/mine.sql";
  expect_error(file, "select\n  user_idd\nfrom {{ ref('dim_users') }}\n",
               "models/models/marts/mine.sql:2:3: Referenced column \"user_idd\" not found");
  expect_error(file, "select user_id\nfrom {{ ref('dim_user') }}\n", "did you mean 'dim_users'?");
  expect_error(file, "select user_id\nfrom {{ ref('dim_users') }\n", "mine.sql:2:");
  expect_error(file, "select user_id\nform {{ ref('dim_users') }}\n", "mine.sql:2:");
  expect_error(file, "{{ nope() }}\nselect 1 as one\n", "mine.sql:1:");
  expect_error(file, "select {{ var('nope') }} as one\n", "mine.sql:1:");
  expect_error(file, "{% if true %}\nselect 1 as one\n", "mine.sql:");
  expect_error(file,
               "{{ config(materialized='table') }}\nselect cast(user_tier as integer) as n\n"
               "from {{ ref('dim_users') }}\n",
               "mine.sql:2:");
  expect_error("models/marts/schema.yml", "models:\n  - name: dim_users\n   columns: []\n",
               "schema.yml:3");
  folder_.write("models/models/marts/one.sql", "select * from {{ ref('two') }}\n");
  expect_error("models/marts/two.sql", "select * from {{ ref('one') }}\n",
               "in a circle: one → two → one");
  EXPECT_FALSE(contains(transcripts_, "__gsa_new__"));
  expect_golden("project_errors.txt", transcripts_);
  EXPECT_EQ(published_content(folder_), before);
}

TEST_F(OwnProject, GivesTheSameTablesAsTheBuiltInOne) {
  const std::string before = published_content(folder_);
  EXPECT_EQ(build({"--quiet"}).exit_code, 0);
  // Everything except the provenance line that names the project.
  EXPECT_EQ(
      replace_all(published_content(folder_), "\"project\":\"models\"", "\"project\":\"built-in\""),
      before);
}

TEST_F(OwnProject, ShowsWarningsUnlessQuiet) {
  folder_.write("models/models/marts/extra.yml",
                "models:\n  - name: no_such_model\n    description: nothing\n");
  const Outcome loud = build();
  EXPECT_EQ(loud.exit_code, 0) << loud.err;
  EXPECT_TRUE(contains(loud.err, "warning: models/models/marts/extra.yml:2")) << loud.err;
  EXPECT_EQ(build({"--quiet"}).err, "");
}

TEST_F(OwnProject, ThatIsWrongMakesNoWarehouse) {
  folder_.write("models/dbt_project.yml", "name: [");
  for (const char* path : {"w.duckdb", "new/w.duckdb"}) {
    const Outcome outcome =
        gsa(folder_, {"run", "--source", "synthetic", "--project", "models", "--warehouse", path});
    EXPECT_EQ(outcome.exit_code, 1);
    EXPECT_TRUE(contains(outcome.err, "error: models/dbt_project.yml:1")) << outcome.err;
    EXPECT_FALSE(std::filesystem::exists(folder_ / path)) << path;
  }
  EXPECT_FALSE(std::filesystem::exists(folder_ / "new"));
}

TEST_F(OwnProject, IsNotOverwrittenByInit) {
  const std::string before = read_file(folder_ / "models/dbt_project.yml");
  const Outcome again = gsa(folder_, {"init", "models"});
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_EQ(again.err,
            "error: models is there already and not empty\n"
            "hint: name a new folder: nothing of yours is overwritten\n");
  EXPECT_EQ(gsa(folder_, {"init", "models/dbt_project.yml"}).exit_code, 1);
  EXPECT_EQ(read_file(folder_ / "models/dbt_project.yml"), before);
}

TEST(Selection, OfNothingIsToldAndDoesNothing) {
  const TempFolder folder;
  copy_small_warehouse(folder);
  const std::string before = published_content(folder);
  const std::string warning =
      "warning: 'fct_sesions' selects nothing; did you mean 'fct_sessions'?\n";
  const std::pair<const char*, const char*> commands[] = {
      {"build", "Nothing to do: nothing is selected\n"},
      {"test", "Nothing to do: no tests are selected\n"}};
  for (const auto& [command, nothing] : commands) {
    const Outcome outcome = gsa(folder, {command, "--select", "fct_sesions"});
    EXPECT_EQ(outcome.exit_code, 0);
    EXPECT_EQ(outcome.err, warning + nothing);
  }
  EXPECT_EQ(gsa(folder, {"run", "--source", "synthetic", "--select", "tag:nope"}).exit_code, 0);
  EXPECT_EQ(published_content(folder), before);
}

TEST(Selection, DoesNotMixModelsOfDifferentData) {
  const TempFolder folder;
  copy_small_warehouse(folder);
  const std::string before = published_content(folder);
  const Outcome other = gsa(folder, {"run", "--source", "synthetic", "--prompts", "2000", "--users",
                                     "100", "--seed", "7", "--select", "fct_sessions"});
  EXPECT_EQ(other.exit_code, 1);
  EXPECT_TRUE(contains(other.err, "the data would be made anew, so all models must be"));
  EXPECT_EQ(published_content(folder), before);
  const Outcome same = gsa(folder, {"run", "--source", "synthetic", "--prompts", "2000", "--users",
                                    "100", "--select", "fct_sessions+"});
  EXPECT_EQ(same.exit_code, 0) << same.err;
  EXPECT_EQ(published_content(folder), before);
}

TEST(Run, TwiceTheSameMakesNothingUnlessToldOtherwise) {
  const TempFolder folder;
  copy_small_warehouse(folder);
  const std::string before = published_content(folder);
  Arguments line = {"run", "--source", "synthetic", "--prompts", "2000", "--users", "100"};
  const Outcome again = gsa(folder, line);
  EXPECT_TRUE(contains(again.err, "Nothing is stale: 13 assets are up to date\n")) << again.err;
  line.emplace_back("--full-refresh");
  const Outcome refreshed = gsa(folder, line);
  EXPECT_TRUE(contains(refreshed.err, "Made raw_prompts[2025-12], 2,000 rows")) << refreshed.err;
  EXPECT_EQ(published_content(folder), before);
}

}  // namespace
}  // namespace gsa::tests
