#include "dbt/schema_yml.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "dbt/yaml_entry.h"

namespace gsa::dbt {
namespace {

using Names = std::vector<std::string>;

const Names kTopKeys = {"version",   "models",          "sources",       "macros",
                        "seeds",     "snapshots",       "analyses",      "exposures",
                        "metrics",   "groups",          "data_tests",    "unit_tests",
                        "functions", "semantic_models", "saved_queries", "anchors"};
// Blocks for features that nothing here runs.
const std::vector<std::pair<std::string, std::string>> kUnrun = {{"snapshots", "snapshot"},
                                                                 {"functions", "function"}};
const Names kConstraintKeys = {"type", "name",       "expression",      "columns",
                               "to",   "to_columns", "warn_unenforced", "warn_unsupported"};

const Names kModelKeys = {"name",           "description",
                          "columns",        "tests",
                          "data_tests",     "config",
                          "docs",           "meta",
                          "access",         "group",
                          "tags",           "constraints",
                          "time_spine",     "deprecation_date",
                          "latest_version", "semantic_model",
                          "quote_columns",  "metrics"};
const Names kColumnKeys = {"name",        "description", "data_type",   "tests",  "data_tests",
                           "tags",        "meta",        "quote",       "config", "docs",
                           "constraints", "policy_tags", "granularity", "entity", "dimension"};
const Names kSourceKeys = {"name",      "description",    "schema",    "database",
                           "tables",    "tags",           "meta",      "config",
                           "loader",    "quoting",        "freshness", "loaded_at_field",
                           "overrides", "loaded_at_query"};
const Names kTableKeys = {
    "name", "description",    "identifier", "columns", "tests",     "data_tests",      "tags",
    "meta", "config",         "loader",     "quoting", "freshness", "loaded_at_field", "external",
    "docs", "loaded_at_query"};

const Names kSingularTestKeys = {"name", "description", "config", "meta", "docs", "tags"};
const Names kMacroKeys = {"name", "description", "arguments", "config", "meta", "docs"};
const Names kGroupKeys = {"name", "owner", "description", "config", "meta"};

class SchemaReader {
 public:
  SchemaReader(const ProjectFiles& files, std::string path, const RenderValue& render,
               std::vector<std::string>& warnings)
      : files_(files), path_(std::move(path)), render_(render), warnings_(warnings) {}

  void read(Declarations& into) {
    const Yaml root = Yaml::parse(files_, path_, &warnings_);
    if (root.is_null()) return;
    warn_of_unknown(root, ".yml file", kTopKeys);
    for (const auto& [key, what] : kUnrun) {
      if (const std::optional<Yaml> found = root.find(key)) warn_of_unrun(*found, what);
    }
    if (const std::optional<Yaml> models = root.find("models")) {
      for (const Yaml& model : models->items()) into.models.push_back(read_model(model));
    }
    if (const std::optional<Yaml> seeds = root.find("seeds")) {
      for (const Yaml& seed : seeds->items()) into.seeds.push_back(read_seed(seed));
    }
    if (const std::optional<Yaml> sources = root.find("sources")) {
      for (const Yaml& source : sources->items()) read_source(source, into.sources);
    }
    if (const std::optional<Yaml> groups = root.find("groups")) {
      for (const Yaml& group : groups->items()) into.groups.push_back(read_group(group));
    }
    if (const std::optional<Yaml> tests = root.find("data_tests")) {
      for (const Yaml& test : tests->items()) {
        into.singular_tests.push_back(read_singular_test(test));
      }
    }
    if (const std::optional<Yaml> exposures = root.find("exposures")) {
      for (const Yaml& exposure : exposures->items()) {
        into.exposures.push_back(read_exposure(exposure));
      }
    }
    if (const std::optional<Yaml> tests = root.find("unit_tests")) {
      for (const Yaml& test : tests->items())
        into.unit_tests.push_back(read_unit_test(test, path_));
    }
    read_semantic_yml(root, path_, render_, into.semantic);
    if (const std::optional<Yaml> macros = root.find("macros")) {
      for (const Yaml& macro : macros->items()) {
        into.macros.push_back({entry_name(macro, "macro"), macro.place(), path_, macro});
        warn_of_unknown(macro, "macro", kMacroKeys);
      }
    }
  }

