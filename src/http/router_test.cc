#include "http/router.h"

#include <gtest/gtest.h>

#include "http/target.h"

namespace gsa::http {
namespace {

Handler named(const std::string& name) {
  return [name](const Request&) { return Response::text(name); };
}

class Routing : public ::testing::Test {
 protected:
  // The handler's name and the path's parameters; without a handler, the allowed methods.
  std::string go(const std::string& method, const std::string& target) const {
    Request request;
    request.method = method;
    EXPECT_EQ(read_target(target, request), "");
    const Router::Match match = router_.match(method, request.path, request.segments);
    if (match.route == nullptr) {
      std::string methods = "-";
      for (const std::string& allowed : match.allowed) methods += " " + allowed;
      return methods;
    }
    std::string text = std::get<std::string>(match.route->handler(request).body);
    for (const auto& [name, value] : match.parameters.all()) text += " " + name + "=" + value;
    return text;
  }

  Router router_;
};

TEST_F(Routing, FindsLiteralPathsAndNamedSegments) {
  router_.add("GET", "/", named("home"));
  router_.add("GET", "/api/runs", named("runs"));
  router_.add("POST", "/api/runs", named("new run"));
  router_.add("GET", "/api/runs/{id}", named("run"));
  router_.add("GET", "/api/runs/{id}/steps/{step}", named("step"));
  EXPECT_EQ(go("GET", "/"), "home");
  EXPECT_EQ(go("GET", "/api/runs"), "runs");
  EXPECT_EQ(go("POST", "/api/runs"), "new run");
  EXPECT_EQ(go("GET", "/api/runs/42"), "run id=42");
  EXPECT_EQ(go("GET", "/api/runs/42?x=/api"), "run id=42");
  EXPECT_EQ(go("GET", "/api/runs/4/steps/dim_users"), "step id=4 step=dim_users");
}

TEST_F(Routing, PrefersTheLiteralSegmentWhateverTheOrder) {
  router_.add("GET", "/a/{x}/{y}", named("xy"));
  router_.add("GET", "/a/{x}/c", named("xc"));
  router_.add("GET", "/a/b/{y}", named("by"));
  router_.add("GET", "/a/b/c", named("bc"));
  EXPECT_EQ(go("GET", "/a/b/c"), "bc");
  EXPECT_EQ(go("GET", "/a/b/1"), "by y=1");
  EXPECT_EQ(go("GET", "/a/1/c"), "xc x=1");
  EXPECT_EQ(go("GET", "/a/1/2"), "xy x=1 y=2");
}

TEST_F(Routing, TakesAnEncodedSlashForPartOfItsSegment) {
  router_.add("GET", "/api/assets/{name}", named("asset"));
  router_.add("GET", "/api/assets/a/b", named("literal"));
  EXPECT_EQ(go("GET", "/api/assets/a%2Fb"), "asset name=a/b");
  EXPECT_EQ(go("GET", "/api/assets/a/b"), "literal");
}

TEST_F(Routing, KnowsWhatIsNotThereFromWhatHasOtherMethods) {
  router_.add("GET", "/api/runs", named("runs"));
  router_.add("DELETE", "/api/sql/{id}", named("cancel"));
  EXPECT_EQ(go("GET", "/api"), "-");
  EXPECT_EQ(go("GET", "/api/runs/"), "-");
  EXPECT_EQ(go("DELETE", "/api/sql/"), "-");
  EXPECT_EQ(go("POST", "/api/runs"), "- GET HEAD OPTIONS");
  EXPECT_EQ(go("GET", "/api/sql/1"), "- DELETE OPTIONS");
  EXPECT_EQ(go("HEAD", "/api/runs"), "runs");
}

TEST_F(Routing, RefusesTwoHandlersOfOneAddress) {
  router_.add("GET", "/a/{x}", named("first"));
  EXPECT_THROW(router_.add("GET", "/a/{x}", named("second")), Bug);
  EXPECT_THROW(router_.add("POST", "/a/{y}", named("other name")), Bug);
  EXPECT_THROW(router_.add("GET", "a", named("no slash")), Bug);
}

TEST(Target, IsTakenApartAndDecoded) {
  Request request;
  EXPECT_EQ(read_target("/a%20b/%C3%A4?x=1&y=a+b%2B&x=&flag", request), "");
  EXPECT_EQ(request.path, "/a b/ä");
  EXPECT_EQ(request.segments, (std::vector<std::string>{"a b", "ä"}));
  EXPECT_EQ(request.query.find("x"), "1");
  EXPECT_EQ(request.query.find_all("x"), (std::vector<std::string_view>{"1", ""}));
  EXPECT_EQ(request.query.find("y"), "a b+");
  EXPECT_EQ(request.query.find("flag"), "");
  EXPECT_FALSE(request.query.find("z"));
}

TEST(Target, MayNameItsHost) {
  Request request;
  EXPECT_EQ(read_target("http://evil.example:80?x=1", request), "");
  EXPECT_EQ(request.authority, "evil.example:80");
  EXPECT_EQ(request.path, "/");
  EXPECT_EQ(request.query.find("x"), "1");
}

TEST(Target, IsRefusedWhereItIsBroken) {
  for (const char* target :
       {"/a%",        "/a%2",     "/a%zz",       "/%00",    "/?x=%00", "/%ff", "/%c0%af",
        "/%ed%a0%80", "/../etc",  "/a/%2e%2e/b", "/./a",    "a",       "",     "*",
        "https://h/", "ftp://h/", "h:80",        "http://", "/a#b",    "/?%=1"}) {
    Request request;
    request.method = "GET";
    EXPECT_NE(read_target(target, request), "") << target;
  }
}

TEST(Target, IsEncodedSoThatItReadsTheSame) {
  std::string all;
  for (int c = 1; c < 128; ++c) all += static_cast<char>(c);
  all += "ä€😀";
  EXPECT_EQ(percent_decode(percent_encode(all), true), all);
  EXPECT_EQ(percent_encode("a&b=c d"), "a%26b%3Dc%20d");
}

TEST(Utf8, IsTold) {
  for (const char* good : {"", "a", "ä", "€", "😀", "\xf4\x8f\xbf\xbf"}) EXPECT_TRUE(is_utf8(good));
  for (const char* bad : {"\x80", "\xc3", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80",
                          "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80", "\xe2\x82", "a\xff"}) {
    EXPECT_FALSE(is_utf8(bad)) << bad;
  }
}

}  // namespace
}  // namespace gsa::http
