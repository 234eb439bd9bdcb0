#include "telemetry/detection.h"

#include <gtest/gtest.h>

namespace gsa::telemetry {
namespace {

ColumnProfile column(std::string path, std::vector<std::string> examples,
                     std::string type = "VARCHAR") {
  ColumnProfile profile;
  profile.path = std::move(path);
  profile.type = std::move(type);
  profile.rows = profile.present = 1000;
  profile.distinct = static_cast<std::int64_t>(examples.size());
  profile.examples = std::move(examples);
  return profile;
}

ColumnProfile numbers(std::string path, double low, double median, double high, bool whole = true) {
  ColumnProfile profile = column(std::move(path), {});
  profile.numbers = profile.present;
  profile.whole = whole ? profile.present : 0;
  profile.low = low;
  profile.median = median;
  profile.high = high;
  profile.distinct = 500;
  return profile;
}

ColumnProfile times(std::string path) {
  ColumnProfile profile = column(std::move(path), {"2026-03-01T10:00:00Z"});
  profile.times = profile.present;
  profile.distinct = 1000;
  return profile;
}

std::string path_of(const Mapping& mapping, Signal signal) {
  const SignalSource* source = mapping.find(signal);
  return source == nullptr ? "" : source->paths.empty() ? source->from : source->paths.front();
}

TEST(Detection, TakesEverydayNames) {
  const Detection found = detect(
      {column("request_id", {"a", "b"}), column("uid", {"u1", "u2"}), times("ts"),
       numbers("took_ms", 200, 3000, 90'000), column("outcome", {"ok", "failed"}),
       numbers("cost_cents", 1, 4, 9, false), column("plan", {"basic", "gold"}),
       column("country", {"DE", "FR"}), column("prompt", {"a cat"}), numbers("stars", 1, 4, 5),
       column("saved", {"true", "false"}), column("app_version", {"1.0", "1.1"})});
  const Mapping& mapping = found.mapping;
  EXPECT_EQ(path_of(mapping, Signal::generation), "request_id");
  EXPECT_EQ(path_of(mapping, Signal::user), "uid");
  EXPECT_EQ(path_of(mapping, Signal::time), "ts");
  EXPECT_EQ(mapping.signals.at(Signal::latency).unit, "ms");
  EXPECT_EQ(path_of(mapping, Signal::status), "outcome");
  EXPECT_EQ(mapping.signals.at(Signal::cost).currency, "USD/100");
  EXPECT_EQ(path_of(mapping, Signal::tier), "plan");
  EXPECT_EQ(path_of(mapping, Signal::region), "country");
  EXPECT_EQ(mapping.signals.at(Signal::feedback).scale, std::pair(1.0, 5.0));
  EXPECT_EQ(path_of(mapping, Signal::downloaded), "saved");
  EXPECT_TRUE(found.unclear.empty());
  EXPECT_EQ(missing_for_telemetry(mapping, false), "");
  for (const auto& [signal, source] : mapping.signals) EXPECT_FALSE(source.reason.empty());
}

TEST(Detection, TakesTheOnlyTimesWhateverTheirName) {
  const ColumnProfile user = column("uid", {"u1"}), outcome = column("outcome", {"ok", "failed"});
  const Detection found = detect({user, outcome, times("wann")});
  EXPECT_EQ(path_of(found.mapping, Signal::time), "wann");
  EXPECT_EQ(found.mapping.signals.at(Signal::time).reason, "the only column of times");
  EXPECT_EQ(missing_for_telemetry(found.mapping, false), "");
  EXPECT_EQ(detect({user, outcome, times("wann"), times("bis")}).mapping.find(Signal::time),
            nullptr);
  // A signup is no time of an event.
  EXPECT_EQ(detect({user, outcome, times("signup_at")}).mapping.find(Signal::time), nullptr);
}

TEST(Detection, LooksAtValuesToo) {
  // A `status` of numbers is an HTTP status, a `user` of fractions no user, an `id` of times no
  // key.
  const Detection found =
      detect({numbers("status", 200, 200, 504), numbers("user", 0, 0.5, 1, false),
              column("time", {"soon", "later"})});
  EXPECT_EQ(path_of(found.mapping, Signal::http_status), "status");
  EXPECT_EQ(found.mapping.find(Signal::status), nullptr);
  EXPECT_EQ(found.mapping.find(Signal::user), nullptr);
  EXPECT_EQ(found.mapping.find(Signal::time), nullptr);
}

TEST(Detection, TakesAmountsInTexts) {
  const auto cost = [](std::vector<std::string> examples) {
    return path_of(detect({column("price", std::move(examples))}).mapping, Signal::cost);
  };
  EXPECT_EQ(cost({"$0.04", "$1,204.50"}), "price");
  EXPECT_EQ(cost({"0.04 EUR", "12 EUR"}), "price");
  EXPECT_EQ(cost({"0,04", "0,05"}), "");
  EXPECT_EQ(cost({"cheap", "$0.04"}), "");
  ColumnProfile total = numbers("usage.cost.total", 0, 1, 2, false);
  EXPECT_EQ(path_of(detect({total, column("usage.cost.currency", {"EUR"})}).mapping, Signal::cost),
            "usage.cost.total");
}

TEST(Detection, TellsTheUnitFromTheValuesOrAsks) {
  EXPECT_EQ(unit_by_values(3.2), "s");
  EXPECT_EQ(unit_by_values(3200), "ms");
  EXPECT_EQ(unit_by_values(3.2e6), "us");
  EXPECT_EQ(unit_by_values(3.2e9), "ns");
  EXPECT_FALSE(unit_by_values(100));
  const Detection found = detect({numbers("latency", 50, 100, 400)});
  ASSERT_EQ(found.unclear.size(), 1U);
  EXPECT_NE(found.unclear[0].find("--map latency=latency:s"), std::string::npos);
}

TEST(Detection, TakesTheTimeBetweenTwoColumnsForALatency) {
  const Detection found =
      detect({times("created_at"), times("completed_at"), column("user", {"a"})});
  const SignalSource& latency = found.mapping.signals.at(Signal::latency);
  EXPECT_EQ(latency.from, "created_at");
  EXPECT_EQ(latency.until, "completed_at");
}

TEST(Detection, KnowsScalesByTheirEnds) {
  EXPECT_EQ(scale_by_values(0, 1, true), std::pair(0.0, 1.0));
  EXPECT_EQ(scale_by_values(-1, 1, true), std::pair(-1.0, 1.0));
  EXPECT_EQ(scale_by_values(0.1, 0.9, false), std::pair(0.0, 1.0));
  EXPECT_EQ(scale_by_values(1, 4, true), std::pair(1.0, 5.0));
  EXPECT_EQ(scale_by_values(0, 100, true), std::pair(0.0, 100.0));
  EXPECT_FALSE(scale_by_values(-20, 300, true));
}

TEST(Detection, RecognisesAnExportByItsColumns) {
  const Detection found = detect({column("event", {"$ai_generation"}), column("distinct_id", {"a"}),
                                  times("timestamp"), column("properties.$ai_model", {"sd"}),
                                  numbers("properties.$ai_latency", 1, 3, 9, false)});
  EXPECT_TRUE(found.is_export);
  EXPECT_EQ(found.mapping.name, "PostHog events");
  ASSERT_EQ(found.mapping.where.size(), 1U);
  EXPECT_EQ(found.mapping.signals.at(Signal::latency).unit, "s");
  // It reads no columns that the source lacks.
  EXPECT_EQ(found.mapping.find(Signal::cost), nullptr);
}

TEST(Detection, SaysWhyAnExportHasNoEvents) {
  const Detection found =
      detect({numbers("num_model_requests", 1, 3, 9), numbers("images", 1, 3, 9)});
  EXPECT_NE(found.not_events.find("buckets"), std::string::npos);
}

TEST(Detection, NamesWhatIsMissing) {
  const Detection found = detect({column("prompt", {"a cat"})});
  EXPECT_EQ(missing_for_telemetry(found.mapping, false),
            "a user, a time, one of status, latency, cost, feedback and downloads");
}

}  // namespace
}  // namespace gsa::telemetry
