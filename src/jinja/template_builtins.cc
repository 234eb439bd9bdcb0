#include "jinja/template_builtins.h"

#include <memory>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"

namespace gsa::jinja {
namespace {

constexpr std::int64_t kMaxRange = 100'000;  // the limit of Jinja's sandbox

Value range(const CallArguments& arguments) {
  const List& given = arguments.positional;
  if (given.empty() || given.size() > 3 || !arguments.keyword.empty()) {
    throw Error(fmt::format("range() takes 1 to 3 arguments, {} given",
                            given.size() + arguments.keyword.size()),
                "range(stop), range(start, stop) or range(start, stop, step)");
  }
  const std::int64_t begin = given.size() > 1 ? given[0].as_integer() : 0;
  const std::int64_t end = given[given.size() > 1 ? 1 : 0].as_integer();
  const std::int64_t step = given.size() > 2 ? given[2].as_integer() : 1;
  if (step == 0) throw Error("the step of range() cannot be 0");
  List numbers;
  std::int64_t i = begin;
  while (step < 0 ? i > end : i < end) {
    if (std::ssize(numbers) == kMaxRange) {
      throw Error(fmt::format("range() gives at most {} numbers", kMaxRange));
    }
    numbers.emplace_back(i);
    if (__builtin_add_overflow(i, step, &i)) break;
  }
  return numbers;
}

Dict collect(std::string_view function, const CallArguments& arguments) {
  if (arguments.positional.size() > 1) {
    throw Error(fmt::format("{}() takes one dict and named arguments", function));
  }
  Dict dict;
  for (const Value& first : arguments.positional) {
    if (first.is_dict()) {
      dict = first.as_dict();
      continue;
    }
    for (const Value& pair : first.iterate()) {
      const List entry = pair.iterate();
      if (entry.size() != 2)
        throw Error(fmt::format("{}() takes pairs of key and value", function));
      dict.set(entry[0], entry[1]);
    }
  }
  for (const auto& [name, value] : arguments.keyword) dict.set(name, value);
  return dict;
}

Value make_namespace(const CallArguments& arguments) {
  Value made = Value::object("namespace", "", collect("namespace", arguments));
  made.as_object().assignable = true;
  return made;
}

Value return_value(const CallArguments& arguments) {
  arguments.expect("return", 0, {"data"});
  const Value* value = arguments.find(0, "data");
  throw MacroReturn{value != nullptr ? *value : Value()};
}

Value cycle(std::size_t index, const CallArguments& arguments) {
  const List& given = arguments.positional;
  if (given.empty()) throw Error("loop.cycle() needs at least one value");
  return given[index % given.size()];
}

Value move_cycler(const Value& cycler, std::int64_t to) {
  Dict& attributes = cycler.as_object().attributes;
  const List& items = attributes.find("items")->as_list();
  const auto size = static_cast<std::int64_t>(items.size());
  attributes.set("pos", to % size);
  attributes.set("current", items[static_cast<std::size_t>(to % size)]);
  return {};
}

Value next_of_cycler(const Value& self, const CallArguments& arguments) {
  arguments.expect("cycler.next", 0, {});
  const Dict& attributes = self.as_object().attributes;
  const Value current = *attributes.find("current");
  move_cycler(self, attributes.find("pos")->as_integer() + 1);
  return current;
}

Value reset_cycler(const Value& self, const CallArguments& arguments) {
  arguments.expect("cycler.reset", 0, {});
  return move_cycler(self, 0);
}

// The result of cycler('a', 'b'): next() returns its values in turn.
Value make_cycler(const CallArguments& arguments) {
  static const ObjectType kCycler = {"cycler", {{"next", next_of_cycler}, {"reset", reset_cycler}}};
  if (arguments.positional.empty()) throw Error("cycler() needs at least one value");
  Object cycler;
  cycler.name = cycler.text = "cycler";
  cycler.type = &kCycler;
  cycler.attributes.set("items", Value::tuple(arguments.positional));
  const Value made = Value::object(std::move(cycler));
  move_cycler(made, 0);
  return made;
}

// The result of joiner(', '): prints nothing the first time, then the separator.
Value make_joiner(const CallArguments& arguments) {
  arguments.expect("joiner", 0, {"sep"});
  const Value* given = arguments.find(0, "sep");
  const Value separator = given != nullptr ? *given : Value(", ");
  const auto used = std::make_shared<bool>(false);
  return Value::function("joiner", [separator, used](const CallArguments&) {
    return std::exchange(*used, true) ? separator : Value("");
  });
}

// The item before or after the current one.
Value neighbour(const List& items, std::size_t index, std::string_view name) {
  if (index < items.size()) return items[index];
  Undefined why;
  why.name = std::string(name);
  why.what = fmt::format("there is no loop.{} here", name);
  return Value::undefined(std::move(why));
}

}  // namespace

const Scope& builtins() {
  static const Scope* const scope = [] {
    auto* made =
        new Scope();  // never destroyed, because templates may be rendered until the process ends
    made->set_function("range", range);
    made->set_function("dict", [](const CallArguments& a) { return Value(collect("dict", a)); });
    made->set_function("namespace", make_namespace);
    made->set_function("return", return_value);
    made->set_function("cycler", make_cycler);
    made->set_function("joiner", make_joiner);
    return made;
  }();
  return *scope;
}

Value make_loop(std::int64_t outer) {
  Value loop = Value::object("loop", "<loop>", {});
  Dict& attributes = loop.as_object().attributes;
  attributes.set("depth", outer + 1);
  attributes.set("depth0", outer);
  return loop;
}

void update_loop(const Value& loop, const List& items, std::size_t index) {
  const auto at = static_cast<std::int64_t>(index);
  const auto size = static_cast<std::int64_t>(items.size());
  Dict& attributes = loop.as_object().attributes;
  attributes.set("index", at + 1);
  attributes.set("index0", at);
  attributes.set("revindex", size - at);
  attributes.set("revindex0", size - at - 1);
  attributes.set("first", index == 0);
  attributes.set("last", index + 1 == items.size());
  attributes.set("length", size);
  attributes.set("previtem", neighbour(items, index - 1, "previtem"));
  attributes.set("nextitem", neighbour(items, index + 1, "nextitem"));
  attributes.set("cycle", Value::function("loop.cycle", [index](const CallArguments& arguments) {
                   return cycle(index, arguments);
                 }));
}

}  // namespace gsa::jinja
