#include "jinja/python_modules.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "jinja/python_datetime.h"
#include "jinja/template_operators.h"

namespace gsa::jinja {
namespace {

constexpr std::size_t kMostItems =
    1'000'000;  // of a list: a mistake in a template must not use up the memory

void check_size(std::size_t size) {
  if (size > kMostItems)
    throw Error(fmt::format("the list would have more than {} items", kMostItems));
}

std::vector<List> lists_of(const List& values) {
  std::vector<List> lists;
  for (const Value& value : values) lists.push_back(value.iterate());
  return lists;
}

Value chained(const List& values) {
  List all;
  for (const Value& value : values) {
    for (Value& item : value.iterate()) all.push_back(std::move(item));
    check_size(all.size());
  }
  return all;
}

std::int64_t keyword(const CallArguments& arguments, std::string_view name,
                     std::int64_t otherwise) {
  const Value* found = arguments.find(arguments.positional.size(), name);
  return found == nullptr ? otherwise : found->as_integer();
}

Value product(const CallArguments& arguments) {
  std::vector<List> lists;
  const std::int64_t times = keyword(arguments, "repeat", 1);
  if (times > 20) throw Error("product() repeats its lists at most 20 times");
  for (std::int64_t i = 0; i < times; ++i) {
    for (List& list : lists_of(arguments.positional)) lists.push_back(std::move(list));
  }
  std::vector<List> made = {{}};
  for (const List& list : lists) {
    check_size(made.size() * list.size());
    std::vector<List> longer;
    for (const List& before : made) {
      for (const Value& item : list) {
        longer.push_back(before);
        longer.back().push_back(item);
      }
    }
    made = std::move(longer);
  }
  List tuples;
  for (List& items : made) tuples.push_back(Value::tuple(std::move(items)));
  return tuples;
}

// Adds all ways to choose `left` more items, in their own order or in every order.
void choose(const List& items, std::size_t left, bool any_order, std::vector<std::size_t>& chosen,
            List& into) {
  if (left == 0) {
    List tuple;
    for (const std::size_t i : chosen) tuple.push_back(items[i]);
    into.push_back(Value::tuple(std::move(tuple)));
    check_size(into.size());
    return;
  }
  const std::size_t first = any_order || chosen.empty() ? 0 : chosen.back() + 1;
  for (std::size_t i = first; i < items.size(); ++i) {
    if (std::find(chosen.begin(), chosen.end(), i) != chosen.end()) continue;
    chosen.push_back(i);
    choose(items, left - 1, any_order, chosen, into);
    chosen.pop_back();
  }
}

template <bool any_order>
Value choices(const CallArguments& arguments) {
  arguments.expect(any_order ? "permutations" : "combinations", any_order ? 1 : 2,
                   {"iterable", "r"});
  const List items = arguments.find(0, "iterable")->iterate();
  const Value* given = arguments.find(1, "r");
  const std::int64_t count = given == nullptr || given->is_none()
                                 ? static_cast<std::int64_t>(items.size())
                                 : given->as_integer();
  if (count < 0) throw Error("r must not be negative");
  List made;
  std::vector<std::size_t> chosen;
  if (count <= std::ssize(items))
    choose(items, static_cast<std::size_t>(count), any_order, chosen, made);
  return made;
}

Value zip_longest(const CallArguments& arguments) {
  const std::vector<List> lists = lists_of(arguments.positional);
  const Value* fill = arguments.find(arguments.positional.size(), "fillvalue");
  std::size_t longest = 0;
  for (const List& list : lists) longest = std::max(longest, list.size());
  List rows;
  for (std::size_t i = 0; i < longest; ++i) {
    List row;
    for (const List& list : lists) {
      row.push_back(i < list.size() ? list[i] : fill == nullptr ? Value() : *fill);
    }
    rows.push_back(Value::tuple(std::move(row)));
  }
  return rows;
}

Value islice(const CallArguments& arguments) {
  const List& given = arguments.positional;
  if (given.size() < 2 || given.size() > 4) throw Error("islice() takes a list and 1 to 3 numbers");
  const Value begin = given.size() == 2 ? Value() : given[1];
  const Value end = given.size() == 2 ? given[1] : given[2];
  return get_slice(Value(given[0].iterate()), begin, end, given.size() == 4 ? given[3] : Value());
}

Value accumulate(const CallArguments& arguments) {
  arguments.expect("accumulate", 1, {"iterable"});
  List sums;
  for (const Value& item : arguments.find(0, "iterable")->iterate()) {
    sums.push_back(sums.empty() ? item : apply(BinaryOperator::add, sums.back(), item));
  }
  return sums;
}

Value repeated(const CallArguments& arguments) {
  arguments.expect("repeat", 2, {"object", "times"});
  const std::int64_t times = std::max<std::int64_t>(arguments.find(1, "times")->as_integer(), 0);
  check_size(static_cast<std::size_t>(times));
  return List(static_cast<std::size_t>(times), *arguments.find(0, "object"));
}

Value compress(const CallArguments& arguments) {
  arguments.expect("compress", 2, {"data", "selectors"});
  const List data = arguments.find(0, "data")->iterate();
  const List selectors = arguments.find(1, "selectors")->iterate();
  List kept;
  for (std::size_t i = 0; i < data.size() && i < selectors.size(); ++i) {
    if (selectors[i].truth()) kept.push_back(data[i]);
  }
  return kept;
}

}  // namespace

Value itertools_module() {
  Dict attributes;
  Value chain = Value::function(
      "chain", [](const CallArguments& arguments) { return chained(arguments.positional); });
  chain.as_object().attributes.set(
      "from_iterable", Value::function("chain.from_iterable", [](const CallArguments& arguments) {
        arguments.expect("from_iterable", 1, {"iterable"});
        return chained(arguments.find(0, "iterable")->iterate());
      }));
  attributes.set("chain", chain);
  const std::pair<const char*, Value (*)(const CallArguments&)> kFunctions[] = {
      {"product", product},
      {"combinations", choices<false>},
      {"permutations", choices<true>},
      {"zip_longest", zip_longest},
      {"islice", islice},
      {"accumulate", accumulate},
      {"repeat", repeated},
      {"compress", compress}};
  for (const auto& [name, call] : kFunctions) attributes.set(name, Value::function(name, call));
  return Value::object("modules.itertools", "<module 'itertools'>", std::move(attributes));
}

Value python_modules() {
  Dict attributes;
  attributes.set("datetime", datetime_module());
  attributes.set("pytz", pytz_module());
  attributes.set("re", regex_module());
  attributes.set("itertools", itertools_module());
  return Value::object("modules", "<modules>", std::move(attributes));
}

}  // namespace gsa::jinja