 private:
  // If the YAML only describes a snapshot, the warning is given where its SQL is.
  void warn_of_unrun(const Yaml& list, const std::string& what) {
    for (const Yaml& item : list.items()) {
      if (!item.is_map() || (what == "snapshot" && !item.find("relation"))) continue;
      warnings_.push_back(fmt::format("{}: the {} '{}' is not run here; {}",
                                      format_place(item.place()), what, item.string_at("name"),
                                      kDbtHasIt));
    }
  }

  // Those beside `config:` and those in it.
  static std::vector<std::string> tags_of(const Yaml& map) {
    std::vector<std::string> tags;
    const std::optional<Yaml> config = map.find("config");
    for (const std::optional<Yaml>& found :
         {map.find("tags"), config ? config->find("tags") : std::nullopt}) {
      if (!found) continue;
      for (std::string& tag : found->strings()) tags.push_back(std::move(tag));
    }
    return tags;
  }

  void warn_of_unknown(const Yaml& map, std::string_view what, const Names& known) {
    for (const Yaml::Entry& entry : map.entries()) {
      if (std::find(known.begin(), known.end(), entry.key) != known.end()) continue;
      const std::string hint = did_you_mean(entry.key, known);
      warnings_.push_back(fmt::format("{}: the key '{}' of a {} is not known{}{}",
                                      format_place(entry.place), entry.key, what,
                                      hint.empty() ? "" : ": ", hint));
    }
  }

  // The settings in `config:`, and those of `beside` that are next to it.
  static Settings settings_of(const Yaml& map, const Names& beside) {
    Settings settings;
    for (const Yaml::Entry& entry : map.entries()) {
      if (std::find(beside.begin(), beside.end(), entry.key) == beside.end()) continue;
      settings.set(entry.key, entry.value.value(), entry.place);
    }
    if (const std::optional<Yaml> config = map.find("config")) {
      for (const Yaml::Entry& entry : config->entries()) {
        settings.set(entry.key, entry.value.value(), entry.place);
      }
    }
    return settings;
  }

  // As in dbt, only tags may be in both places, and are merged.
  static void refuse_two_places(const Yaml& map, const Names& keys) {
    const std::optional<Yaml> config = map.find("config");
    for (const std::string& key : keys) {
      const std::optional<Yaml> beside = map.find(key);
      if (beside && config && config->find(key)) {
        throw beside->error(fmt::format("'{}' is set here and below config:", key),
                            "leave it below config: only");
      }
    }
  }

  // Reads `freshness:` and `config: {freshness: …}`; keeps null.
  static void take_freshness(const Yaml& map, std::vector<Setting>& layers) {
    const auto take = [&](const Yaml& from) {
      for (const Yaml::Entry& entry : from.entries()) {
        if (entry.key == "freshness") layers.push_back({entry.value.value(), entry.place});
      }
    };
    take(map);
    if (const std::optional<Yaml> config = map.find("config")) take(*config);
  }

  GroupSpec read_group(const Yaml& map) {
    GroupSpec group;
    group.name = entry_name(map, "group");
    group.place = map.place();
    group.file = path_;
    group.written = map;
    warn_of_unknown(map, "group", kGroupKeys);
    const std::optional<Yaml> owner = map.find("owner");
    if (!owner) {
      throw map.error(fmt::format("the group '{}' has no owner", group.name),
                      "add owner: {name: …} or owner: {email: …}");
    }
    if (!owner->is_map()) throw owner->error("an owner is a map with a name or an email");
    if (const std::optional<Yaml> name = owner->find("name")) {
      group.owner = name->string();
    } else if (const std::optional<Yaml> email = owner->find("email")) {
      group.owner = join(email->strings(), ", ");
    } else {
      throw owner->error("an owner needs a name or an email");
    }
    return group;
  }

