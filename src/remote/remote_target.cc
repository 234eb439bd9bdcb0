#include "remote/remote_target.h"

#include <algorithm>
#include <iterator>
#include <random>
#include <utility>

#include <fmt/format.h>

#include "base/clock.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/text.h"
#include "dbt/statement_runner.h"
#include "trino/trino_error.h"

namespace gsa::remote {
namespace {

// Keys of a materialization's metadata.
constexpr const char* kVersionKey = "trino version";
constexpr const char* kColumnsKey = "trino columns";

// The type of a column that holds values of a type of Trino.
std::string store_type(const std::string& type) {
  if (type.starts_with("varchar") || type.starts_with("char")) return "varchar";
  if (type == "smallint" || type == "tinyint") return "integer";
  if (type.starts_with("timestamp")) {
    return type.ends_with("with time zone") ? "timestamp(6) with time zone" : "timestamp(6)";
  }
  if (type == "unknown") return "varchar";  // of a column that is always null
  return type;
}

std::string text_of(const std::vector<StoreColumn>& columns) {
  std::vector<std::string> lines;
  for (const StoreColumn& column : columns) lines.push_back(column.name + '\t' + column.type);
  return join(lines, "\n");
}

std::vector<StoreColumn> columns_from(const std::string& text) {
  std::vector<StoreColumn> columns;
  for (const std::string& line : split(text, '\n')) {
    const std::size_t tab = line.find('\t');
    if (tab != std::string::npos) columns.push_back({line.substr(0, tab), line.substr(tab + 1)});
  }
  return columns;
}

const dbt::Node* find_node(const dbt::Project& project, const std::string& unique_id) {
  const auto found =
      std::find_if(project.nodes().begin(), project.nodes().end(),
                   [&](const dbt::Node& node) { return node.unique_id == unique_id; });
  return found == project.nodes().end() ? nullptr : &*found;
}

bool is_view(const dbt::Node& node) {
  return node.kind == dbt::NodeKind::model && node.model.materialized == dbt::Materialization::view;
}

}  // namespace

Target::Target(const dbt::Project& home, dbt::Project there, const std::string& owner,
               const Invocation& invocation, const std::filesystem::path& scratch,
               std::function<void(const std::string&)> said)
    : home_(home),
      there_(std::move(there)),
      places_(places_of(there_)),
      said_(std::move(said)),
      stop_(invocation.stop),
      session_(connection_settings(there_.target()), stop_,
               [this](const std::string& text) { say(text); }),
      versions_(session_, places_),
      files_(lake::parse_location(places_.lake, invocation),
             lake::complete_settings({}, invocation), places_.lake_uri, scratch,
             {{}, [this](const std::string& text) { say(text); }, stop_}),
      raw_(
          session_, versions_, places_, files_, [this] { return attempt(); },
          [this](const std::string& text) { say(text); }),
      owner_(fmt::format("{:08x}", stable_hash(owner) & 0xffffffffU)),
      run_(fmt::format("{:08x}", std::random_device()())) {}

Target::~Target() = default;

void Target::say(const std::string& text) const {
  const std::lock_guard lock(saying_);
  said_(text);
}

std::string Target::place() const {
  const trino::ConnectionSettings settings = connection_settings(there_.target());
  return fmt::format("Trino at {}://{}:{}, {}.{}", settings.https ? "https" : "http", settings.host,
                     settings.port, places_.catalog, places_.schema);
}

std::string Target::attempt() {
  const std::lock_guard lock(mutex_);
  return attempt_name(owner_, begun_, run_, ++attempts_);
}

const dbt::Node& Target::node_there(const dbt::Node& home) const {
  const dbt::Node* found = find_node(there_, home.unique_id);
  if (found == nullptr) {
    throw Error(fmt::format("'{}' exists on DuckDB only, so {} cannot make it", home.name, place()),
                "its config names an engine: target.type");
  }
  return *found;
}

void Target::check_kind(const dbt::Node& node) const {
  const dbt::Materialization kind = node.model.materialized;
  if (node.kind != dbt::NodeKind::model) return;
  if (kind == dbt::Materialization::incremental || node.is_seed()) {
    throw Error(fmt::format("'{}' is of materialization {}, which gsa does not make on Trino",
                            node.name, dbt::to_string(kind)),
                "make it a table or a view there: materialized=\"{{ 'table' if target.type == "
                "'trino' else … }}\"");
  }
}

void Target::open(assets::State& state, bool writes) {
  session_.greet();
  if (writes) versions_.prepare();
  published_ = versions_.published();
  if (writes) versions_.sweep(owner_);
  for (const auto& [unit, made] : state.published) {
    const dbt::Node* node = home_.find_model(unit.asset);
    if (node == nullptr || is_view(*node)) continue;
    const auto version = made.metadata.find(kVersionKey);
    const auto shown = published_.find(node->relation.name);
    if (version != made.metadata.end() && shown != published_.end() &&
        shown->second.contains(version->second)) {
      continue;
    }
    assets::Asset asset;
    asset.schema = node->relation.schema;
    asset.relation = node->relation.name;
    state.relations.erase(assets::relation_of(asset, unit.partition));
  }
}

void Target::begin(Warehouse warehouse, duck::Connection connection) {
  {
    const std::lock_guard lock(saying_);
    said_ = warehouse.said;
  }
  warehouse_ = std::move(warehouse);
  connection_ = std::make_unique<duck::Connection>(std::move(connection));
}

std::optional<Target::Made> Target::made_of(const std::vector<Metadata>& all) {
  Made made;
  for (const Metadata& metadata : all) {
    const auto version = metadata.find(kVersionKey), columns = metadata.find(kColumnsKey);
    if (version == metadata.end() || columns == metadata.end()) return std::nullopt;
    made.columns = columns_from(columns->second);
    made.versions.insert(version->second);
  }
  return made.versions.empty() ? std::nullopt : std::optional(made);
}

std::string Target::rows_of_raw(const std::string& table) {
  const std::vector<RawPart> parts = warehouse_.raw_parts(table);
  return parts.empty() ? "" : raw_.rows(table, parts, *connection_);
}

// What stands for a node in the SQL of another one.
std::string Target::rows_of(const dbt::Node& there) {
  if (there.kind == dbt::NodeKind::source) {
    std::string raw = rows_of_raw(there.relation.name);
    if (raw.empty()) {
      throw Error(
          fmt::format("'{}' is a table of DuckDB that gsa did not make, so it does not "
                      "bring it to Trino",
                      there.name));
    }
    return raw;
  }
  if (is_view(there)) return compile(there).text();
  const auto made = made_of(warehouse_.current(there.name));
  if (!made) throw Error(fmt::format("'{}' is not on Trino", there.name), "make it: gsa build");
  return versions_.rows(there.relation.name, made->columns, made->versions);
}

dbt::CompiledSql Target::compile(const dbt::Node& there) { return compile_test(there).query; }

dbt::CompiledTest Target::compile_test(const dbt::Node& there) {
  const std::lock_guard lock(compiling_);
  dbt::CompileOptions options;
  options.full_refresh = true;
  options.query = [this](const dbt::Node& node) { return rows_of(node); };
  dbt::CompiledTest compiled = dbt::Compiler(there_, options).compile_test(there);
  const std::string words(kRawWords);
  if (compiled.query.text().find(words) == std::string::npos) return compiled;
  // Macros name this table without a source. It is known as soon as both raw tables with words are.
  const dbt::Relation relation = {places_.catalog, there_.target().schema, words};
  options.more_names = {{relation, relation, rows_of_raw(words)}};
  return dbt::Compiler(there_, options).compile_test(there);
}

std::string Target::code_of(const dbt::Node& node) {
  const dbt::Node* there = find_node(there_, node.unique_id);
  if (there == nullptr) return "";
  dbt::CompileOptions options;
  options.full_refresh = true;
  options.names_as_shown = true;
  const std::lock_guard lock(compiling_);
  return dbt::Compiler(there_, options).compile(*there).text();
}

// Calls `work`, which sends the SQL after so many lines. An error of the SQL becomes one at the
// place in the template that wrote it.
template <typename Work>
auto Target::explained(const dbt::CompiledSql& sql, int first_line, const dbt::Node& node,
                       Work work) {
  try {
    return work();
  } catch (const trino::QueryError& error) {
    dbt::Place place = node.place;
    if (error.line() && *error.line() > first_line) {
      const std::lock_guard lock(compiling_);
      const auto written = sql.place_of(*error.line() - first_line, error.column().value_or(1));
      if (written) place = *written;
    }
    throw there_.files().error_at(place, error.summary(), "Trino says so: " + error.name());
  }
}

std::vector<StoreColumn> Target::columns_of(const dbt::CompiledSql& sql, const dbt::Node& there) {
  const trino::StatementResult described = explained(sql, 1, there, [&] {
    return session_.fetch_all("select * from (\n" + sql.text() + "\n) limit 0");
  });
  std::vector<StoreColumn> columns;
  for (const trino::Column& column : described.info.columns) {
    columns.push_back({column.name, store_type(column.type)});
  }
  return columns;
}

MadeThere Target::make(const dbt::Node& node, const std::string& condition) {
  const dbt::Node& there = node_there(node);
  dbt::CompiledSql sql = compile(there);
  if (!condition.empty()) sql = dbt::around("select * from (", sql, ") where " + condition);
  const std::vector<StoreColumn> columns = columns_of(sql, there);
  const std::string version = attempt();
  MadeThere result;
  result.rows = explained(sql, 1, there, [&] {
    return versions_.insert(there.relation.name, columns, sql.text(), version);
  });
  result.metadata = {{kVersionKey, version}, {kColumnsKey, text_of(columns)}};
  copy(there.relation.name, columns, version, result);
  return result;
}

void Target::copy(const std::string& model, const std::vector<StoreColumn>& columns,
                  const std::string& version, MadeThere& made) {
  std::vector<std::string> files, names, nulls;
  for (const StoreColumn& column : columns) {
    names.push_back(sql_name(column.name));
    nulls.push_back("null as " + names.back());
  }
  made.files = files_.read(versions_.files(model, columns, version));
  for (const std::filesystem::path& file : made.files->paths()) {
    files.push_back(sql_quote(file.string()));
  }
  made.copy = files.empty() ? fmt::format("select {} where false", join(nulls, ", "))
                            : fmt::format("select {} from read_parquet([{}])", join(names, ", "),
                                          join(files, ", "));
}

namespace {

dbt::CompiledSql statement_of(const dbt::TestConfig& test, const dbt::CompiledSql& query) {
  dbt::CompiledSql sql;
  sql.append(
      fmt::format("select coalesce(cast({0} as bigint), 0), coalesce({0} {1}, false), "
                  "coalesce({0} {2}, false) from (\n",
                  test.fail_calc, test.warn_if, test.error_if));
  sql.append(query);
  if (test.limit) sql.append(fmt::format("\nlimit {}", *test.limit));
  sql.append("\n)");
  return sql;
}

}  // namespace

// On first use asks all tests of single rows of a model by one query.
bool Target::is_proved_with_others(const dbt::Node& there, const dbt::RowTest& own) {
  const std::lock_guard lock(proving_);
  if (models_asked_.insert(own.model).second) {
    std::vector<dbt::RowTest> tests;
    for (const dbt::Node& node : there_.nodes()) {
      if (node.kind != dbt::NodeKind::test || !node.is_generic || node.tested != there.tested)
        continue;
      try {
        const dbt::CompiledTest other = compile_test(node);
        const auto* test = other.claim ? std::get_if<dbt::RowTest>(&*other.claim) : nullptr;
        if (test != nullptr && test->model == own.model) tests.push_back(*test);
      } catch (const Error& error) {
        if (error.code() == ErrorCode::interrupted) throw;  // else it is told when its turn comes
      }
    }
    if (tests.size() < 2) return false;
    std::vector<std::string> counts;
    for (const dbt::RowTest& test : tests)
      counts.push_back(fmt::format("count_if({})", test.condition));
    try {
      const auto found =
          session_.fetch(fmt::format("select {} from {}", join(counts, ", "), own.model));
      for (std::size_t i = 0; i < tests.size(); ++i) {
        if (found.at(0).at(i).to_number<std::int64_t>() == 0) proved_.insert(tests[i]);
      }
    } catch (const trino::QueryError&) {
      return false;  // each is asked by itself, and tells its error
    }
  }
  return proved_.contains(own);
}

dbt::NodeResult Target::ask(const dbt::Node& node) {
  const Stopwatch watch;
  const dbt::Node& there = node_there(node);
  dbt::NodeResult result = dbt::result_of(node);
  const dbt::TestConfig& config = node.test;
  const dbt::TestConfig defaults;
  const dbt::CompiledTest compiled = compile_test(there);
  result.compiled = compiled.query.text();
  const bool passes_without_rows = config.fail_calc == defaults.fail_calc &&
                                   config.warn_if == defaults.warn_if &&
                                   config.error_if == defaults.error_if;
  const auto* row_test = compiled.claim ? std::get_if<dbt::RowTest>(&*compiled.claim) : nullptr;
  if (row_test == nullptr || !passes_without_rows || !is_proved_with_others(there, *row_test)) {
    const dbt::CompiledSql statement = statement_of(config, compiled.query);
    const auto counted =
        explained(statement, 0, there, [&] { return session_.fetch(statement.text()); });
    result.failures = counted.at(0).at(0).to_number<std::int64_t>();
    const bool should_warn = counted.at(0).at(1).as_bool();
    const bool should_fail = counted.at(0).at(2).as_bool();
    if (config.severity == dbt::Severity::error && should_fail) {
      result.status = dbt::Status::fail;
      result.condition = config.error_if;
    } else if (should_warn) {
      result.status = dbt::Status::warn;
      result.condition = config.warn_if;
    }
  }
  if (result.status != dbt::Status::pass) {
    const trino::StatementResult sample = session_.fetch_all(
        fmt::format("select * from (\n{}\n) limit {}", result.compiled, dbt::kSampleRows));
    for (const trino::Column& column : sample.info.columns) {
      result.sample.columns.push_back(column.name);
    }
    for (const trino::Row& row : sample.rows) {
      std::vector<std::optional<std::string>>& cells = result.sample.rows.emplace_back();
      for (const boost::json::value& value : row) {
        cells.push_back(value.is_null() ? std::nullopt : std::optional(remote::text_of(value)));
      }
    }
  }
  result.seconds = watch.seconds();
  return result;
}

void Target::show_raw_tables(const std::set<std::string>& held_back, Published& all) {
  for (const dbt::Node& node : there_.nodes()) {
    if (node.kind != dbt::NodeKind::source) continue;
    const std::string& table = node.relation.name;
    const auto before = published_.find(table);
    if (held_back.contains(table)) {
      if (before != published_.end()) all.insert(*before);
    } else {
      rows_of_raw(table);  // the views read it, also if no model that was made now does
    }
  }
  for (const auto& [table, raw] : raw_.uploaded()) {
    if (held_back.contains(table)) continue;
    all[table] = raw.versions;
    versions_.show(table, raw.columns);
  }
}

// Views may read views, which come first.
void Target::show_views(std::set<std::string> names) {
  const std::vector<dbt::Node>& nodes = there_.nodes();
  while (!names.empty()) {
    const std::size_t before = names.size();
    for (const dbt::Node& node : nodes) {
      if (node.kind != dbt::NodeKind::model || !names.contains(node.name)) continue;
      const bool is_ready =
          std::none_of(node.depends_on.begin(), node.depends_on.end(),
                       [&](std::size_t input) { return names.contains(nodes[input].name); });
      if (!is_ready) continue;
      versions_.show(node.relation.name, code_of(node));
      names.erase(node.name);
    }
    check(names.size() < before, "the views have an order");
  }
}

void Target::publish(const assets::Publication& publication,
                     const std::set<std::string>& held_back) {
  Published all;
  std::set<std::string> views;
  const auto add = [&](const assets::PublishedRelation& relation, const auto& metadata_of) {
    const dbt::Node* node = there_.find_model(relation.unit.asset);
    if (node == nullptr) return;
    if (is_view(*node)) {
      views.insert(node->name);
      return;
    }
    const auto made = made_of(metadata_of(node->name));
    if (!made) return;
    all[node->relation.name] = made->versions;
    const auto before = made_of(warehouse_.published(node->name));
    const bool was_shown = published_.contains(node->relation.name);
    versions_.show(node->relation.name, made->columns,
                   before && was_shown ? before->columns : std::vector<StoreColumn>{});
  };
  for (const assets::PublishedRelation& relation : publication.made) {
    add(relation, warehouse_.current);
  }
  for (const assets::PublishedRelation& relation : publication.kept) {
    add(relation, warehouse_.published);
  }
  show_raw_tables(held_back, all);
  show_views(std::move(views));
  versions_.publish(all);
  for (const auto& [relation, versions] : published_) {
    if (!all.contains(relation)) versions_.hide(relation);
  }
}

}  // namespace gsa::remote
