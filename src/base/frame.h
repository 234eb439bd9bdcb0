#pragma once

// Texts as bytes on a stream, and back. A frame is the length of its body and the body; the body is
// texts, each its length and its bytes. A length is 4 bytes, in the order of this machine: both
// ends are on it.

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gsa {

// More than a command line and its environment: Linux takes no more than 6 MiB of these.
inline constexpr std::size_t kLongestFrame = std::size_t{8} << 20U;
inline constexpr std::size_t kMostTexts = 100'000;

// Throws Error where a reader would refuse it.
std::string encode_frame(std::span<const std::string> texts);

struct Frame {
  std::vector<std::string> texts;
  std::size_t bytes = 0;  // that it takes of the stream
};
// The frame with which `bytes` begins; nothing where its end has not come yet. Throws Error where
// no frame begins so, whatever follows.
std::optional<Frame> decode_frame(std::string_view bytes);

}  // namespace gsa
