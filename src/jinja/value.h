#pragma once

// A value in a template, with the behaviour of Python's types as far as templates can see it.
// Copies are cheap: they share lists, dicts and objects, so a change through one copy shows in all,
// as in Python. A value, with all its copies, belongs to one thread at a time. Reading a value as
// another type throws Error.

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

// Why a value is undefined. With an empty name it prints nothing, as an inline if without else
// does.
struct Undefined {
  std::string name;
  std::string what;  // "'x' is undefined"
  std::string hint;
  std::vector<std::string> candidates;  // similar names, to suggest one
  bool variable = false;                // the candidates are the names visible to the template
};

// An undefined value was printed, or used as if it had a value.
class UndefinedError : public Error {
 public:
  explicit UndefinedError(const Undefined& why);
  const Undefined& why() const { return why_; }

 private:
  Undefined why_;
};

// Text of a macro or {% set %} block; remembers where each part was written.
struct Text {
  std::string text;
  Origin origin;  // empty: unknown
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
  // Implicit conversions, so that C++ can pass its values to templates.
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
  // A number that prints exactly as written, "1.50"; arithmetic uses the nearest float.
  static Value decimal(std::string text);
  static Value undefined(Undefined why);
  static Value function(std::string name, Function call);
  // An object with attributes that prints `text`; callable if `call` is given.
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

  bool truth() const;  // as in `if`
  bool as_bool() const;
  std::int64_t as_integer() const;        // bools count as 0 and 1
  double as_double() const;               // any number
  const std::string* as_written() const;  // the text of a decimal; null for other values
  const std::string& as_string() const;
  const Text& as_text() const;
  List& as_list() const;  // list, tuple or an object's items
  Dict& as_dict() const;
  Object& as_object() const;
  const Undefined& why_undefined() const;

  std::string type_name() const;  // "string", "list": for messages
  std::string str() const;        // as {{ }} prints it; throws for undefined
  std::string repr() const;       // as in a printed list
  // Like Python's json.dumps: ", " and ": ", with \\u escapes.
  std::string json(bool sort_keys = false) const;
  // The items that `for` and list() see: those of a list, the keys of a dict, the characters of a
  // string.
  List iterate() const;

  friend bool operator==(const Value& a, const Value& b);
  // Python's <; throws Error for values without an order.
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
  // Holds Undefined, Text (also for a decimal), List (also for a tuple), Dict or Object.
  std::shared_ptr<void> shared_;
};

struct CallArguments {
  std::vector<Value> positional;
  std::vector<std::pair<std::string, Value>> keyword;
  Place place;  // of the call

  // The argument at that position or with that name; null if not given.
  const Value* find(std::size_t position, std::string_view name) const;
  // Throws Error if one of the first `required` of `names` is missing, or if any other argument was
  // given.
  void expect(std::string_view function, std::size_t required,
              std::initializer_list<std::string_view> names) const;
};

// Keeps insertion order. Look-up is linear, because the dicts of templates are small.
class Dict {
 public:
  Dict() = default;
  explicit Dict(std::vector<std::pair<Value, Value>> entries)  // keys must be unique
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

// The behaviour that all objects of one type share. Lives until the process ends.
struct ObjectType {
  using Method = Value (*)(const Value& self, const CallArguments& arguments);
  std::string_view name;  // "date"
  std::vector<std::pair<std::string_view, Method>> methods;
  // left + right ('+') and left - right ('-'), for at least one operand of this type. Throws Error
  // for operands that it cannot add. Null: the type has no such operators.
  Value (*apply)(char sign, const Value& left, const Value& right) = nullptr;
  // < 0, 0 or > 0 for two objects of this type. Null: no order, and an object equals only itself.
  int (*compare)(const Value& left, const Value& right) = nullptr;
};

// Functions, namespaces, `loop`, and the names that the caller provides (`this`, `config`,
// `target`).
struct Object {
  std::string name;
  std::string text;  // printed text; a namespace computes it from its attributes
  Dict attributes;
  Function call;                     // empty if it cannot be called
  bool assignable = false;           // a namespace: {% set ns.x = … %}
  const ObjectType* type = nullptr;  // null: it has only attributes
  std::optional<List> items;         // the items that `for`, `length` and x[0] use
};

// Python's repr of a float: the shortest text that reads back as the same value, with ".0" for a
// whole number.
std::string format_float(double value);

}  // namespace gsa::jinja
