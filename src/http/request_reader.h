#pragma once

// Reads one request from bytes as they arrive. Hides Boost.Beast's parser, and is stricter, so that
// no proxy in front of this server can read the same bytes as another request. One thread.

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
    header,  // needs more bytes of the header
    body,    // head() is available; needs the bytes of the body
    done,    // the request is complete
    failed,  // refusal() tells why; the connection must end
  };

  // Consumes what it can from the front of `bytes` and returns how much; offer the rest again with
  // more behind it. Returns after the header and at the end of the request.
  std::size_t feed(std::string_view bytes);
  State state() const;

  const Request& head() const;  // from State::body on; without the body
  bool wants_continue() const;  // the client waits for "100 Continue" before it sends the body
  bool keep_alive() const;
  Response refusal() const;
  // Sets the connection's addresses in the request.
  void set_addresses(std::string_view peer, std::string_view local);
  Request take();  // the request, in State::done; call it once

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace gsa::http
