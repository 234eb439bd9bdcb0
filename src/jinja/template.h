#pragma once

// Templates of SQL in the part of Jinja2 that dbt projects use: expressions, if, for, set, macro,
// test, call, do, raw, comments, whitespace control, filters and tests. Semantics are Jinja2's as
// dbt sets it up; what is undefined is told, where Jinja prints nothing (UndefinedNames).
// A Template may be rendered by several threads at once, each with Scopes and Values of its own.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "jinja/template_source.h"
#include "jinja/value.h"

namespace gsa::jinja {

struct Module;
struct TemplateNode;

// Rendered SQL, and where each part of it came from.
class Rendered {
 public:
  Rendered() = default;
  Rendered(std::string text, Origin origin);
  const std::string& text() const { return text_; }
  // From a 1-based place in text() to the place in the template or macro file that wrote it. A
  // place past the end of a line or of the text is taken as that end. Line 0 where nothing was
  // rendered.
  Place place_of(int line, int column) const;

 private:
  std::string text_;
  Origin origin_;
};

// The message is "FILE:LINE:COLUMN: what", the line, and a caret under the column; then a line for
// each macro call that led there.
class TemplateError : public Error {
 public:
  TemplateError(const TemplateSource& source, std::size_t offset, const std::string& what,
                std::string hint = "", ErrorCode code = ErrorCode::failed);
  const Place& place() const { return place_; }
  // The same error, seen from one macro call further out.
  TemplateError called_from(std::string_view macro, const Place& call) const;

 private:
  TemplateError(std::string message, const TemplateError& from);
  Place place_;
  int callers_ = 0;
};

// What becomes of names that a template uses and nobody defines. Without one: printing them is an
// error, and so is asking for their attributes.
struct UndefinedNames {
  // Told of each that is printed, joined to text or filtered, with its place; it is empty text.
  // Null: that is an error.
  std::function<void(const Place& place, const Undefined& why)> printed;
  // Their attributes and items are undefined too, and so is what they return: as dbt reads a
  // project.
  bool spread = false;
};

// "FILE:LINE:COLUMN: …, and is taken as empty text" for each, once.
UndefinedNames undefined_is_empty(std::vector<std::string>& warnings);

// The names that a template sees. Scopes do not own their parent, which must outlive them; macros
// refer to the scope that they were defined in, and must not be called after it is gone.
class Scope {
 public:
  explicit Scope(const Scope* parent = nullptr);
  ~Scope();
  Scope(const Scope&) = delete;  // macros point to it
  Scope& operator=(const Scope&) = delete;

  void set(std::string name, Value value);
  void set_function(const std::string& name, Function call);
  // Sets or removes what is set here, and returns it.
  std::optional<Value> exchange(const std::string& name, std::optional<Value> value);
  const Value* find(std::string_view name) const;  // here, then in the parents; null if nowhere
  std::vector<std::string> names() const;          // all that find() finds
  // Holds for templates that are rendered with this scope or one below it.
  void set_undefined(UndefinedNames undefined) { undefined_ = std::move(undefined); }
  const UndefinedNames& undefined() const;

 private:
  const Scope* parent_;
  std::map<std::string, Value, std::less<>> values_;
  std::vector<std::shared_ptr<Module>> modules_;  // whose macros are defined here
  std::optional<UndefinedNames> undefined_;
  friend class Template;
};

// What a macro calls by name: whole(…), dbt.whole(…), or adapter.dispatch('whole', 'dbt').
struct CalledMacro {
  std::string package;  // empty: none is named
  std::string name;
  bool is_dispatched = false;
};

// A {% macro %} or {% test %} block of a file.
struct MacroText {
  std::string name;
  std::string text;                // as written, with its tags
  std::vector<CalledMacro> calls;  // in the order of the text, each once
};

class Template {
 public:
  static Template parse(std::string text, std::string file);  // throws TemplateError
  Rendered render(const Scope& scope) const;                  // throws TemplateError
  // Defines this file's macros in `scope`, and its {% test NAME(…) %} blocks as test_NAME. They see
  // `scope` as it is when they are called, what the file itself sets at its top level, and their
  // arguments; not the variables of the template that calls them.
  void define_macros(Scope& scope) const;
  std::vector<std::string> macro_names() const;
  std::vector<MacroText> macro_texts() const;
  // The {% materialization NAME … %} blocks: what is in them is not read.
  std::vector<std::pair<std::string, Place>> materializations() const;

 private:
  explicit Template(std::shared_ptr<const TemplateNode> root) : root_(std::move(root)) {}
  std::shared_ptr<const TemplateNode> root_;
};

}  // namespace gsa::jinja
