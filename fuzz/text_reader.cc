// Compressed files, whole, cut off or damaged: the first byte says which kind.

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
    // A bomb of a few bytes unfolds to gigabytes; DuckDB's limits come later.
    for (int i = 0; i < 1'000 && reader.read(block.data(), block.size()) > 0; ++i) {
    }
  } catch (const gsa::Error&) {
  }
}
