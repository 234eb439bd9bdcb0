// Filters of texts: case, padding, joining, JSON.

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/characters.h"
#include "base/error.h"
#include "base/text.h"
#include "jinja/filter_tables.h"
#include "jinja/template_format.h"
#include "jinja/template_methods.h"

namespace gsa::jinja {
namespace {

Value call_method(const Value& input, std::string_view name, const CallArguments& arguments) {
  const Value text = input.str();
  return find_method(text, name)(text, arguments);
}

Value upper(const Value& input, const CallArguments& arguments) {
  return call_method(input, "upper", arguments);
}

Value lower(const Value& input, const CallArguments& arguments) {
  return call_method(input, "lower", arguments);
}

Value capitalize(const Value& input, const CallArguments& arguments) {
  return call_method(input, "capitalize", arguments);
}

Value trim_filter(const Value& input, const CallArguments& arguments) {
  return call_method(input, "strip", arguments);
}

// Unlike for the method title(), a word begins after white space, - ( { [ and <.
Value title(const Value& input, const CallArguments& arguments) {
  arguments.expect("title", 0, {});
  std::string text = to_lower(input.str());
  bool begins = true;
  for (char& c : text) {
    if (begins && c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    begins = is_space(c) || std::string_view("-({[<").find(c) != std::string_view::npos;
  }
  return text;
}

Value replace(const Value& input, const CallArguments& arguments) {
  arguments.expect("replace", 2, {"old", "new", "count"});
  CallArguments text = arguments;
  for (auto& value : text.positional) {
    if (&value - text.positional.data() < 2) value = value.str();
  }
  for (auto& [name, value] : text.keyword) {
    if (name != "count") value = value.str();
  }
  return call_method(input, "replace", text);
}

Value join_filter(const Value& input, const CallArguments& arguments) {
  arguments.expect("join", 0, {"d", "attribute"});
  const Value* separator = arguments.find(0, "d");
  const Value* attribute = arguments.find(1, "attribute");
  const std::string between = separator != nullptr ? separator->str() : "";
  std::string out;
  bool first = true;
  for (const Value& item : input.iterate()) {
    if (!first) out += between;
    first = false;
    out += attribute == nullptr || attribute->is_none() ? item.str()
                                                        : attribute_of(item, *attribute).str();
  }
  return out;
}

Value length(const Value& input, const CallArguments& arguments) {
  arguments.expect("length", 0, {});
  if (input.is_string()) return static_cast<std::int64_t>(count_characters(input.as_string()));
  if (input.is_dict()) return static_cast<std::int64_t>(input.as_dict().size());
  if (input.is_sequence()) return static_cast<std::int64_t>(input.as_list().size());
  if (input.is_undefined()) return 0;
  if (input.is_object() && input.as_object().items) {
    return static_cast<std::int64_t>(input.as_list().size());
  }
  throw Error(fmt::format("a value of type {} has no length", input.type_name()));
}

Value reverse(const Value& input, const CallArguments& arguments) {
  arguments.expect("reverse", 0, {});
  List items = input.iterate();
  std::reverse(items.begin(), items.end());
  if (!input.is_string()) return items;
  std::string text;
  for (const Value& letter : items) text += letter.as_string();
  return text;
}

Value wordcount(const Value& input, const CallArguments& arguments) {
  arguments.expect("wordcount", 0, {});
  return static_cast<std::int64_t>(
      find_method(Value(""), "split")(Value(input.str()), {}).as_list().size());
}

Value string_filter(const Value& input, const CallArguments& arguments) {
  arguments.expect("string", 0, {});
  return input.is_string() ? input : Value(input.str());
}

// JSON that is safe inside HTML, with sorted keys, as Jinja writes it.
Value tojson(const Value& input, const CallArguments& arguments) {
  arguments.expect("tojson", 0, {});
  std::string out;
  for (const char c : input.json(true)) {
    if (c == '<' || c == '>' || c == '&' || c == '\'') {
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out;
}

Value indent(const Value& input, const CallArguments& arguments) {
  arguments.expect("indent", 0, {"width", "first", "blank"});
  const Value* width = arguments.find(0, "width");
  std::string space(4, ' ');
  if (width != nullptr) {
    space = width->is_string() ? width->as_string()
                               : std::string(static_cast<std::size_t>(std::clamp<std::int64_t>(
                                                 width->as_integer(), 0, 1000)),
                                             ' ');
  }
  std::string out;
  std::size_t number = 0;
  for (const std::string& line : split(input.str(), '\n')) {
    if (number > 0) out += '\n';
    const bool wanted = number == 0 ? flag_argument(arguments, 1, "first", false)
                                    : !line.empty() || flag_argument(arguments, 2, "blank", false);
    if (wanted) out += space;
    out += line;
    ++number;
  }
  return out;
}

Value format(const Value& input, const CallArguments& arguments) {
  Dict named;
  for (const auto& [name, value] : arguments.keyword) named.set(name, value);
  return format_percent(input.str(), arguments.positional, named.size() > 0 ? &named : nullptr);
}

constexpr std::array<Filter, 15> kTextFilters = {{
    {"capitalize", capitalize},
    {"count", length},
    {"format", format},
    {"indent", indent},
    {"join", join_filter},
    {"length", length},
    {"lower", lower},
    {"replace", replace},
    {"reverse", reverse},
    {"string", string_filter},
    {"title", title},
    {"tojson", tojson},
    {"trim", trim_filter},
    {"upper", upper},
    {"wordcount", wordcount},
}};

}  // namespace

std::span<const Filter> text_filters() { return kTextFilters; }

}  // namespace gsa::jinja
