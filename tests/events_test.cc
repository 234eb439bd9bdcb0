// What only a source of one's own has: its keys, its words, seven statuses, prompts that are
// missing, and traits of users that change.

#include "changed_warehouse.h"

namespace gsa::tests {
namespace {

using Events = ChangedWarehouse;

TEST_F(Events, KeepTheKeysAndWordsOfTheirSource) {
  set("generation_key = 'job-' || generation_id, session_key = 'chat-' || user_id, "
      "status_word = upper(status::varchar)");
  build();
  EXPECT_EQ(cell("select count(*) from fct_generations where generation_key = 'job-' || "
                 "generation_id and session_key = 'chat-' || user_id and status_word = "
                 "upper(status::varchar)"),
            "2000");
}

TEST_F(Events, MayBeCancelledOrEndInAnotherWay) {
  set("status = 'cancelled', status_word = 'aborted', downloaded = false",
      "generation_id % 10 = 1");
  set("status = 'other', downloaded = false", "generation_id % 10 = 2");
  build();
  for (const char* table : {"fct_sessions", "daily_metrics", "user_friction_summary"}) {
    EXPECT_EQ(rows(fmt::format("select sum(cancelled_count), sum(other_count) from {}", table)),
              (TextRows{{"200", "200"}}))
        << table;
  }
  EXPECT_EQ(cell("select sum(successful_generations + timeout_count + safety_violation_count + "
                 "rate_limited_count + model_error_count) from fct_sessions"),
            "1600");
}

TEST_F(Events, MayLackTheirPrompt) {
  set("prompt_id = null, token_count = null", "generation_id % 2 = 0");
  build();
  EXPECT_EQ(cell("select count(*) from fct_generations where prompt_id is null and token_count is "
                 "null and complexity is null"),
            "1000");
  EXPECT_EQ(cell("select count(*) from fct_generations where complexity is not null"), "1000");
}

TEST_F(Events, HaveTheTraitsOfTheirUserUnlessTheyNameOthers) {
  set("user_tier = 'enterprise', region = 'other'", "generation_id % 3 = 0");
  build();
  const std::string expected =
      "from fct_generations g join raw_users u using (user_id) where g.user_tier is distinct from "
      "if(generation_id % 3 = 0, 'enterprise', u.user_tier) or g.region is distinct from "
      "if(generation_id % 3 = 0, 'other', u.region) or g.device_type is distinct from "
      "u.device_type";
  EXPECT_EQ(cell("select count(*) " + expected), "0");
  EXPECT_EQ(cell("select count(*) from fct_sessions s join fct_generations g on s.session_id = "
                 "g.generation_id where s.user_tier is distinct from g.user_tier"),
            "0");
  EXPECT_EQ(cell("select count(*) from dim_users u join raw_users r using (user_id) where "
                 "u.user_tier is distinct from r.user_tier"),
            "0");
}

// Tiers that sessions had and no user has any more are in the summary, and so are unknown ones.
TEST_F(Events, OfEveryTierAreInTheSummary) {
  change(
      "update raw_users set user_tier = case when user_tier = 'enterprise' then 'pro' when "
      "user_tier = 'pro' then 'pro' end, traits_origin = 'observed'");
  set("user_tier = 'enterprise'", "generation_id % 3 = 0");
  set("user_origin = 'observed'");
  build();
  EXPECT_EQ(
      rows("select user_tier, total_users, total_generations from user_friction_summary "
           "order by total_generations"),
      rows("select * from (select 'pro'::user_tier as tier, count(*) filter (u.user_tier = "
           "'pro') as users, (select sum(total_generations) from fct_sessions where user_tier "
           "= 'pro') from dim_users u union all select 'enterprise', 0, (select "
           "sum(total_generations) from fct_sessions where user_tier = 'enterprise') union all "
           "select null, count(*) filter (u.user_tier is null), (select "
           "sum(total_generations) from fct_sessions where user_tier is null) from dim_users "
           "u) order by 3"));
}

TEST_F(Events, HaveOneOfFourOrigins) {
  set("latency_origin = 'estimated'", "generation_id % 2 = 0");
  set("cost_origin = 'estimated', model_origin = 'observed'");
  build();
  EXPECT_EQ(rows("select latency_origin, count(*) from fct_generations group by 1 order by 1"),
            (TextRows{{"estimated", "1000"}, {"simulated", "1000"}}));
}

}  // namespace
}  // namespace gsa::tests
