#pragma once

// A parsed selection, before it is applied to a project. The language is dbt's:
//
//   selection := union { " " union }            any of them
//   union     := term { "," term }              all of them at once
//   term      := [ "@" ] [ [N] "+" ] [ METHOD ":" ] VALUE [ "+" [N] ]
//
// N+ adds N levels upstream, +N adds N levels downstream; @ adds what is downstream of a model and
// everything that this needs. selector_methods.h lists the METHODs. Without one, VALUE is a path if
// it has a /, a file if it ends like one, and otherwise a name (fqn).

#include <optional>
#include <string>
#include <vector>

namespace gsa::dbt {

// Which tests a selection adds besides those that it names.
enum class IndirectTests {
  eager,      // those of any selected node
  cautious,   // those that read only selected nodes
  buildable,  // those that read only selected nodes and nodes upstream of these
  none,
};

struct SelectionTerm {
  std::string text;                    // as written
  std::string method;                  // the first part: "config" of "config.meta.owner"
  std::vector<std::string> arguments;  // the parts after the method's first dot
  std::string value;
  bool is_plain = false;  // written without METHOD
  bool with_at = false;   // the operator @
  std::optional<int> up;  // kAnyDepth: no limit
  std::optional<int> down;
  IndirectTests tests = IndirectTests::eager;
};

// A tree of terms: any of them, all of them, or the first without the others.
struct SelectionSpec {
  enum class Kind { term, any, all, without };
  Kind kind = Kind::any;
  SelectionTerm term;
  std::vector<SelectionSpec> parts;
  std::string text;         // as written, for messages
  bool must_match = false;  // warn if it selects nothing
};

// Throws Error if the METHOD does not exist or is not supported.
SelectionTerm parse_term(const std::string& text);
SelectionSpec parse_selection(const std::string& text);

// Splits "config.meta.owner" into method and arguments. Throws Error like the functions above.
void set_method(SelectionTerm& term, const std::string& method);

// "3" means 3, "" any depth.
int parse_depth(const std::string& digits);

}  // namespace gsa::dbt
