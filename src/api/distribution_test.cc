#include "api/distribution.h"

#include <algorithm>

#include "api/answer_fixture.h"
#include "api/api_error.h"

namespace gsa::api {
namespace {

boost::json::value histogram_of(const std::string& request) {
  return parsed(histogram(Warehouse::instance().snapshot(), request));
}

double sum_of(const boost::json::value& list) {
  double sum = 0;
  for (const auto& value : list.as_array()) sum += number(value);
  return sum;
}

TEST(Histogram, CountsWhatSqlCounts) {
  for (const Range& range : Warehouse::instance().snapshot().facts().layer->ranges) {
    const bool of_sessions = range.level == Level::session;
    const auto answer = histogram_of(
        fmt::format(R"({{"range": "{}", "filters": {{"tier": {{"in": ["free"]}}}}}})", range.name));
    ASSERT_EQ(answer.at("counts").as_array().size(), range.edges.size());
    for (std::size_t i = 0; i < range.edges.size(); ++i) {
      std::string where = i == 0 ? "true" : fmt::format("{} >= {}", range.expr, range.edges[i]);
      if (i + 1 < range.edges.size()) {
        where += fmt::format(" and {} < {}", range.expr, range.edges[i + 1]);
      }
      EXPECT_EQ(number(answer.at("counts").at(i)),
                sql_row(fmt::format("select count(*) from {} where {}.user_tier = 'free' and {}",
                                    of_sessions ? "fct_sessions as s" : "fct_generations as g",
                                    of_sessions ? "s" : "g", where))[0])
          << range.name << " from " << range.edges[i];
    }
    EXPECT_EQ(sum_of(answer.at("counts")), number(answer.at("n")));
  }
}

TEST(Histogram, IsDescribedByItsQuantiles) {
  const auto answer = histogram_of(R"({"range": "friction"})");
  expect_close({number(answer.at("mean")), number(answer.at("median")), number(answer.at("p95")),
                number(answer.at("max"))},
               sql_row("select avg(friction_score), quantile_disc(friction_score, 0.5), "
                       "quantile_disc(friction_score, 0.95), max(friction_score) "
                       "from fct_sessions"));
}

TEST(Histogram, ObeysAllFiltersButItsOwn) {
  const auto all = histogram_of(R"({"range": "friction"})");
  const auto own = histogram_of(R"({"range": "friction", "filters": {"friction": {"min": 50}}})");
  EXPECT_EQ(all, own);
  const auto other = histogram_of(R"({"range": "cost", "filters": {"friction": {"min": 50}}})");
  EXPECT_LT(number(other.at("n")), number(all.at("n")));
}

TEST(Histogram, SplitsIntoTheWhole) {
  const auto answer = histogram_of(R"({"range": "friction", "split_by": "tier"})");
  double sum = 0;
  for (const auto& part : answer.at("split").as_array()) sum += sum_of(part.at("counts"));
  EXPECT_EQ(sum, number(answer.at("n")));
}

// Brushing in the browser adds up the rows of the brushed bins.
TEST(Cube, UnderABrushIsWhatTheServerWouldAnswer) {
  const auto answer =
      parsed(cube(Warehouse::instance().snapshot(),
                  R"({"brush": "friction", "others": ["duration_min", "cost", "tier"],
      "filters": {"friction": {"max": 10}, "cost": {"min": 0.3}, "region": {"not_in": ["asia"]}}})"));
  const auto& edges = answer.at("edges").as_array();
  ASSERT_EQ(edges.size(), 100);
  const auto brushed = [&](const boost::json::value& other) {
    const std::size_t bins = other.at("bins").as_array().size();
    std::vector<double> counts(bins);
    for (std::size_t b = 0; b < edges.size(); ++b) {
      if (number(edges[b]) < 20 || number(edges[b]) >= 60) continue;
      for (std::size_t i = 0; i < bins; ++i) {
        counts[i] += number(other.at("counts").at(b * bins + i));
      }
    }
    return counts;
  };
  const auto expected = [&](const std::string& range, const std::string& filters) {
    const auto found =
        histogram_of(fmt::format(R"({{"range": "{}", "filters": {}}})", range, filters));
    std::vector<double> counts;
    for (const auto& count : found.at("counts").as_array()) counts.push_back(number(count));
    return counts;
  };
  const char* filters =
      R"({"friction": {"min": 20, "max": 60}, "cost": {"min": 0.3}, "region": {"not_in": ["asia"]}})";
  EXPECT_EQ(brushed(answer.at("others").at(0)), expected("duration_min", filters));
  EXPECT_EQ(brushed(answer.at("others").at(1)), expected("cost", filters)) << "not by its own";
  double sessions = 0, cost = 0, generations = 0;
  for (std::size_t b = 20; b < 60; ++b) {
    sessions += number(answer.at("sums").at("sessions").at(b));
    generations += number(answer.at("sums").at("generations").at(b));
    cost += number(answer.at("sums").at("cost").at(b));
  }
  expect_close(
      {sessions, generations, cost},
      totals(fmt::format(R"({{"measures": ["sessions", "generations", "cost"], "filters": {}}})",
                         filters)));
}

// A brush over whole bins of a histogram covers whole bins of the cube.
TEST(Cube, HasTheEdgesOfTheHistogramAmongItsOwn) {
  for (const Range& range : Warehouse::instance().snapshot().facts().layer->ranges) {
    EXPECT_TRUE(std::is_sorted(range.fine_edges.begin(), range.fine_edges.end())) << range.name;
    EXPECT_TRUE(std::includes(range.fine_edges.begin(), range.fine_edges.end(), range.edges.begin(),
                              range.edges.end()))
        << range.name;
  }
}

TEST(Cube, RefusesWhatCannotBeBrushed) {
  const Snapshot& snapshot = Warehouse::instance().snapshot();
  for (const char* request :
       {R"({"brush": "latency_ms", "others": []})", R"({"brush": "tier", "others": []})",
        R"({"brush": "friction", "others": ["model"]})",
        R"({"brush": "friction", "others": ["user"]})", R"({"brush": "x", "others": []})",
        R"({"others": []})"}) {
    EXPECT_THROW(cube(snapshot, request), ApiError) << request;
  }
}

}  // namespace
}  // namespace gsa::api
