#include "jinja/template_methods.h"

#include <algorithm>
#include <array>
#include <span>

#include <fmt/format.h>

#include "base/characters.h"
#include "base/error.h"
#include "base/text.h"
#include "jinja/template_format.h"

namespace gsa::jinja {
namespace {

struct Named {
  std::string_view name;
  Method method;
};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string upper_text(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), upper);
  return out;
}

// Makes letters upper case after any non-letter and lower case elsewhere: "it's" becomes "It'S".
std::string title_text(std::string_view text) {
  std::string out(text);
  bool inside = false;
  for (char& c : out) {
    c = inside ? lower(c) : upper(c);
    inside = is_letter(c) || static_cast<unsigned char>(c) >= 0x80;
  }
  return out;
}

enum class Side { left, right, both };

std::string strip(std::string_view text, const Value* set, Side side) {
  if (set == nullptr || set->is_none()) {
    if (side != Side::right) text = strip_left(text);
    if (side != Side::left) text = strip_right(text);
    return std::string(text);
  }
  const std::vector<std::string_view> wanted = characters(set->as_string());
  const std::vector<std::string_view> letters = characters(text);
  const auto in_set = [&wanted](std::string_view letter) {
    return std::find(wanted.begin(), wanted.end(), letter) != wanted.end();
  };
  std::size_t begin = 0, end = letters.size();
  while (side != Side::right && begin < end && in_set(letters[begin])) ++begin;
  while (side != Side::left && end > begin && in_set(letters[end - 1])) --end;
  std::string out;
  for (std::size_t i = begin; i < end; ++i) out += letters[i];
  return out;
}

template <Side side>
Value strip_method(const Value& self, const CallArguments& arguments) {
  arguments.expect("strip", 0, {"chars"});
  return strip(self.as_string(), arguments.find(0, "chars"), side);
}

template <bool at_end>
Value affix_method(const Value& self, const CallArguments& arguments) {
  arguments.expect(at_end ? "endswith" : "startswith", 1, {at_end ? "suffix" : "prefix"});
  const std::string_view text = self.as_string();
  const Value& affix = *arguments.find(0, at_end ? "suffix" : "prefix");
  const List affixes = affix.kind() == Value::Kind::tuple ? affix.as_list() : List{affix};
  return std::any_of(affixes.begin(), affixes.end(), [text](const Value& one) {
    return at_end ? text.ends_with(one.as_string()) : text.starts_with(one.as_string());
  });
}

std::int64_t count_of(const CallArguments& arguments, std::size_t position, std::string_view name) {
  const Value* value = arguments.find(position, name);
  return value == nullptr || value->is_none() ? -1 : value->as_integer();
}

Value replace_method(const Value& self, const CallArguments& arguments) {
  arguments.expect("replace", 2, {"old", "new", "count"});
  std::string_view text = self.as_string();
  const std::string& from = arguments.find(0, "old")->as_string();
  const std::string& to = arguments.find(1, "new")->as_string();
  std::int64_t left = count_of(arguments, 2, "count");
  std::string out;
  while (left != 0) {
    // An empty `from` matches before every character and at the end.
    const std::size_t at = from.empty() ? 0 : text.find(from);
    if (at == std::string_view::npos) break;
    out.append(text.substr(0, at)).append(to);
    text.remove_prefix(at + from.size());
    if (from.empty()) {
      if (text.empty()) return out;
      const std::string_view letter = characters(text.substr(0, 4)).front();
      out += letter;
      text.remove_prefix(letter.size());
    }
    --left;
  }
  return out.append(text);
}

