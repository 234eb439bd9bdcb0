// Which dbt versions a project may require.

#include <gtest/gtest.h>

#include "dbt/project_fixture.h"

namespace gsa::dbt {
namespace {

TEST(RequiredVersion, IsMetIfSomeReleaseOf1_11MeetsAll) {
  const auto error = [](const std::string& version) {
    return load_error({{"dbt_project.yml", "name: shop\nrequire-dbt-version: " + version + "\n"},
                       {"models/a.sql", "select 1 as id"}});
  };
  for (const char* met : {"'>=1.8.0'", "['>=1.10.0', '<2.0.0']", "'>=1.10.0,<1.12.0'",
                          "'>1.11.3,<1.11.5'", "1.11.7", "'>=1.11.0-b1'", "'<=1.11.0'"}) {
    EXPECT_EQ(error(met), "no error") << met;
  }
  for (const char* unmet : {"'>=1.12.0'", "['>=1.8.0', '<1.11.0']", "'>=2.0.0,<3.0.0'", "1.10.1",
                            "'>1.11.3,<1.11.4'", "'<0.19.0'"}) {
    EXPECT_NE(error(unmet).find(", but gsa follows dbt 1.11"), std::string::npos) << unmet;
  }
  EXPECT_EQ(error("['>=1.12.0', '<2.0.0']"),
            "dbt_project.yml:2:22: the project 'shop' requires dbt >=1.12.0, <2.0.0, but gsa "
            "follows dbt 1.11\nrequire-dbt-version: ['>=1.12.0', '<2.0.0']\n                     "
            "^\nhint: widen require-dbt-version unless the project needs another version");
  EXPECT_TRUE(
      error("'>=1.8'").starts_with("dbt_project.yml:2:22: '>=1.8' is not a version of dbt"));
}

}  // namespace
}  // namespace gsa::dbt
