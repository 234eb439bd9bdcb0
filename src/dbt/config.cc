#include "dbt/config.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"

namespace gsa::dbt {
namespace {

const std::vector<std::string> kMaterializations = {"view", "table", "incremental", "ephemeral"};
const std::vector<std::string> kStrategies = {"append", "delete+insert", "merge"};
const std::vector<std::string> kSchemaChanges = {"ignore", "fail", "append_new_columns",
                                                 "sync_all_columns"};

// Settings of dbt that do not affect the rows that we build.
const std::vector<std::string> kModelKeys = {"materialized",
                                             "schema",
                                             "alias",
                                             "database",
                                             "tags",
                                             "enabled",
                                             "meta",
                                             "unique_key",
                                             "full_refresh",
                                             "incremental_strategy",
                                             "docs",
                                             "group",
                                             "access",
                                             "persist_docs",
                                             "on_schema_change",
                                             "grants",
                                             "contract",
                                             "indexes",
                                             "event_time",
                                             "description",
                                             "freshness",
                                             "loaded_at_field",
                                             "loaded_at_query",
                                             "merge_update_columns",
                                             "merge_exclude_columns"};
const std::vector<std::string> kStoredAs = {"ephemeral", "table", "view"};
const std::vector<std::string> kSeedKeys = {
    "column_types", "quote_columns", "delimiter", "fast",       "schema",      "alias",
    "database",     "tags",          "enabled",   "meta",       "docs",        "group",
    "persist_docs", "full_refresh",  "grants",    "event_time", "description", "materialized"};
const std::vector<std::string> kRefusedModelKeys = {"pre_hook",
                                                    "pre-hook",
                                                    "post_hook",
                                                    "post-hook",
                                                    "sql_header",
                                                    "incremental_predicates",
                                                    "predicates",
                                                    "merge_on_using_columns",
                                                    "merge_update_condition",
                                                    "merge_insert_condition",
                                                    "merge_update_set_expressions",
                                                    "merge_clauses",
                                                    "merge_returning_columns"};
const std::vector<std::string> kTestKeys = {
    "severity",          "tags",     "enabled",   "where", "limit",
    "warn_if",           "error_if", "fail_calc", "meta",  "store_failures",
    "store_failures_as", "database", "schema",    "alias", "group"};

// Reads settings one by one. Errors name the place of the setting.
class Reader {
 public:
  Reader(const Settings& settings, const ProjectFiles& files)
      : settings_(settings), files_(files) {}

  const Setting* find(const std::string& key) const {
    const Setting* setting = settings_.find(key);
    return setting == nullptr || setting->value.is_none() ? nullptr : setting;
  }

  void text(const std::string& key, std::string& out) const {
    if (const Setting* setting = find(key)) {
      if (setting->value.is_sequence() || setting->value.is_dict()) fail(key, *setting, "text");
      out = setting->value.str();
    }
  }

  std::optional<bool> boolean(const std::string& key) const {
    const Setting* setting = find(key);
    if (setting == nullptr) return std::nullopt;
    const Value& value = setting->value;
    if (value.kind() == Value::Kind::boolean) return value.as_bool();
    // A template in YAML renders to text.
    if (value.is_string() && to_lower(value.as_string()) == "true") return true;
    if (value.is_string() && to_lower(value.as_string()) == "false") return false;
    fail(key, *setting, "true or false");
  }

  std::vector<std::string> strings(const std::string& key) const {
    const Setting* setting = find(key);
    if (setting == nullptr) return {};
    if (setting->value.is_string()) return {setting->value.as_string()};
    if (!setting->value.is_sequence()) fail(key, *setting, "text or a list of texts");
    std::vector<std::string> strings;
    for (const Value& item : setting->value.as_list()) {
      if (!item.is_string()) fail(key, *setting, "text or a list of texts");
      strings.push_back(item.as_string());
    }
    return strings;
  }

  Dict dict(const std::string& key) const {
    const Setting* setting = find(key);
    if (setting == nullptr) return {};
    if (!setting->value.is_dict()) fail(key, *setting, "a map of keys to values");
    return setting->value.as_dict();
  }

