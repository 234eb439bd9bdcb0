#pragma once

// Encodes texts as bytes for a stream, and decodes them. A frame is the length of its body, then
// the body: the texts, each as its length and its bytes. A length takes 4 bytes in native byte
// order, because both ends run on one machine.

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gsa {

// Longer than any command line with its environment: Linux limits these to 6 MiB.
inline constexpr std::size_t kLongestFrame = std::size_t{8} << 20U;
inline constexpr std::size_t kMostTexts = 100'000;

// Throws Error if decode_frame() would refuse the frame.
std::string encode_frame(std::span<const std::string> texts);

struct Frame {
  std::vector<std::string> texts;
  std::size_t bytes = 0;  // its length in the stream
};
// The first frame of `bytes`; null if its end has not arrived yet. Throws Error if no frame can
// begin with `bytes`.
std::optional<Frame> decode_frame(std::string_view bytes);

}  // namespace gsa
