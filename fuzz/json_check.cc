// JSONL files of prompts.

#include "prompts/json_check.h"

#include "base/error.h"
#include "fuzz.h"

void fuzz_one(std::string_view input) {
  const MemoryFile file(input);
  try {
    const auto layout = gsa::prompts::check_json(file.path(), gsa::prompts::Compression::none);
    if (layout.objects < 0) __builtin_trap();
  } catch (const gsa::Error&) {
  }
}
