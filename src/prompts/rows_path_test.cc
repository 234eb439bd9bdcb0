#include "prompts/rows_path.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace gsa::prompts {
namespace {

// Of a whole file.
std::string found(std::string_view text) {
  const auto path = find_rows_path(text);
  return path ? format_rows_path(*path) : "nothing";
}

TEST(RowsPath, IsWrittenAsItIsRead) {
  for (const std::string text :
       {".", "results[]", "data.items[]", "*", "history.*", "resourceSpans[].scopeSpans[].spans[]",
        "\"a.b\"[]", "data", "a[][].b"}) {
    EXPECT_EQ(format_rows_path(parse_rows_path(text)), text);
  }
  EXPECT_EQ(parse_rows_path("[]"), RowsPath{});
  EXPECT_EQ(format_rows_path(parse_rows_path("[].results[]")), "results[]");
}

TEST(RowsPath, IsRefusedWhereItLeadsNowhere) {
  for (const std::string text : {"", "..", "a.", ".a", "a..b", "a[0]", "a[", "\"a", "a.[]"}) {
    EXPECT_THROW(parse_rows_path(text), Error) << text;
  }
}

TEST(RowsPath, IsTheTopOfLinesAndArrays) {
  EXPECT_EQ(found("{\"id\":1}\n{\"id\":2}\n"), ".");
  EXPECT_EQ(found("[{\"id\":1},{\"id\":2}]"), ".");
  EXPECT_EQ(found("{\n \"id\": 1,\n \"tags\": [\"a\"]\n}\n"), ".");
  EXPECT_EQ(found("[]"), "nothing");
  EXPECT_EQ(found("{}"), "nothing");
  EXPECT_EQ(found(""), "nothing");
  EXPECT_EQ(found("no JSON"), "nothing");
}

TEST(RowsPath, IsTheListInAWrapper) {
  EXPECT_EQ(found(R"({"data":[{"id":1}]})"), "data[]");
  EXPECT_EQ(found(R"({"next":null,"previous":null,"results":[{"id":1},{"id":2}]})"), "results[]");
  EXPECT_EQ(found(R"({"items":[{"id":1}],"metadata":{"nextCursor":"a"}})"), "items[]");
  EXPECT_EQ(found(R"({"status":"ok","code":200,"Data":[{"id":1}]})"), "Data[]");
  EXPECT_EQ(found(R"({"data":{"items":[{"id":1}],"total":1}})"), "data.items[]");
  EXPECT_EQ(found(R"({"took":3,"hits":{"total":2,"hits":[{"_source":{"a":1}}]}})"), "hits.hits[]");
  EXPECT_EQ(found(R"({"my_export":[{"id":1},{"id":2}]})"), "my_export[]");
  EXPECT_EQ(found("{\"results\":[{\"a\":1}],\"next\":\"b\"}\n{\"results\":[],\"next\":null}\n"),
            "results[]");
  EXPECT_EQ(found(R"({"data":[],"has_more":false})"), "nothing");
}

TEST(RowsPath, IsSeenInTheBeginningOfALongFile) {
  const std::string whole = R"({"count":2,"results":[{"id":1,"input":{"prompt":"a"}},{"id":2}]})";
  for (std::size_t size = whole.find("{\"id") + 1; size <= whole.size(); ++size) {
    EXPECT_EQ(found(std::string_view(whole).substr(0, size)), "results[]") << size;
  }
}

TEST(RowsPath, IsNotAListWithinAnEvent) {
  EXPECT_EQ(found(R"({"created":1,"data":[{"url":"u"}]})"), ".");
  EXPECT_EQ(found(R"({"user_id":"u","results":[{"score":1},{"score":2}]})"), ".");
  EXPECT_EQ(found(R"({"id":1,"images":[{"url":"u"}],"seed":4})"), ".");
  EXPECT_EQ(found("{\"id\":1,\"data\":[{\"x\":1}]}\n{\"id\":2,\"data\":[{\"x\":1}]}\n"), ".");
}

TEST(RowsPath, IsTheValuesOfAnObjectOfIds) {
  const std::string entry = R"({"prompt":[1,"x"],"outputs":{},"status":{"status_str":"success"}})";
  EXPECT_EQ(found(fmt::format(R"({{"8f14e45f-ceea-467f-9d2c-0a5b1c7d2e3f":{}}})", entry)), "*");
  EXPECT_EQ(found(fmt::format(R"({{"1":{0},"2":{0}}})", entry)), "*");
  EXPECT_EQ(found(fmt::format(R"({{"event":{}}})", entry)), ".");
  EXPECT_EQ(found(R"({"input":{"a1":1},"error":{"b2":2}})"), ".");
}

TEST(RowsPath, IsTheSpansOfOtlp) {
  const std::string resource = R"("resource":{"attributes":[]},)";
  EXPECT_EQ(found("{\"resourceSpans\":[{" + resource +
                  R"("scopeSpans":[{"scope":{},"spans":[{"traceId":"a"}]}]}]})"),
            "resourceSpans[].scopeSpans[].spans[]");
  EXPECT_EQ(found("{\"resource_spans\":[{\"scope_spans\":[{\"spans\":[{}]}]}]}\n"
                  "{\"resource_spans\":[]}\n"),
            "resource_spans[].scope_spans[].spans[]");
  EXPECT_EQ(found(R"({"resourceLogs":[{"scopeLogs":[{"logRecords":[{}]}]}]})"),
            "resourceLogs[].scopeLogs[].logRecords[]");
}

}  // namespace
}  // namespace gsa::prompts
