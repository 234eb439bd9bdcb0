// Lineage of the built-in project, compiled in the same way as in a run.

#include <algorithm>
#include <ctime>
#include <iostream>

#include <gtest/gtest.h>

#include "dbt/compile.h"
#include "dbt/project_fixture.h"
#include "lineage/lineage_fixture.h"

namespace gsa::dbt {
namespace {

using lineage::ColumnRef;
using lineage::ColumnRefs;
using lineage::Columns;
using lineage::OutputColumn;
using lineage::QueryLineage;
using lineage::read_lineage;

struct Builtin {
  Project project = Project::load(ProjectFiles::from_folder(GSA_SOURCE_DIR "/dbt"), {});
  std::map<std::string, std::string> sql;  // by model
  Columns columns;                         // from schema.yml, by relation

  Builtin() {
    Compiler compiler(project, {});
    for (const Node& node : project.nodes()) {
      if (node.kind == NodeKind::test) continue;
      std::vector<std::string>& names = columns[to_sql(node.relation)];
      for (const ColumnSpec& column : node.columns) names.push_back(column.name);
      if (node.kind == NodeKind::model) sql[node.name] = compiler.compile(node).text();
    }
  }
};

const Builtin& builtin() {
  static const Builtin once;
  return once;
}

const OutputColumn& find(const QueryLineage& lineage, const std::string& name) {
  for (const OutputColumn& column : lineage.columns) {
    if (column.name == name) return column;
  }
  throw Error("there is no column " + name);
}

std::string from(const std::string& model, const std::string& column) {
  const QueryLineage read = read_lineage(builtin().sql.at(model), builtin().columns);
  return to_string(find(read, column).from);
}

std::string rows_from(const std::string& model) {
  return to_string(read_lineage(builtin().sql.at(model), builtin().columns).shape_from);
}

TEST(LineageOfTheBuiltinProject, FindsEveryColumnThatIsDescribed) {
  for (const auto& [model, sql] : builtin().sql) {
    const Node& node = *builtin().project.find_model(model);
    const QueryLineage read = read_lineage(sql, builtin().columns);
    std::vector<std::string> described, found;
    for (const ColumnSpec& column : node.columns) described.push_back(column.name);
    for (const OutputColumn& column : read.columns) found.push_back(column.name);
    EXPECT_EQ(join(found, " "), join(described, " ")) << model;
    for (const OutputColumn& column : read.columns) {
      for (const ColumnRef& ref : column.from) {
        const auto relation = builtin().columns.find(ref.relation);
        ASSERT_NE(relation, builtin().columns.end()) << model << ": " << ref.relation;
        const std::vector<std::string>& names = relation->second;
        EXPECT_NE(std::find(names.begin(), names.end(), ref.column), names.end())
            << model << "." << column.name << ": " << ref.column;
      }
    }
  }
}

TEST(LineageOfTheBuiltinProject, KnowsWhereItsNumbersComeFrom) {
  EXPECT_EQ(from("stg_users", "user_tier"), "main.raw_users.user_tier");
  EXPECT_EQ(from("stg_prompts", "guidance"), "main.raw_prompts.cfg");
  EXPECT_EQ(from("dim_users", "user_tier"), "main.stg_users.user_tier");
  EXPECT_EQ(from("dim_users", "success_rate_pct"),
            "main.fct_sessions.known_status_count main.fct_sessions.successful_generations");
  EXPECT_EQ(from("fct_sessions", "friction_score"),
            "main.fct_generations.latency_ms main.fct_generations.retry_count "
            "main.fct_generations.status");
  EXPECT_EQ(from("fct_sessions", "p95_latency_ms"), "main.fct_generations.latency_ms");
  EXPECT_EQ(from("user_friction_summary", "avg_friction_score"),
            "main.fct_sessions.friction_score");
  EXPECT_EQ(from("user_friction_summary", "active_users"), "main.dim_users.lifetime_sessions");
  EXPECT_EQ(from("daily_metrics", "session_date"), "main.fct_sessions.session_date");
}

TEST(LineageOfTheBuiltinProject, LooksThroughEphemeralModels) {
  EXPECT_EQ(from("fct_generations", "session_id"),
            "main.stg_generations.generated_at main.stg_generations.generation_id "
            "main.stg_generations.session_key main.stg_generations.user_id");
  EXPECT_EQ(from("fct_generations", "retry_count"),
            "main.stg_generations.asked_before_at main.stg_generations.generated_at "
            "main.stg_generations.generation_id main.stg_generations.retry_count "
            "main.stg_generations.retry_origin main.stg_generations.session_key "
            "main.stg_generations.user_id");
}

TEST(LineageOfTheBuiltinProject, KnowsWhatDecidesItsRows) {
  EXPECT_EQ(rows_from("stg_users"), "");
  EXPECT_EQ(rows_from("dim_users"), "main.fct_sessions.user_id main.stg_users.user_id");
  EXPECT_EQ(rows_from("fct_sessions"),
            "main.fct_generations.generation_id main.fct_generations.session_id");
}

TEST(LineageOfTheBuiltinProject, TakesNoTime) {
  double best = 1;
  for (int i = 0; i < 5; ++i) {
    const std::clock_t begin = std::clock();  // processor time, because the machine may be busy
    for (const auto& [model, sql] : builtin().sql) read_lineage(sql, builtin().columns);
    best = std::min(best, static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC);
  }
  std::cout << builtin().sql.size() << " models read in " << best << " s\n";
  EXPECT_LT(best, 1);  // with sanitizers and on any machine; 0.01 s on an idle one
}

}  // namespace
}  // namespace gsa::dbt
