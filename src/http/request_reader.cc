#include "http/request_reader.h"

#include <algorithm>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <fmt/format.h>

#include "base/error.h"
#include "http/target.h"
#include "http/wire.h"

namespace gsa::http {
namespace {

namespace beast_http = boost::beast::http;
using boost::system::error_code;

// Limits the unparsed part of a body: a chunk's header or a trailer.
constexpr std::size_t kMostUnparsed = 16'384;

// Whether these bytes, which may follow a chunk, begin the last one and are shorter than any. Beast
// demands more when it goes on with one.
bool is_part_of_last_chunk(std::string_view bytes) {
  constexpr std::size_t kShortest = std::string_view("0\r\n\r\n").size();
  return bytes.size() < kShortest && (bytes.starts_with('0') || bytes.starts_with("\r\n0"));
}

// Scans the bytes of a header once, as they arrive, for what Beast accepts or keeps waiting on but
// RFC 9112 forbids: folded lines, bare line feeds and carriage returns, NULs.
class LineScan {
 public:
  // False after an error. Stops at the end of the header.
  bool scan(std::string_view bytes) {
    for (const char c : bytes) {
      if (is_at_end_) break;
      const bool ends_line = last_ == '\r' && c == '\n';
      const bool is_folded = is_line_start_ && (c == ' ' || c == '\t');
      if (c == '\0' || is_folded || (last_ == '\r') != (c == '\n')) return false;
      is_at_end_ = ends_line && is_line_empty_;
      is_line_start_ = ends_line;
      is_line_empty_ = ends_line || (is_line_empty_ && c == '\r');
      last_ = c;
    }
    return true;
  }

 private:
  char last_ = '\0';
  bool is_line_start_ = false;
  bool is_line_empty_ = false;
  bool is_at_end_ = false;
};

Response bad_request(std::string_view what) { return error_response(400, "bad_request", what); }

Response refusal_of(const error_code& failure, bool has_line) {
  using beast_http::error;
  if (failure == error::header_limit && !has_line) {
    return error_response(414, "uri_too_long", "the address is too long");
  }
  if (failure == error::header_limit) {
    return error_response(431, "header_too_large", "the header is too large");
  }
  if (failure == error::body_limit) {
    return error_response(413, "payload_too_large", "the body is too large");
  }
  if (failure == error::bad_version) {
    return error_response(505, "version_not_supported", "the server speaks HTTP/1.1 and HTTP/1.0");
  }
  return bad_request(fmt::format("the request is malformed: {}", failure.message()));
}

}  // namespace

struct RequestReader::Parts {
  explicit Parts(ReadLimits with) : limits(with) {
    parser.header_limit(static_cast<std::uint32_t>(limits.header_bytes));
    parser.body_limit(limits.body_bytes);
  }

  void fail(Response with) {
    state = State::failed;
    refusal = std::move(with);
  }

  // Refuses headers that leave the body's length open to interpretation.
  std::optional<Response> check_framing() const {
    const std::size_t encodings = request.headers.count("Transfer-Encoding");
    if (encodings == 0) return std::nullopt;
    if (request.version == 10) return bad_request("HTTP/1.0 has no Transfer-Encoding");
    if (request.headers.find("Content-Length")) {
      return bad_request("there are both Content-Length and Transfer-Encoding");
    }
    if (encodings > 1 ||
        !equal_ignoring_case(request.headers.find("Transfer-Encoding").value_or(""), "chunked")) {
      return error_response(501, "not_implemented",
                            "the only supported Transfer-Encoding is chunked");
    }
    return std::nullopt;
  }

  std::optional<Response> check_header() {
    if (auto refused = check_framing()) return refused;
    const std::size_t hosts = request.headers.count("Host");
    if (hosts > 1 || (hosts == 0 && request.version == 11)) {
      return bad_request("there must be one Host header");
    }
    const auto expected = request.headers.find("Expect");
    wants_continue = expected && equal_ignoring_case(*expected, "100-continue");
    if (expected && !wants_continue) {
      return error_response(417, "expectation_failed", "the only supported Expect is 100-continue");
    }
    if (std::string problem = read_target(parser.get().target(), request); !problem.empty()) {
      return bad_request(problem);
    }
    return std::nullopt;
  }