List split_at_space(std::string_view text, std::int64_t left) {
  List parts;
  for (text = strip_left(text); !text.empty(); text = strip_left(text)) {
    const auto* const end = std::find_if(text.begin(), text.end(), is_space);
    const auto length = static_cast<std::size_t>(end - text.begin());
    if (left-- == 0) {
      parts.emplace_back(text);
      return parts;
    }
    parts.emplace_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  return parts;
}

Value split_method(const Value& self, const CallArguments& arguments) {
  arguments.expect("split", 0, {"sep", "maxsplit"});
  std::string_view text = self.as_string();
  const Value* separator = arguments.find(0, "sep");
  std::int64_t left = count_of(arguments, 1, "maxsplit");
  if (separator == nullptr || separator->is_none()) return split_at_space(text, left);
  const std::string& mark = separator->as_string();
  if (mark.empty()) throw Error("the separator to split at is empty");
  List parts;
  for (std::size_t at = text.find(mark); at != std::string_view::npos && left != 0;
       at = text.find(mark), --left) {
    parts.emplace_back(text.substr(0, at));
    text.remove_prefix(at + mark.size());
  }
  parts.emplace_back(text);
  return parts;
}

Value splitlines_method(const Value& self, const CallArguments& arguments) {
  arguments.expect("splitlines", 0, {});
  const std::string text = replace_all(replace_all(self.as_string(), "\r\n", "\n"), "\r", "\n");
  List lines;
  for (std::string& line : split(text, '\n')) lines.emplace_back(std::move(line));
  if (text.empty() || text.back() == '\n') lines.pop_back();
  return lines;
}

Value join_method(const Value& self, const CallArguments& arguments) {
  arguments.expect("join", 1, {"list"});
  std::string out;
  bool first = true;
  for (const Value& item : arguments.find(0, "list")->iterate()) {
    if (!first) out += self.as_string();
    first = false;
    if (!item.is_string() && !item.is_undefined()) {
      throw Error(fmt::format("join() takes a list of strings, but one item is of type {}",
                              item.type_name()),
                  "the filter | join takes any values");
    }
    out += item.as_string();
  }
  return out;
}

Value find_method_of_string(const Value& self, const CallArguments& arguments) {
  arguments.expect("find", 1, {"text"});
  const std::string& text = self.as_string();
  const std::size_t at = text.find(arguments.find(0, "text")->as_string());
  if (at == std::string::npos) return -1;
  return static_cast<std::int64_t>(count_characters(std::string_view(text).substr(0, at)));
}

Value count_in_string(const Value& self, const CallArguments& arguments) {
  arguments.expect("count", 1, {"text"});
  const std::string& text = self.as_string();
  const std::string& part = arguments.find(0, "text")->as_string();
  if (part.empty()) return static_cast<std::int64_t>(count_characters(text)) + 1;
  std::int64_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos;
       at = text.find(part, at + part.size())) {
    ++count;
  }
  return count;
}

