#include "base/frame.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "base/error.h"

namespace gsa {
namespace {

using Texts = std::vector<std::string>;

TEST(Frame, HoldsAnyTexts) {
  for (const Texts& texts : {Texts{}, Texts{""}, Texts{"a", "", std::string("b\0c", 3)},
                             Texts{std::string(100'000, 'z'), "end"}}) {
    const std::string bytes = encode_frame(texts);
    const auto frame = decode_frame(bytes + "more");
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->texts, texts);
    EXPECT_EQ(frame->bytes, bytes.size());
    for (std::size_t part = 0; part < std::min<std::size_t>(bytes.size(), 20); ++part) {
      EXPECT_FALSE(decode_frame(std::string_view(bytes).substr(0, part)));
    }
  }
}

TEST(Frame, RefusesWhatIsTooLongOrGarbled) {
  EXPECT_THROW(decode_frame("\xff\xff\xff\xff"), Error);
  const std::string too_long_a_text("\4\0\0\0\310\0\0\0", 8);
  EXPECT_THROW(decode_frame(too_long_a_text), Error);
  const std::string half_a_length("\2\0\0\0\0\0", 6);
  EXPECT_THROW(decode_frame(half_a_length), Error);
  EXPECT_THROW(encode_frame(Texts{std::string(kLongestFrame, 'x')}), Error);
  EXPECT_THROW(encode_frame(Texts(kMostTexts + 1)), Error);
}

TEST(Frame, EndsWithAResultOrAnErrorWhateverTheBytes) {
  const std::string whole = encode_frame(Texts{"one", "", "three"});
  int refused = 0, read = 0, unfinished = 0;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (int value = 0; value < 256; ++value) {
      std::string bytes = whole;
      bytes[at] = static_cast<char>(value);
      try {
        (decode_frame(bytes) ? read : unfinished) += 1;
      } catch (const Error&) {
        ++refused;
      }
    }
  }
  EXPECT_GT(refused, 0);
  EXPECT_GT(read, 0);
  EXPECT_GT(unfinished, 0);
}

}  // namespace
}  // namespace gsa
