#pragma once

// Compiles a node into the SQL that DuckDB runs, and remembers which template line wrote each part.

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
#include "dbt/test_claim.h"
#include "duck/database.h"

namespace gsa::dbt {

struct UnitInput;  // unit_tests.h

// SQL joined from rendered templates and text of our own.
class CompiledSql {
 public:
  const std::string& text() const { return text_; }
  void append(std::string_view own);
  void append(const std::shared_ptr<const Rendered>& rendered, std::size_t from, std::size_t to);
  void append(const CompiledSql& other);
  // Appends text of our own in place of what was rendered at `from`. It maps back to that place.
  void replace(const std::shared_ptr<const Rendered>& rendered, std::size_t from,
               std::string_view by);
  // Maps a 1-based place (columns count characters) to the template's; null for text of our own.
  std::optional<Place> place_of(int line, int column) const;

 private:
  struct Part {
    std::size_t begin;
    std::shared_ptr<const Rendered> rendered;  // null: our own text
    std::size_t offset;                        // in rendered->text()
    bool fixed = false;                        // the whole part maps to that offset
  };
  std::string text_;
  std::vector<Part> parts_;
};

// The name of a relation that templates see and render, and its name in the SQL that runs.
struct NameChange {
  Relation shown;
  Relation current;
  std::string query = {};  // in place of the current name: a query in parentheses
};

// Maps a relation to the name that it has now, so that a run can build under hidden names.
using RelationHook = std::function<Relation(const Relation&)>;

// The rows that a node's relation has now, as a query; empty: it is read by its name.
using QueryHook = std::function<std::string(const Node&)>;

struct TypedColumn {
  std::string name;
  std::string type;
};
using TypedColumns = std::vector<TypedColumn>;
// The columns of a relation, given its SQL name; null if it does not exist.
using ColumnsHook = std::function<std::optional<TypedColumns>(const std::string& relation)>;

struct CompileOptions {
  RelationHook relation;  // empty: the configured names
  RelationHook asked;     // where queries of templates find a relation; empty: as `relation`
  std::function<bool(const Relation&)>
      exists_as_table;  // for is_incremental(); empty: no relation is a table
  bool full_refresh = false;
  bool names_as_shown = false;  // relations stay as templates see them: with their database
  QueryHook query = {};         // what stands in SQL for the inputs of a node
  // Further names that macros write, and what stands for them.
  std::vector<NameChange> more_names = {};
};

// A template wants to query the database, but the caller gave no connection.
class AsksDatabase : public Error {
 public:
  using Error::Error;
};

struct CompiledTest {
  CompiledSql query;
  std::optional<TestClaim> claim;
};

// Renders nodes into executable SQL. Ephemeral models precede the query that uses them as CTEs
// named __dbt__cte__NAME. All functions throw Error with the place in the template. The options'
// functions are called again for each node. One thread at a time.
class Compiler {
 public:
  // `project` must outlive the compiler.
  Compiler(const Project& project, CompileOptions options);

  // The query of a model, or of the rows that fail a test; empty for a seed. For a unit test it
  // contains untyped rows: good for comparing versions, but it does not run. Templates query the
  // database through `connection`; without one, those that do so throw AsksDatabase.
  CompiledSql compile(const Node& node, duck::Connection* connection = nullptr);
  // The same of a test, with what it claims, if that can be proved otherwise.
  CompiledTest compile_test(const Node& node, duck::Connection* connection = nullptr);
  // The query of the model under a unit test, on the rows that the test gives.
  CompiledSql compile_tested(const Node& test, const ColumnsHook& columns,
                             duck::Connection* connection = nullptr);
  // Returns and forgets the messages of the templates compiled since the last call.
  std::vector<TemplateMessage> take_messages() { return std::exchange(messages_, {}); }
  Relation relation_of(const Node& node) const;  // after the hook
  bool is_incremental(const Node& node) const;

 private:
  using Names = std::vector<std::string>;  // of ephemeral models, in the order of first use
  Rendering rendering_for(const Node& node, Names& ephemeral) const;
  Rendered rendered(Rendering& rendering, const std::function<Rendered()>& render);
  void let_ask(Rendering& rendering, const Node& node) const;
  Value reference(const Node& from, const Node& to, Names& ephemeral) const;
  Relation shown(
      const Relation& relation) const;  // as templates see it: with the name of the database
  std::vector<NameChange> names_in(const Node& node, const RelationHook& place) const;
  TestClaim renamed(const Node& node, TestClaim claim) const;
  void add_ephemeral(const std::string& name, Names& order, std::set<std::string>& seen);
  const std::shared_ptr<const Rendered>& ephemeral_sql(const std::string& name);

  // For a unit test: the query in place of an input, and the name of its CTE.
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
  std::map<std::string, Ephemeral> ephemeral_;  // those that the current node uses
  duck::Connection* connection_ = nullptr;      // set while a node is compiled
  std::vector<TemplateMessage> messages_;
};

// A query that precedes another one under a name.
struct Cte {
  std::string name;
  CompiledSql query;
};

// The rendered query after the CTEs that it reads; its own CTEs follow those. Replaces the names of
// `changes` in it (relation_names.h).
CompiledSql with_ctes(const std::vector<Cte>& ctes, const std::shared_ptr<const Rendered>& rendered,
                      const std::vector<NameChange>& changes, bool aliases);

// The name of the CTE for a model.
std::string cte_name(const std::string& model);

// The offset after a leading WITH [RECURSIVE] in `sql`, past comments and white space; null if it
// has none.
std::optional<std::size_t> after_leading_with(std::string_view sql);

}  // namespace gsa::dbt
