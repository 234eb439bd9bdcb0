#include "prompts/encoding_hint.h"

#include <cstdio>
#include <filesystem>
#include <string_view>

#include <gtest/gtest.h>

#include "base/file.h"

namespace gsa::prompts {
namespace {

std::string hint_for(std::string_view bytes) {
  const std::string path =
      (std::filesystem::temp_directory_path() / "gsa_encoding_hint_test.csv").string();
  write_file(path, bytes);
  const std::string hint = encoding_hint(path, Compression::none);
  std::remove(path.c_str());
  return hint;
}

TEST(EncodingHint, TellsWindowsFromLatin1ByWhatIsNoControl) {
  EXPECT_EQ(hint_for("caf\xe9"), "convert it, for example: iconv -f LATIN1 -t UTF-8");
  EXPECT_EQ(hint_for("Sch\xf6ner Hund \x96 \x93"
                     "fox\x94 \x80"
                     "5"),
            "convert it, for example: iconv -f CP1252 -t UTF-8");
  EXPECT_EQ(hint_for("caf\xe9 " + std::string(600'000, 'x') +
                     " \x93"
                     "fox\x94"),
            "convert it, for example: iconv -f CP1252 -t UTF-8");
}

TEST(EncodingHint, NamesNoneWhereItCannotKnow) {
  EXPECT_EQ(hint_for("\x83\x81\x83\x90"),
            "find out its encoding and convert it: iconv -f ENCODING -t UTF-8");
}

TEST(EncodingHint, DoesNotSpoilATextThatIsMostlyUtf8) {
  EXPECT_EQ(hint_for("h\xc3\xa9 h\xc3\xa9 h\xe9").substr(0, 26), "most of the file is UTF-8:");
}

TEST(EncodingHint, KnowsUtf16WithoutAMark) {
  EXPECT_EQ(hint_for(std::string_view("c\0a\0f\0\xe9\0", 8)),
            "convert it, for example: iconv -f UTF-16LE -t UTF-8");
  EXPECT_EQ(hint_for(std::string_view("\0c\0a\0f\0\xe9", 8)),
            "convert it, for example: iconv -f UTF-16BE -t UTF-8");
}

}  // namespace
}  // namespace gsa::prompts