  // The index of the setting in `choices`, which are in lower case.
  std::optional<std::size_t> choice(const std::string& key,
                                    const std::vector<std::string>& choices) const {
    const Setting* setting = find(key);
    if (setting == nullptr) return std::nullopt;
    const std::string text = to_lower(setting->value.str());
    const auto found = std::find(choices.begin(), choices.end(), text);
    if (found == choices.end()) {
      throw files_.error_at(setting->place, fmt::format("{} = '{}' is not known here", key, text),
                            hint_for(text, choices));
    }
    return static_cast<std::size_t>(found - choices.begin());
  }

  void refuse(const std::string& key, const std::string& why) const {
    if (const Setting* setting = find(key)) {
      throw files_.error_at(setting->place, fmt::format("'{}' {}", key, why), kDbtHasIt);
    }
  }

  // The value at `key` in the map at `of`; null if either is missing.
  const Value* inner(const std::string& of, std::string_view key) const {
    const Setting* setting = find(of);
    if (setting == nullptr || !setting->value.is_dict()) return nullptr;
    const Value* value = setting->value.as_dict().find(key);
    return value == nullptr || value->is_none() ? nullptr : value;
  }

  void warn_of_unknown(const std::vector<std::string>& known,
                       std::vector<std::string>& warnings) const {
    for (const auto& [key, setting] : settings_.all()) {
      if (std::find(known.begin(), known.end(), key) != known.end()) continue;
      const std::string hint = did_you_mean(key, known);
      if (hint.empty()) continue;  // a key of the user's own, for a macro to read
      warnings.push_back(fmt::format("{}: the setting '{}' is not known and does nothing: {}",
                                     format_place(setting.place), key, hint));
    }
  }

  [[noreturn]] void fail(const std::string& key, const Setting& setting,
                         const std::string& expected) const {
    throw files_.error_at(setting.place, fmt::format("'{}' takes {}, not {}", key, expected,
                                                     setting.value.type_name()));
  }

 private:
  static std::string hint_for(const std::string& text, const std::vector<std::string>& choices) {
    const std::string hint = did_you_mean(text, choices);
    return hint.empty() ? fmt::format("use one of: {}", join(choices, ", ")) : hint;
  }

