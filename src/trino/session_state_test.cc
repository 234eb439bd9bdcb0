#include "trino/session_state.h"

#include <algorithm>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace gsa::trino {
namespace {

std::vector<std::string> lines(const SessionState& state) {
  std::vector<std::string> found;
  for (const auto& [name, value] : state.headers()) found.push_back(name + ": " + value);
  return found;
}

TEST(SessionState, BeginsWithTheSettings) {
  ConnectionSettings settings;
  settings.catalog = "lake";
  settings.schema = "main";
  settings.session_properties = {{"lake.path", "s3://a b/c=d,e+é"}, {"query_max_run_time", "5m"}};
  settings.roles = {{"system", "analyst"}, {"lake", "ALL"}, {"other", "NONE"}};
  EXPECT_EQ(lines(SessionState(settings)),
            (std::vector<std::string>{
                "X-Trino-Catalog: lake", "X-Trino-Schema: main",
                "X-Trino-Session: lake.path=s3%3A%2F%2Fa+b%2Fc%3Dd%2Ce%2B%C3%A9",
                "X-Trino-Session: query_max_run_time=5m", "X-Trino-Role: lake=ALL",
                "X-Trino-Role: other=NONE", "X-Trino-Role: system=ROLE%7Banalyst%7D",
                "X-Trino-Transaction-Id: NONE"}));
}

TEST(SessionState, FollowsTheAnswers) {
  SessionState state(ConnectionSettings{.session_properties = {{"a", "1"}, {"b", "2"}}});
  state.update({{"x-trino-set-catalog", "c"},
                {"x-trino-set-schema", "s"},
                {"x-trino-set-session", "d=x%2Cy+z"},
                {"x-trino-set-session", "e=%25, f=3"},
                {"x-trino-clear-session", "a"},
                {"x-trino-set-role", "system=ROLE%7Badmin%7D"},
                {"x-trino-added-prepare", "my+p=SELECT+1%0A"},
                {"x-trino-started-transaction-id", "tx"},
                {"content-type", "application/json"}});
  EXPECT_EQ(state.catalog, "c");
  EXPECT_EQ(state.schema, "s");
  EXPECT_EQ(state.properties, (std::map<std::string, std::string>{
                                  {"b", "2"}, {"d", "x,y z"}, {"e", "%"}, {"f", "3"}}));
  EXPECT_EQ(state.roles.at("system"), "ROLE{admin}");
  EXPECT_EQ(state.prepared_statements.at("my p"), "SELECT 1\n");
  EXPECT_EQ(state.transaction_id, "tx");

  const std::vector<std::string> sent = lines(state);
  for (const char* line : {"X-Trino-Session: d=x%2Cy+z", "X-Trino-Transaction-Id: tx",
                           "X-Trino-Prepared-Statement: my+p=SELECT+1%0A"}) {
    EXPECT_TRUE(std::find(sent.begin(), sent.end(), line) != sent.end()) << line;
  }
  state.update({{"x-trino-clear-transaction-id", "true"},
                {"x-trino-deallocated-prepare", "my+p"},
                {"x-trino-clear-session", "b"}});
  EXPECT_EQ(state.transaction_id, "");
  EXPECT_TRUE(state.prepared_statements.empty());
  EXPECT_FALSE(state.properties.contains("b"));
}

TEST(SessionState, DecodesWhatItEncodes) {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  EXPECT_EQ(decode_value(encode_value(all)), all);
  EXPECT_EQ(decode_value("100%"), "100%");
  EXPECT_EQ(decode_value("%zz%4"), "%zz%4");
  EXPECT_EQ(decode_value("%41"), "A");
}

}  // namespace
}  // namespace gsa::trino
