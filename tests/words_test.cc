// Tiers, regions, devices, models and currencies are the words of the raw tables, in their order:
// as named types, in the marts and in the report.

#include <string>

#include "changed_warehouse.h"

namespace gsa::tests {
namespace {

class Words : public ChangedWarehouse {
 protected:
  // The type of the same name in main; members are separated by |.
  std::string type(const std::string& name) const {
    return cell(fmt::format("select array_to_string(enum_range(null::main.{}), '|')", name));
  }

  // The members of the enumeration of a column.
  std::string members(const std::string& table, const std::string& column) const {
    return cell(fmt::format(
        "select array_to_string(enum_range((select any_value({}) from {})), '|')", column, table));
  }

  void take_other_tiers() const;
};

constexpr const char* kOtherTiers =
    "create or replace table raw_users as select * replace (case user_tier::varchar when 'free' "
    "then 'trial' when 'pro' then 'it''s Gold' else 'Platinum' end as user_tier, "
    "null::varchar as device_type) from raw_users";

// Of users that are no longer simulated, so that they may lack a device.
void Words::take_other_tiers() const {
  change(kOtherTiers);
  set("user_origin = 'observed'");
}

TEST_F(Words, OfASimulatedRunAreTypesOfTheWarehouse) {
  EXPECT_EQ(type("user_tier"), "free|pro|enterprise");
  EXPECT_EQ(type("region"), "us-west|us-east|europe|asia|other");
  EXPECT_EQ(type("device_type"), "desktop|mobile|tablet");
  EXPECT_EQ(type("model_version"), "v1.4|v1.5|v2.0|v2.1");
  EXPECT_EQ(type("currency"), "credits");
}

TEST_F(Words, AreThoseOfTheRawTablesByTheirNumber) {
  take_other_tiers();
  build();
  EXPECT_EQ(type("user_tier"), "trial|it's Gold|Platinum");
  for (const char* table : {"dim_users", "fct_generations", "fct_sessions"}) {
    EXPECT_EQ(members(table, "user_tier"), "trial|it's Gold|Platinum") << table;
  }
  EXPECT_EQ(rows("select user_tier from user_friction_summary order by user_tier"),
            (TextRows{{"trial"}, {"it's Gold"}, {"Platinum"}}));
  EXPECT_EQ(cell("select count(*) from fct_sessions s join raw_users u using (user_id) where "
                 "s.user_tier::varchar is distinct from u.user_tier"),
            "0");
  const std::string report = gsa(folder_, {"summary"}).out;
  const std::size_t trial = report.find("\ntrial "), gold = report.find("\nit's Gold "),
                    platinum = report.find("\nPlatinum ");
  ASSERT_NE(platinum, std::string::npos) << report;
  EXPECT_LT(trial, gold);
  EXPECT_LT(gold, platinum);
}

TEST_F(Words, ThatNoRowHasAreTheTypeUnknown) {
  take_other_tiers();
  build();
  EXPECT_EQ(type("device_type"), "unknown");
  EXPECT_EQ(cell("select count(device_type) from fct_sessions"), "0");
  EXPECT_EQ(gsa(folder_, {"test", "--quiet"}).exit_code, 0);
}

TEST_F(Words, KeepTheOrderOfAnEnumeration) {
  change(
      "create or replace table raw_users as select * replace (user_tier::varchar::enum('pro', "
      "'lifetime', 'free', 'enterprise') as user_tier) from raw_users");
  build();
  EXPECT_EQ(type("user_tier"), "pro|lifetime|free|enterprise");
  EXPECT_EQ(rows("select user_tier from user_friction_summary order by user_tier"),
            (TextRows{{"pro"}, {"free"}, {"enterprise"}}));
}

TEST_F(Words, OfTheNextBuildReplaceThePublishedOnes) {
  take_other_tiers();
  build();
  change(
      "create or replace table raw_users as select * replace (if(user_tier = 'trial', 'none', "
      "user_tier) as user_tier) from raw_users");
  build();
  EXPECT_EQ(type("user_tier"), "none|it's Gold|Platinum");
  EXPECT_EQ(members("fct_sessions", "user_tier"), "none|it's Gold|Platinum");
  EXPECT_EQ(gsa(folder_, {"build"}).err.find("to make"), std::string::npos) << "nothing is stale";
}

// The types change with the tables, in one transaction.
TEST_F(Words, StayAsPublishedIfTheBuildFails) {
  change(kOtherTiers);
  change(
      "update raw_users set user_tier = null where user_id = (select min(user_id) from raw_users)");
  const Outcome built = gsa(folder_, {"build", "--quiet"});
  EXPECT_EQ(built.exit_code, 3) << built.err;
  EXPECT_EQ(type("user_tier"), "free|pro|enterprise");
  EXPECT_EQ(members("fct_sessions", "user_tier"), "free|pro|enterprise");
}

TEST_F(Words, AreMadeAgainIfTheWarehouseLacksThem) {
  change("drop type user_tier");
  build();
  EXPECT_EQ(type("user_tier"), "free|pro|enterprise");
}

// A project may name the types; its models wait for the words.
TEST_F(Words, AreThereForModelsOfUsersAlone) {
  ASSERT_EQ(gsa(folder_, {"init", "own", "--quiet"}).exit_code, 0);
  folder_.write("own/models/marts/tiers.sql",
                "select distinct user_tier from {{ ref('stg_users') }}");
  folder_.write("own/models/marts/tiers.yml",
                "models:\n  - name: tiers\n    config: {contract: {enforced: true}}\n    columns: "
                "[{name: user_tier, data_type: user_tier}]\n");
  const Outcome run = gsa(folder_, {"run", "--project", "own", "--quiet", "--prompts", "300",
                                    "--users", "30", "--warehouse", "fresh.duckdb"});
  ASSERT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(
      read_cell(folder_ / "fresh.duckdb",
                "select typeof(any_value(user_tier)) = typeof(null::main.user_tier) from tiers"),
      "true");
}

}  // namespace
}  // namespace gsa::tests
