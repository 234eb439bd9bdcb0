#pragma once

// A coordinator for tests: real HTTP on this machine, which answers with what a test scripted. Each
// connection has a thread.

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "trino/connection_settings.h"

namespace gsa::trino {

struct FakeReply {
  std::string body = {};
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::function<void()> before = {};  // called when the request has come
  std::chrono::milliseconds delay{0};
  bool break_off = false;  // closes the connection without an answer
  bool cut_short = false;  // closes it before the last byte of the body

  static FakeReply broken() { return {.break_off = true}; }
  static FakeReply of(int status, std::string body = "") {
    return {.body = std::move(body), .status = status};
  }
};

struct FakeRequest {
  std::string method, target, body;
  std::multimap<std::string, std::string> headers;  // names in lower case
  std::chrono::steady_clock::time_point time;       // of its arrival

  std::string header(const std::string& name) const;  // "" if there is none
  std::vector<std::string> all(const std::string& name) const;
};

class FakeTrino {
 public:
  // Listens on that port, or on a free one.
  explicit FakeTrino(bool tls = false, int port = 0);
  ~FakeTrino();  // closes every connection
  FakeTrino(const FakeTrino&) = delete;
  FakeTrino& operator=(const FakeTrino&) = delete;

  // Answers the next requests of that method with these, one each. Without one, a DELETE is
  // answered with 204 as Trino does, and anything else with 500.
  void script(const std::string& method, std::vector<FakeReply> replies);

  int port() const;
  std::string url(const std::string& path) const;  // of this server
  std::string certificate() const;                 // PEM
  // All requests so far, or those of a method.
  std::vector<FakeRequest> requests(const std::string& method = "") const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// A port that refuses connections: it has just been released.
int refusing_port();

}  // namespace gsa::trino
