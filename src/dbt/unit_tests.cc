#include "dbt/unit_tests.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "dbt/csv_records.h"

namespace gsa::dbt {
namespace {

std::string stem(const std::string& path) {
  const std::string file = path.substr(path.rfind('/') + 1);
  return file.substr(0, file.rfind('.'));
}

// dbt compares column names in lower case. It moves a row without nulls to the front, for databases
// that infer a column's type from its first value; and the first row decides which columns are
// expected.
void normalize(std::vector<Dict>& rows) {
  for (Dict& row : rows) {
    Dict small;
    for (const auto& [key, value] : row.entries()) small.set(Value(to_lower(key.str())), value);
    row = std::move(small);
  }
  const auto full = std::find_if(rows.begin(), rows.end(), [](const Dict& row) {
    return std::none_of(row.entries().begin(), row.entries().end(),
                        [](const auto& entry) { return entry.second.is_none(); });
  });
  if (full != rows.end()) std::iter_swap(rows.begin(), full);
}

// Reads the rows of a unit test from any of their sources.
class RowsReader {
 public:
  RowsReader(Context& context, const ProjectYml& yml, const ProjectFiles& files)
      : context_(context), yml_(yml), files_(files) {}

  UnitRows read(const RowsSpec& spec) const {
    UnitRows read;
    read.place = spec.place;
    if (spec.format == RowFormat::dict) {
      if (!spec.rows.is_sequence()) {
        throw files_.error_at(spec.place, "rows of format dict are a list below rows:",
                              spec.fixture.empty() ? "" : "say format: csv or format: sql");
      }
      const Value rendered = context_.render_yaml(spec.rows, spec.place);
      for (const Value& row : rendered.as_list()) read.rows.push_back(row.as_dict());
    } else if (!spec.fixture.empty()) {
      read_fixture(spec, read);
    } else if (!spec.rows.is_string()) {
      throw files_.error_at(spec.place,
                            fmt::format("there are no rows of format {}", to_string(spec.format)),
                            "write them below rows: or name a file at fixture:");
    } else {
      const std::string text = context_.render_yaml(spec.rows, spec.place).str();
      if (spec.format == RowFormat::csv) {
        read.rows = csv_rows(text, spec.place, true);
      } else {
        read.sql = text;
      }
    }
    normalize(read.rows);
    return read;
  }

  // The rows of a seed. Where dbt reads them itself, an empty field stays an empty text.
  UnitRows read_seed(const Node& seed) const {
    UnitRows read;
    read.place = {files_.display(seed.file), 0, 0};
    read.rows = csv_rows(files_.read(seed.file), read.place, false);
    normalize(read.rows);
    return read;
  }

 private:
  void read_fixture(const RowsSpec& spec, UnitRows& read) const {
    const std::string path = path_of_fixture(spec);
    read.place = {files_.display(path), 0, 0};
    const std::string text = files_.read(path);
    if (spec.format == RowFormat::csv) {
      read.rows = csv_rows(text, read.place, true);
      return;
    }
    read.sql = text;
    read.sql_template = std::make_shared<const Template>(Template::parse(text, read.place.file));
  }

  std::string path_of_fixture(const RowsSpec& spec) const {
    const std::string extension = "." + std::string(to_string(spec.format));
    std::vector<std::string> names, found;
    for (const std::string& path : files_.below(fixture_folders(yml_), {".csv", ".sql"})) {
      names.push_back(stem(path));
      if (names.back() == spec.fixture && path.ends_with(extension)) found.push_back(path);
    }
    if (found.size() == 1) return found[0];
    const std::string name = spec.fixture + extension;
    if (found.size() > 1) {
      throw files_.error_at(spec.place,
                            fmt::format("there are two fixtures {}: {} and {}", name,
                                        files_.display(found[0]), files_.display(found[1])));
    }
    const bool has_other = std::find(names.begin(), names.end(), spec.fixture) != names.end();
    throw files_.error_at(
        spec.place,
        fmt::format("there is no fixture {} below {}", name, join(fixture_folders(yml_), " or ")),
        has_other ? "there is a fixture of the other format; say format:"
                  : did_you_mean(spec.fixture, names));
  }

  // Like Python's csv.DictReader, except for a record that is too long: dbt fails on it later.
  std::vector<Dict> csv_rows(const std::string& text, const Place& place,
                             bool empty_is_null) const {
    CsvRecords records(text, ',');
    const std::vector<std::string> names = records.next().value_or(std::vector<std::string>{});
    std::vector<Dict> rows;
    while (const auto fields = records.next()) {
      if (fields->empty()) continue;
      if (fields->size() > names.size()) {
        throw files_.error_at(place,
                              fmt::format("the CSV has {} columns, but its line {} has {} fields",
                                          names.size(), records.line(), fields->size()));
      }
      Dict row;
      for (std::size_t i = 0; i < names.size(); ++i) {
        const bool is_null = i >= fields->size() || (empty_is_null && (*fields)[i].empty());
        row.set(Value(names[i]), is_null ? Value() : Value((*fields)[i]));
      }
      rows.push_back(std::move(row));
    }
    return rows;
  }