  ModelSpec read_model(const Yaml& map) {
    ModelSpec model = read_table(map, "model", {"tags", "meta", "group", "access"});
    refuse_two_places(map, {"meta", "group"});
    if (const std::optional<Yaml> versions = map.find("versions")) {
      throw versions->error("versions of a model are not supported");
    }
    warn_of_unknown(map, "model", kModelKeys);
    return model;
  }

  ModelSpec read_seed(const Yaml& map) {
    ModelSpec seed = read_table(map, "seed", {"tags", "meta", "group"});
    refuse_two_places(map, {"meta", "group"});
    warn_of_unknown(map, "seed", kModelKeys);
    return seed;
  }

  ConstraintSpec read_constraint(const Yaml& map) {
    warn_of_unknown(map, "constraint", kConstraintKeys);
    ConstraintSpec constraint;
    constraint.place = map.place();
    constraint.type = map.string_at("type");
    constraint.name = map.string_at("name");
    constraint.expression = map.string_at("expression");
    if (const std::optional<Yaml> columns = map.find("columns")) {
      constraint.columns = columns->strings();
    }
    return constraint;
  }

  std::vector<ConstraintSpec> read_constraints(const Yaml& map) {
    std::vector<ConstraintSpec> constraints;
    const std::optional<Yaml> found = map.find("constraints");
    if (!found) return constraints;
    for (const Yaml& item : found->items()) constraints.push_back(read_constraint(item));
    return constraints;
  }

  ExposureSpec read_exposure(const Yaml& map) {
    ExposureSpec exposure;
    exposure.name = entry_name(map, "exposure");
    exposure.place = map.place();
    exposure.file = path_;
    exposure.written = map;
    if (const std::optional<Yaml> reads = map.find("depends_on")) {
      for (const Yaml& item : reads->items()) {
        exposure.depends_on.push_back({item.value(), item.place()});
      }
    }
    return exposure;
  }

  ModelSpec read_singular_test(const Yaml& map) {
    ModelSpec test;
    test.name = entry_name(map, "data test");
    read_description(map, test.description, test.described_at);
    test.place = map.place();
    test.file = path_;
    test.settings = settings_of(map, {});
    test.written = map;
    warn_of_unknown(map, "data test of an .sql file", kSingularTestKeys);
    return test;
  }

  // `quote_columns` of the table is the default for its columns.
  ModelSpec read_table(const Yaml& map, std::string_view what, const Names& settings_beside,
                       bool quotes_columns = false) {
    ModelSpec table;
    table.name = entry_name(map, what);
    read_description(map, table.description, table.described_at);
    table.place = map.place();
    table.file = path_;
    table.written = map;
    table.settings = settings_of(map, settings_beside);
    table.tests = read_tests(map, "");
    table.constraints = read_constraints(map);
    if (const std::optional<Yaml> columns = map.find("columns")) {
      const std::optional<Yaml> quote = map.find("quote_columns");
      const bool quotes = quote ? quote->boolean() : quotes_columns;
      for (const Yaml& column : columns->items()) {
        table.columns.push_back(read_column(column, quotes));
      }
    }
    return table;
  }

  ColumnSpec read_column(const Yaml& map, bool quotes_columns) {
    ColumnSpec column;
    column.name = entry_name(map, "column");
    read_description(map, column.description, column.described_at);
    column.data_type = map.string_at("data_type");
    column.granularity = map.string_at("granularity");
    column.place = map.place();
    column.constraints = read_constraints(map);
    column.tags = tags_of(map);
    column.meta = label_config(settings_of(map, {"meta"}), files_).meta;
    column.tests = read_tests(map, column.name);
    const std::optional<Yaml> quote = map.find("quote");
    const bool quotes = quote ? quote->boolean() : quotes_columns;
    column.quote = quotes;
    for (TestSpec& test : column.tests) test.quotes_column = quotes;
    warn_of_unknown(map, "column", kColumnKeys);
    return column;
  }

