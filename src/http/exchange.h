#pragma once

// One request between the network's thread and a worker: the worker leaves its response and the
// pieces of a streaming body here, the network's thread takes them, and each wakes the other.

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "http/message.h"
#include "http/router.h"

namespace gsa::http {

// Calls the handler of an immediate route; what it throws becomes an error response.
Response call(const Handler& handler, const Request& request);
// The response that stands for an exception; use inside of `catch`.
Response response_of_exception();

class Exchange final : public BodyWriter {
 public:
  // `wake` tells the network's thread, from any thread.
  Exchange(Request request, std::size_t window, std::function<void()> wake);

  // The worker's side.
  void handle(const Handler& handler);
  void stream(const BodyFunction& body);
  bool write(std::string_view bytes) override;

  // The network's side.
  const Request& request() const { return request_; }
  std::optional<Response> take_response();
  // What a streaming body has written since; `ended` and `failure` hold behind these bytes.
  struct Pieces {
    std::string bytes;
    bool ended = false;
    std::optional<Response> failure;  // what the body function threw
  };
  Pieces take_pieces();
  // Nobody waits for the answer any more: requests `cancelled`, and write() returns false.
  void cancel();

 private:
  Request request_;
  const std::size_t window_;
  const std::function<void()> wake_;
  std::stop_source stop_;
  std::mutex mutex_;  // of all below
  std::condition_variable changed_;
  std::optional<Response> response_;
  Pieces pieces_;
  bool cancelled_ = false;
};

}  // namespace gsa::http