  void finish_header() {
    const auto& message = parser.get();
    request.method = std::string(message.method_string());
    request.version = static_cast<int>(message.version());
    for (const auto& field : message) {
      request.headers.add(std::string_view(field.name_string()), std::string_view(field.value()));
    }
    keep_alive = message.keep_alive();
    if (request.version != 10 && request.version != 11) {
      fail(error_response(505, "version_not_supported", "the server speaks HTTP/1.1 and HTTP/1.0"));
    } else if (auto refused = check_header()) {
      fail(std::move(*refused));
    } else {
      state = parser.is_done() ? State::done : State::body;
    }
  }

  const ReadLimits limits;
  beast_http::request_parser<beast_http::string_body> parser;
  LineScan lines;
  std::size_t scanned = 0;  // bytes seen by `lines` that the parser has not taken
  State state = State::header;
  bool has_line = false;
  bool is_in_chunk_header = false;  // and Beast waits for more of it
  bool wants_continue = false;
  bool keep_alive = false;
  Request request;
  Response refusal;
};

RequestReader::RequestReader(ReadLimits limits) : parts_(std::make_unique<Parts>(limits)) {}
RequestReader::~RequestReader() = default;

std::size_t RequestReader::feed(std::string_view bytes) {
  Parts& parts = *parts_;
  std::size_t used = 0;
  while (parts.state == State::header || parts.state == State::body) {
    const std::string_view left = bytes.substr(used);
    if (left.empty()) break;
    const bool was_header = parts.state == State::header;
    if (was_header) {
      if (!parts.lines.scan(left.substr(parts.scanned))) {
        parts.fail(bad_request("a header line is folded, or does not end in CR and LF"));
        break;
      }
      parts.scanned = left.size();
    }
    if (parts.is_in_chunk_header && is_part_of_last_chunk(left)) break;
    error_code failure;
    const std::size_t taken =
        parts.parser.put(boost::asio::buffer(left.data(), left.size()), failure);
    used += taken;
    parts.has_line = parts.has_line || taken > 0;
    parts.scanned -= std::min(taken, parts.scanned);
    parts.is_in_chunk_header = !was_header && failure == beast_http::error::need_more;
    if (failure == beast_http::error::need_more) {
      const std::size_t most = was_header ? parts.limits.header_bytes : kMostUnparsed;
      if (left.size() - taken > most + kMostUnparsed) {
        parts.fail(bad_request("the body is malformed"));
      }
      break;
    }
    if (failure) {
      const bool has_line =
          parts.has_line ||
          left.substr(0, parts.limits.header_bytes).find("\r\n") != std::string_view::npos;
      parts.fail(refusal_of(failure, has_line));
      break;
    }
    if (was_header && parts.parser.is_header_done()) {
      parts.finish_header();
      break;
    }
    if (parts.parser.is_done()) {
      parts.state = State::done;
    } else if (taken == 0) {
      break;
    }
  }
  return used;
}

RequestReader::State RequestReader::state() const { return parts_->state; }
const Request& RequestReader::head() const { return parts_->request; }
bool RequestReader::wants_continue() const { return parts_->wants_continue; }
bool RequestReader::keep_alive() const { return parts_->keep_alive; }
Response RequestReader::refusal() const { return parts_->refusal; }

void RequestReader::set_addresses(std::string_view peer, std::string_view local) {
  parts_->request.peer = peer;
  parts_->request.local = local;
}

Request RequestReader::take() {
  check(parts_->state == State::done, "a request is taken when it is whole");
  parts_->request.body = std::move(parts_->parser.get().body());
  return std::move(parts_->request);
}

}  // namespace gsa::http
