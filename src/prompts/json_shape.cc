#include "prompts/json_shape.h"

#include <algorithm>

#include "base/error.h"

namespace gsa::prompts {
namespace {

constexpr int kDeepestShape = 8;           // levels that are looked at
constexpr std::size_t kMostMembers = 200;  // of an object
constexpr std::size_t kMostElements = 8;   // of a list

// Fills `shape` as it goes, so that it has what was read before an error.
void read_shape(JsonScanner& scanner, JsonShape& shape, int level) {
  const int open = scanner.skip_space();
  if ((open != '{' && open != '[') || level == kDeepestShape) {
    shape.kind = open == '{'   ? JsonScanner::Kind::object
                 : open == '[' ? JsonScanner::Kind::array
                 : open == '"' ? JsonScanner::Kind::string
                               : JsonScanner::Kind::number;
    shape.kind = scanner.read_value(nullptr);
    return;
  }
  const bool is_object = open == '{';
  shape.kind = is_object ? JsonScanner::Kind::object : JsonScanner::Kind::array;
  scanner.advance();
  const int close = static_cast<unsigned char>(is_object ? '}' : ']');
  if (scanner.skip_space() == close) return scanner.advance();
  std::string key;
  while (true) {
    if (scanner.skip_space() == JsonScanner::kEnd) scanner.throw_syntax("the text is cut off");
    if (is_object) scanner.read_key(key);
    if (is_object && shape.members.size() < kMostMembers) {
      read_shape(scanner, shape.members.emplace_back(key, JsonShape{}).second, level + 1);
    } else if (!is_object && shape.elements.size() < kMostElements) {
      read_shape(scanner, shape.elements.emplace_back(), level + 1);
    } else {
      scanner.read_value(nullptr);
    }
    const int c = scanner.skip_space();
    if (c != ',' && c != close) scanner.throw_syntax("a ',' or an end is expected");
    scanner.advance();
    if (c == close) return;
  }
}

}  // namespace

bool JsonShape::is_list_of_objects() const {
  const auto is_object_or_null = [](const JsonShape& element) {
    return element.is_object() || element.kind == JsonScanner::Kind::null;
  };
  return std::any_of(elements.begin(), elements.end(), [](auto& one) { return one.is_object(); }) &&
         std::all_of(elements.begin(), elements.end(), is_object_or_null);
}

const JsonShape* JsonShape::find(std::string_view key) const {
  const auto found = std::find_if(members.begin(), members.end(),
                                  [&](const auto& member) { return member.first == key; });
  return found == members.end() ? nullptr : &found->second;
}

JsonBeginning look_at_json(std::string_view beginning) {
  JsonBeginning look;
  JsonScanner scanner(beginning, "");
  try {
    look.in_array = scanner.skip_space() == '[';
    if (!scanner.next_object()) return look;
    look.is_cut_off = true;
    read_shape(scanner, look.first, 0);
    look.is_cut_off = false;
    look.has_second = scanner.next_object();
  } catch (const Error&) {
    // The text is cut off, or it is not what it seems: whoever reads it says so.
  }
  return look;
}

}  // namespace gsa::prompts