  void read_source(const Yaml& map, std::vector<SourceSpec>& into) {
    const std::string name = entry_name(map, "source");
    warn_of_unknown(map, "source", kSourceKeys);
    const std::string schema = map.string_at("schema");
    const Names beside = {"tags", "meta", "loaded_at_field"};
    const Settings settings = settings_of(map, beside);
    const std::optional<Yaml> tables = map.find("tables");
    if (!tables) return;
    for (const Yaml& item : tables->items()) {
      SourceSpec source;
      source.source = name;
      source.database = map.string_at("database");
      source.schema = schema.empty() ? name : schema;
      source.table = read_table(item, "table of a source", beside,
                                quotes_columns(item).value_or(quotes_columns(map).value_or(false)));
      warn_of_unknown(item, "table of a source", kTableKeys);
      source.identifier = item.string_at("identifier");
      if (source.identifier.empty()) source.identifier = source.table.name;
      Settings both = settings;
      both.add(source.table.settings);
      source.table.settings = both;
      for (const Yaml* said : {&map, &item}) {
        const std::optional<Yaml> tags = said->find("tags");
        if (!tags) continue;
        for (std::string& tag : tags->strings()) source.tags.push_back(std::move(tag));
      }
      source.written = map;
      take_freshness(map, source.freshness);
      take_freshness(item, source.freshness);
      into.push_back(std::move(source));
    }
  }

  // `quoting: {column: …}` of a source or of one of its tables.
  static std::optional<bool> quotes_columns(const Yaml& map) {
    const std::optional<Yaml> quoting = map.find("quoting");
    if (!quoting) return std::nullopt;
    const std::optional<Yaml> column = quoting->find("column");
    return column ? std::optional<bool>(column->boolean()) : std::nullopt;
  }

  std::vector<TestSpec> read_tests(const Yaml& map, const std::string& column) {
    std::vector<TestSpec> tests;
    for (const char* key : {"tests", "data_tests"}) {
      const std::optional<Yaml> found = map.find(key);
      if (!found) continue;
      for (const Yaml& item : found->items()) tests.push_back(read_test(item, column));
    }
    return tests;
  }

  TestSpec read_test(const Yaml& item, const std::string& column) {
    TestSpec test;
    test.column = column;
    test.place = item.place();
    test.file = path_;
    std::string name;
    if (item.is_scalar()) {
      name = item.string();
    } else if (const std::optional<Yaml> given = item.find("test_name")) {
      name = given->string();
      read_arguments(item, test);
    } else {
      const std::vector<Yaml::Entry> entries = item.entries();
      if (entries.size() != 1) {
        throw item.error("a test is its name with its arguments indented below it",
                         "indent what follows the name by four more spaces");
      }
      name = entries[0].key;
      read_arguments(entries[0].value, test);
    }
    const std::size_t dot = name.find('.');
    if (dot != std::string::npos) test.package = name.substr(0, dot);
    test.name = dot == std::string::npos ? name : name.substr(dot + 1);
    return test;
  }

  void read_arguments(const Yaml& map, TestSpec& test) {
    for (const Yaml::Entry& entry : map.entries()) {
      if (entry.key == "test_name") continue;
      if (entry.key == "name") {
        test.custom_name = entry.value.string();
      } else if (entry.key == "description") {
        test.description = entry.value.string();
        test.described_at = entry.value.place();
      } else if (entry.key == "config") {
        for (const Yaml::Entry& setting : entry.value.entries()) {
          test.settings.set(setting.key, setting.value.value(), setting.place);
        }
      } else if (entry.key == "arguments") {
        for (const Yaml::Entry& argument : entry.value.entries()) {
          test.arguments.set(Value(argument.key), argument.value.value());
        }
      } else if (is_test_config_key(entry.key)) {
        test.settings.set(entry.key, entry.value.value(), entry.place);
      } else {
        test.arguments.set(Value(entry.key), entry.value.value());
      }
    }
    if (test.arguments.find("model") != nullptr) {
      throw map.error("a test's 'model' is the model above it, and cannot be set");
    }
  }

  const ProjectFiles& files_;
  std::string path_;
  const RenderValue& render_;
  std::vector<std::string>& warnings_;
};

}  // namespace

void read_schema_yml(const ProjectFiles& files, const std::string& path, const RenderValue& render,
                     Declarations& into, std::vector<std::string>& warnings) {
  SchemaReader(files, path, render, warnings).read(into);
}

}  // namespace gsa::dbt
