#include "dbt/node_graph.h"

#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/text.h"
#include "dbt/project_fixture.h"

namespace gsa::dbt {
namespace {

// "test: models", in the order of the tests' names.
std::string guarded(const Project& project) {
  const auto guarded = guarded_models(project.nodes());
  std::string all;
  for (std::size_t i = 0; i < guarded.size(); ++i) {
    if (project.nodes()[i].kind != NodeKind::test) {
      EXPECT_TRUE(guarded[i].empty());
      continue;
    }
    std::vector<std::string> names;
    for (const std::size_t model : guarded[i]) names.push_back(project.nodes()[model].name);
    all += project.nodes()[i].name + ": " + join(names, " ") + "\n";
  }
  return all;
}

std::string reads(const std::string& models) {
  std::string sql = "select 1 as id";
  for (const std::string& model : split(models, ' ')) sql += " -- {{ ref('" + model + "') }}";
  return sql;
}

TEST(Graph, ATestGuardsTheNearestModelsAfterAllThatItTests) {
  // a -> x -> both -> last;  b -> both;  a -> only_a;  c alone
  const Project project = load({
      {"models/a.sql", "select 1 as id"},
      {"models/b.sql", "select 1 as id"},
      {"models/c.sql", "select 1 as id"},
      {"models/x.sql", reads("a")},
      {"models/only_a.sql", reads("a")},
      {"models/both.sql", reads("x b")},
      {"models/last.sql", reads("both a b")},
      {"models/other.sql", reads("b a")},
      {"tests/of_a.sql", reads("a")},
      {"tests/of_a_and_b.sql", reads("a b")},
      {"tests/of_a_and_c.sql", reads("a c")},
      {"tests/of_a_and_x.sql", reads("a x")},
      {"tests/of_all.sql", reads("a b x")},
      {"tests/of_last.sql", reads("last")},
      {"tests/of_nothing.sql", "select 1 as id"},
  });
  EXPECT_EQ(guarded(project),
            "of_a: only_a other x\n"
            "of_a_and_b: both other\n"
            "of_a_and_c: \n"
            "of_a_and_x: both\n"
            "of_all: both\n"
            "of_last: \n"
            "of_nothing: \n");
}

TEST(Graph, InThePlaceOfAnEphemeralModelThoseThatUseItAreGuarded) {
  const std::string ephemeral = "{{ config(materialized='ephemeral') }}";
  const Project project = load({
      {"models/a.sql", "select 1 as id"},
      {"models/b.sql", "select 1 as id"},
      {"models/e.sql", ephemeral + reads("a b")},
      {"models/f.sql", ephemeral + reads("e")},
      {"models/g.sql", reads("f")},
      {"models/h.sql", reads("e")},
      {"tests/of_a.sql", reads("a")},
      {"tests/of_a_and_b.sql", reads("a b")},
      {"tests/of_e.sql", reads("e")},
  });
  EXPECT_EQ(guarded(project), "of_a: g h\nof_a_and_b: g h\nof_e: g h\n");
}

// The limit suits an optimised build on a busy machine. It must catch a search of the graph for
// each test, which takes sets.
TEST(Graph, FindsWhatFourThousandTestsGuardAtOnce) {
  constexpr int kModels = 2000;
  Files files;
  std::string yml = "models:\n";
  for (int i = 0; i < kModels; ++i) {
    files[fmt::format("models/m{:04}.sql", i)] =
        i == 0 ? "select 1 as id" : reads(fmt::format("m{:04} m{:04}", i - 1, (i * 7) % i));
    yml += fmt::format("  - name: m{:04}\n    columns: [{{name: id, tests: [unique", i);
    if (i > 0) yml += fmt::format(", relationships: {{to: ref('m{:04}'), field: id}}", i / 2);
    yml += "]}]\n";
  }
  files["models/s.yml"] = yml;
  const Project project = load(files);
  const Stopwatch watch;
  const auto guarded = guarded_models(project.nodes());
  const double seconds = watch.seconds();
  std::printf("what 4,000 tests guard was found in %.3f s\n", seconds);
  std::size_t guards = 0;
  for (const auto& models : guarded) guards += models.empty() ? 0U : 1U;
  EXPECT_EQ(guards, std::size_t{2 * (kModels - 1) - 1});  // all except those of the last model
#ifdef NDEBUG
  EXPECT_LT(seconds, 10);  // 0.04 s on an idle machine
#endif
}

}  // namespace
}  // namespace gsa::dbt