  const Settings& settings_;
  const ProjectFiles& files_;
};

void append_tags(Value& into, const Value& more) {
  List tags;
  const auto take = [&](const Value& value) {
    const List items = value.is_sequence() ? value.as_list() : List{value};
    for (const Value& item : items) {
      if (!item.is_none() && std::find(tags.begin(), tags.end(), item) == tags.end()) {
        tags.push_back(item);
      }
    }
  };
  take(into);
  take(more);
  into = Value(std::move(tags));
}

void update_meta(Value& into, const Value& more) {
  if (more.is_none()) return;
  if (!into.is_dict() || !more.is_dict()) {
    into = more;
    return;
  }
  Dict meta = into.as_dict();
  for (const auto& [key, value] : more.as_dict().entries()) meta.set(key, value);
  into = Value(std::move(meta));
}

}  // namespace

void Settings::set(const std::string& key, Value value, Place place) {
  const auto found = settings_.find(key);
  if (found == settings_.end()) {
    settings_.emplace(key, Setting{std::move(value), std::move(place)});
  } else if (key == "tags") {
    append_tags(found->second.value, value);
    found->second.place = std::move(place);
    found->second.nearest = std::move(value);
  } else if (key == "meta") {
    update_meta(found->second.value, value);
    found->second.place = std::move(place);
    found->second.nearest = std::move(value);
  } else {
    found->second = {std::move(value), std::move(place), {}};
  }
}

void Settings::add(const Settings& nearer) {
  for (const auto& [key, setting] : nearer.settings_) set(key, setting.value, setting.place);
}

const Setting* Settings::find(const std::string& key) const {
  const auto found = settings_.find(key);
  return found == settings_.end() ? nullptr : &found->second;
}

void ConfigTree::add(const Yaml& tree, const RenderValue& render) {
  std::vector<std::string> path;
  add_branch(tree, tree.place(), path, render);
}

void ConfigTree::add_branch(const Yaml& map, const Place& place, std::vector<std::string>& path,
                            const RenderValue& render) {
  const std::size_t index = branches_.size();
  branches_.push_back({path, place, {}});
  for (const Yaml::Entry& entry : map.entries()) {
    const bool plus = entry.key.starts_with('+');
    if (!plus && entry.value.is_map()) {
      path.push_back(entry.key);
      add_branch(entry.value, entry.place, path, render);
      path.pop_back();
    } else if (plus || !entry.value.is_null()) {
      branches_[index].settings.set(plus ? entry.key.substr(1) : entry.key,
                                    render(entry.value.value(), entry.place), entry.place);
    }
  }
}

Settings ConfigTree::for_node(const std::vector<std::string>& fqn) const {
  std::vector<const Branch*> fitting;
  for (const Branch& branch : branches_) {
    if (branch.path.size() <= fqn.size() &&
        std::equal(branch.path.begin(), branch.path.end(), fqn.begin())) {
      fitting.push_back(&branch);
    }
  }
  std::stable_sort(fitting.begin(), fitting.end(), [](const Branch* a, const Branch* b) {
    return a->path.size() < b->path.size();
  });
  Settings settings;
  for (const Branch* branch : fitting) settings.add(branch->settings);
  return settings;
}

namespace {

void refuse_unsupported(const Reader& reader) {
  for (const std::string& key : kRefusedModelKeys) {
    const Setting* setting = reader.find(key);
    if (setting != nullptr && setting->value.truth()) reader.refuse(key, "is not supported");
  }
}

// The settings that models and seeds share.
void read_common(const Reader& reader, ModelConfig& config) {
  refuse_unsupported(reader);
  reader.text("schema", config.schema);
  reader.text("alias", config.alias);
  config.tags = reader.strings("tags");
  config.enabled = reader.boolean("enabled").value_or(true);
  config.full_refresh = reader.boolean("full_refresh");
  const auto says = [&](const char* key) {
    const Value* value = reader.inner("persist_docs", key);
    return value != nullptr && value->truth();
  };
  config.comments_relation = says("relation");
  config.comments_columns = says("columns");
}

void read_access(const Reader& reader, ModelConfig& config) {
  const auto choice = reader.choice("access", {"private", "protected", "public"});
  if (!choice) return;
  config.access = static_cast<Access>(*choice);
  if (config.access == Access::public_ && config.materialized == Materialization::ephemeral) {
    reader.fail("access", *reader.find("access"),
                "private or protected: an ephemeral model is no table that others can read");
  }
}

void read_incremental(const Reader& reader, ModelConfig& config) {
  config.unique_key = reader.strings("unique_key");
  const Setting* key = reader.find("unique_key");
  config.unique_key_is_expression = key != nullptr && key->value.is_string();
  if (const Setting* strategy = reader.find("incremental_strategy");
      strategy != nullptr && strategy->value.str() == "microbatch") {
    reader.refuse("incremental_strategy", "microbatch is not supported");
  }
  if (const auto choice = reader.choice("incremental_strategy", kStrategies)) {
    config.strategy = static_cast<IncrementalStrategy>(*choice);
  }
  if (const auto choice = reader.choice("on_schema_change", kSchemaChanges)) {
    config.on_schema_change = static_cast<OnSchemaChange>(*choice);
  }
  config.merge_update_columns = reader.strings("merge_update_columns");
  config.merge_exclude_columns = reader.strings("merge_exclude_columns");
  if (!config.merge_update_columns.empty() && !config.merge_exclude_columns.empty()) {
    reader.fail("merge_exclude_columns", *reader.find("merge_exclude_columns"),
                "nothing beside merge_update_columns");
  }
}

}  // namespace

ModelConfig model_config(const Settings& settings, const ProjectFiles& files,
                         std::vector<std::string>& warnings) {
  const Reader reader(settings, files);
  ModelConfig config;
  if (const auto choice = reader.choice("materialized", kMaterializations)) {
    config.materialized = static_cast<Materialization>(*choice);
  }
  read_common(reader, config);
  read_access(reader, config);
  read_incremental(reader, config);
  const Value* enforced = reader.inner("contract", "enforced");
  config.has_contract = enforced != nullptr && enforced->truth();
  reader.warn_of_unknown(kModelKeys, warnings);
  return config;
}

ModelConfig seed_config(const Settings& settings, const ProjectFiles& files,
                        std::vector<std::string>& warnings) {
  const Reader reader(settings, files);
  ModelConfig config;
  config.materialized = Materialization::seed;
  read_common(reader, config);
  const Dict types = reader.dict("column_types");
  for (const auto& [column, type] : types.entries()) {
    config.seed.column_types[column.str()] = type.str();
  }
  config.seed.quote_columns = reader.boolean("quote_columns").value_or(true);
  if (!reader.boolean("fast").value_or(true)) reader.refuse("fast", "= false is not supported");
  std::string delimiter = ",";
  reader.text("delimiter", delimiter);
  if (delimiter.size() != 1) {
    reader.fail("delimiter", *reader.find("delimiter"), "one character of ASCII");
  }
  config.seed.delimiter = delimiter[0];
  reader.warn_of_unknown(kSeedKeys, warnings);
  return config;
}

TestConfig test_config(const Settings& settings, const ProjectFiles& files,
                       std::vector<std::string>& warnings) {
  const Reader reader(settings, files);
  TestConfig config;
  if (const auto choice = reader.choice("severity", {"warn", "error"})) {
    config.severity = static_cast<Severity>(*choice);
  }
  reader.text("warn_if", config.warn_if);
  reader.text("error_if", config.error_if);
  reader.text("where", config.where);
  reader.text("fail_calc", config.fail_calc);
  if (const Setting* limit = reader.find("limit")) {
    if (!limit->value.is_integer() || limit->value.as_integer() < 0) {
      reader.fail("limit", *limit, "a number of rows");
    }
    config.limit = limit->value.as_integer();
  }
  config.tags = reader.strings("tags");
  config.enabled = reader.boolean("enabled").value_or(true);
  config.stores_failures = reader.boolean("store_failures").value_or(false);
  if (const auto choice = reader.choice("store_failures_as", kStoredAs)) {
    config.stores_failures = kStoredAs[*choice] != "ephemeral";
    if (kStoredAs[*choice] == "view") {
      warnings.push_back(fmt::format("{}: gsa stores the failing rows as a table, not as a view",
                                     format_place(reader.find("store_failures_as")->place)));
    }
  }
  reader.text("schema", config.schema);
  reader.text("alias", config.alias);
  reader.warn_of_unknown(kTestKeys, warnings);
  return config;
}

TestConfig unit_test_config(const Settings& settings, const ProjectFiles& files,
                            std::vector<std::string>& warnings) {
  const Reader reader(settings, files);
  TestConfig config;
  config.tags = reader.strings("tags");
  config.enabled = reader.boolean("enabled").value_or(true);
  reader.warn_of_unknown({"tags", "enabled", "meta", "group", "static_analysis"}, warnings);
  if (const Setting* severity = reader.find("severity")) {
    warnings.push_back(fmt::format("{}: a unit test has no severity: it fails or not",
                                   format_place(severity->place)));
  }
  return config;
}

bool is_enabled(const Settings& settings, const ProjectFiles& files) {
  return Reader(settings, files).boolean("enabled").value_or(true);
}

LabelConfig label_config(const Settings& settings, const ProjectFiles& files) {
  const Reader reader(settings, files);
  LabelConfig config;
  reader.text("group", config.group);
  config.meta = reader.dict("meta");
  return config;
}

std::string loaded_at_field(const Settings& settings, const ProjectFiles& files) {
  std::string field;
  Reader(settings, files).text("loaded_at_field", field);
  return field;
}

bool is_test_config_key(const std::string& key) {
  return std::find(kTestKeys.begin(), kTestKeys.end(), key) != kTestKeys.end();
}

std::string to_string(Materialization materialization) {
  if (materialization == Materialization::seed) return "seed";
  return kMaterializations.at(static_cast<std::size_t>(materialization));
}

}  // namespace gsa::dbt
