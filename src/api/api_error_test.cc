#include "api/api_error.h"

#include <stdexcept>

#include <gtest/gtest.h>

#include "duck/sql_error.h"

namespace gsa::api {
namespace {

TEST(ApiError, NamesNoFolderOfTheServer) {
  const std::pair<const char*, const char*> cases[] = {
      {"cannot open \"/home/jo e/data/w.duckdb\": no", "cannot open \"w.duckdb\": no"},
      {"/srv/a/b.csv: no such file", "b.csv: no such file"},
      {"in '/x/y' and (/tmp/z/q.sql)", "in 'y' and (q.sql)"},
      {"file=/var/lib/x", "file=x"},
      {"a / b, 1/2, 2025/12/24", "a / b, 1/2, 2025/12/24"},
      {"use hf://datasets/a/b/c", "use hf://datasets/a/b/c"},
      {"see /api/sql/schema", "see /api/sql/schema"},
      {"/healthz", "/healthz"},
      {"data/w.duckdb and ./x/y", "data/w.duckdb and ./x/y"},
      {"", ""},
      {"/", "/"},
      {"\"/", "\"/"},
  };
  for (const auto& [text, expected] : cases) EXPECT_EQ(without_folders(text), expected) << text;
  EXPECT_EQ(error_json(Error("cannot read /a/b", "look into /c/d")),
            R"({"error":"cannot read b","hint":"look into d","code":"bad_request"})");
}

TEST(ApiError, TellsWhatFailsInsideOnlyToTheLog) {
  const duck::SqlError internal(
      duck::SqlErrorKind::internal,
      "INTERNAL Error: Assertion failed\nThis error signals …\n\nStack Trace:\n/lib/x(+0x1)");
  EXPECT_EQ(status_of(internal), 500);
  EXPECT_EQ(error_json(internal).find("ssertion"), std::string::npos);
  EXPECT_NE(full_text(internal).find("Stack Trace"), std::string::npos);
  const duck::SqlError ended(duck::SqlErrorKind::invalidated, "FATAL Error: has been invalidated");
  EXPECT_EQ(status_of(ended), 503);
  EXPECT_NE(error_json(ended).find("\"code\":\"unavailable\""), std::string::npos);
  const duck::SqlError file(duck::SqlErrorKind::io, "IO Error: Cannot open file \"/a/b\"");
  EXPECT_EQ(status_of(file), 500);
  EXPECT_EQ(error_json(file).find("/a/b"), std::string::npos);
  EXPECT_EQ(status_of(std::runtime_error("x")), 500);
  EXPECT_EQ(status_of(duck::SqlError(duck::SqlErrorKind::binder, "Binder Error: no column")), 400);
}

}  // namespace
}  // namespace gsa::api
