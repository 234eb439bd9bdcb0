// CSV files of prompts.

#include "prompts/csv_check.h"

#include "base/error.h"
#include "fuzz.h"

void fuzz_one(std::string_view input) {
  const MemoryFile file(input);
  try {
    const auto layout =
        gsa::prompts::check_csv(file.path(), gsa::prompts::Compression::none, "prompt");
    if (layout.rows < 0) __builtin_trap();
  } catch (const gsa::Error&) {
  }
}
