// JSON and JSONL files of prompts.

#include "prompts/json_rows.h"

#include "base/error.h"
#include "fuzz.h"

void fuzz_one(std::string_view input) {
  const MemoryFile file(input);
  const std::vector<gsa::prompts::WantedColumn> wanted = {{"prompt", "prompt"}, {"n", "n"}};
  try {
    gsa::prompts::TextBlocks blocks(file.path(), "file.jsonl", gsa::prompts::Compression::none);
    gsa::prompts::JsonRows rows(blocks, wanted);
    gsa::prompts::TextRecord record;
    record.values.resize(wanted.size());
    while (rows.next(record)) record.clear();
    rows.nested_prompt();
  } catch (const gsa::Error&) {
  }
}
