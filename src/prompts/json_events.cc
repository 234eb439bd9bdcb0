#include "prompts/json_events.h"

#include <fmt/format.h>

#include "base/text.h"

namespace gsa::prompts {

JsonEvents::JsonEvents(TextBlocks& blocks, const RowsPath& path, EventTree& tree)
    : scanner_(blocks, JsonScanner::Halves::replace),
      path_(path),
      tree_(tree),
      walker_(scanner_, &tree, true) {}

bool JsonEvents::next(std::int64_t number, JsonEvent& event) {
  if (!next_value()) return false;
  read_event(number, event);
  return true;
}

// Goes to the next object at the end of the path.
bool JsonEvents::next_value() {
  while (true) {
    if (levels_.empty()) {
      if (!scanner_.next_object()) return false;
      if (path_.empty()) return true;
      enter(0);
      continue;
    }
    Level& level = levels_.back();
    if (!next_in_level(level)) {
      if (path_[level.step].kind == RowsStep::Kind::key && !level.has_key) {
        pass_misfit(level.line);
      }
      levels_.pop_back();
      continue;
    }
    const RowsStep& step = path_[level.step];
    if (step.kind == RowsStep::Kind::key && key_ != step.key) {
      scanner_.read_value(nullptr);
      continue;
    }
    level.has_key = true;
    if (level.step + 1 < path_.size()) {
      enter(level.step + 1);
      continue;
    }
    const int c = scanner_.skip_space();
    if (c == '{') return true;
    if (c != 'n') scanner_.throw_not_an_object(is_list(level.step));
    scanner_.read_value(nullptr);
  }
}

// Goes to the next value in the container. Reads its key into key_ if it is an object.
bool JsonEvents::next_in_level(Level& level) {
  const bool list = is_list(level.step);
  const int close = static_cast<unsigned char>(list ? ']' : '}');
  const int c = scanner_.skip_space();
  if (c == JsonScanner::kEnd) {
    scanner_.throw_syntax(list ? "a list is cut off before its end"
                               : "an object is cut off before its end");
  }
  if (c == close) {
    scanner_.advance();
    return false;
  }
  if (!level.is_first) {
    scanner_.expect(',', list ? "a ',' or ']' is expected" : "a ',' or '}' is expected");
  }
  level.is_first = false;
  if (!list) scanner_.read_key(key_);
  return true;
}

void JsonEvents::enter(std::size_t step) {
  const std::int64_t line = scanner_.line();
  if (scanner_.skip_space() == (is_list(step) ? '[' : '{')) {
    scanner_.advance();
    levels_.push_back({step, line});
    return;
  }
  scanner_.read_value(nullptr);
  pass_misfit(line);
}

void JsonEvents::pass_misfit(std::int64_t line) {
  if (misfits_++ == 0) first_misfit_line_ = line;
}

void JsonEvents::read_event(std::int64_t number, JsonEvent& event) {
  tree_.begin_event(number);
  event.line = scanner_.line();
  scanner_.begin_record();
  if (!path_.empty() && path_.back().kind == RowsStep::Kind::values) {
    scanner_.advance();
    const std::string key = fmt::format("{{{}:{}", json_quote(kKey), json_quote(key_));
    const EventTree::Id id = tree_.meet(EventTree::kRoot, EventTree::kNone, kKey);
    tree_.saw(id, EventTree::Kind::string);
    scanner_.begin_capture(scanner_.skip_space() == '}' ? key : key + ',');
  } else {
    scanner_.begin_capture();
    scanner_.advance();
  }
  walker_.walk_members(EventTree::kRoot);
  event.text = scanner_.end_capture();
  scanner_.end_record();
}

std::vector<std::string> JsonEvents::notes() const {
  std::vector<std::string> notes;
  if (scanner_.halves() > 0) {
    notes.push_back(fmt::format(
        "{}: {} of a pair of surrogates stood in a string and became U+FFFD; the first "
        "is in line {}",
        scanner_.name(), counted(scanner_.halves(), "half", "halves"), scanner_.first_half_line()));
  }
  if (misfits_ > 0) {
    notes.push_back(fmt::format("{}: {} nothing at {} and {} left out; the first is in line {}",
                                scanner_.name(), counted(misfits_, "object has", "objects have"),
                                format_rows_path(path_), misfits_ == 1 ? "is" : "are",
                                first_misfit_line_));
  }
  return notes;
}

}  // namespace gsa::prompts
