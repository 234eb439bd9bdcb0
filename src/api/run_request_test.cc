#include "api/run_request.h"

#include <gtest/gtest.h>

#include "api/api_error.h"

namespace gsa::api {
namespace {

std::string error_of(std::string_view json) {
  try {
    read_run_request(json);
  } catch (const ApiError& error) {
    EXPECT_EQ(error.status(), 400);
    return error.message();
  }
  return "no error";
}

TEST(RunRequest, LeavesOpenWhatIsNotSaid) {
  const RunRequest request = read_run_request("{}");
  EXPECT_FALSE(request.prompts || request.users || request.seed || request.source);
  EXPECT_FALSE(request.observed);
  EXPECT_FALSE(request.full_refresh);
  EXPECT_TRUE(request.select.empty() && request.exclude.empty() && request.month.empty());
}

TEST(RunRequest, TakesTheOptionsOfARun) {
  const RunRequest request = read_run_request(
      R"({"prompts": 7, "users": 3, "seed": 0, "source": "synthetic", "behavior": "observed",
          "month": "2025-10..2025-12", "select": ["stale+"], "exclude": ["tag:x"],
          "full_refresh": true})");
  EXPECT_EQ(request.prompts, 7);
  EXPECT_EQ(request.users, 3);
  EXPECT_EQ(request.seed, 0);
  EXPECT_EQ(request.source, "synthetic");
  EXPECT_EQ(request.observed, true);
  EXPECT_EQ(request.month, "2025-10..2025-12");
  EXPECT_EQ(request.select, std::vector<std::string>{"stale+"});
  EXPECT_EQ(request.exclude, std::vector<std::string>{"tag:x"});
  EXPECT_TRUE(request.full_refresh);
}

TEST(RunRequest, RefusesWhatCannotBe) {
  for (const char* json :
       {"", "[]", "{", R"({"prompts": 0})", R"({"prompts": 1.5})", R"({"prompts": "7"})",
        R"({"users": 100000001})", R"({"seed": -1})", R"({"behavior": "real"})", R"({"month": ""})",
        R"({"select": "x"})", R"({"select": [1]})", R"({"full_refresh": 1})", R"({"promts": 1})"}) {
    EXPECT_NE(error_of(json), "no error") << json;
  }
  EXPECT_NE(error_of(R"({"promts": 1})").find("promts"), std::string::npos);
}

}  // namespace
}  // namespace gsa::api
