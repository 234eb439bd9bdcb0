#pragma once

// What a template sees of the project and of the node that it belongs to: ref, source, var,
// env_var, config, this, model, target, execute, is_incremental, adapter, run_query, the macros of
// the project and of dbt. One Context serves all nodes of a project, one after the other, so that
// macros see the node that calls them.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "dbt/config.h"
#include "dbt/docs_blocks.h"
#include "dbt/jinja_names.h"
#include "dbt/project_yml.h"
#include "dbt/query_table.h"
#include "dbt/relation.h"
#include "dbt/relation_value.h"

namespace gsa::dbt {

// What dbt's profile says: where models go.
struct Target {
  std::string name = "dev";
  std::string profile = "default";
  std::string database;  // the name of the one that is open, as templates see it
  std::string schema = "main";
  int threads = 1;
  std::vector<std::pair<std::string, std::string>> settings;  // of DuckDB
  std::vector<std::string> extensions;                        // to load
};

// What a template says while it is rendered: exceptions.warn, log and print.
struct TemplateMessage {
  bool is_warning = false;
  std::string text;
};

struct Node;

// What a unit test puts in the place of macros, vars and environment variables, by their names.
struct Overrides {
  Dict macros, vars, env_vars;
};

// The node being rendered, and what it answers.
struct Rendering {
  std::string name;
  Relation self;
  bool execute = false;      // false while the project is read: refs are collected, none exists yet
  bool incremental = false;  // is_incremental()
  bool full_refresh = false;   // flags.FULL_REFRESH and should_full_refresh()
  const Node* node = nullptr;  // of which `model` tells; null: its name alone
  // Throw Error where there is no such model or table.
  std::function<Value(const std::string& package, const std::string& name, const Place&)> ref;
  std::function<Value(const std::string& source, const std::string& table, const Place&)> source;
  // Asks the database. Empty: it cannot be asked, and a template that does so ends with an error.
  std::function<QueryRows(const std::string& sql)> query;
  bool asked = false;                     // the template asked, or wanted to
  std::map<std::string, Value> results;   // of {% call statement('NAME') %}
  std::vector<TemplateMessage> messages;  // what it said
  Settings settings;                      // what config.get() reads
  Settings given;                         // what config() in the SQL has said
  // Of a unit test: what else differs, and what `this` is, where it is not `self`.
  const Overrides* overrides = nullptr;
  std::optional<Value> in_place_of_this;
  bool asked_is_incremental = false;  // whether the SQL has called is_incremental()
  // The macros that the template itself has called, by unique id, each once. Those that these call
  // in turn are theirs.
  std::vector<std::string> macros;
  int macro_depth = 0;  // of calls that go on
};

// The path of macros that stand for those of dbt and its packages.
inline constexpr const char* kBuiltInFile = "built-in";

// A file of macros, of this project or a package.
struct MacroFile {
  std::string package;
  std::string path;  // within the package
  Template file;
};

class Context {
 public:
  // Both must outlive the context.
  Context(const ProjectYml& project, const Target& target);
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  // Defines the macros of a file that is shown as `name`. Throws Error if another file defines one
  // of the same name.
  void add_macros(const Template& file, const std::string& path, const std::string& name);
  // Defines the macros of an installed package: they are found as PACKAGE.MACRO and by
  // adapter.dispatch, and its generic tests as PACKAGE.TEST.
  void add_package(const std::string& name, const std::vector<MacroFile>& files);
  // All of these, and those that stand for dbt's own.
  const std::vector<MacroFile>& all_macros() const { return all_macros_; }
  // Who uses a package that was not added is told that it is not installed.
  void miss_package(const std::string& name);
  const std::map<std::string, std::string>& macro_files() const { return macro_files_; }
  // Of the project alone; null if there is none.
  const Value* find_macro(const std::string& name) const {
    return macro_files_.contains(name) ? macros_.find(name) : nullptr;
  }
  // Whether a template sees the name, whoever defines it.
  bool sees(const std::string& name) const { return macros_.find(name) != nullptr; }
  // The {% materialization %} blocks of the project, and where each stands.
  const std::map<std::string, Place>& materializations() const { return materializations_; }
  // The generic test NAME of the project, else the built-in one; null if there is none.
  const Value* find_test(const std::string& package, const std::string& name) const;
  std::vector<std::string> test_names() const;  // as a schema file names them
  const std::string& invocation_id() const { return invocation_id_; }
  // Call once all macros are defined: they are then also to be found as PROJECT.MACRO.
  void finish_macros();

  Rendered render(const Template& sql, Rendering& node);
  // Calls a macro or generic test for the node.
  Rendered call(const Value& macro, CallArguments arguments, Rendering& node);
  // Text of YAML with {{ }} in it, or that is a call of ref, source, var or env_var; lists and
  // dicts item by item. Without a node only var, env_var and target can be used.
  Value render_yaml(const Value& value, const Place& place, Rendering* node = nullptr);
  // A description, in which var, env_var, target and doc('NAME') may stand. Names that nobody
  // defines are empty text, and are warned of.
  std::string render_description(const std::string& text, const Place& place,
                                 const DocsBlocks& docs, std::vector<std::string>& warnings);

 private:
  void define_project();
  void define_node();
  void define_config();
  void define_dbt();
  void define_database();
  Value dispatch(const CallArguments& arguments) const;
  Value statement(const CallArguments& arguments) const;
  QueryRows ask(const std::string& sql) const;
  void say(bool is_warning, const std::string& text);
  void define_macros(const MacroFile& file, Scope& scope);
  void note_macro(const std::string& unique_id) const;
  Value render_text(const std::string& text, const Place& place);
  Rendering& current() const;
  const Overrides* overrides() const;
  // What stood in a scope before.
  struct Replaced {
    Scope* scope;
    std::string name;
    std::optional<Value> stood;
  };
  using Saved = std::vector<Replaced>;
  Saved override_macros(const Dict& macros);
  template <typename Work>
  auto with(Rendering* node, Work work);

  const ProjectYml& project_;
  const Target& target_;
  Scope root_;
  Scope built_in_{&root_};   // dbt's own macros and generic tests
  Scope dbt_utils_{&root_};  // tests of the package dbt_utils, where it is not installed
  std::map<std::string, std::unique_ptr<Scope>> packages_;
  Scope macros_{&built_in_};
  std::map<std::string, std::string> macro_files_;  // of each of the project's macros
  std::map<std::string, Place> materializations_;
  std::vector<MacroFile> all_macros_;
  std::string invocation_id_;
  Rendering* current_ = nullptr;
};

}  // namespace gsa::dbt
