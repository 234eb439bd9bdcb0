#include "dbt/manifest_unit_tests.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include <fmt/format.h>

#include "dbt/csv_records.h"
#include "dbt/sha256.h"
#include "dbt/unit_tests.h"

namespace gsa::dbt {
namespace {

// Rows of a test as dbt keeps them: a list of maps, of which those of CSV hold text, or a query.
struct Rows {
  Value rows;
  RowFormat format;
  Value fixture;

  Value value() const {
    Dict dict;
    dict.set(Value("rows"), rows);
    dict.set(Value("format"), Value(to_string(format)));
    dict.set(Value("fixture"), fixture);
    return Value(std::move(dict));
  }

  // As Python prints the object that holds them.
  std::string printed() const {
    constexpr std::array kNames = {"Dict", "CSV", "SQL"};
    return fmt::format("rows={}, format=<UnitTestFormat.{}: {}>, fixture={}", rows.repr(),
                       kNames.at(static_cast<std::size_t>(format)), Value(to_string(format)).repr(),
                       fixture.repr());
  }
};

Value csv_rows(const std::string& text) {
  CsvRecords records(text, ',');
  const std::vector<std::string> names = records.next().value_or(std::vector<std::string>{});
  List rows;
  while (const auto fields = records.next()) {
    if (fields->empty()) continue;
    Dict row;
    for (std::size_t i = 0; i < names.size(); ++i) {
      row.set(Value(names[i]), i < fields->size() ? text_or_null((*fields)[i]) : Value());
    }
    rows.emplace_back(std::move(row));
  }
  return Value(std::move(rows));
}

// As dbt does for databases that tell types by the first row: the first row without nulls trades
// places with it.
void put_a_whole_row_first(const Value& rows) {
  if (rows.kind() != Value::Kind::list) return;
  List& list = rows.as_list();
  const auto whole = std::find_if(list.begin(), list.end(), [](const Value& row) {
    const auto& entries = row.as_dict().entries();
    return std::none_of(entries.begin(), entries.end(),
                        [](const auto& entry) { return entry.second.is_none(); });
  });
  if (whole != list.end()) std::swap(list.front(), *whole);
}

// As dbt's templates leave a text.
Value without_last_line_end(std::string text) {
  if (text.ends_with('\n')) text.pop_back();
  return Value(std::move(text));
}

class UnitTestWriter {
 public:
  UnitTestWriter(const Project& project, double created_at)
      : project_(project), created_at_(created_at) {
    for (const UnitTestSpec& spec : project.declarations().unit_tests) {
      specs_.emplace(spec.model + "::" + spec.name, &spec);
    }
  }

  Value write(const Node& node) {
    const UnitTestSpec& spec = *specs_.at(node.name);
    const Node& tested = project_.nodes().at(node.tested);
    Dict dict;
    const auto set = [&](const char* key, Value value) { dict.set(Value(key), std::move(value)); };
    set("model", Value(spec.model));
    std::string sum = spec.model + "-None-";
    write_rows(spec, node, dict, sum);
    set("name", Value(spec.name));
    set("resource_type", Value("unit_test"));
    set("package_name", Value(project_.name()));
    set("path", Value(path_below(spec.file, project_.yml().model_paths)));
    set("original_file_path", Value(spec.file));
    set("unique_id", Value(node.unique_id));
    set("fqn", list_of_texts(node.fqn));
    set("description", Value(node.description));
    set("overrides", overrides_of(spec, sum));
    for (const std::string& fixture : fixtures_) sum += "-" + fixture;
    Dict depends;
    depends.set(Value("macros"), Value(List()));
    depends.set(Value("nodes"), list_of_texts({tested.unique_id}));
    set("depends_on", Value(std::move(depends)));
    set("config", config_of(node));
    set("checksum", Value(sha256_of(sum)));
    set("schema", Value(schema_of(tested, project_)));
    set("created_at", Value(created_at_));
    set("versions", Value());
    set("version", Value());
    return Value(std::move(dict));
  }

