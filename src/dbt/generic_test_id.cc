#include "dbt/generic_test_id.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "dbt/data_tests.h"
#include "dbt/md5.h"

namespace gsa::dbt {
namespace {

// Sorts maps by key and turns everything else into text: the form that dbt hashes.
Value summed_form(const Value& value) {
  if (value.is_dict()) {
    std::vector<std::pair<Value, Value>> entries = value.as_dict().entries();
    std::sort(entries.begin(), entries.end(),
              [](const auto& a, const auto& b) { return a.first.str() < b.first.str(); });
    for (auto& [key, item] : entries) item = summed_form(item);
    return Value(Dict(std::move(entries)));
  }
  if (value.is_sequence()) {
    List list;
    for (const Value& item : value.as_list()) list.push_back(summed_form(item));
    return Value(std::move(list));
  }
  return Value(value.str());
}

}  // namespace

std::string generic_test_hash(const std::string& name, const TestSpec& test, const Node& tested) {
  const std::string target =
      tested.kind == NodeKind::source
          ? fmt::format("source('{}', '{}')", tested.fqn.at(tested.fqn.size() - 2),
                        tested.fqn.back())
          : fmt::format("ref('{}')", tested.name);
  Dict arguments = test.arguments;
  if (!test.column.empty()) arguments.set(Value("column_name"), Value(column_sql(test)));
  arguments.set(Value("model"), Value(fmt::format("{{{{ get_where_subquery({}) }}}}", target)));
  Dict said;
  said.set(Value("kwargs"), Value(std::move(arguments)));
  said.set(Value("name"), Value(test.name));
  said.set(Value("namespace"), test.package.empty() ? Value() : Value(test.package));
  constexpr std::size_t kDigits = 10;
  const std::string sum = md5_of(name + summed_form(Value(std::move(said))).repr());
  return sum.substr(sum.size() - kDigits);
}

}  // namespace gsa::dbt
