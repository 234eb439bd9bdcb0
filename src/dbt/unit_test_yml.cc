#include "dbt/unit_test_yml.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.h"

namespace gsa::dbt {
namespace {

constexpr std::array<std::string_view, 3> kFormats = {"dict", "csv", "sql"};

std::string required(const Yaml& map, const char* key, const char* of) {
  std::string text = map.string_at(key);
  if (text.empty()) throw map.error(fmt::format("this {} has no {}", of, key));
  return text;
}

RowFormat read_format(const Yaml& map) {
  const std::optional<Yaml> found = map.find("format");
  if (!found) return RowFormat::dict;
  const std::string name = found->string();
  const auto at = std::find(kFormats.begin(), kFormats.end(), name);
  if (at == kFormats.end()) {
    throw found->error(fmt::format("there is no format '{}' of rows", name),
                       "there is: dict, csv, sql");
  }
  return static_cast<RowFormat>(at - kFormats.begin());
}

// The caller decides whether missing rows are an error: they may come from a seed.
RowsSpec read_rows(const Yaml& map) {
  RowsSpec spec;
  spec.format = read_format(map);
  spec.fixture = map.string_at("fixture");
  spec.place = map.place();
  const std::optional<Yaml> rows = map.find("rows");
  if (!rows) return spec;
  spec.place = rows->place();
  spec.rows = rows->value();
  const bool is_dict = spec.format == RowFormat::dict;
  if (is_dict ? !rows->is_list() : !spec.rows.is_string()) {
    throw rows->error(fmt::format("rows of format {} are {}", to_string(spec.format),
                                  is_dict ? "a list of maps from column to value" : "text"),
                      is_dict && spec.rows.is_string()
                          ? "say format: csv or format: sql for rows given as text"
                      : !is_dict && rows->is_list() ? "leave out format: for a list of maps"
                                                    : "");
  }
  if (!is_dict) return spec;
  for (const Yaml& row : rows->items()) {
    if (!row.is_map()) throw row.error("a row is a map from column to value");
  }
  return spec;
}

GivenSpec read_given(const Yaml& map) {
  map.expect_keys("an input of a unit test", {"input", "rows", "format", "fixture"});
  GivenSpec given;
  given.input = std::string(trim(required(map, "input", "input of a unit test")));
  given.rows = read_rows(map);
  given.place = map.place();
  return given;
}

void read_overrides(const Yaml& map, UnitTestSpec& test) {
  map.expect_keys("overrides", {"macros", "vars", "env_vars"});
  const auto read = [&](const char* key, Dict& into) {
    const std::optional<Yaml> found = map.find(key);
    if (!found) return;
    for (const Yaml::Entry& entry : found->entries()) {
      into.set(Value(entry.key), entry.value.value());
    }
  };
  read("macros", test.macros);
  read("vars", test.vars);
  read("env_vars", test.env_vars);
}

// Refuses versions of models, which are not supported.
void refuse_versions(const Yaml& map) {
  const std::optional<Yaml> versions = map.find("versions");
  if (!versions || !versions->is_map() || versions->entries().empty()) return;
  throw versions->error("versions of a model are not supported", kDbtHasIt);
}

}  // namespace

std::string_view to_string(RowFormat format) {
  return kFormats.at(static_cast<std::size_t>(format));
}

UnitTestSpec read_unit_test(const Yaml& map, const std::string& file) {
  if (!map.is_map()) throw map.error("a unit test is a map with a name");
  map.expect_keys("a unit test", {"name", "description", "model", "given", "expect", "overrides",
                                  "config", "versions"});
  refuse_versions(map);
  UnitTestSpec test;
  test.name = required(map, "name", "unit test");
  test.model = required(map, "model", "unit test");
  test.description = map.string_at("description");
  test.place = map.place();
  test.file = file;
  const std::optional<Yaml> given = map.find("given");
  if (!given) {
    throw map.error(fmt::format("the unit test '{}' has no given", test.name),
                    "given: [] says that the model reads nothing");
  }
  for (const Yaml& input : given->items()) test.given.push_back(read_given(input));
  const std::optional<Yaml> expect = map.find("expect");
  if (!expect) throw map.error(fmt::format("the unit test '{}' has no expect", test.name));
  expect->expect_keys("what a unit test expects", {"rows", "format", "fixture"});
  test.expect = read_rows(*expect);
  if (const std::optional<Yaml> overrides = map.find("overrides")) read_overrides(*overrides, test);
  if (const std::optional<Yaml> config = map.find("config")) {
    for (const Yaml::Entry& entry : config->entries()) {
      test.settings.set(entry.key, entry.value.value(), entry.place);
    }
  }
  return test;
}

}  // namespace gsa::dbt
