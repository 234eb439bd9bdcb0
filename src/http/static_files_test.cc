#include "http/static_files.h"

#include <zlib.h>

#include <gtest/gtest.h>

#include "http/client_fixture.h"
#include "http/encoding.h"

namespace gsa::http {
namespace {

// Decompresses gzip.
std::string gunzip(std::string_view bytes) {
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, 15 + 16), Z_OK);
  std::string out(10 << 20, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(inflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

TEST(AcceptEncoding, IsReadWithItsQualities) {
  EXPECT_EQ(wanted("gzip, br;q=0.5", "gzip"), 1);
  EXPECT_EQ(wanted("gzip, br;q=0.5", "br"), 0.5);
  EXPECT_EQ(wanted("GZIP;Q=0.2", "gzip"), 0.2);
  EXPECT_EQ(wanted("gzip ; q=0", "gzip"), 0);
  EXPECT_EQ(wanted("*;q=0.3, br", "gzip"), 0.3);
  EXPECT_EQ(wanted("", "gzip"), 0);
  EXPECT_GT(wanted("", "identity"), 0);
  EXPECT_GT(wanted("gzip;q=0.001", "gzip"), wanted("gzip;q=0.001", "identity"));
  EXPECT_EQ(wanted("identity, gzip;q=0.5", "identity"), 1);
  EXPECT_EQ(wanted("*;q=0", "identity"), 0);
  EXPECT_EQ(wanted("gzip;q=2", "gzip"), 0);
  EXPECT_EQ(wanted("gzip;q=x", "gzip"), 0);
  EXPECT_EQ(wanted("xgzip", "gzip"), 0);
}

TEST(Gzip, GivesBackWhatWentIn) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{5'000'000}}) {
    std::string text(size, 'a');
    for (std::size_t i = 0; i < size; i += 7) text[i] = static_cast<char>(i * 31);
    EXPECT_EQ(gunzip(gzip(text)), text);
  }
}

class StaticFiles : public ::testing::Test {
 protected:
  static Router router() {
    Router router = ping_router();
    add_static_files(router,
                     {{.path = "/index.html", .bytes = "<!doctype html>", .type = "text/html"},
                      {.path = "/assets/app-1.js",
                       .bytes = "plain",
                       .type = "text/javascript",
                       .brotli = "brotli",
                       .gzip = "gzipped",
                       .immutable = true}},
                     {"/", "/friction"});
    return router;
  }
  Answer get(const std::string& path, const std::string& headers = "") {
    return server_.client().get(path, headers);
  }

  RunningServer server_{router()};
};

TEST_F(StaticFiles, GiveTheCodingThatTheClientLikesBest) {
  const auto body = [&](const std::string& accept) {
    const Answer answer = get("/assets/app-1.js", "Accept-Encoding: " + accept + "\r\n");
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.header("Vary"), "Accept-Encoding");
    EXPECT_EQ(answer.header("Content-Type"), "text/javascript");
    return answer.body + " " + answer.header("Content-Encoding");
  };
  EXPECT_EQ(body("gzip, deflate, br"), "brotli br");
  EXPECT_EQ(body("gzip"), "gzipped gzip");
  EXPECT_EQ(body("br;q=0.1, gzip;q=0.9"), "gzipped gzip");
  EXPECT_EQ(body("br;q=0.1, gzip;q=0.9, identity"), "plain ");
  EXPECT_EQ(body("br;q=0, *"), "gzipped gzip");
  EXPECT_EQ(body("identity"), "plain ");
  EXPECT_EQ(body("zstd"), "plain ");
  EXPECT_EQ(get("/assets/app-1.js").body, "plain");
}

TEST_F(StaticFiles, AreNotSentAgainToWhoHasThem) {
  const Answer first = get("/assets/app-1.js", "Accept-Encoding: br\r\n");
  const std::string tag = first.header("ETag");
  EXPECT_TRUE(tag.starts_with('"')) << tag;
  EXPECT_NE(tag, get("/assets/app-1.js").header("ETag"));  // the files differ
  for (const std::string& named : {tag, "W/" + tag, "\"x\", " + tag, std::string("*")}) {
    const Answer again =
        get("/assets/app-1.js", "Accept-Encoding: br\r\nIf-None-Match: " + named + "\r\n");
    EXPECT_EQ(again.status, 304) << named;
    EXPECT_EQ(again.header("ETag"), tag);
    EXPECT_EQ(again.header("Cache-Control"), first.header("Cache-Control"));
    EXPECT_EQ(again.body, "");
    EXPECT_FALSE(again.headers.find("Content-Length"));
  }
  EXPECT_EQ(get("/assets/app-1.js", "If-None-Match: " + tag + "\r\n").status, 200);
}

