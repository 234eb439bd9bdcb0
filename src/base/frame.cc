#include "base/frame.h"

#include <cstdint>
#include <cstring>

#include "base/error.h"

namespace gsa {
namespace {

constexpr std::size_t kLength = sizeof(std::uint32_t);

void put_length(std::string& bytes, std::size_t length) {
  const auto value = static_cast<std::uint32_t>(length);
  bytes.append(reinterpret_cast<const char*>(&value), kLength);
}

// The caller has checked that `bytes` is long enough.
std::size_t length_at(std::string_view bytes) {
  std::uint32_t value = 0;
  std::memcpy(&value, bytes.data(), kLength);
  return value;
}

}  // namespace

std::string encode_frame(std::span<const std::string> texts) {
  std::size_t body = 0;
  for (const std::string& text : texts) body += kLength + text.size();
  if (body > kLongestFrame || texts.size() > kMostTexts) {
    throw Error("the command line and its environment are too long to hand over");
  }
  std::string bytes;
  bytes.reserve(kLength + body);
  put_length(bytes, body);
  for (const std::string& text : texts) {
    put_length(bytes, text.size());
    bytes += text;
  }
  return bytes;
}

std::optional<Frame> decode_frame(std::string_view bytes) {
  if (bytes.size() < kLength) return std::nullopt;
  const std::size_t size = length_at(bytes);
  if (size > kLongestFrame) throw Error("a message on the socket is too long");
  if (bytes.size() - kLength < size) return std::nullopt;
  Frame frame;
  frame.bytes = kLength + size;
  std::string_view body = bytes.substr(kLength, size);
  while (!body.empty()) {
    const std::size_t length = body.size() < kLength ? body.size() : length_at(body);
    if (body.size() < kLength || body.size() - kLength < length ||
        frame.texts.size() == kMostTexts) {
      throw Error("a message on the socket is garbled");
    }
    frame.texts.emplace_back(body.substr(kLength, length));
    body.remove_prefix(kLength + length);
  }
  return frame;
}

}  // namespace gsa
