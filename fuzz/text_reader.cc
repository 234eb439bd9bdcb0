// Compressed files: complete, truncated or damaged. The first byte selects the kind.

#include "prompts/text_reader.h"

#include <array>

#include "base/error.h"
#include "fuzz.h"

void fuzz_one(std::string_view input) {
  if (input.empty()) return;
  const MemoryFile file(input.substr(1));
  const auto kind = static_cast<gsa::prompts::Compression>(input[0] & 1 ? 1 : 2);
  try {
    gsa::prompts::TextReader reader(file.path(), kind);
    std::array<char, 1'000> block{};
    // A bomb of a few bytes unpacks to gigabytes; the limits for those come later, in DuckDB.
    for (int i = 0; i < 1'000 && reader.read(block.data(), block.size()) > 0; ++i) {
    }
  } catch (const gsa::Error&) {
  }
}
