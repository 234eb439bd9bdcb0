// The parts of Compiler that render a model for a unit test.

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "dbt/compile.h"
#include "dbt/relation_names.h"
#include "dbt/unit_test_sql.h"
#include "dbt/unit_tests.h"

namespace gsa::dbt {
namespace {

std::string label_of(const Dependency& ref) {
  return ref.is_source ? fmt::format("source('{}', '{}')", ref.package, ref.name)
                       : fmt::format("ref('{}')", ref.name);
}

}  // namespace

const Node& Compiler::node_of_given(const Node& test, const UnitInput& input) const {
  if (input.is_this) return project_.nodes()[test.tested];
  if (!input.ref.is_source) return *project_.find_model(input.ref.name);
  return project_.nodes()[sources_.at(input.ref.package + "." + input.ref.name)];
}

// The name that dbt gives it.
std::string Compiler::name_of_given(const Node& test, const UnitInput& input) const {
  if (input.ref.is_source) return cte_name(input.ref.package + "__" + input.ref.name);
  return cte_name(node_of_given(test, input).relation.name);
}

// Values get the types of the input's columns in the warehouse; for `this`, those of the published
// table.
CompiledSql Compiler::given_rows(const Node& test, const UnitInput& input,
                                 const ColumnsHook& columns) const {
  CompiledSql sql;
  if (input.rows.sql_template != nullptr) {
    Rendering rendering;
    rendering.name = input.ref.name;
    rendering.execute = true;
    rendering.ref =
        rendering.source = [](const std::string&, const std::string&, const Place&) -> Value {
      throw Error("the rows of a unit test cannot come from models or sources");
    };
    const auto rendered = std::make_shared<const Rendered>(
        project_.context().render(*input.rows.sql_template, rendering));
    sql.append(rendered, 0, rendered->text().size());
  } else if (!columns) {
    sql.append(untyped_sql(input.rows));
  } else if (input.rows.sql) {
    sql.append(*input.rows.sql);
  } else {
    const Node& node = node_of_given(test, input);
    const Relation relation = input.is_this ? node.relation : relation_of(node);
    const std::optional<TypedColumns> found = columns(to_sql(relation));
    if (!found) {
      throw project_.files().error_at(
          input.place,
          fmt::format("the columns of {} are unknown, because there is no relation {}", input.text,
                      to_sql(node.relation)),
          node.kind == NodeKind::model && node.model.materialized == Materialization::ephemeral
              ? "an ephemeral model has no relation: give its rows as format: sql"
              : "build it before the test, or give its rows as format: sql");
    }
    sql.append(given_sql(input.rows, *found, input.text, project_.files()));
  }
  return sql;
}

CompiledSql Compiler::compile_tested(const Node& test, const ColumnsHook& columns,
                                     duck::Connection* connection) {
  connection_ = connection;
  const Node& tested = project_.nodes()[test.tested];
  const UnitTest& unit = *test.unit;
  std::vector<const UnitInput*> used;
  const auto use = [&](const UnitInput& input) {
    if (std::find(used.begin(), used.end(), &input) == used.end()) used.push_back(&input);
    return name_of_given(test, input);
  };
  const auto read = [&](const Dependency& ref) {
    const UnitInput* input = unit.find(ref);
    if (input == nullptr) {
      throw Error(fmt::format("the unit test '{}' gives no rows for {}", test.name, label_of(ref)),
                  fmt::format("add - input: {} below given:", label_of(ref)));
    }
    const std::string name = use(*input);
    return relation_value({"", "", name}, name);
  };
  Rendering rendering;
  rendering.name = unit.name;
  rendering.self = shown({"", tested.relation.schema, unit.name});
  rendering.execute = true;
  rendering.overrides = &unit.overrides;
  let_ask(rendering, tested);
  rendering.settings.set("materialized", Value("unit"), test.place);  // as in dbt
  const UnitInput* own = unit.find_this();
  rendering.in_place_of_this = own == nullptr ? Value() : Value(use(*own));
  rendering.ref = [&](const std::string& package, const std::string& name, const Place& place) {
    return read({false, package, name, place});
  };
  rendering.source = [&](const std::string& source, const std::string& name, const Place& place) {
    return read({true, source, name, place});
  };
  const auto model = std::make_shared<const Rendered>(this->rendered(
      rendering, [&] { return project_.context().render(*tested.sql_template, rendering); }));
  std::vector<Cte> ctes;
  for (const UnitInput* input : used) {
    ctes.push_back({name_of_given(test, *input), given_rows(test, *input, columns)});
  }
  return with_ctes(ctes, model, names_in(tested, options_.relation), true);
}

}  // namespace gsa::dbt
