#include "telemetry/mapping.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace gsa::telemetry {
namespace {

std::string failure(const std::string& text) {
  try {
    read_mapping("events.yml", text);
  } catch (const Error& error) {
    return error.message() + (error.hint().empty() ? "" : " | " + error.hint());
  }
  return "";
}

constexpr const char* kWhole = R"(
name: My product
rows: results[]
where: {event: [generation, "true"]}
signals:
  user: account.id
  model: [input.model, model]
  latency: {path: took, unit: ms, from: begun, until: ended}
  cost: {path: price, currency: USD/100}
  status: {path: state, words: {KO: model_error, vague: [ERR, "FAIL"]}, missing: success}
  feedback: {path: stars, scale: [1, 5]}
  seed: {path: command, pattern: '--seed (\d+)'}
dimensions: [app_version, 'attributes."llm.name"']
unused: [raw]
)";

TEST(Mapping, ReadsEveryPart) {
  const Mapping mapping = read_mapping("events.yml", kWhole);
  EXPECT_EQ(mapping.name, "My product");
  EXPECT_EQ(mapping.rows, "results[]");
  ASSERT_EQ(mapping.where.size(), 1U);
  EXPECT_EQ(mapping.where[0].values, (std::vector<std::string>{"generation", "true"}));
  EXPECT_EQ(mapping.signals.at(Signal::model).paths,
            (std::vector<std::string>{"input.model", "model"}));
  EXPECT_EQ(mapping.signals.at(Signal::latency).unit, "ms");
  EXPECT_EQ(mapping.signals.at(Signal::latency).until, "ended");
  const SignalSource& status = mapping.signals.at(Signal::status);
  EXPECT_EQ(status.words, (std::map<std::string, std::string>{
                              {"KO", "model_error"}, {"ERR", "vague"}, {"FAIL", "vague"}}));
  EXPECT_EQ(status.missing, "success");
  EXPECT_EQ(mapping.signals.at(Signal::feedback).scale, std::pair(1.0, 5.0));
  EXPECT_EQ(mapping.signals.at(Signal::seed).pattern, R"(--seed (\d+))");
}

TEST(Mapping, IsTheSameAfterItWasWritten) {
  const Mapping mapping = read_mapping("events.yml", kWhole);
  EXPECT_EQ(read_mapping("again.yml", write_mapping(mapping)), mapping) << write_mapping(mapping);
}

TEST(Mapping, ListsThePathsItReadsOnce) {
  const Mapping mapping = read_mapping(
      "events.yml", "where: {kind: [a]}\nsignals: {user: u, model: [m, u], prompt: kind}\n");
  EXPECT_EQ(mapping.paths(), (std::vector<std::string>{"kind", "u", "m"}));
}

TEST(Mapping, NamesThePlaceOfAMistake) {
  EXPECT_TRUE(failure("signals:\n  latncy: took\n")
                  .starts_with("events.yml:2:11: no signal is named 'latncy'\n  latncy: took"));
  EXPECT_NE(failure("signals:\n  latncy: took\n").find("did you mean 'latency'?"),
            std::string::npos);
  EXPECT_NE(failure("signals: {latency: {path: took, unit: weeks}}").find("'weeks' is not a unit"),
            std::string::npos);
  EXPECT_NE(failure("signals: {user: {unit: s}}").find("the signal 'user' has no path"),
            std::string::npos);
  EXPECT_NE(failure("signals: {status: {path: s, words: {KO: dead}}}").find("'dead' is no status"),
            std::string::npos);
  EXPECT_NE(failure("signals: {user: {path: u, from: a, until: b}}").find("only a latency has"),
            std::string::npos);
  EXPECT_NE(failure("sgnals: {}").find("sgnals"), std::string::npos);
  EXPECT_NE(failure("- a\n").find("a mapping begins with"), std::string::npos);
}

TEST(MapOption, SetsAndRemovesSignals) {
  Mapping mapping = read_mapping("events.yml", "signals: {user: u, time: t}");
  apply_option(mapping, "latency=took:ms");
  apply_option(mapping, "user=account.id");
  apply_option(mapping, "time=");
  apply_option(mapping, "cost=price:EUR");
  EXPECT_EQ(mapping.signals.at(Signal::latency).unit, "ms");
  EXPECT_EQ(mapping.signals.at(Signal::user).paths, (std::vector<std::string>{"account.id"}));
  EXPECT_EQ(mapping.find(Signal::time), nullptr);
  EXPECT_EQ(mapping.signals.at(Signal::cost).currency, "EUR");
}

TEST(MapOption, RefusesWhatItDoesNotKnow) {
  Mapping mapping;
  EXPECT_THROW(apply_option(mapping, "latency"), Error);
  EXPECT_THROW(apply_option(mapping, "latncy=took"), Error);
  EXPECT_THROW(apply_option(mapping, "latency=took:weeks"), Error);
}

}  // namespace
}  // namespace gsa::telemetry
