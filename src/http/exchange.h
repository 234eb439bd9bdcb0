#pragma once

// Passes one request between the network's thread and a worker. The worker leaves its response and
// the pieces of a streaming body here, the network's thread takes them, and each wakes the other.
// Both hold the Exchange by a shared pointer.

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "http/message.h"
#include "http/router.h"

namespace gsa::http {

// Calls the handler of an immediate route. An exception becomes an error response.
Response call(const Handler& handler, const Request& request);
// The error response for the current exception; call it inside of `catch`.
Response response_of_exception();

class Exchange final : public BodyWriter {
 public:
  // `wake` notifies the network's thread; it is called from any thread. A streaming body may be
  // `window` bytes ahead of its client.
  Exchange(Request request, std::size_t window, std::function<void()> wake);

  // For the worker.
  void handle(const Handler& handler);
  void stream(const BodyFunction& body);
  bool write(std::string_view bytes) override;

  // For the network's thread.
  const Request& request() const { return request_; }
  std::optional<Response> take_response();
  // The new bytes of a streaming body. `ended` and `failure` apply after these bytes.
  struct Pieces {
    std::string bytes;
    bool ended = false;
    std::optional<Response> failure;  // the exception of the body function
  };
  Pieces take_pieces();
  // Nobody waits for the answer any more: requests `cancelled`, and write() returns false.
  void cancel();

 private:
  Request request_;
  const std::size_t window_;
  const std::function<void()> wake_;
  std::stop_source stop_;
  std::mutex mutex_;  // guards all members below
  std::condition_variable changed_;
  std::optional<Response> response_;
  Pieces pieces_;
  bool cancelled_ = false;
};

}  // namespace gsa::http
