#include "dbt/compile.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/characters.h"
#include "base/sql_scanner.h"
#include "base/text.h"
#include "dbt/data_tests.h"
#include "dbt/query_table.h"
#include "dbt/relation_names.h"
#include "dbt/unit_test_sql.h"
#include "dbt/unit_tests.h"

namespace gsa::dbt {
namespace {

struct LineColumn {
  int line;
  int column;
};

std::size_t offset_of(std::string_view text, int line, int column) {
  std::size_t at = 0;
  for (int i = 1; i < line; ++i) {
    const std::size_t end = text.find('\n', at);
    if (end == std::string_view::npos) return text.size();
    at = end + 1;
  }
  const std::string_view rest = text.substr(at, text.find('\n', at) - at);
  int left = column - 1;
  for (const std::string_view character : characters(rest)) {
    if (left-- <= 0) break;
    at += character.size();
  }
  return at;
}

LineColumn line_column_of(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const std::size_t newline = before.rfind('\n');
  const std::string_view line =
      newline == std::string_view::npos ? before : before.substr(newline + 1);
  return {static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1,
          static_cast<int>(count_characters(line)) + 1};
}

}  // namespace

std::string cte_name(const std::string& model) { return "__dbt__cte__" + model; }

std::optional<std::size_t> after_leading_with(std::string_view sql) {
  SqlScanner scanner(sql);
  const auto end = [&sql](const SqlPiece& piece) {
    return static_cast<std::size_t>(piece.text.data() - sql.data()) + piece.text.size();
  };
  const std::optional<SqlPiece> with = scanner.next_code();
  if (!with || to_lower(with->text) != "with") return std::nullopt;
  const std::optional<SqlPiece> second = scanner.next_code();
  return end(second && to_lower(second->text) == "recursive" ? *second : *with);
}

void CompiledSql::append(std::string_view own) {
  parts_.push_back({text_.size(), nullptr, 0, false});
  text_ += own;
}

void CompiledSql::append(const std::shared_ptr<const Rendered>& rendered, std::size_t from,
                         std::size_t to) {
  parts_.push_back({text_.size(), rendered, from, false});
  text_ += rendered->text().substr(from, to - from);
}

void CompiledSql::replace(const std::shared_ptr<const Rendered>& rendered, std::size_t from,
                          std::string_view by) {
  parts_.push_back({text_.size(), rendered, from, true});
  text_ += by;
}

void CompiledSql::append(const CompiledSql& other) {
  for (const Part& part : other.parts_) {
    parts_.push_back({text_.size() + part.begin, part.rendered, part.offset, part.fixed});
  }
  text_ += other.text_;
}

std::optional<Place> CompiledSql::place_of(int line, int column) const {
  const std::size_t offset = offset_of(text_, line, column);
  const auto after =
      std::upper_bound(parts_.begin(), parts_.end(), offset,
                       [](std::size_t at, const Part& part) { return at < part.begin; });
  if (after == parts_.begin()) return std::nullopt;
  const Part& part = *(after - 1);
  if (part.rendered == nullptr) return std::nullopt;
  const std::size_t within = part.fixed ? 0 : offset - part.begin;
  const LineColumn at = line_column_of(part.rendered->text(), part.offset + within);
  return part.rendered->place_of(at.line, at.column);
}

Compiler::Compiler(const Project& project, CompileOptions options)
    : project_(project), options_(std::move(options)) {
  for (std::size_t i = 0; i < project.nodes().size(); ++i) {
    const Node& node = project.nodes()[i];
    if (node.kind == NodeKind::source) sources_.emplace(node.name, i);
  }
}

Relation Compiler::relation_of(const Node& node) const {
  return options_.relation ? options_.relation(node.relation) : node.relation;
}

bool Compiler::is_incremental(const Node& node) const {
  if (node.kind != NodeKind::model || node.model.materialized != Materialization::incremental) {
    return false;
  }
  const bool refresh = node.model.full_refresh.value_or(options_.full_refresh);
  return !refresh && options_.exists_as_table && options_.exists_as_table(relation_of(node));
}

Value Compiler::reference(const Node& from, const Node& to, Names& ephemeral) const {
  const auto index = static_cast<std::size_t>(&to - project_.nodes().data());
  if (!std::binary_search(from.depends_on.begin(), from.depends_on.end(), index)) {
    throw Error(
        fmt::format(
            "'{}' is referred to only while the model runs, so gsa cannot order the models by it",
            to.name),
        "move the call out of {% if execute %}, or repeat it in an SQL comment");
  }
  if (to.kind == NodeKind::model && to.model.materialized == Materialization::ephemeral) {
    if (std::find(ephemeral.begin(), ephemeral.end(), to.name) == ephemeral.end()) {
      ephemeral.push_back(to.name);
    }
    return relation_value({"", "", cte_name(to.name)}, cte_name(to.name));
  }
  if (!to.external.empty()) return relation_value(to.relation, to.external);
  return relation_value(shown(to.relation), quoted_name(shown(to.relation)));
}

Relation Compiler::shown(const Relation& relation) const {
  Relation with_database = relation;
  if (relation.database.empty()) with_database.database = project_.target().database;
  return with_database;
}

// A model reads its own published table, because its new one does not exist until it is built.
std::vector<NameChange> Compiler::names_in(const Node& node, const RelationHook& place) const {
  std::vector<NameChange> names;
  if (options_.names_as_shown) return names;
  if (node.kind != NodeKind::test) names.push_back({shown(node.relation), node.relation});
  for (const std::size_t input : node.depends_on) {
    const Node& to = project_.nodes()[input];
    const bool is_ephemeral =
        to.kind == NodeKind::model && to.model.materialized == Materialization::ephemeral;
    if (!is_ephemeral && to.external.empty()) {
      names.push_back({shown(to.relation), place ? place(to.relation) : to.relation,
                       options_.query ? options_.query(to) : ""});
    }
  }
  names.insert(names.end(), options_.more_names.begin(), options_.more_names.end());
  return names;
}

void Compiler::let_ask(Rendering& rendering, const Node& node) const {
  if (connection_ == nullptr) return;
  rendering.query = [this, &node](const std::string& sql) {
    const auto asked = std::make_shared<const Rendered>(sql, Origin{});
    CompiledSql renamed;
    const RelationHook& place = options_.asked ? options_.asked : options_.relation;
    append_with_names(asked, 0, sql.size(), names_in(node, place), true, renamed);
    return query_rows(*connection_, renamed.text());
  };
}

Rendering Compiler::rendering_for(const Node& node, Names& ephemeral) const {
  Rendering rendering;
  rendering.name = node.name;
  rendering.self = shown(node.relation);
  rendering.execute = true;
  rendering.incremental = is_incremental(node);
  rendering.full_refresh = node.model.full_refresh.value_or(options_.full_refresh);
  rendering.node = &node;
  rendering.settings = node.settings;
  let_ask(rendering, node);
  rendering.ref = [this, &node, &ephemeral](const std::string&, const std::string& name,
                                            const Place&) {
    const Node* to = project_.find_model(name);
    if (to == nullptr) throw Error(fmt::format("there is no model '{}'", name));
    return reference(node, *to, ephemeral);
  };
  rendering.source = [this, &node, &ephemeral](const std::string& source, const std::string& table,
                                               const Place&) {
    const auto found = sources_.find(source + "." + table);
    if (found == sources_.end()) {
      throw Error(fmt::format("there is no source '{}.{}'", source, table));
    }
    return reference(node, project_.nodes()[found->second], ephemeral);
  };
  return rendering;
}

Rendered Compiler::rendered(Rendering& rendering, const std::function<Rendered()>& render) {
  try {
    Rendered made = render();
    std::move(rendering.messages.begin(), rendering.messages.end(), std::back_inserter(messages_));
    return made;
  } catch (const Error& error) {
    if (rendering.asked && connection_ == nullptr) {
      throw AsksDatabase(error.message(), error.hint(), error.code());
    }
    throw;
  }
}

const std::shared_ptr<const Rendered>& Compiler::ephemeral_sql(const std::string& name) {
  const auto [at, fresh] = ephemeral_.try_emplace(name);
  if (fresh) {
    const Node* node = project_.find_model(name);
    Rendering rendering = rendering_for(*node, at->second.uses);
    at->second.sql = std::make_shared<const Rendered>(rendered(
        rendering, [&] { return project_.context().render(*node->sql_template, rendering); }));
  }
  return at->second.sql;
}

// Adds an ephemeral model after the ephemeral models that it uses.
void Compiler::add_ephemeral(const std::string& name, Names& order, std::set<std::string>& seen) {
  if (!seen.insert(name).second) return;
  ephemeral_sql(name);
  for (const std::string& used : Names(ephemeral_.at(name).uses)) add_ephemeral(used, order, seen);
  order.push_back(name);
}

CompiledSql with_ctes(const std::vector<Cte>& ctes, const std::shared_ptr<const Rendered>& rendered,
                      const std::vector<NameChange>& changes, bool aliases) {
  CompiledSql sql;
  const std::size_t size = rendered->text().size();
  if (ctes.empty()) {
    append_with_names(rendered, 0, size, changes, aliases, sql);
    return sql;
  }
  const std::optional<std::size_t> with = after_leading_with(rendered->text());
  if (with) {
    sql.append(rendered, 0, *with);
  } else {
    sql.append("with");
  }
  for (std::size_t i = 0; i < ctes.size(); ++i) {
    sql.append(fmt::format("{} {} as (\n", i == 0 ? "" : ",", ctes[i].name));
    sql.append(ctes[i].query);
    sql.append("\n)");
  }
  sql.append(with ? "," : "\n");
  append_with_names(rendered, with.value_or(0), size, changes, aliases, sql);
  return sql;
}

// With the present names of relations.
TestClaim Compiler::renamed(const Node& node, TestClaim claim) const {
  const auto rename = [&, changes = names_in(node, options_.relation)](std::string& sql) {
    const auto shown = std::make_shared<const Rendered>(sql, Origin{});
    CompiledSql current;
    append_with_names(shown, 0, sql.size(), changes, false, current);
    sql = current.text();
  };
  if (auto* unique = std::get_if<UniqueKey>(&claim)) {
    rename(unique->key.sql);
    rename(unique->key.model);
  } else if (auto* relationship = std::get_if<Relationship>(&claim)) {
    for (TestKey* key : {&relationship->child, &relationship->parent}) {
      rename(key->sql);
      rename(key->model);
    }
  } else if (auto* row = std::get_if<RowTest>(&claim)) {
    rename(row->model);
    rename(row->condition);
  }
  return claim;
}

CompiledSql Compiler::compile(const Node& node, duck::Connection* connection) {
  return compile_test(node, connection).query;
}

CompiledTest Compiler::compile_test(const Node& node, duck::Connection* connection) {
  if (node.is_seed()) return {};
  if (node.is_unit_test()) {
    return {
        difference_sql(compile_tested(node, {}, connection), untyped_sql(node.unit->expect), {}),
        std::nullopt};
  }
  connection_ = connection;
  ephemeral_.clear();  // the relations that they read may have new names by now
  Names direct;
  Rendering rendering = rendering_for(node, direct);
  std::optional<TestClaim> claim;
  const auto render = [&]() -> Rendered {
    if (!node.is_generic) return project_.context().render(*node.sql_template, rendering);
    const Node& tested = project_.nodes()[node.tested];
    RenderedTest test = render_generic_test(project_.context(), project_.files(), node.spec,
                                            reference(node, tested, direct), rendering);
    claim = std::move(test.claim);
    return std::move(test.query);
  };
  const auto rendered = std::make_shared<const Rendered>(this->rendered(rendering, render));

  Names order;
  std::set<std::string> seen;
  for (const std::string& name : direct) add_ephemeral(name, order, seen);
  std::vector<Cte> ctes;
  for (const std::string& name : order) {
    const std::shared_ptr<const Rendered>& inner = ephemeral_sql(name);
    CompiledSql query;
    append_with_names(inner, 0, inner->text().size(),
                      names_in(*project_.find_model(name), options_.relation), true, query);
    ctes.push_back({cte_name(name), std::move(query)});
  }
  if (!ctes.empty()) claim.reset();  // it names ephemeral models, which only the query has
  if (claim) claim = renamed(node, *std::move(claim));
  return {with_ctes(ctes, rendered, names_in(node, options_.relation), !node.is_generic), claim};
}

}  // namespace gsa::dbt
