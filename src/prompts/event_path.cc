#include "prompts/event_path.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/characters.h"
#include "base/error.h"
#include "base/text.h"
#include "prompts/json_scanner.h"

namespace gsa::prompts {
namespace {

bool is_plain_key_character(char c) {
  return is_word_character(c) || c == '$' || c == '-' || static_cast<unsigned char>(c) >= 0x80;
}

class PathReader {
 public:
  explicit PathReader(std::string_view text) : text_(text) {}

  std::vector<EventStep> read() {
    std::vector<EventStep> path{{read_key()}};
    while (at_ < text_.size()) {
      if (text_[at_] == '[') {
        path.push_back({"", read_index()});
      } else if (text_[at_] == '.') {
        ++at_;
        path.push_back({read_key()});
      } else {
        fail("a . or [ is expected");
      }
    }
    return path;
  }

 private:
  std::string read_key() {
    if (at_ < text_.size() && text_[at_] == '"') return read_quoted();
    const std::size_t end = std::min(text_.find_first_of(".[]\"", at_), text_.size());
    if (end == at_) fail("a key is expected");
    std::string key(text_.substr(at_, end - at_));
    at_ = end;
    return key;
  }

  std::string read_quoted() {
    std::size_t end = at_ + 1;
    while (end < text_.size() && text_[end] != '"') end += text_[end] == '\\' ? 2U : 1U;
    if (end >= text_.size()) fail("a quote is not closed");
    const std::string_view quoted = text_.substr(at_, end + 1 - at_);
    std::string key;
    try {
      JsonScanner(quoted, "").read_value(&key);
    } catch (const Error&) {
      fail("what is between quotes is no string of JSON");
    }
    at_ = end + 1;
    return key;
  }

  std::int64_t read_index() {
    const std::size_t end = text_.find(']', at_);
    if (end == std::string_view::npos) fail("a ] is expected");
    const std::string_view digits = text_.substr(at_ + 1, end - at_ - 1);
    std::int64_t index = 0;
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), index);
    const bool is_number = !digits.empty() && is_digit(digits.front());
    if (!is_number || read.ec != std::errc() || read.ptr != digits.data() + digits.size()) {
      fail("the number of an element is expected between [ and ]");
    }
    at_ = end + 1;
    return index;
  }

  [[noreturn]] void fail(std::string_view what) const {
    throw Error(fmt::format("not a path of a value: {}: {}", text_, what),
                "as in input.prompt, tags[0] or attributes.\"llm.model_name\"", ErrorCode::usage);
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

}  // namespace

std::vector<EventStep> parse_event_path(std::string_view text) { return PathReader(text).read(); }

std::string format_event_key(std::string_view key) {
  const bool is_plain = !key.empty() && std::all_of(key.begin(), key.end(), is_plain_key_character);
  return is_plain ? std::string(key) : json_quote(key);
}

std::string format_event_path(std::span<const EventStep> path) {
  std::string text;
  for (const EventStep& step : path) {
    if (step.is_key()) {
      text += (text.empty() ? "" : ".") + format_event_key(step.key);
    } else {
      text += fmt::format("[{}]", step.index);
    }
  }
  return text;
}

std::string json_pointer(const EventStep& step) {
  if (!step.is_key()) return fmt::format("/{}", step.index);
  return "/" + replace_all(replace_all(step.key, "~", "~0"), "/", "~1");
}

}  // namespace gsa::prompts
