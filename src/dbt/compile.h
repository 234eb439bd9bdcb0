#pragma once

// From a node to the SQL that DuckDB runs, remembering where each part of it was written.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "dbt/project.h"
#include "duck/database.h"

namespace gsa::dbt {

struct UnitInput;  // unit_tests.h

// SQL put together from rendered templates and text of our own.
class CompiledSql {
 public:
  const std::string& text() const { return text_; }
  void append(std::string_view own);
  void append(const std::shared_ptr<const Rendered>& rendered, std::size_t from, std::size_t to);
  void append(const CompiledSql& other);
  // Text of our own in the place of what was rendered at `from`, which is its place.
  void replace(const std::shared_ptr<const Rendered>& rendered, std::size_t from,
               std::string_view by);
  // From a 1-based place (columns count characters) to the template's; nothing for text of our own.
  std::optional<Place> place_of(int line, int column) const;

 private:
  struct Part {
    std::size_t begin;
    std::shared_ptr<const Rendered> rendered;  // null: our own
    std::size_t offset;                        // in rendered->text()
    bool fixed = false;                        // all of it stands for that offset
  };
  std::string text_;
  std::vector<Part> parts_;
};

// How a relation is named in what templates render, and how SQL must name it.
struct NameChange {
  Relation shown;
  Relation current;
};

// Where a model is built and read: lets a run put its tables under hidden names.
using RelationHook = std::function<Relation(const Relation&)>;

struct TypedColumn {
  std::string name;
  std::string type;
};
using TypedColumns = std::vector<TypedColumn>;
// The columns of a relation that is written so in SQL; nothing where there is none.
using ColumnsHook = std::function<std::optional<TypedColumns>(const std::string& relation)>;

struct CompileOptions {
  RelationHook relation;  // empty: as configured
  RelationHook asked;     // where templates that ask the database find it; empty: as `relation`
  std::function<bool(const Relation&)> exists_as_table;  // for is_incremental(); empty: never
  bool full_refresh = false;
  bool names_as_shown = false;  // relations stay as templates see them: with their database
};

// The template asks the database, and there is none to ask.
class AsksDatabase : public Error {
 public:
  using Error::Error;
};

// Renders nodes for execution. Ephemeral models stand in front of what uses them as CTEs named
// __dbt__cte__NAME. Everything here throws Error with the place in the template. What the options'
// functions answer is asked anew for each node. One thread at a time.
class Compiler {
 public:
  // `project` must outlive the compiler.
  Compiler(const Project& project, CompileOptions options);

  // The query of a model, or of the rows that fail a test; empty for a seed. Of a unit test it has
  // the rows without their types, and does not run. Templates ask the database through
  // `connection`; without one those that want to end with AsksDatabase.
  CompiledSql compile(const Node& node, duck::Connection* connection = nullptr);
  // The query of the model that a unit test is of, on what the test gives.
  CompiledSql compile_tested(const Node& test, const ColumnsHook& columns,
                             duck::Connection* connection = nullptr);
  // What the templates of the nodes compiled since said.
  std::vector<TemplateMessage> take_messages() { return std::exchange(messages_, {}); }
  Relation relation_of(const Node& node) const;  // after the hook
  bool is_incremental(const Node& node) const;

 private:
  using Names = std::vector<std::string>;  // of ephemeral models, in the order of first use
  Rendering rendering_for(const Node& node, Names& ephemeral) const;
  Rendered rendered(Rendering& rendering, const std::function<Rendered()>& render);
  void let_ask(Rendering& rendering, const Node& node) const;
  Value reference(const Node& from, const Node& to, Names& ephemeral) const;
  Relation shown(const Relation& relation) const;  // to templates: with the database's name
  std::vector<NameChange> names_in(const Node& node, const RelationHook& place) const;
  void add_ephemeral(const std::string& name, Names& order, std::set<std::string>& seen);
  const std::shared_ptr<const Rendered>& ephemeral_sql(const std::string& name);

  // Of a unit test: the query that stands for an input, and its name in the model's.
  CompiledSql given_rows(const Node& test, const UnitInput& input,
                         const ColumnsHook& columns) const;
  std::string name_of_given(const Node& test, const UnitInput& input) const;
  const Node& node_of_given(const Node& test, const UnitInput& input) const;

  struct Ephemeral {
    std::shared_ptr<const Rendered> sql;
    Names uses;
  };

  const Project& project_;
  CompileOptions options_;
  std::map<std::string, std::size_t> sources_;
  std::map<std::string, Ephemeral> ephemeral_;  // that the node being compiled uses
  duck::Connection* connection_ = nullptr;      // while a node is compiled
  std::vector<TemplateMessage> messages_;
};

// A query that stands in front of another under a name.
struct Cte {
  std::string name;
  CompiledSql query;
};

// What was rendered, with the names of `changes` in it replaced (relation_names.h), behind the
// queries that it reads, which come before its own.
CompiledSql with_ctes(const std::vector<Cte>& ctes, const std::shared_ptr<const Rendered>& rendered,
                      const std::vector<NameChange>& changes, bool aliases);

// The name of the one that stands for a model.
std::string cte_name(const std::string& model);

// Where a leading WITH [RECURSIVE] ends in `sql`, past comments and white space; nothing without
// one.
std::optional<std::size_t> after_leading_with(std::string_view sql);

}  // namespace gsa::dbt
