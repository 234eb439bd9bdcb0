#pragma once

// A selection as it was written, before it is held against a project. dbt's language:
//
//   selection := union { " " union }            any of them
//   union     := term { "," term }              all of them at once
//   term      := [ "@" ] [ [N] "+" ] [ METHOD ":" ] VALUE [ "+" [N] ]
//
// N+ goes N steps up, +N down; @ takes what is below a model and all that this needs. METHOD is one
// of selector_methods.h; without one, VALUE is a path where it has a /, a file where it ends as
// one, and else a name (fqn).

#include <optional>
#include <string>
#include <vector>

namespace gsa::dbt {

// Which tests come with what is selected, beside those that are selected themselves.
enum class IndirectTests {
  eager,      // those of any of it
  cautious,   // those that read nothing else
  buildable,  // those that read nothing but it and what it is made of
  none,
};

struct SelectionTerm {
  std::string text;                    // as written
  std::string method;                  // "config" of "config.meta.owner"
  std::vector<std::string> arguments;  // what follows the method's first dot
  std::string value;
  bool is_plain = false;  // no METHOD stands in it
  bool at = false;
  std::optional<int> up;  // kAnyDepth: without end
  std::optional<int> down;
  IndirectTests tests = IndirectTests::eager;
};

// A tree of terms: any, all, or the first without the others.
struct SelectionSpec {
  enum class Kind { term, any, all, without };
  Kind kind = Kind::any;
  SelectionTerm term;
  std::vector<SelectionSpec> parts;
  std::string text;         // as written, for messages
  bool must_match = false;  // a warning is due where it selects nothing
};

// Throws Error for a METHOD that there is not, or that is not supported.
SelectionTerm parse_term(const std::string& text);
SelectionSpec parse_selection(const std::string& text);

// Fills in method and arguments of "config.meta.owner". Throws Error as the above.
void set_method(SelectionTerm& term, const std::string& method);

// "3" is 3 and "" any depth.
int parse_depth(const std::string& digits);

}  // namespace gsa::dbt
