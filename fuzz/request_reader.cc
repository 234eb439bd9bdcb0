// Requests from the network, split where the first byte says.

#include "http/request_reader.h"

#include <algorithm>

#include "fuzz.h"

namespace {

using gsa::http::RequestReader;

void feed(std::string_view bytes, std::size_t piece) {
  RequestReader reader({4'096, 4'096});
  std::string received;
  while (!bytes.empty()) {
    received += bytes.substr(0, piece);
    bytes.remove_prefix(std::min(piece, bytes.size()));
    for (std::size_t used = 1; used > 0 && reader.state() != RequestReader::State::done &&
                               reader.state() != RequestReader::State::failed;) {
      used = reader.feed(received);
      if (used > received.size()) __builtin_trap();
      received.erase(0, used);
    }
  }
  if (reader.state() == RequestReader::State::failed && reader.refusal().status < 400) {
    __builtin_trap();
  }
  if (reader.state() == RequestReader::State::done) {
    const gsa::http::Request request = reader.take();
    // Requests that reach a handler have been checked.
    if (request.path.empty() || request.path.find('\0') != std::string::npos) __builtin_trap();
    if (std::ranges::count(request.segments, "..") > 0) __builtin_trap();
  }
}

}  // namespace

void fuzz_one(std::string_view input) {
  if (input.empty()) return;
  feed(input.substr(1), static_cast<unsigned char>(input[0]) + 1U);
}
