#pragma once

// What configures a model or a test: key by key, from dbt_project.yml's trees of folders, from the
// YAML beside the models, and from config() in the SQL itself. Nearer settings win; tags add up,
// and so do the keys of meta.

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
  void add(const Settings& nearer);  // which win
  const Setting* find(const std::string& key) const;
  const std::map<std::string, Setting>& all() const { return settings_; }

 private:
  std::map<std::string, Setting> settings_;
};

// Turns text of YAML that holds a template into what the template renders.
using RenderValue = std::function<Value(const Value&, const Place&)>;

// The `models:` or `data_tests:` tree of dbt_project.yml: +keys at any depth of folders.
class ConfigTree {
 public:
  void add(const Yaml& tree, const RenderValue& render);
  // What applies to a node with these parts: project, folders …, name. The deepest folder wins.
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
// Who may refer to a model: its group; its project; anybody.
enum class Access { private_, protected_, public_ };
enum class IncrementalStrategy { append, delete_insert, merge };
enum class OnSchemaChange { ignore, fail, append_new_columns, sync_all_columns };

// How a CSV file becomes a table.
struct SeedConfig {
  std::map<std::string, std::string, std::less<>> column_types;  // by column; others are inferred
  char delimiter = ',';
  bool quote_columns = true;
};

struct ModelConfig {
  Materialization materialized = Materialization::view;
  std::string schema;  // as dbt's +schema: appended to the target's
  std::string alias;
  std::vector<std::string> tags;
  bool enabled = true;
  Access access = Access::protected_;
  std::vector<std::string> unique_key;
  bool unique_key_is_expression = false;  // one text, which may be any SQL: then the only one above
  IncrementalStrategy strategy = IncrementalStrategy::delete_insert;
  std::vector<std::string> merge_update_columns, merge_exclude_columns;
  OnSchemaChange on_schema_change = OnSchemaChange::ignore;
  std::optional<bool> full_refresh;
  bool has_contract = false;  // columns and types are those of the YAML
  bool comments_relation = false, comments_columns = false;  // persist_docs
  SeedConfig seed;
};

// What ends the message about a feature of dbt that gsa lacks.
inline constexpr const char* kDbtHasIt = "`dbt build` of dbt-core does it";

struct TestConfig {
  Severity severity = Severity::error;
  std::string warn_if = "!= 0";
  std::string error_if = "!= 0";
  std::string where;
  std::optional<std::int64_t> limit;
  std::string fail_calc = "count(*)";
  bool stores_failures = false;            // the failing rows go into a table
  std::string schema = "dbt_test__audit";  // of that table, as ModelConfig::schema
  std::string alias;                       // its name; empty: the test's
  std::vector<std::string> tags;
  bool enabled = true;
};

// All throw Error at the setting's place where its value is not what it can be; what gsa cannot
// honour (hooks, microbatch …) is refused too, for leaving it out would change results. An unknown
// key is only warned of: dbt allows any.
ModelConfig model_config(const Settings& settings, const ProjectFiles& files,
                         std::vector<std::string>& warnings);
// The same of a seed: a CSV file.
ModelConfig seed_config(const Settings& settings, const ProjectFiles& files,
                        std::vector<std::string>& warnings);
TestConfig test_config(const Settings& settings, const ProjectFiles& files,
                       std::vector<std::string>& warnings);

// The same of a unit test, of which only tags and enabled are read: it has no severity.
TestConfig unit_test_config(const Settings& settings, const ProjectFiles& files,
                            std::vector<std::string>& warnings);

// What any node may say, and what changes nothing of it.
struct LabelConfig {
  std::string group;
  Dict meta;
};

// Throws Error as the above. `loaded_at_field` of a source: empty where there is none.
LabelConfig label_config(const Settings& settings, const ProjectFiles& files);
std::string loaded_at_field(const Settings& settings, const ProjectFiles& files);

bool is_test_config_key(const std::string& key);
std::string to_string(Materialization materialization);

}  // namespace gsa::dbt