  Context& context_;
  const ProjectYml& yml_;
  const ProjectFiles& files_;
};

// Resolves the value of `input:`.
void read_input(const GivenSpec& spec, const Node& tested, Context& context,
                const ProjectFiles& files, UnitInput& input) {
  if (spec.input == "this") {
    input.is_this = true;
    return;
  }
  std::vector<Dependency> found;
  Rendering rendering;
  rendering.ref = [&](const std::string& package, const std::string& name, const Place& place) {
    found.push_back({false, package, name, place});
    return Value(name);
  };
  rendering.source = [&](const std::string& source, const std::string& table, const Place& place) {
    found.push_back({true, source, table, place});
    return Value(table);
  };
  context.render_yaml(Value(spec.input), spec.place, &rendering);
  if (found.size() != 1) {
    throw files.error_at(spec.place, fmt::format("'{}' is not an input of a model", spec.input),
                         "an input is ref('…'), source('…', '…') or this");
  }
  input.ref = found[0];
  input.ref.place = spec.place;
  input.is_this = !input.ref.is_source && input.ref.name == tested.name;
}

bool has_boolean(const Dict& macros) {
  const Value* said = macros.find("is_incremental");
  return said != nullptr && said->kind() == Value::Kind::boolean;
}

void check_incremental(const UnitTestSpec& spec, const UnitTest& test, const Node& tested,
                       const ProjectFiles& files) {
  if (!tested.asks_is_incremental) return;
  if (!has_boolean(test.overrides.macros)) {
    throw files.error_at(
        spec.place,
        fmt::format("'{}' calls is_incremental(), but the unit test '{}' does not override it",
                    tested.name, spec.name),
        "add overrides: {macros: {is_incremental: true}}, or false");
  }
  const bool adds = test.overrides.macros.find("is_incremental")->truth();
  if (adds && test.find_this() == nullptr) {
    throw files.error_at(
        spec.place,
        fmt::format("the unit test '{}' gives no rows for '{}' itself", spec.name, tested.name),
        "if is_incremental is true, one input must be: this");
  }
}

}  // namespace

const UnitInput* UnitTest::find(const Dependency& ref) const {
  const auto found = std::find_if(given.rbegin(), given.rend(), [&](const UnitInput& input) {
    return !input.is_this && input.ref.is_source == ref.is_source && input.ref.name == ref.name &&
           (!ref.is_source || input.ref.package == ref.package);
  });
  return found == given.rend() ? nullptr : &*found;
}

const UnitInput* UnitTest::find_this() const {
  const auto found = std::find_if(given.rbegin(), given.rend(),
                                  [](const UnitInput& input) { return input.is_this; });
  return found == given.rend() ? nullptr : &*found;
}

std::vector<std::string> fixture_folders(const ProjectYml& yml) {
  std::vector<std::string> folders;
  for (const std::string& path : yml.test_paths) folders.push_back(path + "/fixtures");
  return folders;
}

UnitTest make_unit_test(const UnitTestSpec& spec, const Node& tested,
                        const std::vector<Node>& nodes, Context& context, const ProjectYml& yml,
                        const ProjectFiles& files) {
  const RowsReader reader(context, yml, files);
  const auto rendered = [&](const Dict& dict) {
    return context.render_yaml(Value(dict), spec.place).as_dict();
  };
  UnitTest test;
  test.name = spec.name;
  test.overrides = {rendered(spec.macros), rendered(spec.vars), rendered(spec.env_vars)};
  for (const GivenSpec& given : spec.given) {
    UnitInput input;
    input.text = given.input;
    input.place = given.place;
    read_input(given, tested, context, files, input);
    const auto seed = std::find_if(nodes.begin(), nodes.end(), [&](const Node& node) {
      return node.is_seed() && !input.ref.is_source && node.name == input.ref.name;
    });
    const bool says_rows = !given.rows.rows.is_none() || !given.rows.fixture.empty();
    const bool is_of_seed =
        seed != nodes.end() && !says_rows && given.rows.format == RowFormat::dict;
    input.rows = is_of_seed ? reader.read_seed(*seed) : reader.read(given.rows);
    test.given.push_back(std::move(input));
  }
  test.expect = reader.read(spec.expect);
  check_incremental(spec, test, tested, files);
  return test;
}

Node unit_test_node(const UnitTestSpec& spec, const std::string& project) {
  Node node;
  node.kind = NodeKind::test;
  node.name = spec.model + "::" + spec.name;
  node.unique_id = fmt::format("unit_test.{}.{}.{}", project, spec.model, spec.name);
  node.file = spec.file;
  node.place = spec.place;
  node.description = spec.description;
  // Like dbt: omits the first folder, whatever it is.
  node.fqn = split(spec.file, '/');
  node.fqn.front() = project;
  node.fqn.back() = spec.model;
  node.fqn.push_back(spec.name);
  return node;
}

}  // namespace gsa::dbt
