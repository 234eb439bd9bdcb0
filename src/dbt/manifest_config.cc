#include "dbt/manifest_config.h"

#include <algorithm>
#include <array>

#include "dbt/node_value.h"

namespace gsa::dbt {
namespace {

const Value* setting_of(const Node& node, const char* key) {
  const Setting* setting = node.settings.find(key);
  return setting == nullptr || setting->value.is_none() ? nullptr : &setting->value;
}

Value contract_config(const Node& node) {
  Dict contract;
  contract.set(Value("enforced"), Value(node.model.has_contract));
  contract.set(Value("alias_types"), Value(true));
  if (const Value* given = setting_of(node, "contract"); given != nullptr && given->is_dict()) {
    if (const Value* aliases = given->as_dict().find("alias_types")) {
      contract.set(Value("alias_types"), Value(aliases->truth()));
    }
  }
  return Value(std::move(contract));
}

// What a configuration holds for whatever kind of node.
class ConfigWriter {
 public:
  explicit ConfigWriter(const Node& node) : node_(node) {}

  void set(const char* key, Value value) { config_.set(Value(key), std::move(value)); }
  // What the project says, else the default.
  void take(const char* key, Value otherwise = {}) {
    const Value* given = setting_of(node_, key);
    set(key, given == nullptr ? std::move(otherwise) : as_json_value(*given));
  }

  void write_common(bool enabled, const std::vector<std::string>& tags) {
    set("enabled", Value(enabled));
    for (const char* key : {"alias", "schema", "database"}) take(key);
    set("tags", list_of_texts(tags));
    take("meta", Value(Dict()));
    take("group");
    take("static_analysis");
  }

  void write_built(const Value* docs) {
    take("incremental_strategy");
    take("batch_size");
    take("lookback", Value(1));
    take("begin");
    take("persist_docs", Value(Dict()));
    for (const char* key : {"post-hook", "pre-hook"}) set(key, Value(List()));
    for (const char* key : {"quoting", "column_types"}) take(key, Value(Dict()));
    take("full_refresh");
    take("unique_key");
    take("on_schema_change", Value("ignore"));
    take("on_configuration_change", Value("apply"));
    take("grants", Value(Dict()));
    set("packages", Value(List()));
    const Value* own = setting_of(node_, "docs");
    set("docs", Value(docs_value(own == nullptr ? docs : own)));
    set("contract", contract_config(node_));
    take("event_time");
    take("concurrent_batches");
  }

  // Keys of nobody but the project, for its macros to read.
  Dict finish() {
    for (const auto& [key, setting] : node_.settings.all()) {
      if (config_.find(key) == nullptr) config_.set(Value(key), as_json_value(setting.value));
    }
    return std::move(config_);
  }

 private:
  const Node& node_;
  Dict config_;
};

// `store_failures` and `store_failures_as` say one thing in two ways, and the second wins.
void write_stored(const Node& node, ConfigWriter& writer) {
  const Value* stores = setting_of(node, "store_failures");
  const Value* as = setting_of(node, "store_failures_as");
  if (as != nullptr) {
    writer.set("store_failures", Value(as->str() != "ephemeral"));
    writer.set("store_failures_as", Value(as->str()));
  } else {
    writer.set("store_failures", stores == nullptr ? Value() : Value(stores->truth()));
    writer.set("store_failures_as", stores == nullptr ? Value()
                                    : stores->truth() ? Value("table")
                                                      : Value("ephemeral"));
  }
}

Dict test_config_in_manifest(const Node& node) {
  ConfigWriter writer(node);
  writer.write_common(node.test.enabled, node.test.tags);
  writer.set("schema", Value(node.test.schema));
  if (alias_of(node) != own_name(node)) writer.set("alias", Value(alias_of(node)));
  writer.set("materialized", Value("test"));
  writer.take("severity", Value("ERROR"));
  write_stored(node, writer);
  writer.set("where", text_or_null(node.test.where));
  writer.set("limit", node.test.limit ? Value(*node.test.limit) : Value());
  writer.set("fail_calc", Value(node.test.fail_calc));
  writer.set("warn_if", Value(node.test.warn_if));
  writer.set("error_if", Value(node.test.error_if));
  return writer.finish();
}

}  // namespace

Dict config_in_manifest(const Node& node, const Value* docs) {
  if (node.kind == NodeKind::test) return test_config_in_manifest(node);
  ConfigWriter writer(node);
  writer.write_common(node.model.enabled, node.model.tags);
  writer.set("materialized", Value(to_string(node.model.materialized)));
  writer.write_built(docs);
  if (node.is_seed()) {
    writer.set("delimiter", Value(std::string(1, node.model.seed.delimiter)));
    writer.take("quote_columns");
  } else if (!is_analysis(node)) {
    writer.take("access", Value("protected"));
    writer.take("freshness");
  }
  return writer.finish();
}

Dict unrendered_config(const Node& node, const Value* docs) {
  Dict config;
  for (const auto& [key, setting] : node.settings.all()) {
    const Value& said = setting.nearest.is_none() ? setting.value : setting.nearest;
    // As dbt, which keeps tags as a list.
    const bool is_one_tag = key == "tags" && said.is_string();
    config.set(Value(key), is_one_tag ? Value(List{said}) : as_json_value(said));
  }
  if (node.is_generic && node.short_name != own_name(node)) {
    config.set(Value("alias"), Value(alias_of(node)));
  }
  if (docs != nullptr && config.find("docs") == nullptr) {
    config.set(Value("docs"), as_json_value(*docs));
  }
  return config;
}

}  // namespace gsa::dbt
