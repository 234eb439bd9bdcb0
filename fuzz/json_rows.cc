// JSON files of prompts.

#include "prompts/json_rows.h"

#include <vector>

#include "base/error.h"
#include "fuzz.h"

void fuzz_one(std::string_view input) {
  using namespace gsa::prompts;
  const MemoryFile file(input);
  const std::vector<WantedColumn> wanted = {{"prompt", "prompt"}, {"seed", "generation_seed"}};
  TextRecord record;
  record.values.resize(wanted.size());
  try {
    TextBlocks blocks(file.path(), file.path(), Compression::none);
    JsonRows rows(blocks, wanted);
    std::size_t count = 0;
    while (rows.next(record)) ++count;
    if (count > input.size() + 1) __builtin_trap();
  } catch (const gsa::Error&) {
  }
}
