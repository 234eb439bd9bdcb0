#include "jinja/value.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include <fmt/format.h>

#include "base/characters.h"
#include "base/error.h"
#include "base/text.h"

namespace gsa::jinja {
namespace {

// Comparing and printing recurse into nested lists; a list that contains itself must not end the
// process.
constexpr int kMaxComparedDepth = 100;

std::string signature(std::string_view function, std::size_t required,
                      std::initializer_list<std::string_view> names) {
  std::string text = fmt::format("{}(", function);
  std::size_t i = 0;
  for (const std::string_view name : names) {
    if (i > 0) text += ", ";
    text += i < required ? std::string(name) : fmt::format("[{}]", name);
    ++i;
  }
  return text + ")";
}

[[noreturn]] void wrong_kind(const Value& value, std::string_view wanted) {
  if (value.is_undefined()) throw UndefinedError(value.why_undefined());
  throw Error(fmt::format("expected {}, got {}", wanted, value.type_name()));
}

template <typename T>
int three_way(const T& a, const T& b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

// Compares integers exactly, and an integer with a float as doubles.
int compare_numbers(const Value& a, const Value& b) {
  if (a.kind() != Value::Kind::floating && b.kind() != Value::Kind::floating) {
    return three_way(a.as_integer(), b.as_integer());
  }
  return three_way(a.as_double(), b.as_double());
}

// Null if they have no order.
std::optional<int> order_of_objects(const Value& a, const Value& b) {
  if (!a.is_object() || !b.is_object()) return std::nullopt;
  const ObjectType* type = a.as_object().type;
  if (type == nullptr || type != b.as_object().type || type->compare == nullptr) {
    return std::nullopt;
  }
  return type->compare(a, b);
}

bool equal(const Value& a, const Value& b, int depth);

bool equal_lists(const List& a, const List& b, int depth) {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(),
                    [depth](const Value& x, const Value& y) { return equal(x, y, depth); });
}

bool equal_dicts(const Dict& a, const Dict& b, int depth) {
  return a.size() == b.size() &&
         std::all_of(a.entries().begin(), a.entries().end(), [&b, depth](const auto& entry) {
           const Value* other = b.find_key(entry.first);
           return other != nullptr && equal(entry.second, *other, depth);
         });
}

bool is_nan(const Value& value) {
  return value.kind() == Value::Kind::floating && std::isnan(value.as_double());
}

bool equal(const Value& a, const Value& b, int depth) {
  if (depth > kMaxComparedDepth) throw Error("the lists to compare are nested too deeply");
  if (a.is_number() && b.is_number()) {
    return !is_nan(a) && !is_nan(b) && compare_numbers(a, b) == 0;
  }
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case Value::Kind::string:
      return a.as_string() == b.as_string();
    case Value::Kind::list:
    case Value::Kind::tuple:
      return equal_lists(a.as_list(), b.as_list(), depth + 1);
    case Value::Kind::dict:
      return equal_dicts(a.as_dict(), b.as_dict(), depth + 1);
    case Value::Kind::object:
      return &a.as_object() == &b.as_object() || order_of_objects(a, b) == 0;
    default:
      return true;  // all others: none, undefined
  }
}

}  // namespace

UndefinedError::UndefinedError(const Undefined& why)
    : Error(why.what, why.hint.empty() ? did_you_mean(why.name, why.candidates) : why.hint),
      why_(why) {}

const Value* CallArguments::find(std::size_t position, std::string_view name) const {
  if (position < positional.size()) return &positional[position];
  for (const auto& [key, value] : keyword) {
    if (key == name) return &value;
  }
  return nullptr;
}

