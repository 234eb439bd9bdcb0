#include "api/chart_sql.h"

#include "api/answer_fixture.h"
#include "api/distribution.h"
#include "api/engagement.h"
#include "api/sandbox_fixture.h"
#include "api/segments.h"

namespace gsa::api {
namespace {

// The scopes of the tests below.
const std::vector<std::string> kScopes = {
    R"({})",
    R"({"tier": {"in": ["free", "pro"]}, "friction": {"max": 70}})",
    R"({"model": {"in": ["v2.1", "v1.4"]}, "status": {"not_in": ["success"]}})",
};

using Answer = std::string (*)(const Snapshot&, std::string_view);

boost::json::value answer_of(Answer answer, const std::string& body, const std::string& filters) {
  return parsed(answer(Warehouse::instance().snapshot(),
                       fmt::format(R"({{{}{}"sql": true, "filters": {}}})", body,
                                   body.empty() ? "" : ", ", filters)));
}

// Runs the SQL under the rules of the SQL page.
boost::json::array rows_shown(const boost::json::value& answer) {
  const std::string sql(answer.at("sql").as_string());
  const auto result = parsed(run(sql, 10000));
  return result.at("rows").as_array();
}

std::string text_of(const boost::json::value& value) {
  return value.is_string() ? std::string(value.as_string()) : boost::json::serialize(value);
}

// A number; it is text if a double would round it.
double real(const boost::json::value& value) {
  return value.is_string() ? std::stod(std::string(value.as_string())) : number(value);
}

// Rows by the text of their first `keys` columns.
Table table_of(const boost::json::array& rows, std::size_t keys) {
  Table table;
  for (const auto& row : rows) {
    std::string key;
    for (std::size_t i = 0; i < keys; ++i) key += text_of(row.at(i)) + "|";
    for (std::size_t i = keys; i < row.as_array().size(); ++i) {
      table[key].push_back(real(row.at(i)));
    }
  }
  return table;
}

std::vector<double> members(const boost::json::value& object,
                            std::initializer_list<const char*> names) {
  std::vector<double> numbers;
  for (const char* name : names) numbers.push_back(number(object.at(name)));
  return numbers;
}

TEST(ShownSqlOfCharts, CountsTheBinsOfAHistogram) {
  for (const std::string& filters : kScopes) {
    for (const Range& range : Warehouse::instance().snapshot().facts().layer->ranges) {
      SCOPED_TRACE(std::string(range.name) + " " + filters);
      const auto answer =
          answer_of(histogram, fmt::format(R"("range": "{}")", range.name), filters);
      const auto rows = rows_shown(answer);
      ASSERT_EQ(rows.size(), range.edges.size()) << answer.at("sql");
      for (std::size_t i = 0; i < rows.size(); ++i) {
        EXPECT_TRUE(is_close(real(rows[i].at(0)), range.edges[i]));
        EXPECT_EQ(real(rows[i].at(1)), number(answer.at("counts").at(i))) << answer.at("sql");
      }
    }
  }
}

TEST(ShownSqlOfCharts, SplitsAHistogram) {
  for (const char* body :
       {R"("range": "friction", "split_by": "tier")", R"("range": "cost", "split_by": "model")",
        R"("range": "latency_ms", "split_by": "status")"}) {
    for (const std::string& filters : kScopes) {
      SCOPED_TRACE(body + filters);
      const auto answer = answer_of(histogram, body, filters);
      Table expected;
      for (const auto& part : answer.at("split").as_array()) {
        for (std::size_t i = 0; i < part.at("counts").as_array().size(); ++i) {
          const double count = number(part.at("counts").at(i));
          const double edge = number(answer.at("edges").at(i));
          if (count == 0) continue;
          expected[fmt::format("{}|{}|", edge, text_of(part.at("value")))] = {count};
        }
      }
      Table found;
      for (const auto& row : rows_shown(answer)) {
        found[fmt::format("{}|{}|", real(row.at(0)), text_of(row.at(1)))] = {real(row.at(2))};
      }
      expect_same(found, expected);
    }
  }
}

TEST(ShownSqlOfCharts, GivesTheContributions) {
  for (const char* measure : {"friction", "success_rate", "cost_per_session", "latency_mean",
                              "session_duration", "high_friction_share", "download_rate"}) {
    for (const char* dimension : {"tier", "model", "feedback", "session_length", "weekday"}) {
      for (const std::string& filters : kScopes)
        for (const char* overlap : {"shared", "whole"}) {
          const auto answer =
              answer_of(contribution,
                        fmt::format(R"("measure": "{}", "dimension": "{}", "overlap": "{}")",
                                    measure, dimension, overlap),
                        filters);
          SCOPED_TRACE(answer.at("sql"));
          Table expected;
          for (const auto& segment : answer.at("segments").as_array()) {
            expected[text_of(segment.at("value")) + "|"] =
                members(segment, {"sessions", "share", "measure", "contribution"});
          }
          expect_same(table_of(rows_shown(answer), 1), expected);
          if (HasFailure()) return;
        }
    }
  }
}

TEST(ShownSqlOfCharts, GivesTheChanges) {
  for (const char* measure : {"friction", "success_rate", "cost_per_session"}) {
    for (const std::string& filters : kScopes) {
      const auto answer = answer_of(changes,
                                    fmt::format(R"("measure": "{}", "limit": 100,
                         "time_range": {{"from": "2025-12-11", "to": "2025-12-31"}})",
                                                measure),
                                    filters);
      SCOPED_TRACE(answer.at("sql"));
      Table expected;
      for (const auto& segment : answer.at("segments").as_array()) {
        expected[text_of(segment.at("dimension")) + "|" + text_of(segment.at("value")) + "|"] =
            members(segment, {"sessions", "compared_sessions", "share", "compared_share", "measure",
                              "compared_measure", "rate_effect", "mix_effect", "effect"});
      }
      EXPECT_GT(expected.size(), 10U);
      expect_same(table_of(rows_shown(answer), 2), expected);
    }
  }
}

TEST(ShownSqlOfCharts, GivesTheFunnel) {
  for (const std::string& filters : kScopes) {
    const auto all = answer_of(funnel, "", filters);
    Table expected = {{"", {}}};
    for (const auto& step : all.at("total").as_array()) {
      expected[""].push_back(number(step.at("count")));
    }
    expect_same(table_of(rows_shown(all), 0), expected);
    const auto split = answer_of(funnel, R"("dimension": "model")", filters);
    expected.clear();
    for (const auto& segment : split.at("segments").as_array()) {
      for (const auto& step : segment.at("steps").as_array()) {
        expected[text_of(segment.at("value")) + "|"].push_back(number(step.at("count")));
      }
    }
    expect_same(table_of(rows_shown(split), 1), expected);
  }
}

TEST(ShownSqlOfCharts, GivesTheWeeksOfCohorts) {
  for (const std::string& filters : kScopes) {
    const auto answer = answer_of(cohorts, "", filters);
    SCOPED_TRACE(answer.at("sql"));
    Table expected;
    for (const auto& cohort : answer.at("cohorts").as_array()) {
      for (const auto& week : cohort.at("weeks").as_array()) {
        expected[fmt::format("{}|{}|", text_of(cohort.at("cohort_week")),
                             text_of(week.at("week")))] = {number(cohort.at("users")),
                                                           number(week.at("active_users")),
                                                           number(week.at("retention"))};
      }
    }
    EXPECT_FALSE(expected.empty());
    Table found;
    for (const auto& row : rows_shown(answer)) {
      found[fmt::format("{}|{}|", text_of(row.at(0)), text_of(row.at(2)))] = {
          real(row.at(1)), real(row.at(3)), real(row.at(4))};
    }
    expect_same(found, expected);
  }
}

TEST(ShownSqlOfCharts, GivesTheTopUsers) {
  for (const char* by : {"cost", "sessions", "wasted_cost"}) {
    for (const std::string& filters : kScopes) {
      const auto answer =
          answer_of(top_users, fmt::format(R"("by": "{}", "limit": 7)", by), filters);
      SCOPED_TRACE(answer.at("sql"));
      const auto rows = rows_shown(answer);
      const auto& users = answer.at("users").as_array();
      ASSERT_EQ(rows.size(), users.size());
      for (std::size_t i = 0; i < rows.size(); ++i) {
        EXPECT_EQ(real(rows[i].at(0)), number(users[i].at("user")));
        EXPECT_EQ(rows[i].at(1), users[i].at("attributes").at(0));
        EXPECT_TRUE(is_close(real(rows[i].at(4)), number(users[i].at("value"))));
        EXPECT_TRUE(is_close(real(rows[i].as_array().back()), number(users[i].at("share"))));
      }
    }
  }
}

TEST(ShownSqlOfCharts, IsNullWhereItWasNotAskedFor) {
  const Snapshot& snapshot = Warehouse::instance().snapshot();
  for (const std::string& answer :
       {histogram(snapshot, R"({"range": "cost"})"), changes(snapshot, "{}"),
        contribution(snapshot, R"({"dimension": "tier"})"), funnel(snapshot, "{}"),
        cohorts(snapshot, "{}"), top_users(snapshot, "{}")}) {
    EXPECT_TRUE(parsed(answer).at("sql").is_null());
  }
}

}  // namespace
}  // namespace gsa::api
