// Docs blocks and doc() in descriptions. The expected results are those of dbt-core 1.11.

#include <gtest/gtest.h>

#include "dbt/project_fixture.h"

namespace gsa::dbt {
namespace {

const Node& described(const Project& project, const std::string& name) {
  for (const Node& node : project.nodes()) {
    if (node.name == name) return node;
  }
  throw Error("there is no node " + name);
}

TEST(DocsBlocks, StandInDescriptionsOfModelsColumnsSourcesAndTests) {
  const Project project = load(
      {{"models/a.sql", "select 1 as id"},
       {"models/marts/words.md",
        "# Words\n\nIt's free {text.\n{% docs key %}\n  Names the `row`,\n  once.  \n\n"
        "{% enddocs %} between {%- docs other -%} of {{ 1 + 1 }} {%- enddocs -%}\n"},
       {"models/s.yml",
        "models:\n  - name: a\n    description: \"{{ doc('other') }}!\"\n    columns:\n"
        "      - name: id\n        description: '{{ doc(\"shop\", \"key\") }}'\n"
        "        tests: [unique: {description: \"{{ doc('other') }}\"}]\n"
        "sources:\n  - name: raw\n    tables:\n"
        "      - {name: t, description: \"The {{ var('v', 'old') }} {{ doc('other') }}\"}\n"}});
  EXPECT_EQ(described(project, "a").description, "of 2!");
  EXPECT_EQ(described(project, "a").columns.at(0).description, "Names the `row`,\n  once.");
  EXPECT_EQ(described(project, "unique_a_id").description, "of 2");
  EXPECT_EQ(described(project, "raw.t").description, "The old of 2");
  EXPECT_EQ(project.warnings(), std::vector<std::string>{});
}

TEST(DocsBlocks, AreThoseBelowDocsPathsWhereTheseAreGiven) {
  const Files files = {{"dbt_project.yml", "name: shop\ndocs-paths: [words]\n"},
                       {"words/w.md", "{% docs x %}here{% enddocs %}"},
                       {"models/w.md", "{% docs x %}not here{% enddocs %}"},
                       {"models/a.sql", "select 1 as id"},
                       {"models/s.yml", "models: [{name: a, description: \"{{ doc('x') }}\"}]\n"}};
  EXPECT_EQ(load(files).find_model("a")->description, "here");
}

TEST(DocsBlocks, AreHiddenByComments) {
  const Files files = {
      {"models/w.md", "{# {% docs x %}a{% enddocs %} #}{% docs x %}b{% enddocs %}"},
      {"models/a.sql", "select 1 as id"},
      {"models/s.yml", "models: [{name: a, description: \"{{ doc('x') }}\"}]\n"}};
  EXPECT_EQ(load(files).find_model("a")->description, "b");
}

TEST(DocsBlocks, OfADisabledModelMayBeMissing) {
  const Files files = {{"models/a.sql", "{{ config(enabled=false) }}select 1 as id"},
                       {"models/s.yml", "models: [{name: a, description: \"{{ doc('x') }}\"}]\n"}};
  EXPECT_EQ(load_error(files), "no error");
}

TEST(DocsBlocks, ThatAreMissingAreNamedWithTheirPlace) {
  const Files files = {{"models/w.md", "{% docs order_id %}The order.{% enddocs %}"},
                       {"models/a.sql", "select 1 as id"},
                       {"models/s.yml",
                        "models:\n  - name: a\n    columns:\n"
                        "      - {name: id, description: \"{{ doc('orders_id') }}\"}\n"}};
  EXPECT_EQ(load_error(files),
            "models/s.yml:4:36: there are no docs 'orders_id'\n"
            "                                {{ doc('orders_id') }}\n"
            "                                   ^\n"
            "hint: did you mean 'order_id'?");
}

TEST(DocsBlocks, WithoutAnEndWithoutANameOrTwiceAreErrors) {
  const auto error = [](const std::string& text) {
    return load_error({{"models/w.md", text}, {"models/a.sql", "select 1 as id"}});
  };
  EXPECT_EQ(error("# W\n{% docs a %}\ntext\n"),
            "models/w.md:2: the docs 'a' have no end\n{% docs a %}\n"
            "hint: write {% enddocs %} below the text");
  EXPECT_EQ(error("{% docs %}text{% enddocs %}"),
            "models/w.md:1: these docs have no name\n{% docs %}text{% enddocs %}\n"
            "hint: write {% docs NAME %}");
  EXPECT_EQ(error("{% docs a %}1{% enddocs %}\n{% docs a %}2{% enddocs %}\n"),
            "models/w.md:2: the docs 'a' are defined twice\n{% docs a %}2{% enddocs %}\nhint: the "
            "other place is models/w.md:1");
  EXPECT_TRUE(error("{% docs a %}\n\n{{ 1 + }}\n{% enddocs %}").starts_with("models/w.md:3:"));
}

TEST(DocsBlocks, NamesThatNobodyDefinesAreEmptyAndWarnedOf) {
  const Project project =
      load({{"models/w.md", "{% docs a %}[{{ nothing }}]{% enddocs %}"},
            {"models/a.sql", "select 1 as id"},
            {"models/s.yml", "models: [{name: a, description: \"{{ doc('a') }}{{ other }}\"}]\n"}});
  EXPECT_EQ(project.find_model("a")->description, "[]");
  EXPECT_EQ(project.warnings(),
            (std::vector<std::string>{
                "models/w.md:1:17: 'nothing' is undefined, and is taken as empty text",
                "models/s.yml:1:50: 'other' is undefined, and is taken as empty text"}));
}

}  // namespace
}  // namespace gsa::dbt
