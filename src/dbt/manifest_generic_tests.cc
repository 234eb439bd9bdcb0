#include "dbt/manifest_generic_tests.h"

#include <algorithm>
#include <array>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "dbt/data_tests.h"

namespace gsa::dbt {
namespace {

// The order in which dbt repeats what configures a test; other keys follow.
constexpr std::array kTestConfigKeys = {
    "severity",  "tags",           "enabled",           "where", "limit",    "warn_if", "error_if",
    "fail_calc", "store_failures", "store_failures_as", "meta",  "database", "schema",  "alias"};

// `key="text"` or `key=1`, as Python code.
std::string as_argument(const std::string& key, const Value& value) {
  const std::string text =
      value.is_string() ? "\"" + replace_all(value.as_string(), "\"", "\\\"") + "\"" : value.str();
  return key + "=" + text;
}

// How a generic test names what it is a test of: ref('a') or source('a', 'b').
std::string call_of(const Node& node) {
  if (node.kind != NodeKind::source) return fmt::format("ref('{}')", node.name);
  return fmt::format("source('{}', '{}')", node.fqn.at(node.fqn.size() - 2), node.fqn.back());
}

}  // namespace

std::string generic_test_code(const Node& node, const Project& project) {
  const TestSpec& spec = node.spec;
  std::vector<std::string> arguments;
  const auto take = [&](const std::string& key, const Setting& setting) {
    const Value value = project.context().render_yaml(setting.value, setting.place);
    if (!value.is_none()) arguments.push_back(as_argument(key, value));
  };
  for (const char* key : kTestConfigKeys) {
    if (const Setting* setting = spec.settings.find(key)) take(key, *setting);
  }
  for (const auto& [key, setting] : spec.settings.all()) {
    if (std::find(kTestConfigKeys.begin(), kTestConfigKeys.end(), key) == kTestConfigKeys.end()) {
      take(key, setting);
    }
  }
  if (node.short_name != own_name(node) && spec.settings.find("alias") == nullptr) {
    arguments.push_back(as_argument("alias", Value(node.short_name)));
  }
  return fmt::format("{{{{ {}test_{}(**_dbt_generic_test_kwargs) }}}}{}",
                     spec.package.empty() ? "" : spec.package + ".", spec.name,
                     arguments.empty() ? "" : "{{ config(" + join(arguments, ",") + ") }}");
}

Value generic_test_metadata(const Node& node, const Node& tested) {
  const TestSpec& spec = node.spec;
  Dict arguments;
  if (!spec.column.empty()) arguments.set(Value("column_name"), Value(column_sql(spec)));
  for (const auto& [key, value] : spec.arguments.entries()) {
    arguments.set(key, as_json_value(value));
  }
  arguments.set(Value("model"),
                Value(fmt::format("{{{{ get_where_subquery({}) }}}}", call_of(tested))));
  Dict metadata;
  metadata.set(Value("name"), Value(spec.name));
  metadata.set(Value("kwargs"), Value(std::move(arguments)));
  metadata.set(Value("namespace"), text_or_null(spec.package));
  return Value(std::move(metadata));
}

}  // namespace gsa::dbt
