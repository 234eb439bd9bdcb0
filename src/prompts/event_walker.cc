#include "prompts/event_walker.h"

#include <algorithm>

#include "base/characters.h"
#include "base/error.h"
#include "base/text.h"
#include "prompts/otlp_attributes.h"

namespace gsa::prompts {
namespace {

constexpr std::size_t kExactDigits = 15;  // a double holds every number of so many digits

// Whether JSON functions may round the number: they read all whole numbers exactly.
bool may_be_rounded(std::string_view number) {
  if (number.find_first_of(".eE") == std::string_view::npos) return false;
  const std::string_view mantissa = number.substr(0, number.find_first_of("eE"));
  const std::size_t first = std::min(mantissa.find_first_of("123456789"), mantissa.size());
  const auto digits = std::count_if(mantissa.begin() + static_cast<std::ptrdiff_t>(first),
                                    mantissa.end(), is_digit);
  return static_cast<std::size_t>(digits) > kExactDigits;
}

// A cheap look at both ends: parsing what is none costs an exception.
bool may_be_object(std::string_view text) {
  if (text.empty() || (text.front() != '{' && static_cast<unsigned char>(text.front()) > ' ')) {
    return false;
  }
  text = trim(text);
  if (text.size() < 2 || text.front() != '{' || text.back() != '}') return false;
  const std::string_view inside = trim(text.substr(1));
  return inside.front() == '"' || inside.size() == 1;
}

bool is_object(std::string_view text) {
  if (!may_be_object(text)) return false;
  try {
    JsonScanner scanner(text, "", JsonScanner::Halves::replace);
    scanner.skip_space();
    scanner.pass_container();
    return scanner.skip_space() == JsonScanner::kEnd;
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

bool EventWalker::walk_members(Id node, int level) {
  if (scanner_.skip_space() == '}') {
    scanner_.advance();
    return false;
  }
  Id previous = EventTree::kNone;
  while (true) {
    previous = read_key(node, previous);
    read_value(previous, level);
    const int c = scanner_.skip_space();
    if (c != ',' && c != '}') scanner_.throw_syntax("a ',' or '}' is expected");
    scanner_.advance();
    if (c == '}') return true;
  }
}

EventWalker::Id EventWalker::read_key(Id node, Id previous) {
  if (tree_ == nullptr) {
    scanner_.read_key(key_);
    return EventTree::kNone;
  }
  const Id expected = tree_->expected(node, previous);
  if (expected != EventTree::kNone && scanner_.skip_space() == '"' &&
      !tree_->quoted(expected).empty() && scanner_.pass(tree_->quoted(expected))) {
    scanner_.expect(':', "a ':' is expected");
    tree_->meet(expected);
    return expected;
  }
  scanner_.read_key(key_);
  return tree_->meet(node, previous, key_);
}

void EventWalker::read_value(Id node, int level) {
  switch (scanner_.skip_space()) {
    case '"':
      return read_string(node, level);
    case '{':
      return read_object(node, level);
    case '[':
      return read_list(node, level);
    case 't':
      scanner_.read_literal("true");
      return saw(node, EventTree::Kind::boolean);
    case 'f':
      scanner_.read_literal("false");
      return saw(node, EventTree::Kind::boolean);
    case 'n':
      scanner_.read_literal("null");
      return saw(node, EventTree::Kind::null);
    default:
      read_number();
      return saw(node, EventTree::Kind::number);
  }
}

void EventWalker::read_string(Id node, int level) {
  scanner_.advance();
  if (tree_ != nullptr && node != EventTree::kNone && scanner_.peek() == '{') {
    text_.clear();
    scanner_.read_string(&text_);
    saw(node, EventTree::Kind::string);
    walk_object_text(text_, *tree_, node, level + 1);
    return;
  }
  scanner_.read_string(nullptr);
  saw(node, EventTree::Kind::string);
}

void EventWalker::read_object(Id node, int level) {
  if (level >= EventTree::kMostLevels) {
    scanner_.pass_container();
    saw(node, EventTree::Kind::object);
    if (tree_ != nullptr) tree_->saw_deep(node);
    return;
  }
  scanner_.advance();
  if (!walk_members(node, level + 1)) saw(node, EventTree::Kind::object);
}

void EventWalker::read_list(Id node, int level) {
  if (!writes_ || tree_ == nullptr || node == EventTree::kNone || level >= EventTree::kMostLevels) {
    scanner_.pass_container();
    return saw(node, EventTree::Kind::array);
  }
  const std::size_t begin = scanner_.captured();
  scanner_.pass_container();
  const auto object = attributes_object(scanner_.captured_since(begin));
  if (!object) return saw(node, EventTree::Kind::array);
  JsonScanner attributes(*object, scanner_.name());
  attributes.begin_capture();
  attributes.skip_space();
  attributes.advance();
  if (!EventWalker(attributes, tree_, true).walk_members(node, level + 1)) {
    saw(node, EventTree::Kind::object);
  }
  scanner_.edit_capture().replace(begin, std::string::npos, attributes.end_capture());
}

void EventWalker::read_number() {
  if (!writes_) return scanner_.read_number();
  const std::size_t begin = scanner_.captured();
  scanner_.read_number();
  if (scanner_.captured() - begin <= kExactDigits) return;
  if (!may_be_rounded(scanner_.captured_since(begin))) return;
  std::string& text = scanner_.edit_capture();
  text.insert(begin, 1, '"');
  text += '"';
}

void walk_object_text(std::string_view text, EventTree& tree, EventTree::Id node, int level) {
  if (level > EventTree::kMostLevels || !is_object(text)) return;
  JsonScanner scanner(text, "", JsonScanner::Halves::replace);
  scanner.skip_space();
  scanner.advance();
  if (EventWalker(scanner, &tree, false).walk_members(node, level)) tree.saw_object_text(node);
}

std::optional<std::string_view> readable_object(std::string_view text, std::string& buffer) {
  if (!may_be_object(text)) return std::nullopt;
  try {
    JsonScanner scanner(text, "", JsonScanner::Halves::replace);
    scanner.begin_capture();
    scanner.skip_space();
    scanner.advance();
    EventWalker(scanner, nullptr, true).walk_members(EventTree::kNone);
    const std::string_view readable = scanner.end_capture();
    const bool is_changed = readable.data() != text.data();
    if (is_changed) buffer = readable;
    if (scanner.skip_space() != JsonScanner::kEnd) return std::nullopt;
    return is_changed ? std::string_view(buffer) : text;
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace gsa::prompts