 private:
  Rows rows_of(const RowsSpec& spec, const UnitRows& read) {
    Rows rows{{}, spec.format, text_or_null(spec.fixture)};
    const auto written = [&] { return project_.context().render_yaml(spec.rows, spec.place); };
    if (!spec.fixture.empty()) {
      const std::string text = project_.files().read(path_of(read));
      rows.rows = spec.format == RowFormat::csv ? csv_rows(text) : Value(text);
    } else if (spec.rows.is_none()) {
      return rows;  // those of a seed
    } else if (spec.format == RowFormat::csv) {
      rows.rows = csv_rows(written().str());
    } else {
      rows.rows = as_json_value(written());
      if (rows.rows.is_string()) rows.rows = without_last_line_end(rows.rows.as_string());
    }
    put_a_whole_row_first(rows.rows);
    return rows;
  }

  // Of the file that rows were read from, within the project.
  std::string path_of(const UnitRows& read) const {
    for (const std::string& path :
         project_.files().below(fixture_folders(project_.yml()), {".csv", ".sql"})) {
      if (project_.files().display(path) == read.place.file) return path;
    }
    return read.place.file;
  }

  // Adds what dbt takes the sum of: all that the test says, as Python prints it.
  void write_rows(const UnitTestSpec& spec, const Node& node, Dict& dict, std::string& sum) {
    List given;
    std::string printed;
    fixtures_.clear();
    for (std::size_t i = 0; i < spec.given.size(); ++i) {
      const GivenSpec& input = spec.given[i];
      const Rows rows = rows_of(input.rows, node.unit->given.at(i).rows);
      Dict value;
      value.set(Value("input"), Value(input.input));
      const Value read = rows.value();
      for (const auto& [key, each] : read.as_dict().entries()) value.set(key, each);
      given.emplace_back(std::move(value));
      printed += fmt::format("{}UnitTestInputFixture(input={}, {})", i == 0 ? "" : ", ",
                             Value(input.input).repr(), rows.printed());
      if (!input.rows.fixture.empty()) fixtures_.push_back(rows.rows.str());
    }
    const Rows expect = rows_of(spec.expect, node.unit->expect);
    dict.set(Value("given"), Value(std::move(given)));
    dict.set(Value("expect"), expect.value());
    sum += fmt::format("[{}]-UnitTestOutputFixture({})-", printed, expect.printed());
  }

  static Value overrides_of(const UnitTestSpec& spec, std::string& sum) {
    if (spec.macros.size() + spec.vars.size() + spec.env_vars.size() == 0) {
      sum += "None";
      return {};
    }
    const Value macros(spec.macros), vars(spec.vars), env_vars(spec.env_vars);
    sum += fmt::format("UnitTestOverrides(macros={}, vars={}, env_vars={})", macros.repr(),
                       vars.repr(), env_vars.repr());
    Dict overrides;
    overrides.set(Value("macros"), as_json_value(macros));
    overrides.set(Value("vars"), as_json_value(vars));
    overrides.set(Value("env_vars"), as_json_value(env_vars));
    return Value(std::move(overrides));
  }

  static Value config_of(const Node& node) {
    Dict config;
    config.set(Value("tags"), list_of_texts(node.tags));
    config.set(Value("meta"), as_json_value(Value(node.meta)));
    config.set(Value("enabled"), Value(true));
    config.set(Value("static_analysis"), Value());
    return Value(std::move(config));
  }

  const Project& project_;
  double created_at_;
  std::map<std::string, const UnitTestSpec*> specs_;  // by the name of the node
  std::vector<std::string> fixtures_;                 // rows of files, as Python prints them
};

}  // namespace

Value unit_tests_in_manifest(const Project& project, double created_at) {
  UnitTestWriter writer(project, created_at);
  Members members;
  for (const Node& node : project.nodes()) {
    if (node.is_unit_test()) members.emplace_back(Value(node.unique_id), writer.write(node));
  }
  return Value(Dict(std::move(members)));
}

}  // namespace gsa::dbt