void CallArguments::expect(std::string_view function, std::size_t required,
                           std::initializer_list<std::string_view> names) const {
  if (positional.size() > names.size()) {
    throw Error(fmt::format("{}() takes at most {} argument{}, {} given", function, names.size(),
                            names.size() == 1 ? "" : "s", positional.size()),
                signature(function, required, names));
  }
  for (const auto& [key, value] : keyword) {
    const auto at = std::find(names.begin(), names.end(), key);
    if (at == names.end()) {
      const std::string meant =
          did_you_mean(key, std::vector<std::string>(names.begin(), names.end()));
      throw Error(fmt::format("{}() has no argument '{}'", function, key),
                  meant.empty() ? signature(function, required, names) : meant);
    }
    if (static_cast<std::size_t>(at - names.begin()) < positional.size()) {
      throw Error(fmt::format("{}() was given the argument '{}' twice", function, key));
    }
  }
  std::size_t position = 0;
  for (const std::string_view name : names) {
    if (position < required && find(position, name) == nullptr) {
      throw Error(fmt::format("{}() needs the argument '{}'", function, name),
                  signature(function, required, names));
    }
    ++position;
  }
}

const Value* Dict::find_key(const Value& key) const {
  if (key.is_string()) return find(std::string_view(key.as_string()));
  for (const auto& [name, value] : entries_) {
    if (name == key) return &value;
  }
  return nullptr;
}

const Value* Dict::find(std::string_view key) const {
  for (const auto& [name, value] : entries_) {
    if (name.is_string() && name.as_string() == key) return &value;
  }
  return nullptr;
}

void Dict::set(const Value& key, Value value) {
  if (key.kind() == Value::Kind::list || key.is_dict() || key.is_undefined()) {
    throw Error(fmt::format("a {} cannot be the key of a dict", key.type_name()));
  }
  for (auto& [name, old] : entries_) {
    if (name == key) {
      old = std::move(value);
      return;
    }
  }
  entries_.emplace_back(key, std::move(value));
}

std::optional<Value> Dict::remove(const Value& key) {
  for (auto entry = entries_.begin(); entry != entries_.end(); ++entry) {
    if (entry->first == key) {
      Value value = std::move(entry->second);
      entries_.erase(entry);
      return value;
    }
  }
  return std::nullopt;
}

std::vector<std::string> Dict::names() const {
  std::vector<std::string> names;
  for (const auto& [name, value] : entries_) {
    if (name.is_string()) names.push_back(name.as_string());
  }
  return names;
}

Value::Value(std::string value) : Value(Text{std::move(value), {}}) {}
Value::Value(Text text) : Value(Kind::string, std::make_shared<Text>(std::move(text))) {}
Value::Value(List value) : Value(Kind::list, std::make_shared<List>(std::move(value))) {}
Value::Value(Dict value) : Value(Kind::dict, std::make_shared<Dict>(std::move(value))) {}

Value Value::tuple(List items) { return {Kind::tuple, std::make_shared<List>(std::move(items))}; }

Value Value::decimal(std::string text) {
  Value value(std::strtod(text.c_str(), nullptr));
  value.shared_ = std::make_shared<std::string>(std::move(text));
  return value;
}

const std::string* Value::as_written() const {
  return kind_ == Kind::floating && shared_ != nullptr ? &shared_as<const std::string>() : nullptr;
}

Value Value::undefined(Undefined why) {
  return {Kind::undefined, std::make_shared<Undefined>(std::move(why))};
}

Value Value::function(std::string name, Function call) {
  std::string text = fmt::format("<function {}>", name);
  return object(std::move(name), std::move(text), {}, std::move(call));
}

Value Value::object(std::string name, std::string text, Dict attributes, Function call) {
  Object made;
  made.name = std::move(name);
  made.text = std::move(text);
  made.attributes = std::move(attributes);
  made.call = std::move(call);
  return object(std::move(made));
}

Value Value::object(Object object) {
  return {Kind::object, std::make_shared<Object>(std::move(object))};
}

bool Value::is_number() const {
  return kind() == Kind::boolean || kind() == Kind::integer || kind() == Kind::floating;
}
bool Value::is_sequence() const { return kind() == Kind::list || kind() == Kind::tuple; }
bool Value::is_callable() const { return is_object() && as_object().call != nullptr; }

