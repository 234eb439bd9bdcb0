// Twenty seeds with the default options, compared with the measurements of the reference.
// docs/calibration.md shows the means that this test prints.

#include <array>
#include <cmath>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "duck/database.h"
#include "gsa_process.h"

namespace gsa::tests {
namespace {

constexpr int kSeedCount = 20;

// A figure of the report: its place in the JSON, the reference's value, and how far the mean over
// the seeds may differ from it.
struct Figure {
  const char* row;
  const char* column;
  const char* path;
  double reference;
  double tolerance;
  int decimals;
};

constexpr const char* kFriction = "avg friction";
constexpr const char* kSuccess = "success %";
constexpr const char* kDownloads = "downloads %";
constexpr const char* kFeedback = "feedback %";

// Tiers are in the order free, pro, enterprise.
constexpr std::array<Figure, 15> kFigures = {{
    {"all", "sessions", "$.overall.total_sessions", 9748, 120, 0},
    {"all", kFriction, "$.overall.avg_friction_score", 24.8, 1.0, 1},
    {"all", kSuccess, "$.overall.success_rate_pct", 94.1, 0.7, 1},
    {"free", kFriction, "$.by_tier[0].avg_friction_score", 28.3, 1.5, 1},
    {"free", kSuccess, "$.by_tier[0].success_rate_pct", 89.7, 1.2, 1},
    {"free", kDownloads, "$.by_tier[0].download_rate_pct", 42.8, 4, 1},
    {"free", kFeedback, "$.by_tier[0].feedback_rate_pct", 10.7, 3, 1},
    {"pro", kFriction, "$.by_tier[1].avg_friction_score", 23.1, 1.5, 1},
    {"pro", kSuccess, "$.by_tier[1].success_rate_pct", 96.7, 1.2, 1},
    {"pro", kDownloads, "$.by_tier[1].download_rate_pct", 67.5, 4, 1},
    {"pro", kFeedback, "$.by_tier[1].feedback_rate_pct", 19.4, 3, 1},
    {"enterprise", kFriction, "$.by_tier[2].avg_friction_score", 23.1, 1.5, 1},
    {"enterprise", kSuccess, "$.by_tier[2].success_rate_pct", 96.5, 1.2, 1},
    {"enterprise", kDownloads, "$.by_tier[2].download_rate_pct", 83.6, 4, 1},
    {"enterprise", kFeedback, "$.by_tier[2].feedback_rate_pct", 24.1, 3, 1},
}};

// Extracts the figures from one `gsa summary --format json`.
std::vector<double> figures_in(const std::string& json) {
  std::string literal = json;
  for (std::size_t at = 0; (at = literal.find('\'', at)) != std::string::npos; at += 2) {
    literal.insert(at, 1, '\'');
  }
  std::string select =
      "select [j->>'$.by_tier[0].user_tier', j->>'$.by_tier[1].user_tier', "
      "j->>'$.by_tier[2].user_tier']::varchar";
  for (const Figure& figure : kFigures) {
    select += fmt::format(", (j->>'{}')::double", figure.path);
  }
  duck::Connection connection = duck::Database({}).connect();
  const duck::Result row =
      connection.query(fmt::format("{} from (select '{}'::json as j)", select, literal));
  EXPECT_EQ(row.text(0, 0), "[free, pro, enterprise]");
  std::vector<double> values;
  for (std::size_t i = 0; i < kFigures.size(); ++i) values.push_back(row.float64(0, i + 1));
  return values;
}

struct Spread {
  double mean;
  double deviation;
};

Spread spread_of(const std::vector<std::vector<double>>& runs, std::size_t figure) {
  double sum = 0, squares = 0;
  const auto count = static_cast<double>(runs.size());
  for (const auto& run : runs) sum += run[figure];
  const double mean = sum / count;
  for (const auto& run : runs) squares += (run[figure] - mean) * (run[figure] - mean);
  return {mean, std::sqrt(squares / (count - 1))};
}

TEST(Calibration, MeansOfTwentySeedsAreThoseOfTheReference) {
  const TempFolder folder;
  std::vector<std::vector<double>> runs;
  for (int seed = 1; seed <= kSeedCount; ++seed) {
    const Outcome run = gsa(folder, {"run", "--quiet", "--prompts", "10000", "--users", "500",
                                     "--seed", std::to_string(seed)});
    ASSERT_EQ(run.exit_code, 0) << run.err;
    const Outcome summary = gsa(folder, {"summary", "--format", "json"});
    ASSERT_EQ(summary.exit_code, 0) << summary.err;
    runs.push_back(figures_in(summary.out));
  }

  std::ostringstream page;
  page << std::ifstream(GSA_SOURCE_DIR "/docs/calibration.md").rdbuf();
  for (std::size_t i = 0; i < kFigures.size(); ++i) {
    const Figure& figure = kFigures[i];
    const Spread spread = spread_of(runs, i);
    EXPECT_NEAR(spread.mean, figure.reference, figure.tolerance)
        << figure.row << " " << figure.column;
    const std::string line =
        fmt::format("| {} | {} | {:.{}f} ± {} | {:.{}f} | {:.{}f} |", figure.row, figure.column,
                    figure.reference, figure.decimals, figure.tolerance, spread.mean,
                    figure.decimals + 1, spread.deviation, figure.decimals + 1);
    fmt::print("{}\n", line);
    EXPECT_NE(page.str().find(line), std::string::npos)
        << "docs/calibration.md shows another line than: " << line;
  }
}

}  // namespace
}  // namespace gsa::tests
