#pragma once

// A fake coordinator and a client for it, for this module's tests.

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/clock.h"
#include "trino/client.h"
#include "trino/fake_trino.h"

namespace gsa::trino {

using Millis = std::chrono::milliseconds;

// The error of that type that a call throws.
template <typename E = Error, typename Call>
E error_of(const Call& call) {
  try {
    call();
  } catch (const E& error) {
    return error;
  }
  throw std::runtime_error("the call has not failed");
}

class TrinoTest : public testing::Test {
 protected:
  TrinoTest() {
    settings_.host = "127.0.0.1";
    settings_.port = server_.port();
    settings_.user = "ann";
    settings_.retry_limit = Millis(2000);
    settings_.request_timeout = Millis(2000);
  }

  // A page that goes on at `next` ("" for the last), with these members besides the usual ones.
  std::string page(const std::string& next, const std::string& members = "") const {
    std::string text = R"({"id":"q1","infoUri":"http://ui/q1","stats":{"state":"RUNNING"})";
    if (!next.empty()) text += fmt::format(R"(,"nextUri":"{}")", server_.url(next));
    return text + (members.empty() ? "" : ",") + members + "}";
  }
  FakeReply reply(const std::string& next, const std::string& members = "") const {
    return {.body = page(next, members)};
  }
  // The usual way of a statement: the POST leads to /1, and this ends it.
  void script_end(const std::string& members = "") {
    server_.script("POST", {reply("/1")});
    server_.script("GET", {reply("", members)});
  }

  Client& client() {
    if (!client_) client_ = std::make_unique<Client>(settings_);
    return *client_;
  }
  StatementInfo run(const std::string& sql = "select 1") { return client().run(sql, options_); }

  std::size_t count(const std::string& method) const { return server_.requests(method).size(); }
  FakeRequest last_post() const { return server_.requests("POST").back(); }

  FakeTrino server_;
  ConnectionSettings settings_;
  RunOptions options_;
  std::unique_ptr<Client> client_;
};

inline const std::string kOneColumn = R"("columns":[{"name":"n","type":"bigint"}])";

}  // namespace gsa::trino
