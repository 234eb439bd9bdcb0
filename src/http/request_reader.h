#pragma once

// Reads one request from bytes as they come: Boost.Beast's parser behind a header that does not
// show it, and stricter, so that no proxy before this server can take the same bytes for another
// request.

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "http/message.h"

namespace gsa::http {

struct ReadLimits {
  std::size_t header_bytes;
  std::size_t body_bytes;
};

class RequestReader {
 public:
  explicit RequestReader(ReadLimits limits);
  ~RequestReader();
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;

  enum class State {
    header,  // wants more bytes of the header
    body,    // head() is there; wants to be fed, for the body
    done,    // the request is whole
    failed,  // refusal() says why; the connection cannot go on
  };

  // Takes what it can use from the front of `bytes` and returns its size; the rest is to be offered
  // again with more behind it. Stops once when the header is whole, and at the request's end.
  std::size_t feed(std::string_view bytes);
  State state() const;

  const Request& head() const;  // from State::body on; no body yet
  bool wants_continue() const;  // the client waits for "100 Continue" before it sends the body
  bool keep_alive() const;
  Response refusal() const;
  // Puts the connection's addresses into the request.
  void set_addresses(std::string_view peer, std::string_view local);
  Request take();  // State::done: the request, once

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace gsa::http
