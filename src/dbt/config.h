#pragma once

// The configuration of models and tests. Each key may come from the folder trees of
// dbt_project.yml, from the YAML beside the models, and from config() in the SQL. The nearest one
// wins; tags and the keys of meta add up instead.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "dbt/jinja_names.h"
#include "dbt/yaml.h"

namespace gsa::dbt {

struct Setting {
  Value value;
  Place place;
  // Of tags and meta that add up: what the nearest place says; none: the value is of one place.
  Value nearest = {};
};

class Settings {
 public:
  void set(const std::string& key, Value value, Place place);
  void add(const Settings& nearer);  // `nearer` wins
  const Setting* find(const std::string& key) const;
  const std::map<std::string, Setting>& all() const { return settings_; }

 private:
  std::map<std::string, Setting> settings_;
};

// Renders a YAML text that contains a template.
using RenderValue = std::function<Value(const Value&, const Place&)>;

// The `models:` or `data_tests:` tree of dbt_project.yml: +keys at any depth of folders.
class ConfigTree {
 public:
  void add(const Yaml& tree, const RenderValue& render);
  // The settings for a node with these parts: project, folders …, name. The deepest folder wins.
  Settings for_node(const std::vector<std::string>& fqn) const;

  struct Branch {
    std::vector<std::string> path;  // empty: everything
    Place place;
    Settings settings;
  };
  const std::vector<Branch>& branches() const { return branches_; }

 private:
  void add_branch(const Yaml& map, const Place& place, std::vector<std::string>& path,
                  const RenderValue& render);
  std::vector<Branch> branches_;  // parents before children
};

enum class Materialization { view, table, incremental, ephemeral, seed };
enum class Severity { warn, error };
// Who may refer to a model: only its group; only its project; everyone.
enum class Access { private_, protected_, public_ };
enum class IncrementalStrategy { append, delete_insert, merge };
enum class OnSchemaChange { ignore, fail, append_new_columns, sync_all_columns };

// How to turn a CSV file into a table.
struct SeedConfig {
  std::map<std::string, std::string, std::less<>> column_types;  // by column; others are inferred
  char delimiter = ',';
  bool quote_columns = true;
};

struct ModelConfig {
  Materialization materialized = Materialization::view;
  std::string schema;  // dbt's +schema: appended to the target's schema
  std::string alias;
  std::vector<std::string> tags;
  bool enabled = true;
  Access access = Access::protected_;
  std::vector<std::string> unique_key;
  bool unique_key_is_expression =
      false;  // unique_key is a single text, which may be any SQL expression
  IncrementalStrategy strategy = IncrementalStrategy::delete_insert;
  std::vector<std::string> merge_update_columns, merge_exclude_columns;
  OnSchemaChange on_schema_change = OnSchemaChange::ignore;
  std::optional<bool> full_refresh;
  bool has_contract = false;  // columns and types must match the YAML
  bool comments_relation = false, comments_columns = false;  // persist_docs
  SeedConfig seed;
};

// The end of messages about features of dbt that gsa lacks.
inline constexpr const char* kDbtHasIt = "`dbt build` of dbt-core supports it";

struct TestConfig {
  Severity severity = Severity::error;
  std::string warn_if = "!= 0";
  std::string error_if = "!= 0";
  std::string where;
  std::optional<std::int64_t> limit;
  std::string fail_calc = "count(*)";
  bool stores_failures = false;            // write the failing rows into a table
  std::string schema = "dbt_test__audit";  // schema of that table, as in ModelConfig::schema
  std::string alias;                       // name of that table; empty: the test's name
  std::vector<std::string> tags;
  bool enabled = true;
};

// All of these throw Error at the place of an invalid setting. They also refuse settings that gsa
// cannot honour (hooks, microbatch …), because ignoring those would change results. An unknown key
// only gives a warning: dbt allows any key.
ModelConfig model_config(const Settings& settings, const ProjectFiles& files,
                         std::vector<std::string>& warnings);
// The same for a seed, which is a CSV file.
ModelConfig seed_config(const Settings& settings, const ProjectFiles& files,
                        std::vector<std::string>& warnings);
TestConfig test_config(const Settings& settings, const ProjectFiles& files,
                       std::vector<std::string>& warnings);

// The same for a unit test. Reads only tags and enabled: a unit test has no severity.
TestConfig unit_test_config(const Settings& settings, const ProjectFiles& files,
                            std::vector<std::string>& warnings);

// Settings that any node may have and that do not affect its data.
struct LabelConfig {
  std::string group;
  Dict meta;
};

// Whether semantic models and the like are switched on. Throws Error like the functions above.
bool is_enabled(const Settings& settings, const ProjectFiles& files);
// Throws Error like the functions above. `loaded_at_field` of a source; empty if it has none.
LabelConfig label_config(const Settings& settings, const ProjectFiles& files);
std::string loaded_at_field(const Settings& settings, const ProjectFiles& files);

bool is_test_config_key(const std::string& key);
std::string to_string(Materialization materialization);

}  // namespace gsa::dbt
