#pragma once

// The names that a template sees of the project and its node: ref, source, var, env_var, config,
// this, model, target, execute, is_incremental, adapter, run_query, and the macros of the project
// and of dbt. One Context serves all nodes of a project, one after the other, so that macros see
// the node that calls them. One thread at a time.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/environment.h"
#include "dbt/config.h"
#include "dbt/docs_blocks.h"
#include "dbt/jinja_names.h"
#include "dbt/project_yml.h"
#include "dbt/query_table.h"
#include "dbt/relation.h"
#include "dbt/relation_value.h"

namespace gsa::dbt {

// The target of dbt's profile: where models are built.
struct Target {
  std::string type = "duckdb";  // the engine whose SQL templates write: "duckdb" or "trino"
  std::string name = "dev";
  std::string profile = "default";
  std::string database;  // the open database, by the name that templates see
  std::string schema = "main";
  int threads = 1;
  std::vector<std::pair<std::string, std::string>> settings;  // DuckDB settings
  std::vector<std::string> extensions;                        // to load
  // What the profile says of an output on another engine, which builds the models in the place of
  // DuckDB; empty if it is DuckDB.
  Dict output = {};
};

// A message of a template during rendering: exceptions.warn, log and print.
struct TemplateMessage {
  bool is_warning = false;
  std::string text;
};

struct Node;

// The macros, vars and environment variables that a unit test overrides, by name.
struct Overrides {
  Dict macros, vars, env_vars;
};

// The node being rendered, and the answers to its template's questions.
struct Rendering {
  std::string name;
  Relation self;
  bool execute =
      false;  // false while the project is parsed: refs are collected, but no relation exists yet
  bool incremental = false;    // is_incremental()
  bool full_refresh = false;   // flags.FULL_REFRESH and should_full_refresh()
  const Node* node = nullptr;  // the source of `model`; null: only the name is known
  // These throw Error if there is no such model or table.
  std::function<Value(const std::string& package, const std::string& name, const Place&)> ref;
  std::function<Value(const std::string& source, const std::string& table, const Place&)> source;
  // Queries the database. Empty: there is none, and a template that queries it throws Error.
  std::function<QueryRows(const std::string& sql)> query;
  bool asked = false;                     // the template ran a query, or tried to
  std::map<std::string, Value> results;   // named results of {% call statement('NAME') %}
  std::vector<TemplateMessage> messages;  // from the template
  Settings settings;                      // read by config.get()
  Settings given;                         // set by config() in the SQL
  // For a unit test: its overrides, and the value of `this` if that is not `self`.
  const Overrides* overrides = nullptr;
  std::optional<Value> in_place_of_this;
  bool asked_is_incremental = false;  // the SQL has called is_incremental()
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
  Context(const ProjectYml& project, const Target& target, Environment environment);
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  // Defines the macros of a file that is shown as `name`. Throws Error if another file has defined
  // the same name.
  void add_macros(const Template& file, const std::string& path, const std::string& name);
  // Defines the macros of an installed package. Templates reach them as PACKAGE.MACRO and by
  // adapter.dispatch, and its generic tests as PACKAGE.TEST.
  void add_package(const std::string& name, const std::vector<MacroFile>& files);
  // All of these, and those that stand for dbt's own.
  const std::vector<MacroFile>& all_macros() const { return all_macros_; }
  // Records a package that was not added: using it throws an error that says it is not installed.
  void miss_package(const std::string& name);
  const std::map<std::string, std::string>& macro_files() const { return macro_files_; }
  // A macro of the project itself; null if there is none.
  const Value* find_macro(const std::string& name) const {
    return macro_files_.contains(name) ? macros_.find(name) : nullptr;
  }
  // Whether templates see the name, whoever defines it.
  bool sees(const std::string& name) const { return macros_.find(name) != nullptr; }
  // The {% materialization %} blocks of the project, with their places.
  const std::map<std::string, Place>& materializations() const { return materializations_; }
  // The generic test NAME of the project, or else the built-in one; null if there is none.
  const Value* find_test(const std::string& package, const std::string& name) const;
  // Whether it is one of data_tests.h.
  bool is_built_in(const Value* test, const std::string& name) const;
  std::vector<std::string> test_names() const;  // by their names in schema files
  const std::string& invocation_id() const { return invocation_id_; }
  // Call it after all macros are defined. It makes them reachable as PROJECT.MACRO as well.
  void finish_macros();

  Rendered render(const Template& sql, Rendering& node);
  // Calls a macro or generic test for the node.
  Rendered call(const Value& macro, CallArguments arguments, Rendering& node);
  // Renders YAML text that contains {{ }}, or that is a call of ref, source, var or env_var.
  // Renders lists and dicts item by item. Without a node, only var, env_var and target are
  // available.
  Value render_yaml(const Value& value, const Place& place, Rendering* node = nullptr);
  // Renders a description, which may use var, env_var, target and doc('NAME'). An undefined name
  // becomes empty text and gives a warning.
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
  // The previous value of a name in a scope.
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
  const Environment environment_;
  Scope root_;
  Scope built_in_{&root_};   // dbt's own macros and generic tests
  Scope dbt_utils_{&root_};  // tests of the package dbt_utils, used if it is not installed
  std::map<std::string, std::unique_ptr<Scope>> packages_;
  Scope macros_{&built_in_};
  std::map<std::string, std::string> macro_files_;  // file of each macro of the project
  std::map<std::string, Place> materializations_;
  std::vector<MacroFile> all_macros_;
  std::string invocation_id_;
  Rendering* current_ = nullptr;
};

}  // namespace gsa::dbt
