// Events of JSON files, and the paths to them and to their values. What DuckDB is given of an event
// must be JSON, and its object texts too.

#include "prompts/json_events.h"

#include <cstdlib>
#include <string>

#include "base/error.h"
#include "fuzz.h"
#include "prompts/event_path.h"
#include "prompts/event_walker.h"

namespace {

using gsa::prompts::JsonScanner;

void expect_object(std::string_view text) {
  try {
    JsonScanner scanner(text, "", JsonScanner::Halves::refuse);
    std::string whole;
    if (scanner.read_value(&whole) != JsonScanner::Kind::object) std::abort();
    if (scanner.skip_space() != JsonScanner::kEnd) std::abort();
  } catch (const gsa::Error&) {
    std::abort();
  }
}

// The first line may be a path of rows.
gsa::prompts::RowsPath path_of(std::string_view& input) {
  const std::size_t end = input.find('\n');
  if (end != std::string_view::npos) {
    try {
      auto path = gsa::prompts::parse_rows_path(input.substr(0, end));
      input.remove_prefix(end + 1);
      return path;
    } catch (const gsa::Error&) {
    }
  }
  return gsa::prompts::find_rows_path(input).value_or(gsa::prompts::RowsPath{});
}

}  // namespace

void fuzz_one(std::string_view input) {
  std::string buffer;
  if (const auto object = gsa::prompts::readable_object(input, buffer)) expect_object(*object);
  const gsa::prompts::RowsPath path = path_of(input);
  if (gsa::prompts::parse_rows_path(gsa::prompts::format_rows_path(path)) != path) std::abort();
  const MemoryFile file(input);
  gsa::prompts::EventTree tree;
  try {
    gsa::prompts::TextBlocks blocks(file.path(), "file.jsonl", gsa::prompts::Compression::none);
    gsa::prompts::JsonEvents events(blocks, path, tree);
    gsa::prompts::JsonEvent event;
    for (std::int64_t number = 0; events.next(number, event); ++number) expect_object(event.text);
    events.notes();
  } catch (const gsa::Error&) {
  }
  for (const gsa::prompts::EventTree::Id id : tree.columns()) {
    const auto steps = tree.path(id);
    if (gsa::prompts::parse_event_path(gsa::prompts::format_event_path(steps)) != steps) {
      std::abort();
    }
  }
}
