#pragma once

// A value in a template, with Python's types as far as templates see them. Copying is cheap: lists,
// dicts and objects are shared, so that a change through one copy shows in all, as in Python.
// Values belong to one thread at a time. Reading a value as what it is not throws Error.

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "jinja/template_source.h"

namespace gsa::jinja {

class Value;
class Dict;
struct CallArguments;
struct Object;
using List = std::vector<Value>;

using Function = std::function<Value(const CallArguments&)>;

// Why a value is undefined. An empty name prints as nothing: an inline if without its else.
struct Undefined {
  std::string name;
  std::string what;  // "'x' is undefined"
  std::string hint;
  std::vector<std::string> candidates;  // names that may have been meant
  bool variable = false;                // the candidates are the names that the template sees
};

// What is undefined was printed, or used as if it had a value.
class UndefinedError : public Error {
 public:
  explicit UndefinedError(const Undefined& why);
  const Undefined& why() const { return why_; }

 private:
  Undefined why_;
};

// Text that a macro or {% set %} block rendered remembers where each part was written.
struct Text {
  std::string text;
  Origin origin;  // empty: nobody knows
};

class Value {
 public:
  enum class Kind {
    none,
    undefined,
    boolean,
    integer,
    floating,
    string,
    list,
    tuple,
    dict,
    object
  };

  Value() = default;  // none
  // Values convert freely, so that C++ can hand them to templates.
  Value(bool value) : kind_(Kind::boolean), integer_(value ? 1 : 0) {}
  Value(int value) : Value(std::int64_t{value}) {}
  Value(std::int64_t value) : kind_(Kind::integer), integer_(value) {}
  Value(double value) : kind_(Kind::floating), floating_(value) {}
  Value(const char* value) : Value(std::string(value)) {}
  Value(std::string_view value) : Value(std::string(value)) {}
  Value(std::string value);
  Value(List value);
  Value(Dict value);
  explicit Value(Text text);
  static Value tuple(List items);
  // A number that prints as it is written here, "1.50"; calculations see the nearest float.
  static Value decimal(std::string text);
  static Value undefined(Undefined why);
  static Value function(std::string name, Function call);
  // Something with attributes that prints as `text`; callable if `call` is given.
  static Value object(std::string name, std::string text, Dict attributes, Function call = nullptr);
  static Value object(Object object);

  Kind kind() const { return kind_; }
  bool is_none() const { return kind_ == Kind::none; }
  bool is_undefined() const { return kind() == Kind::undefined; }
  bool is_string() const { return kind() == Kind::string; }
  bool is_integer() const { return kind() == Kind::integer; }
  bool is_number() const;    // bool, integer or float
  bool is_sequence() const;  // list or tuple
  bool is_dict() const { return kind() == Kind::dict; }
  bool is_object() const { return kind() == Kind::object; }
  bool is_callable() const;

  bool truth() const;  // as `if` sees it
  bool as_bool() const;
  std::int64_t as_integer() const;        // bools count as 0 and 1
  double as_double() const;               // any number
  const std::string* as_written() const;  // of a decimal; else null
  const std::string& as_string() const;
  const Text& as_text() const;
  List& as_list() const;  // list, tuple or an object's items
  Dict& as_dict() const;
  Object& as_object() const;
  const Undefined& why_undefined() const;

  std::string type_name() const;  // "string", "list": for messages
  std::string str() const;        // as {{ }} prints it; throws for undefined
  std::string repr() const;       // as it stands inside a printed list
  // As Python's json.dumps: ", " and ": ", \\u escapes.
  std::string json(bool sort_keys = false) const;
  // What `for` and list() see: items, keys of a dict, characters of a string.
  List iterate() const;

  friend bool operator==(const Value& a, const Value& b);
  // Python's <; throws Error for what has no order.
  static bool less(const Value& a, const Value& b);

 private:
  Value(Kind kind, std::shared_ptr<void> shared) : kind_(kind), shared_(std::move(shared)) {}
  template <typename T>
  T& shared_as() const {
    return *static_cast<T*>(shared_.get());
  }

  Kind kind_ = Kind::none;
  std::int64_t integer_ = 0;  // of a boolean or integer
  double floating_ = 0;       // of a float
  // Undefined, Text (also of a decimal), List (also of a tuple), Dict or Object
  std::shared_ptr<void> shared_;
};

struct CallArguments {
  std::vector<Value> positional;
  std::vector<std::pair<std::string, Value>> keyword;
  Place place;  // of the call

  // The argument at that position or of that name; null if it was not given.
  const Value* find(std::size_t position, std::string_view name) const;
  // Throws Error unless at least the first `required` of `names` were given, and nothing else was.
  void expect(std::string_view function, std::size_t required,
              std::initializer_list<std::string_view> names) const;
};

// Keeps the order of insertion. Look-up is linear: the dicts of templates are small.
class Dict {
 public:
  Dict() = default;
  explicit Dict(std::vector<std::pair<Value, Value>> entries)  // no key twice
      : entries_(std::move(entries)) {}
  const Value* find_key(const Value& key) const;
  const Value* find(std::string_view name) const;
  void set(const Value& key, Value value);  // replaces in place, or appends
  std::optional<Value> remove(const Value& key);
  const std::vector<std::pair<Value, Value>>& entries() const { return entries_; }
  std::size_t size() const { return entries_.size(); }
  std::vector<std::string> names() const;  // the keys that are strings

 private:
  std::vector<std::pair<Value, Value>> entries_;
};

// What all objects of one type can do, beside what each of them holds. Lives as long as the
// program.
struct ObjectType {
  using Method = Value (*)(const Value& self, const CallArguments& arguments);
  std::string_view name;  // "date"
  std::vector<std::pair<std::string_view, Method>> methods;
  // left + right ('+') and left - right ('-'), where at least one is of this type. Throws Error
  // for what it cannot add. Null: there is no such thing.
  Value (*apply)(char sign, const Value& left, const Value& right) = nullptr;
  // < 0, 0 or > 0 for two of this type. Null: they have no order, and each equals itself alone.
  int (*compare)(const Value& left, const Value& right) = nullptr;
};

// Functions, namespaces, `loop`, and what the caller offers (`this`, `config`, `target`).
struct Object {
  std::string name;
  std::string text;  // what it prints; computed from the attributes if it is a namespace
  Dict attributes;
  Function call;                     // empty if it cannot be called
  bool assignable = false;           // a namespace: {% set ns.x = … %}
  const ObjectType* type = nullptr;  // null: it has attributes alone
  std::optional<List> items;         // what `for`, `length` and x[0] see
};

// Python's repr of a float: the shortest that reads back, with ".0" where it is whole.
std::string format_float(double value);

}  // namespace gsa::jinja
