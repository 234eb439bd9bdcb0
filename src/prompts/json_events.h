#pragma once

// Reads the events of a JSON file in one pass, each as a text that DuckDB's JSON functions can read
// (event_walker.h), and notes the paths of their values. The file is as json_rows.h says; where the
// events are in it is a RowsPath.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "prompts/event_tree.h"
#include "prompts/event_walker.h"
#include "prompts/json_scanner.h"
#include "prompts/rows_path.h"
#include "prompts/text_blocks.h"

namespace gsa::prompts {

struct JsonEvent {
  std::string_view text;  // an object; valid until the next one is read
  std::int64_t line = 0;  // where it begins
};

class JsonEvents {
 public:
  // The key under which an event has its key in the object whose values the events are.
  static constexpr std::string_view kKey = "key";

  // All must outlive this object.
  JsonEvents(TextBlocks& blocks, const RowsPath& path, EventTree& tree);

  // Reads the next event, which has this number; false at the end. Throws Error with file and line.
  bool next(std::int64_t number, JsonEvent& event);

  // After the last one: what was replaced or had no events, as full sentences.
  std::vector<std::string> notes() const;

 private:
  // A container on the way to the events, which the step `step` of the path goes through.
  struct Level {
    std::size_t step;
    std::int64_t line;     // where it begins
    bool is_first = true;  // nothing was read in it yet
    bool has_key = false;  // it is an object and has the step's key
  };

  bool next_value();
  bool next_in_level(Level& level);
  void enter(std::size_t step);
  void read_event(std::int64_t number, JsonEvent& event);
  void pass_misfit(std::int64_t line);
  bool is_list(std::size_t step) const { return path_[step].kind == RowsStep::Kind::elements; }

  JsonScanner scanner_;
  const RowsPath& path_;
  EventTree& tree_;
  EventWalker walker_;
  std::vector<Level> levels_;
  std::string key_;
  std::int64_t misfits_ = 0;  // objects that have nothing at the path
  std::int64_t first_misfit_line_ = 0;
};

}  // namespace gsa::prompts
