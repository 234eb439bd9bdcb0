#include "prompts/event_path.h"

#include <gtest/gtest.h>

#include "base/error.h"

namespace gsa::prompts {
namespace {

using Path = std::vector<EventStep>;

TEST(EventPath, HasKeysAndIndices) {
  EXPECT_EQ(parse_event_path("user_id"), (Path{{"user_id"}}));
  EXPECT_EQ(parse_event_path("properties.$ai_model"), (Path{{"properties"}, {"$ai_model"}}));
  EXPECT_EQ(parse_event_path("attributes.\"llm.model_name\""),
            (Path{{"attributes"}, {"llm.model_name"}}));
  EXPECT_EQ(parse_event_path("tags[0]"), (Path{{"tags"}, {"", 0}}));
  EXPECT_EQ(parse_event_path("a[12][3].b"), (Path{{"a"}, {"", 12}, {"", 3}, {"b"}}));
  EXPECT_EQ(parse_event_path("\"a\\\"b\\u00e9\""), (Path{{"a\"b\xc3\xa9"}}));
  EXPECT_EQ(parse_event_path("User ID"), (Path{{"User ID"}}));
  EXPECT_EQ(parse_event_path("\"\""), (Path{{""}}));
}

TEST(EventPath, IsWrittenAsItIsRead) {
  for (const std::string text : {"a", "a-b.$c_9", "0", "\"a.b\".c", "\"User ID\"", "\"\"",
                                 "caf\xc3\xa9[7].x", "\"a\\\"\\\\\\n\"", "a[0][1]"}) {
    EXPECT_EQ(format_event_path(parse_event_path(text)), text);
  }
}

TEST(EventPath, IsRefusedWhereItLeadsNowhere) {
  for (const std::string text :
       {"", ".", "a.", ".a", "a..b", "[0]", "a[", "a[]", "a[-1]", "a[x]", "a[99999999999999999999]",
        "\"a", "\"a\"b", "a]", "\"\\x\"", "a\"b\""}) {
    try {
      parse_event_path(text);
      ADD_FAILURE() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::usage) << text;
      EXPECT_NE(error.message().find(text), std::string::npos) << error.message();
    }
  }
}

TEST(EventPath, IsAPointerIntoJson) {
  EXPECT_EQ(json_pointer({"a/b~c"}), "/a~1b~0c");
  EXPECT_EQ(json_pointer({""}), "/");
  EXPECT_EQ(json_pointer({"", 3}), "/3");
}

}  // namespace
}  // namespace gsa::prompts
