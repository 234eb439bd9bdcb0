#include "http/encoding.h"

#include <array>
#include <charconv>
#include <zlib.h>

#include "base/error.h"
#include "base/text.h"
#include "http/wire.h"

namespace gsa::http {
namespace {

// Below this size the headers would outweigh the gain.
constexpr std::size_t kLeastSize = 1'024;
// Has most of level 6's gain on JSON in a third of its time.
constexpr int kLevel = 3;

// Below 0.001, the smallest quality that a header can name.
constexpr double kUnnamedIdentity = 0.0005;

double quality(std::string_view parameters) {
  for (const std::string& parameter : split(parameters, ';')) {
    const std::string_view trimmed = trim(parameter);
    if (trimmed.size() < 2 || !equal_ignoring_case(trimmed.substr(0, 2), "q=")) continue;
    double value = 0;
    const auto [end, failure] =
        std::from_chars(trimmed.data() + 2, trimmed.data() + trimmed.size(), value);
    const bool is_number = failure == std::errc() && end == trimmed.data() + trimmed.size();
    return is_number && value >= 0 && value <= 1 ? value : 0;
  }
  return 1;
}

bool is_text(std::string_view type) {
  for (const std::string_view known :
       {"text/", "application/json", "application/x-ndjson", "application/yaml", "image/svg"}) {
    if (type.starts_with(known)) return true;
  }
  return false;
}

}  // namespace

double wanted(std::string_view accept_encoding, std::string_view coding) {
  double any = coding == "identity" ? kUnnamedIdentity : 0;
  if (trim(accept_encoding).empty()) return any;
  for (const std::string& part : split(accept_encoding, ',')) {
    const std::size_t semicolon = std::min(part.find(';'), part.size());
    const std::string_view name = trim(std::string_view(part).substr(0, semicolon));
    const double value = quality(std::string_view(part).substr(semicolon));
    if (equal_ignoring_case(name, coding)) return value;
    if (name == "*") any = value;
  }
  return any;
}

std::string gzip(std::string_view bytes) {
  z_stream stream{};
  // 15 bits of window, plus 16 for a gzip header. 8 is zlib's default memory level.
  check(deflateInit2(&stream, kLevel, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK,
        "zlib begins");
  std::string out;
  std::array<char, 16'384> block{};
  // zlib counts bytes in 32 bits.
  constexpr std::size_t kMost = std::size_t{1} << 30;
  int status = Z_OK;
  while (status == Z_OK) {
    const std::string_view part = bytes.substr(0, kMost);
    bytes.remove_prefix(part.size());
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(part.data()));
    stream.avail_in = static_cast<uInt>(part.size());
    do {
      stream.next_out = reinterpret_cast<Bytef*>(block.data());
      stream.avail_out = static_cast<uInt>(block.size());
      status = deflate(&stream, bytes.empty() ? Z_FINISH : Z_NO_FLUSH);
      out.append(block.data(), block.size() - stream.avail_out);
    } while (stream.avail_out == 0 && status == Z_OK);
  }
  deflateEnd(&stream);
  check(status == Z_STREAM_END, "zlib ends");
  return out;
}

void compress(Response& response, const Request& request) {
  auto* body = std::get_if<std::string>(&response.body);
  if (body == nullptr || body->size() < kLeastSize || response.headers.find("Content-Encoding") ||
      !is_text(response.headers.find("Content-Type").value_or(""))) {
    return;
  }
  response.headers.add("Vary", "Accept-Encoding");
  const std::string_view accepted = request.headers.find("Accept-Encoding").value_or("");
  if (wanted(accepted, "gzip") <= 0) return;
  *body = gzip(*body);
  response.headers.set("Content-Encoding", "gzip");
}

}  // namespace gsa::http
