#pragma once

// The bytes that HTTP puts around a body.

#include <ctime>
#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"

namespace gsa::http {

bool equal_ignoring_case(std::string_view a, std::string_view b);  // ASCII

std::string_view reason_phrase(int status);
std::string http_date(std::time_t time);  // "Tue, 24 Nov 2026 13:20:00 GMT"

struct Framing {
  std::optional<std::size_t> content_length = {};
  bool chunked = false;
  bool keep_alive = false;
  int version = 11;  // of the request
  std::string_view date = {};
};

// Throws Bug where a header of the response is not fit to be sent.
void check_headers(const Response& response);

// Status line and headers of `response`, the empty line included. `more` follow the response's own
// headers, but for names that it has itself.
std::string response_head(const Response& response, const Framing& framing, const Headers& more);

// The frame of a chunk before its bytes; "\r\n" comes behind them.
std::string chunk_head(std::size_t size);
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

}  // namespace gsa::http
