// Which nodes may refer to a model, as in dbt-core 1.11.

#include <gtest/gtest.h>

#include "dbt/project_fixture.h"

namespace gsa::dbt {
namespace {

const std::string kTwoGroups =
    "groups:\n  - {name: money, owner: {name: us}}\n  - {name: growth, owner: {name: them}}\n";
const std::string kPrivateModel = "{{ config(group='money', access='private') }}select 1 as id";

std::string error_with(Files more, const std::string& yml = "") {
  more.try_emplace("models/secret.sql", kPrivateModel);
  more["models/s.yml"] = kTwoGroups + yml;
  return load_error(more);
}

TEST(Access, APrivateModelIsReadByItsGroupAlone) {
  EXPECT_EQ(error_with(
                {{"models/b.sql", "{{ config(group='money') }}select * from {{ ref('secret') }}"}}),
            "no error");
  EXPECT_EQ(error_with({{"models/b.sql",
                         "{{ config(group='growth') }}\nselect * from {{ ref('secret') }}"}}),
            "models/b.sql:2:18: the model 'secret' is private to the group 'money'\nselect * from "
            "{{ ref('secret') }}\n                 ^\nhint: the node that refers to it has the "
            "group 'growth'; access: protected opens the model to the whole project");
  EXPECT_EQ(error_with({{"models/b.sql", "select * from {{ ref('secret') }}"}}),
            "models/b.sql:1:18: the model 'secret' is private to the group 'money'\nselect * from "
            "{{ ref('secret') }}\n                 ^\nhint: the node that refers to it has no "
            "group; access: protected opens the model to the whole project");
}

TEST(Access, OfNoGroupAPrivateModelIsReadByNobody) {
  EXPECT_TRUE(error_with({{"models/secret.sql", "{{ config(access='private') }}select 1 as id"},
                          {"models/b.sql", "select * from {{ ref('secret') }}"}})
                  .starts_with("models/b.sql:1:18: the model 'secret' is private to itself, "
                               "because it has no group\n"));
}

TEST(Access, AGenericTestIsOfTheGroupOfItsModel) {
  const std::string tests = "models:\n  - {name: secret, columns: [{name: id, tests: [unique]}]}\n";
  EXPECT_EQ(error_with({}, tests), "no error");
  const std::string of_other =
      "models:\n  - name: b\n    columns:\n      - name: id\n        tests:\n"
      "          - relationships: {to: ref('secret'), field: id}\n";
  const auto reading = [&](const std::string& group) {
    return error_with({{"models/b.sql", "{{ config(group='" + group + "') }}select 1 as id"}},
                      of_other);
  };
  EXPECT_EQ(reading("money"), "no error");
  EXPECT_NE(reading("growth").find("the model 'secret' is private to the group 'money'"),
            std::string::npos);
}

TEST(Access, ASingularTestAndAnExposureReadWhatIsNotPrivate) {
  const std::string is_private = "the model 'secret' is private to the group 'money'";
  EXPECT_NE(error_with({{"tests/t.sql", "select * from {{ ref('secret') }} where id < 0"}})
                .find("tests/t.sql:1:18: " + is_private),
            std::string::npos);
  EXPECT_EQ(
      error_with({{"tests/t.sql", "{{ config(group='money') }}select * from {{ ref('secret') }}"}}),
      "no error");
  EXPECT_NE(error_with({},
                       "exposures:\n  - {name: e, type: dashboard, owner: {name: us},\n"
                       "     depends_on: [ref('secret')]}\n")
                .find(is_private),
            std::string::npos);
}

TEST(Access, IsOneOfThreeAndPublicIsNoEphemeralModel) {
  const auto error = [](const std::string& sql) { return load_error({{"models/a.sql", sql}}); };
  EXPECT_EQ(error("{{ config(access='public') }}select 1 as id"), "no error");
  EXPECT_TRUE(error("{{ config(access='open') }}select 1 as id")
                  .starts_with("models/a.sql:1:4: access = 'open' is not known here"));
  EXPECT_TRUE(error("{{ config(access='public', materialized='ephemeral') }}select 1 as id")
                  .starts_with("models/a.sql:1:4: 'access' takes private or protected: an "
                               "ephemeral model is no table"));
}

}  // namespace
}  // namespace gsa::dbt
