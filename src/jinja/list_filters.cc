// Filters of whole lists and dicts: order, groups, sums.

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "jinja/filter_tables.h"
#include "jinja/template_operators.h"

namespace gsa::jinja {
namespace {

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

// The key that sort, unique, min and max compare: the item or its attribute, in lower case unless
// `case_sensitive`.
Value sort_key(const Value& item, const Value* attribute, bool case_sensitive) {
  Value key = attribute == nullptr || attribute->is_none() ? item : attribute_of(item, *attribute);
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
  const bool descending = flag_argument(arguments, 0, "reverse", false);
  const bool case_sensitive = flag_argument(arguments, 1, "case_sensitive", false);
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
  const bool case_sensitive = flag_argument(arguments, 2, "case_sensitive", false);
  std::vector<std::pair<Value, Value>> keyed;
  for (const Value& item : input.iterate()) {
    Value key = attribute_of(item, attribute);
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
  const bool case_sensitive = flag_argument(arguments, 0, "case_sensitive", false);
  const Value* by = arguments.find(1, "by");
  const bool descending = flag_argument(arguments, 2, "reverse", false);
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

Value unique(const Value& input, const CallArguments& arguments) {
  arguments.expect("unique", 0, {"case_sensitive", "attribute"});
  const bool case_sensitive = flag_argument(arguments, 0, "case_sensitive", false);
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
  const bool case_sensitive = flag_argument(arguments, 0, "case_sensitive", false);
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
    total = apply(BinaryOperator::add, total, whole ? item : attribute_of(item, *attribute));
  }
  return total;
}

constexpr std::array<Filter, 11> kListFilters = {{
    {"batch", batch},
    {"dictsort", dictsort},
    {"first", first},
    {"groupby", groupby},
    {"last", last},
    {"list", list},
    {"max", max},
    {"min", min},
    {"sort", sort},
    {"sum", sum},
    {"unique", unique},
}};

}  // namespace

std::span<const Filter> list_filters() { return kListFilters; }

}  // namespace gsa::jinja
