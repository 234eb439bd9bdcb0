#include "jinja/template_filters.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "base/characters.h"
#include "base/error.h"
#include "base/text.h"
#include "jinja/template_format.h"
#include "jinja/template_methods.h"
#include "jinja/template_operators.h"

namespace gsa::jinja {
namespace {

bool flag(const CallArguments& arguments, std::size_t position, std::string_view name,
          bool otherwise) {
  const Value* value = arguments.find(position, name);
  return value == nullptr ? otherwise : value->truth();
}

// The value that | map(attribute='a.b.0') and similar filters read from each item.
Value look_up(const Value& item, const Value& attribute) {
  if (attribute.is_integer()) return get_item(item, attribute);
  Value found = item;
  for (const std::string& part : split(attribute.as_string(), '.')) {
    const bool index = !part.empty() && std::all_of(part.begin(), part.end(),
                                                    [](char c) { return c >= '0' && c <= '9'; });
    found = index && part.size() < 10 ? get_item(found, std::int64_t{std::stoi(part)})
                                      : get_item(found, part);
  }
  return found;
}

Value call_method(const Value& input, std::string_view name, const CallArguments& arguments) {
  const Value text = input.str();
  return find_method(text, name)(text, arguments);
}

Value same(const Value& input, const CallArguments& arguments) {
  arguments.expect("the filter", 0, {});
  return input;
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

Value default_filter(const Value& input, const CallArguments& arguments) {
  arguments.expect("default", 0, {"default_value", "boolean"});
  const bool missing =
      input.is_undefined() || (flag(arguments, 1, "boolean", false) && !input.truth());
  if (!missing) return input;
  const Value* otherwise = arguments.find(0, "default_value");
  return otherwise != nullptr ? *otherwise : Value("");
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
    out +=
        attribute == nullptr || attribute->is_none() ? item.str() : look_up(item, *attribute).str();
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

Value nothing_of(std::string_view filter) {
  Undefined why;
  why.name = std::string(filter);
  why.what = fmt::format("the list is empty: it has no {} item", filter);
  return Value::undefined(std::move(why));
}

Value first(const Value& input, const CallArguments& arguments) {
  arguments.expect("first", 0, {});
  const List items = input.iterate();
  return items.empty() ? nothing_of("first") : items.front();
}

Value last(const Value& input, const CallArguments& arguments) {
  arguments.expect("last", 0, {});
  const List items = input.iterate();
  return items.empty() ? nothing_of("last") : items.back();
}

Value list(const Value& input, const CallArguments& arguments) {
  arguments.expect("list", 0, {});
  return input.iterate();
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

// The key that sort, unique, min and max compare: the item or its attribute, in lower case unless
// `case_sensitive`.
Value sort_key(const Value& item, const Value* attribute, bool case_sensitive) {
  Value key = attribute == nullptr || attribute->is_none() ? item : look_up(item, *attribute);
  if (key.is_undefined()) throw UndefinedError(key.why_undefined());
  return key.is_string() && !case_sensitive ? Value(to_lower(key.as_string())) : key;
}

// | sort(attribute='a,b') compares several attributes in turn.
Value sort_keys(const Value& item, const Value* attribute, bool case_sensitive) {
  if (attribute == nullptr || !attribute->is_string() ||
      attribute->as_string().find(',') == std::string::npos) {
    return sort_key(item, attribute, case_sensitive);
  }
  List keys;
  for (const std::string& part : split(attribute->as_string(), ',')) {
    const Value name{trim(part)};
    keys.push_back(sort_key(item, &name, case_sensitive));
  }
  return keys;
}

Value sort(const Value& input, const CallArguments& arguments) {
  arguments.expect("sort", 0, {"reverse", "case_sensitive", "attribute"});
  const bool descending = flag(arguments, 0, "reverse", false);
  const bool case_sensitive = flag(arguments, 1, "case_sensitive", false);
  const Value* attribute = arguments.find(2, "attribute");
  std::vector<std::pair<Value, Value>> keyed;
  for (const Value& item : input.iterate()) {
    keyed.emplace_back(sort_keys(item, attribute, case_sensitive), item);
  }
  std::stable_sort(keyed.begin(), keyed.end(), [descending](const auto& a, const auto& b) {
    return descending ? Value::less(b.first, a.first) : Value::less(a.first, b.first);
  });
  List items;
  for (const auto& [key, item] : keyed) items.push_back(item);
  return items;
}

// A pair whose parts also have names.
Value make_group(const Value& key) {
  const Value items(List{});
  Object group;
  group.name = "group";
  group.text = "<group>";
  group.attributes = Dict({{Value("grouper"), key}, {Value("list"), items}});
  group.items = List{key, items};
  return Value::object(std::move(group));
}

// Groups the items by a value: sorted pairs of the value and the list of its items.
Value groupby(const Value& input, const CallArguments& arguments) {
  arguments.expect("groupby", 1, {"attribute", "default", "case_sensitive"});
  const Value& attribute = *arguments.find(0, "attribute");
  const Value* otherwise = arguments.find(1, "default");
  const bool case_sensitive = flag(arguments, 2, "case_sensitive", false);
  std::vector<std::pair<Value, Value>> keyed;
  for (const Value& item : input.iterate()) {
    Value key = look_up(item, attribute);
    if (key.is_undefined() && otherwise != nullptr) key = *otherwise;
    keyed.emplace_back(key, item);
  }
  const auto folded = [case_sensitive](const Value& key) {
    return key.is_string() && !case_sensitive ? Value(to_lower(key.as_string())) : key;
  };
  std::stable_sort(keyed.begin(), keyed.end(), [&](const auto& a, const auto& b) {
    return Value::less(folded(a.first), folded(b.first));
  });
  List groups;
  for (const auto& [key, item] : keyed) {
    const auto part = [&groups](std::size_t i) { return groups.back().as_list().at(i); };
    if (groups.empty() || !(folded(part(0)) == folded(key))) groups.push_back(make_group(key));
    part(1).as_list().push_back(item);
  }
  return groups;
}

// The pairs of a dict, sorted by key or by value.
Value dictsort(const Value& input, const CallArguments& arguments) {
  arguments.expect("dictsort", 0, {"case_sensitive", "by", "reverse"});
  const bool case_sensitive = flag(arguments, 0, "case_sensitive", false);
  const Value* by = arguments.find(1, "by");
  const bool descending = flag(arguments, 2, "reverse", false);
  const std::size_t part = by != nullptr && by->str() == "value" ? 1 : 0;
  List pairs;
  for (const auto& [key, value] : input.as_dict().entries()) {
    pairs.push_back(Value::tuple({key, value}));
  }
  const auto key_of = [&](const Value& pair) {
    const Value& key = pair.as_list()[part];
    return key.is_string() && !case_sensitive ? Value(to_lower(key.as_string())) : key;
  };
  std::stable_sort(pairs.begin(), pairs.end(), [&](const Value& a, const Value& b) {
    return descending ? Value::less(key_of(b), key_of(a)) : Value::less(key_of(a), key_of(b));
  });
  return pairs;
}

// Splits into lists of `linecount` items. Fills the last one up if there is a `fill_with`.
Value batch(const Value& input, const CallArguments& arguments) {
  arguments.expect("batch", 1, {"linecount", "fill_with"});
  const std::int64_t size = arguments.find(0, "linecount")->as_integer();
  if (size < 1) throw Error("batch() needs at least one item a batch");
  const Value* fill = arguments.find(1, "fill_with");
  List batches;
  for (const Value& item : input.iterate()) {
    if (batches.empty() || std::ssize(batches.back().as_list()) == size)
      batches.emplace_back(List{});
    batches.back().as_list().push_back(item);
  }
  if (fill != nullptr && !fill->is_none() && !batches.empty() && size <= 100'000) {
    List& last = batches.back().as_list();
    last.resize(static_cast<std::size_t>(size), *fill);
  }
  return batches;
}

Value attr(const Value& input, const CallArguments& arguments) {
  arguments.expect("attr", 1, {"name"});
  const std::string& name = arguments.find(0, "name")->as_string();
  // Reads only attributes, never the value of a key.
  if (!input.is_dict() || find_method(input, name) != nullptr) return get_attribute(input, name);
  return get_attribute(Value(Dict()), name);
}

Value wordcount(const Value& input, const CallArguments& arguments) {
  arguments.expect("wordcount", 0, {});
  return static_cast<std::int64_t>(
      find_method(Value(""), "split")(Value(input.str()), {}).as_list().size());
}

Value unique(const Value& input, const CallArguments& arguments) {
  arguments.expect("unique", 0, {"case_sensitive", "attribute"});
  const bool case_sensitive = flag(arguments, 0, "case_sensitive", false);
  List seen, items;
  for (const Value& item : input.iterate()) {
    Value key = sort_key(item, arguments.find(1, "attribute"), case_sensitive);
    if (std::find(seen.begin(), seen.end(), key) != seen.end()) continue;
    seen.push_back(std::move(key));
    items.push_back(item);
  }
  return items;
}

Value extreme(const Value& input, const CallArguments& arguments, bool largest) {
  arguments.expect(largest ? "max" : "min", 0, {"case_sensitive", "attribute"});
  const bool case_sensitive = flag(arguments, 0, "case_sensitive", false);
  const Value* attribute = arguments.find(1, "attribute");
  const List items = input.iterate();
  if (items.empty()) return nothing_of(largest ? "largest" : "smallest");
  const Value* best = &items.front();
  Value best_key = sort_key(*best, attribute, case_sensitive);
  for (const Value& item : items) {
    Value key = sort_key(item, attribute, case_sensitive);
    if (largest ? Value::less(best_key, key) : Value::less(key, best_key)) {
      best = &item;
      best_key = std::move(key);
    }
  }
  return *best;
}

Value min(const Value& input, const CallArguments& arguments) {
  return extreme(input, arguments, false);
}
Value max(const Value& input, const CallArguments& arguments) {
  return extreme(input, arguments, true);
}

Value sum(const Value& input, const CallArguments& arguments) {
  arguments.expect("sum", 0, {"attribute", "start"});
  const Value* attribute = arguments.find(0, "attribute");
  const Value* start = arguments.find(1, "start");
  Value total = start != nullptr ? *start : Value(0);
  for (const Value& item : input.iterate()) {
    const bool whole = attribute == nullptr || attribute->is_none();
    total = apply(BinaryOperator::add, total, whole ? item : look_up(item, *attribute));
  }
  return total;
}

// The remaining arguments: those for the filter or test that map, select … apply.
CallArguments without_first(const CallArguments& arguments, std::size_t count) {
  CallArguments rest = arguments;
  rest.positional.erase(rest.positional.begin(),
                        rest.positional.begin() + static_cast<std::ptrdiff_t>(count));
  return rest;
}

const Filter& filter_named(const std::string& name) {
  const Filter* filter = find_filter(name);
  if (filter == nullptr) {
    throw Error(fmt::format("unknown filter '{}'", name), did_you_mean(name, filter_names()));
  }
  return *filter;
}

const Test& test_named(const std::string& name) {
  const Test* test = find_test(name);
  if (test == nullptr) {
    throw Error(fmt::format("unknown test '{}'", name), did_you_mean(name, test_names()));
  }
  return *test;
}

Value map(const Value& input, const CallArguments& arguments) {
  List items;
  if (arguments.positional.empty()) {
    arguments.expect("map", 0, {"attribute", "default"});
    const Value* attribute = arguments.find(0, "attribute");
    const Value* otherwise = arguments.find(1, "default");
    if (attribute == nullptr) throw Error("map() needs the name of a filter, or attribute='…'");
    for (const Value& item : input.iterate()) {
      Value found = look_up(item, *attribute);
      items.push_back(found.is_undefined() && otherwise != nullptr ? *otherwise : found);
    }
    return items;
  }
  const Filter& filter = filter_named(arguments.positional.front().as_string());
  const CallArguments rest = without_first(arguments, 1);
  for (const Value& item : input.iterate()) items.push_back(filter.apply(item, rest));
  return items;
}

// The items, or their attributes, that pass the test; without a test, those that are true.
Value choose(const Value& input, const CallArguments& arguments, bool by_attribute, bool wanted) {
  const std::size_t names = by_attribute ? 1 : 0;
  if (arguments.positional.size() < names) throw Error("the filter needs the name of an attribute");
  const Test* test = nullptr;
  CallArguments rest;
  if (arguments.positional.size() > names) {
    test = &test_named(arguments.positional[names].as_string());
    rest = without_first(arguments, names + 1);
  }
  List items;
  for (const Value& item : input.iterate()) {
    const Value value = by_attribute ? look_up(item, arguments.positional.front()) : item;
    const bool holds = test != nullptr ? test->holds(value, rest) : value.truth();
    if (holds == wanted) items.push_back(item);
  }
  return items;
}

Value select(const Value& input, const CallArguments& arguments) {
  return choose(input, arguments, false, true);
}
Value reject(const Value& input, const CallArguments& arguments) {
  return choose(input, arguments, false, false);
}
Value selectattr(const Value& input, const CallArguments& arguments) {
  return choose(input, arguments, true, true);
}
Value rejectattr(const Value& input, const CallArguments& arguments) {
  return choose(input, arguments, true, false);
}

std::optional<double> read_float(std::string_view text) {
  const std::string digits = replace_all(trim(text), "_", "");
  const char* begin = digits.data() + (digits.starts_with('+') ? 1 : 0);
  double value = 0;
  const auto end = std::from_chars(begin, digits.data() + digits.size(), value);
  if (end.ec != std::errc() || end.ptr != digits.data() + digits.size()) return std::nullopt;
  return value;
}

std::optional<std::int64_t> read_int(std::string_view text, int base) {
  std::string digits = to_lower(replace_all(trim(text), "_", ""));
  const bool negative = digits.starts_with('-');
  if (negative || digits.starts_with('+')) digits.erase(0, 1);
  const std::string_view prefix = base == 16 ? "0x" : base == 8 ? "0o" : base == 2 ? "0b" : "";
  if (!prefix.empty() && digits.starts_with(prefix)) digits.erase(0, 2);
  if (negative) digits.insert(0, 1, '-');
  std::int64_t value = 0;
  const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (end.ec != std::errc() || end.ptr != digits.data() + digits.size()) return std::nullopt;
  return value;
}

std::optional<std::int64_t> truncate(double number) {
  if (!(std::fabs(number) < 0x1p63)) return std::nullopt;
  return static_cast<std::int64_t>(number);
}

Value int_filter(const Value& input, const CallArguments& arguments) {
  arguments.expect("int", 0, {"default", "base"});
  const Value* otherwise = arguments.find(0, "default");
  const Value* base = arguments.find(1, "base");
  const std::int64_t radix = base != nullptr ? base->as_integer() : 10;
  if (radix < 2 || radix > 36) throw Error("the base of int() is from 2 to 36");
  std::optional<std::int64_t> number;
  if (input.is_string()) {
    number = read_int(input.as_string(), static_cast<int>(radix));
    if (!number) {
      if (const auto fraction = read_float(input.as_string())) number = truncate(*fraction);
    }
  } else if (input.kind() == Value::Kind::floating) {
    number = truncate(input.as_double());
  } else if (input.is_number() || input.is_undefined()) {
    number = input.as_integer();
  }
  if (number) return *number;
  return otherwise != nullptr ? *otherwise : Value(0);
}

Value float_filter(const Value& input, const CallArguments& arguments) {
  arguments.expect("float", 0, {"default"});
  const Value* otherwise = arguments.find(0, "default");
  if (input.is_number() || input.is_undefined()) return input.as_double();
  if (input.is_string()) {
    if (const std::optional<double> number = read_float(input.as_string())) return *number;
  }
  return otherwise != nullptr ? *otherwise : Value(0.0);
}

Value string_filter(const Value& input, const CallArguments& arguments) {
  arguments.expect("string", 0, {});
  return input.is_string() ? input : Value(input.str());
}

Value abs_filter(const Value& input, const CallArguments& arguments) {
  arguments.expect("abs", 0, {});
  if (input.kind() == Value::Kind::floating) return std::fabs(input.as_double());
  return input.as_integer() < 0 ? negate(input) : Value(input.as_integer());
}

// Rounds half to even on the exact value of the double, like Python's round().
double round_common(double number, int precision) {
  if (precision < 0) {
    const double unit = std::pow(10, -precision);
    return std::nearbyint(number / unit) * unit;
  }
  const std::string digits = fmt::format("{:.{}f}", number, precision);
  double rounded = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), rounded);
  return rounded;
}

Value round(const Value& input, const CallArguments& arguments) {
  arguments.expect("round", 0, {"precision", "method"});
  const Value* precision_value = arguments.find(0, "precision");
  const Value* method_value = arguments.find(1, "method");
  const std::int64_t precision = precision_value != nullptr ? precision_value->as_integer() : 0;
  const std::string method = method_value != nullptr ? method_value->as_string() : "common";
  if (method != "common" && method != "ceil" && method != "floor") {
    throw Error(fmt::format("round() has no method '{}'", method), "common, ceil or floor");
  }
  const double number = input.as_double();
  if (precision < -300 || precision > 300 || !std::isfinite(number)) return input;
  if (method != "common") {
    const double scale = std::pow(10, static_cast<double>(precision));
    return (method == "ceil" ? std::ceil(number * scale) : std::floor(number * scale)) / scale;
  }
  if (input.kind() == Value::Kind::floating) {
    return round_common(number, static_cast<int>(precision));
  }
  if (precision >= 0) return input.as_integer();
  return truncate(round_common(number, static_cast<int>(precision))).value();
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

Value items(const Value& input, const CallArguments& arguments) {
  arguments.expect("items", 0, {});
  if (input.is_undefined()) return List{};
  if (!input.is_dict()) throw Error(fmt::format("items needs a dict, got {}", input.type_name()));
  return find_method(input, "items")(input, arguments);
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
    const bool wanted = number == 0 ? flag(arguments, 1, "first", false)
                                    : !line.empty() || flag(arguments, 2, "blank", false);
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

constexpr std::array<Filter, 44> kFilters = {{
    {"abs", abs_filter},
    {"as_bool", same},
    {"as_native", same},
    {"as_number", same},
    {"as_text", same},
    {"attr", attr},
    {"batch", batch},
    {"capitalize", capitalize},
    {"count", length},
    {"d", default_filter},
    {"default", default_filter},
    {"dictsort", dictsort},
    {"first", first},
    {"float", float_filter},
    {"format", format},
    {"groupby", groupby},
    {"indent", indent},
    {"int", int_filter},
    {"items", items},
    {"join", join_filter},
    {"last", last},
    {"length", length},
    {"list", list},
    {"lower", lower},
    {"map", map},
    {"max", max},
    {"min", min},
    {"reject", reject},
    {"rejectattr", rejectattr},
    {"replace", replace},
    {"reverse", reverse},
    {"round", round},
    {"safe", same},
    {"select", select},
    {"selectattr", selectattr},
    {"sort", sort},
    {"string", string_filter},
    {"sum", sum},
    {"title", title},
    {"tojson", tojson},
    {"trim", trim_filter},
    {"unique", unique},
    {"upper", upper},
    {"wordcount", wordcount},
}};

}  // namespace

const Filter* find_filter(std::string_view name) {
  const auto* const found = std::find_if(kFilters.begin(), kFilters.end(),
                                         [name](const Filter& f) { return f.name == name; });
  return found == kFilters.end() ? nullptr : found;
}

std::vector<std::string> filter_names() {
  std::vector<std::string> names;
  for (const Filter& filter : kFilters) names.emplace_back(filter.name);
  return names;
}

}  // namespace gsa::jinja