bool Value::truth() const {
  switch (kind()) {
    case Kind::none:
    case Kind::undefined:
      return false;
    case Kind::boolean:
    case Kind::integer:
    case Kind::floating:
      return as_double() != 0;
    case Kind::string:
      return !as_string().empty();
    case Kind::list:
    case Kind::tuple:
      return !as_list().empty();
    case Kind::dict:
      return as_dict().size() > 0;
    case Kind::object:
      return !as_object().items || !as_object().items->empty();
  }
  return true;
}

bool Value::as_bool() const {
  if (kind_ != Kind::boolean) wrong_kind(*this, "true or false");
  return integer_ != 0;
}

std::int64_t Value::as_integer() const {
  if (kind_ != Kind::integer && kind_ != Kind::boolean) wrong_kind(*this, "an integer");
  return integer_;
}

double Value::as_double() const {
  if (!is_number()) wrong_kind(*this, "a number");
  return kind_ == Kind::floating ? floating_ : static_cast<double>(integer_);
}

const std::string& Value::as_string() const { return as_text().text; }

const Text& Value::as_text() const {
  if (kind_ != Kind::string) wrong_kind(*this, "a string");
  return shared_as<const Text>();
}

List& Value::as_list() const {
  if (is_object()) {
    Object& object = as_object();
    if (object.items) return *object.items;
  }
  if (!is_sequence()) wrong_kind(*this, "a list");
  return shared_as<List>();
}

Dict& Value::as_dict() const {
  if (kind_ != Kind::dict) wrong_kind(*this, "a dict");
  return shared_as<Dict>();
}

Object& Value::as_object() const {
  if (kind_ != Kind::object) wrong_kind(*this, "a function or object");
  return shared_as<Object>();
}

const Undefined& Value::why_undefined() const {
  check(kind_ == Kind::undefined, "only an undefined value has a reason");
  return shared_as<const Undefined>();
}

std::string Value::type_name() const {
  switch (kind()) {
    case Kind::none:
      return "none";
    case Kind::undefined:
      return "undefined";
    case Kind::boolean:
      return "bool";
    case Kind::integer:
      return "integer";
    case Kind::floating:
      return "float";
    case Kind::string:
      return "string";
    case Kind::list:
      return "list";
    case Kind::tuple:
      return "tuple";
    case Kind::dict:
      return "dict";
    case Kind::object:
      if (as_object().type != nullptr) return std::string(as_object().type->name);
      return as_object().assignable ? "namespace" : is_callable() ? "function" : "object";
  }
  return "value";
}

List Value::iterate() const {
  List items;
  switch (kind()) {
    case Kind::undefined:
      return items;
    case Kind::string:
      for (const std::string_view c : characters(as_string())) items.emplace_back(c);
      return items;
    case Kind::list:
    case Kind::tuple:
      return as_list();
    case Kind::dict:
      for (const auto& [key, value] : as_dict().entries()) items.push_back(key);
      return items;
    case Kind::object:
      if (as_object().items) return as_list();
      [[fallthrough]];
    default:
      throw Error(fmt::format("cannot loop over {} {}", type_name(), repr()));
  }
}

bool operator==(const Value& a, const Value& b) { return equal(a, b, 0); }

bool Value::less(const Value& a, const Value& b) {
  if (a.is_number() && b.is_number()) {
    return !is_nan(a) && !is_nan(b) && compare_numbers(a, b) < 0;
  }
  if (a.is_string() && b.is_string()) return a.as_string() < b.as_string();
  if (a.is_sequence() && a.kind() == b.kind()) {
    const List &x = a.as_list(), &y = b.as_list();
    for (std::size_t i = 0; i < x.size() && i < y.size(); ++i) {
      if (!(x[i] == y[i])) return less(x[i], y[i]);
    }
    return x.size() < y.size();
  }
  if (const std::optional<int> order = order_of_objects(a, b)) return *order < 0;
  for (const Value* value : {&a, &b}) {
    if (value->is_undefined()) wrong_kind(*value, "a value to compare");
  }
  throw Error(fmt::format("cannot order {} and {}", a.type_name(), b.type_name()));
}

}  // namespace gsa::jinja
