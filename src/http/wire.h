#pragma once

// The bytes that HTTP adds around a body.

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
  int version = 11;  // the request's version
  std::string_view date = {};
};

// Throws Bug if a header of the response must not be sent.
void check_headers(const Response& response);

// Status line and headers of `response`, with the empty line. Then follow the headers in `more`
// that the response does not set itself.
std::string response_head(const Response& response, const Framing& framing, const Headers& more);

// The header of a chunk; the caller sends "\r\n" after the chunk's bytes.
std::string chunk_head(std::size_t size);
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";

}  // namespace gsa::http