Value zfill_method(const Value& self, const CallArguments& arguments) {
  arguments.expect("zfill", 1, {"width"});
  const std::int64_t width = arguments.find(0, "width")->as_integer();
  if (width > 10'000) throw Error("a width above 10000");
  std::string text = self.as_string();
  const auto length = static_cast<std::int64_t>(count_characters(text));
  const bool sign = !text.empty() && (text[0] == '-' || text[0] == '+');
  if (width > length) text.insert(sign ? 1 : 0, static_cast<std::size_t>(width - length), '0');
  return text;
}

template <bool (*is)(char)>
Value all_characters(const Value& self, const CallArguments& arguments) {
  arguments.expect("the method", 0, {});
  const std::string& text = self.as_string();
  return !text.empty() && std::all_of(text.begin(), text.end(), is);
}

template <std::string (*change)(std::string_view)>
Value change_case(const Value& self, const CallArguments& arguments) {
  arguments.expect("the method", 0, {});
  return change(self.as_string());
}

std::string lower_text(std::string_view text) { return to_lower(text); }
std::string capitalize_text(std::string_view text) {
  std::string out = to_lower(text);
  if (!out.empty()) out[0] = upper(out[0]);
  return out;
}

Value format_method(const Value& self, const CallArguments& arguments) {
  return format_braces(self.as_string(), arguments);
}

template <bool at_end>
Value remove_affix(const Value& self, const CallArguments& arguments) {
  arguments.expect(at_end ? "removesuffix" : "removeprefix", 1, {"text"});
  std::string_view text = self.as_string();
  const std::string& affix = arguments.find(0, "text")->as_string();
  if (at_end && text.ends_with(affix)) text.remove_suffix(affix.size());
  if (!at_end && text.starts_with(affix)) text.remove_prefix(affix.size());
  return text;
}

constexpr std::array<Named, 21> kStringMethods = {{
    {"upper", change_case<upper_text>},
    {"lower", change_case<lower_text>},
    {"title", change_case<title_text>},
    {"capitalize", change_case<capitalize_text>},
    {"strip", strip_method<Side::both>},
    {"lstrip", strip_method<Side::left>},
    {"rstrip", strip_method<Side::right>},
    {"replace", replace_method},
    {"split", split_method},
    {"splitlines", splitlines_method},
    {"startswith", affix_method<false>},
    {"endswith", affix_method<true>},
    {"join", join_method},
    {"format", format_method},
    {"find", find_method_of_string},
    {"count", count_in_string},
    {"zfill", zfill_method},
    {"isdigit", all_characters<is_digit>},
    {"isalpha", all_characters<is_letter>},
    {"removeprefix", remove_affix<false>},
    {"removesuffix", remove_affix<true>},
}};

Value append_method(const Value& self, const CallArguments& arguments) {
  arguments.expect("append", 1, {"item"});
  self.as_list().push_back(*arguments.find(0, "item"));
  return {};
}

Value extend_method(const Value& self, const CallArguments& arguments) {
  arguments.expect("extend", 1, {"list"});
  const List more = arguments.find(0, "list")->iterate();
  self.as_list().insert(self.as_list().end(), more.begin(), more.end());
  return {};
}

Value insert_method(const Value& self, const CallArguments& arguments) {
  arguments.expect("insert", 2, {"index", "item"});
  List& items = self.as_list();
  const auto size = static_cast<std::int64_t>(items.size());
  std::int64_t at = arguments.find(0, "index")->as_integer();
  at = std::clamp<std::int64_t>(at < 0 ? at + size : at, 0, size);
  items.insert(items.begin() + at, *arguments.find(1, "item"));
  return {};
}

Value pop_from_list(const Value& self, const CallArguments& arguments) {
  arguments.expect("pop", 0, {"index"});
  List& items = self.as_list();
  const auto size = static_cast<std::int64_t>(items.size());
  const Value* index = arguments.find(0, "index");
  std::int64_t at = index == nullptr ? -1 : index->as_integer();
  if (at < 0) at += size;
  if (at < 0 || at >= size) throw Error("there is no such item to pop from the list");
  Value item = items[static_cast<std::size_t>(at)];
  items.erase(items.begin() + at);
  return item;
}

std::int64_t index_of(const Value& self, const Value& item) {
  const List& items = self.as_list();
  const auto at = std::find(items.begin(), items.end(), item);
  if (at == items.end()) throw Error(fmt::format("{} is not in the list", item.repr()));
  return at - items.begin();
}

Value index_method(const Value& self, const CallArguments& arguments) {
  arguments.expect("index", 1, {"item"});
  return index_of(self, *arguments.find(0, "item"));
}

Value remove_method(const Value& self, const CallArguments& arguments) {
  arguments.expect("remove", 1, {"item"});
  self.as_list().erase(self.as_list().begin() + index_of(self, *arguments.find(0, "item")));
  return {};
}

Value count_in_list(const Value& self, const CallArguments& arguments) {
  arguments.expect("count", 1, {"item"});
  const List& items = self.as_list();
  return std::int64_t{std::count(items.begin(), items.end(), *arguments.find(0, "item"))};
}

Value reverse_method(const Value& self, const CallArguments& arguments) {
  arguments.expect("reverse", 0, {});
  std::reverse(self.as_list().begin(), self.as_list().end());
  return {};
}

Value sort_method(const Value& self, const CallArguments& arguments) {
  arguments.expect("sort", 0, {});
  std::stable_sort(self.as_list().begin(), self.as_list().end(), Value::less);
  return {};
}

Value copy_list(const Value& self, const CallArguments& arguments) {
  arguments.expect("copy", 0, {});
  return List(self.as_list());
}

Value clear_list(const Value& self, const CallArguments& arguments) {
  arguments.expect("clear", 0, {});
  self.as_list().clear();
  return {};
}

constexpr std::array<Named, 11> kListMethods = {{
    {"index", index_method},
    {"count", count_in_list},
    {"append", append_method},
    {"extend", extend_method},
    {"insert", insert_method},
    {"pop", pop_from_list},
    {"remove", remove_method},
    {"reverse", reverse_method},
    {"sort", sort_method},
    {"copy", copy_list},
    {"clear", clear_list},
}};
constexpr std::size_t kTupleMethods = 2;  // the first ones do not modify the list

Value items_method(const Value& self, const CallArguments& arguments) {
  arguments.expect("items", 0, {});
  List items;
  for (const auto& [key, value] : self.as_dict().entries()) {
    items.push_back(Value::tuple({key, value}));
  }
  return items;
}

Value keys_method(const Value& self, const CallArguments& arguments) {
  arguments.expect("keys", 0, {});
  return self.iterate();
}

Value values_method(const Value& self, const CallArguments& arguments) {
  arguments.expect("values", 0, {});
  List values;
  for (const auto& [key, value] : self.as_dict().entries()) values.push_back(value);
  return values;
}

Value get_method(const Value& self, const CallArguments& arguments) {
  arguments.expect("get", 1, {"key", "default"});
  if (const Value* found = self.as_dict().find_key(*arguments.find(0, "key"))) return *found;
  const Value* otherwise = arguments.find(1, "default");
  return otherwise != nullptr ? *otherwise : Value();
}

Value update_method(const Value& self, const CallArguments& arguments) {
  if (arguments.positional.size() > 1) throw Error("update() takes one dict");
  for (const Value& other : arguments.positional) {
    const Dict& more = other.as_dict();
    for (const auto& [key, value] : more.entries()) self.as_dict().set(key, value);
  }
  for (const auto& [key, value] : arguments.keyword) self.as_dict().set(key, value);
  return {};
}

Value pop_from_dict(const Value& self, const CallArguments& arguments) {
  arguments.expect("pop", 1, {"key", "default"});
  const Value& key = *arguments.find(0, "key");
  if (std::optional<Value> removed = self.as_dict().remove(key)) return *removed;
  if (const Value* otherwise = arguments.find(1, "default")) return *otherwise;
  throw Error(fmt::format("the dict has no key {}", key.repr()));
}

Value setdefault_method(const Value& self, const CallArguments& arguments) {
  arguments.expect("setdefault", 1, {"key", "default"});
  const Value& key = *arguments.find(0, "key");
  if (const Value* found = self.as_dict().find_key(key)) return *found;
  const Value* otherwise = arguments.find(1, "default");
  Value value = otherwise != nullptr ? *otherwise : Value();
  self.as_dict().set(key, value);
  return value;
}

Value copy_dict(const Value& self, const CallArguments& arguments) {
  arguments.expect("copy", 0, {});
  return Dict(self.as_dict());
}

constexpr std::array<Named, 8> kDictMethods = {{
    {"items", items_method},
    {"keys", keys_method},
    {"values", values_method},
    {"get", get_method},
    {"update", update_method},
    {"pop", pop_from_dict},
    {"setdefault", setdefault_method},
    {"copy", copy_dict},
}};

std::span<const Named> methods_of(const Value& self) {
  switch (self.kind()) {
    case Value::Kind::string:
      return kStringMethods;
    case Value::Kind::list:
      return kListMethods;
    case Value::Kind::tuple:
      return std::span(kListMethods).first(kTupleMethods);
    case Value::Kind::dict:
      return kDictMethods;
    default:
      return {};
  }
}

}  // namespace

Method find_method(const Value& self, std::string_view name) {
  for (const Named& named : methods_of(self)) {
    if (named.name == name) return named.method;
  }
  return nullptr;
}

std::vector<std::string> method_names(const Value& self) {
  std::vector<std::string> names;
  for (const Named& named : methods_of(self)) names.emplace_back(named.name);
  return names;
}

}  // namespace gsa::jinja
