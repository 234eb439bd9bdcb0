#include "prompts/features.h"

#include <algorithm>
#include <array>
#include <regex>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/random.h"
#include "base/text.h"
#include "prompts/features_block.h"

namespace gsa::prompts {
namespace {

// The definition in its simplest form: decodes only what it must, and knows no blocks.
std::int32_t naive_token_count(const std::string& text) {
  static const std::vector<std::string> kSpaces = {
      " ",      "\t",     "\n",     "\v",     "\f",     "\r",     "\u0085", "\u00A0", "\u1680",
      "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005", "\u2006", "\u2007", "\u2008",
      "\u2009", "\u200A", "\u2028", "\u2029", "\u202F", "\u205F", "\u3000"};
  std::int32_t count = 0;
  bool inside = false;
  for (std::size_t i = 0; i < text.size();) {
    const auto space = std::find_if(kSpaces.begin(), kSpaces.end(), [&](const std::string& s) {
      return text.compare(i, s.size(), s) == 0;
    });
    if (space != kSpaces.end()) {
      inside = false;
      i += space->size();
    } else {
      count += inside ? 0 : 1;
      inside = true;
      ++i;
    }
  }
  return count;
}

bool naive_keyword(const std::string& text) {
  static const std::regex kPattern(
      "\\b(nude|naked|nsfw|explicit|gore|violence|blood|weapon|drug|kill|death|hate|racist)");
  return std::regex_search(to_lower(text), kPattern);
}

std::int32_t naive_char_count(const std::string& text) {
  return static_cast<std::int32_t>(std::count_if(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x80 || byte >= 0xC0;
  }));
}

void expect_same(const std::string& text) {
  const PromptFeatures features = features_of(text);
  EXPECT_EQ(features.char_count, naive_char_count(text)) << '"' << text << '"';
  EXPECT_EQ(features.token_count, naive_token_count(text)) << '"' << text << '"';
  EXPECT_EQ(features.has_safety_keyword, naive_keyword(text)) << '"' << text << '"';
}

TEST(Features, CountsWordsBetweenWhiteSpace) {
  EXPECT_EQ(features_of("").token_count, 0);
  EXPECT_EQ(features_of(" \t\n\v\f\r").token_count, 0);
  EXPECT_EQ(features_of("fox").token_count, 1);
  EXPECT_EQ(features_of("  a red  fox, sleeping ").token_count, 4);
  EXPECT_EQ(features_of("4k | 8k").token_count, 3);
  EXPECT_EQ(features_of(std::string_view("a\0b c", 5)).token_count, 2);
  EXPECT_EQ(features_of("x\x1fy\x1cz").token_count,
            1);  // control characters that are not white space
}

TEST(Features, CountsUnicodeWhiteSpaceAsWhiteSpace) {
  EXPECT_EQ(features_of("a\u00A0b\u3000c\u2028d\u1680e\u0085f\u205Fg\u202Fh").token_count, 8);
  EXPECT_EQ(features_of("caf\u00E9 \u2014 d\u00FCrer").token_count, 3);
  EXPECT_EQ(features_of("a\u200Bb").token_count,
            1);  // Unicode does not count the zero width space as white space
  EXPECT_EQ(features_of("a\xE2\x80").token_count, 1);  // cut off in the middle
  EXPECT_EQ(features_of("a\xC2").token_count, 1);
}

TEST(Features, FindsWordsThatBeginWithAKeyword) {
  for (const std::string_view keyword : kSafetyKeywords) {
    EXPECT_TRUE(features_of(keyword).has_safety_keyword) << keyword;
    EXPECT_FALSE(features_of(keyword.substr(0, keyword.size() - 1)).has_safety_keyword) << keyword;
    EXPECT_FALSE(features_of("x" + std::string(keyword)).has_safety_keyword) << keyword;
  }
  for (const char* text : {"anti-gore", "(bloody", "\u00E9blood", "KILLER whale", "a Death's head",
                           "deathly", "two\tHaTers", "\"explicit\"", "ra racist"}) {
    EXPECT_TRUE(features_of(text).has_safety_keyword) << text;
  }
  for (const char* text : {"skill", "_kill", "gorgeous", "9death", "hat e", "explic it", "dea\nth",
                           "wea", "nudg\u00E9", "knives"}) {
    EXPECT_FALSE(features_of(text).has_safety_keyword) << text;
  }
}

TEST(Features, GivesTheSameAnswerWhereverABlockEnds) {
  for (std::size_t padding = 0; padding < 140; ++padding) {
    for (const char* tail : {"violence", " violence", "a\u3000b", "\u2003\u2003c d", "x explicit",
                             "skill", "_kill", "\u00A0", "fox"}) {
      for (const char fill : {'a', ' ', '-'}) {
        expect_same(std::string(padding, fill) + tail);
        expect_same(std::string(padding, fill) + tail + " end");
      }
    }
  }
}

// Random strings of pieces that test corner cases, then random bytes.
TEST(Features, AgreesWithTheDefinitionOnRandomText) {
  const std::vector<std::string> pieces = {
      "nude",   "naked",  "NSFW",   "Explicit", "gore",   "violence", "blood", "weapon",
      "drug",   "kill",   "death",  "hate",     "racist", "s",        "_",     "7",
      "-",      "(",      ",",      " ",        "  ",     "\t",       "\n",    "\u00E9",
      "\u00A0", "\u2003", "\u3000", "\u2028",   "\u200B", "\xE2\x80", "\xC2",  "\xE3",
      "\x80",   "fox",    "x",      "viol",     "ence",   "wea",      "pon",   "k",
      "ill",    "[",      "@",      "`",        "{",      "/",        ":"};
  const RandomStream random(7, 0);
  for (std::uint64_t id = 0; id < 40'000; ++id) {
    const std::uint32_t length = below(random.at(id).word[0], 40U);
    std::string text;
    for (std::uint32_t i = 0; i < length; ++i) {
      const auto word = random.at(id, i + 1).word;
      text += id % 4 == 0 ? std::string(1, static_cast<char>(word[1] & 0xff))
                          : pieces[below(word[0], static_cast<std::uint32_t>(pieces.size()))];
    }
    expect_same(text);
  }
}

TEST(Features, CountsCharacters) {
  EXPECT_EQ(features_of("").char_count, 0);
  EXPECT_EQ(features_of("a red fox").char_count, 9);
  EXPECT_EQ(features_of("caf\u00E9 \u2014 \U0001F98A").char_count, 8);
  for (const std::int32_t size : {63, 64, 65, 200}) {
    const std::string letters(static_cast<std::size_t>(size), 'x');
    EXPECT_EQ(features_of(letters).char_count, size);
    EXPECT_EQ(features_of(letters + "\u3000").char_count, size + 1);
  }
}

TEST(Features, ClassifiesBlocksInBothWaysAlike) {
  const RandomStream random(8, 0);
  for (std::uint64_t id = 0; id < 20'000; ++id) {
    std::array<char, kBlock> block;
    for (std::uint32_t i = 0; i < kBlock; ++i) {
      // Every byte value in the first blocks, random bytes in the others.
      block[i] = static_cast<char>(id < 4 ? id * kBlock + i : random.at(id, i).word[0] & 0xff);
    }
    const BlockMasks masks = masks_of(block.data());
    const BlockMasks plain = portable::masks_of(block.data());
    ASSERT_TRUE(masks == plain) << id;
    for (std::size_t i = 0; i < kBlock; ++i) {
      const std::string c(1, block[i]);
      ASSERT_EQ(plain.space >> i & 1, std::string(" \t\n\v\f\r").find(c) != std::string::npos);
      ASSERT_EQ(plain.foreign >> i & 1, (block[i] & 0x80) != 0 ? 1U : 0U);
      ASSERT_EQ(plain.inner >> i & 1, (block[i] & 0xC0) == 0x80 ? 1U : 0U);
      ASSERT_EQ(plain.word >> i & 1, std::regex_match(c, std::regex("[0-9A-Za-z_]")) ? 1U : 0U);
      if (id >= 4) {
        break;
      }
    }
  }
}

TEST(Features, ClassifiesEveryByte) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string c(1, static_cast<char>(byte));
    expect_same("a" + c + "b");
    expect_same(c + "kill");
    expect_same("kil" + c);
    expect_same("hat" + c);
  }
}

}  // namespace
}  // namespace gsa::prompts
