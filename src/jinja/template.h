#pragma once

// SQL templates in the part of Jinja2 that dbt projects use: expressions, if, for, set, macro,
// test, call, do, raw, comments, whitespace control, filters and tests. The semantics are those of
// Jinja2 as dbt configures it. Where Jinja silently prints nothing for an undefined name, we report
// it (UndefinedNames). Several threads may render one Template at once if each has its own Scopes
// and Values.

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

// Rendered SQL that remembers where each part came from.
class Rendered {
 public:
  Rendered() = default;
  Rendered(std::string text, Origin origin);
  const std::string& text() const { return text_; }
  // Maps a 1-based place in text() to the place in the template or macro file that wrote it. A
  // place past the end of a line, or of the text, counts as that end. Returns line 0 if nothing was
  // rendered.
  Place place_of(int line, int column) const;

 private:
  std::string text_;
  Origin origin_;
};

// The message is "FILE:LINE:COLUMN: what", the source line, and a caret below the column, then a
// line for each macro call on the way there.
class TemplateError : public Error {
 public:
  TemplateError(const TemplateSource& source, std::size_t offset, const std::string& what,
                std::string hint = "", ErrorCode code = ErrorCode::failed);
  const Place& place() const { return place_; }
  // The same error, with one more macro call around it.
  TemplateError called_from(std::string_view macro, const Place& call) const;

 private:
  TemplateError(std::string message, const TemplateError& from);
  Place place_;
  int callers_ = 0;
};

// How to treat names that a template uses but nobody defines. By default, printing one or reading
// its attributes is an error.
struct UndefinedNames {
  // Called with the place of each undefined name that is printed, joined to text or filtered; it
  // then counts as empty text. Null: that is an error.
  std::function<void(const Place& place, const Undefined& why)> printed;
  // True: its attributes, its items and the results of calling it are undefined as well. dbt works
  // so while it parses a project.
  bool spread = false;
};

// Adds the warning "FILE:LINE:COLUMN: …, and is taken as empty text" for each name, once.
UndefinedNames undefined_is_empty(std::vector<std::string>& warnings);

// The names that a template sees. A scope does not own its parent, which must outlive it. A macro
// refers to the scope that defines it and must not be called after that scope is gone.
class Scope {
 public:
  explicit Scope(const Scope* parent = nullptr);
  ~Scope();
  Scope(const Scope&) = delete;  // macros point to it
  Scope& operator=(const Scope&) = delete;

  void set(std::string name, Value value);
  void set_function(const std::string& name, Function call);
  // Sets or removes the value in this scope; returns the previous one.
  std::optional<Value> exchange(const std::string& name, std::optional<Value> value);
  const Value* find(
      std::string_view name) const;  // searches this scope, then the parents; null if not found
  std::vector<std::string> names() const;  // all names that find() finds
  // Applies to templates rendered with this scope or one below it.
  void set_undefined(UndefinedNames undefined) { undefined_ = std::move(undefined); }
  const UndefinedNames& undefined() const;

 private:
  const Scope* parent_;
  std::map<std::string, Value, std::less<>> values_;
  std::vector<std::shared_ptr<Module>> modules_;  // the modules whose macros are defined here
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
  // Defines this file's macros in `scope`, and its {% test NAME(…) %} blocks as test_NAME. A macro
  // sees the contents of `scope` at the time of the call, the variables that its file sets at the
  // top level, and its arguments, but not the variables of the calling template.
  void define_macros(Scope& scope) const;
  std::vector<std::string> macro_names() const;
  std::vector<MacroText> macro_texts() const;
  // The {% materialization NAME … %} blocks. Their contents are not parsed.
  std::vector<std::pair<std::string, Place>> materializations() const;

 private:
  explicit Template(std::shared_ptr<const TemplateNode> root) : root_(std::move(root)) {}
  std::shared_ptr<const TemplateNode> root_;
};

}  // namespace gsa::jinja