TEST_F(StaticFiles, AreCachedForEverOnlyWhereTheNameChangesWithTheBytes) {
  EXPECT_EQ(get("/assets/app-1.js").header("Cache-Control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(get("/index.html").header("Cache-Control"), "no-cache");
  EXPECT_EQ(get("/ping").header("Cache-Control"), "no-store");
}

TEST_F(StaticFiles, AnswerPagesWithTheIndex) {
  for (const char* path : {"/", "/friction", "/friction?tier=free", "/index.html"}) {
    EXPECT_EQ(get(path).body, "<!doctype html>") << path;
  }
  EXPECT_EQ(get("/assets/app-2.js").status, 404);
  EXPECT_EQ(get("/assets/").status, 404);
  Client client = server_.client();
  client.request("HEAD", "/friction");
  const Answer head = client.read_answer(false);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.header("Content-Length"), "15");
  EXPECT_EQ(client.get("/ping").body, "pong");  // on the same connection, with nothing in between
}

TEST_F(StaticFiles, AnswerPeopleWhoOpenUnknownAddressesWithTheIndex) {
  const std::string html = "Accept: text/html,application/xhtml+xml,*/*;q=0.8\r\n";
  for (const std::string& headers : {html, std::string("Sec-Fetch-Mode: navigate\r\n"),
                                     html + "Sec-Fetch-Site: cross-site\r\n"}) {
    for (const char* path : {"/frictoin", "/a/b/c", "/assets/gone.js", "//"}) {
      const Answer answer = get(path, headers);
      EXPECT_EQ(answer.status, 404) << path;
      EXPECT_EQ(answer.body, "<!doctype html>") << path;
      EXPECT_EQ(answer.header("Cache-Control"), "no-store");
      EXPECT_EQ(answer.header("ETag"), "");
    }
    EXPECT_EQ(get("/api/nothing", headers).header("Content-Type"), "application/json");
  }
  const Answer data = get("/frictoin", "Accept: */*\r\n");
  EXPECT_EQ(data.status, 404);
  EXPECT_NE(data.body.find("\"code\":\"not_found\""), std::string::npos) << data.body;
  EXPECT_EQ(server_.client().post("/frictoin", "{}", html).header("Content-Type"),
            "application/json");
}

TEST_F(StaticFiles, AreNoWayToOtherFiles) {
  for (const char* path : {"/../etc/passwd", "/..%2f..%2fetc/passwd", "/%2e%2e/%2e%2e/etc/passwd",
                           "/assets/..%2f..%2f..%2fetc%2fpasswd", "//etc/passwd", "/assets/%00"}) {
    const int status = get(path).status;
    EXPECT_TRUE(status == 400 || status == 404) << path << ": " << status;
  }
  EXPECT_TRUE(server_.lives());
}

TEST(Compression, IsOfLargeTextForThoseWhoTakeIt) {
  Router router;
  const std::string json = "[" + std::string(5'000, '1') + "]";
  router.add("GET", "/json", [&](const Request&) { return Response::json(json); });
  router.add("GET", "/small", [&](const Request&) { return Response::json("[1]"); });
  router.add("GET", "/image", [&](const Request&) { return Response::text(json, "image/png"); });
  RunningServer server(std::move(router));
  const std::string accept = "Accept-Encoding: gzip\r\n";
  const Answer packed = server.client().get("/json", accept);
  EXPECT_EQ(packed.header("Content-Encoding"), "gzip");
  EXPECT_EQ(packed.header("Vary"), "Accept-Encoding");
  EXPECT_LT(packed.body.size(), 200U);
  EXPECT_EQ(gunzip(packed.body), json);
  const Answer plain = server.client().get("/json");
  EXPECT_EQ(plain.body, json);
  EXPECT_EQ(plain.header("Vary"), "Accept-Encoding");
  EXPECT_EQ(server.client().get("/json", "Accept-Encoding: gzip;q=0\r\n").body, json);
  EXPECT_EQ(server.client().get("/small", accept).body, "[1]");
  EXPECT_EQ(server.client().get("/image", accept).body, json);
}

}  // namespace
}  // namespace gsa::http
