#include "dbt/data_tests.h"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "dbt/md5.h"

namespace gsa::dbt {
namespace {

// "status in ('a')" -> "status_in_a_": each run of other characters than letters, digits and _
// becomes one _.
std::string clean(const std::string& text) {
  std::string out;
  bool gap = false;
  for (const char c : text) {
    const bool word =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    if (word) out += c;
    if (!word && !gap) out += '_';
    gap = !word;
  }
  return out;
}

std::vector<Value> parts_of(const Value& argument) {
  if (argument.is_sequence()) return argument.as_list();
  if (!argument.is_dict()) return {argument};
  std::vector<Value> parts;
  for (const auto& [key, value] : argument.as_dict().entries()) parts.push_back(value);
  return parts;
}

std::string unknown_test_hint(const Context& context, const TestSpec& test) {
  const std::string name = test.package.empty() ? test.name : test.package + "." + test.name;
  const std::vector<std::string> names = context.test_names();
  // A test that only lacks its package prefix is a better suggestion than any typo.
  for (const std::string& known : names) {
    if (known.ends_with("." + test.name)) return fmt::format("did you mean '{}'?", known);
  }
  const std::string hint = did_you_mean(name, names);
  return hint.empty() ? fmt::format("known are: {}", join(names, ", ")) : hint;
}

Value filtered(const Value& target, const std::string& where) {
  if (where.empty()) return target;
  return Value(fmt::format("(select * from {} where {}) dbt_subquery", target.str(), where));
}

// "not_null_dim_users", "dbt_utils_source_unique_raw_users"
std::string name_before_arguments(const TestSpec& test, const std::string& target, bool is_source) {
  return fmt::format("{}{}{}_{}", test.package.empty() ? "" : test.package + "_",
                     is_source ? "source_" : "", test.name, target);
}

using ClaimArguments = std::map<std::string, Value, std::less<>>;

std::string text_of(const ClaimArguments& arguments, std::string_view name) {
  const auto found = arguments.find(name);
  return found == arguments.end() ? "" : found->second.str();
}

bool truth_of(const ClaimArguments& arguments, std::string_view name, bool otherwise) {
  const auto found = arguments.find(name);
  return found == arguments.end() ? otherwise : found->second.truth();
}

std::vector<Value> list_of(const ClaimArguments& arguments, std::string_view name) {
  const auto found = arguments.find(name);
  return found == arguments.end() || !found->second.is_sequence() ? std::vector<Value>()
                                                                  : found->second.as_list();
}

std::optional<TestClaim> claim_of_values(const ClaimArguments& arguments) {
  const bool quotes = truth_of(arguments, "quote", true);
  std::vector<std::string> values;
  for (const Value& value : list_of(arguments, "values")) {
    values.push_back(quotes ? "'" + value.str() + "'" : value.str());
  }
  if (values.empty()) return std::nullopt;
  return RowTest{
      text_of(arguments, "model"),
      fmt::format("({}) not in ({}\n)", text_of(arguments, "column_name"), join(values, ",\n")),
      false};
}

RowTest claim_of_range(const ClaimArguments& arguments) {
  const std::string column = text_of(arguments, "column_name");
  const std::string equal = truth_of(arguments, "inclusive", true) ? "=" : "";
  std::string condition = "false";
  for (const auto& [bound, sign] : {std::pair("min_value", ">"), std::pair("max_value", "<")}) {
    const auto found = arguments.find(bound);
    if (found == arguments.end() || found->second.is_none()) continue;
    condition += fmt::format("\n    or not {} {}{} {}", column, sign, equal, found->second.str());
  }
  return {text_of(arguments, "model"), condition, false};
}

std::optional<TestClaim> claim_of_combination(const ClaimArguments& arguments) {
  std::vector<std::string> columns;
  for (const Value& column : list_of(arguments, "combination_of_columns")) {
    columns.push_back(truth_of(arguments, "quote_columns", false) ? '"' + column.str() + '"'
                                                                  : column.str());
  }
  if (columns.empty()) return std::nullopt;
  return UniqueKey{{join(columns, ", "), text_of(arguments, "model")}, false};
}

// What the tests below say; they must agree.
std::optional<TestClaim> claim_of(const std::string& test, const ClaimArguments& arguments) {
  const std::string model = text_of(arguments, "model");
  const std::string column = text_of(arguments, "column_name");
  if (test == "unique") return UniqueKey{{column, model}, true};
  if (test == "not_null") return RowTest{model, column + " is null", true};
  if (test == "accepted_values") return claim_of_values(arguments);
  if (test == "relationships") {
    return Relationship{{column, model}, {text_of(arguments, "field"), text_of(arguments, "to")}};
  }
  if (test == "accepted_range") return claim_of_range(arguments);
  if (test == "expression_is_true") {
    return RowTest{model,
                   fmt::format("not({}{})", column.empty() ? "" : column + " ",
                               text_of(arguments, "expression")),
                   false};
  }
  if (test == "unique_combination_of_columns") return claim_of_combination(arguments);
  return std::nullopt;
}

}  // namespace

std::string_view built_in_tests() {
  return R"({% test unique(model, column_name) %}
select
    {{ column_name }} as unique_field,
    count(*) as n_records
from {{ model }}
where {{ column_name }} is not null
group by {{ column_name }}
having count(*) > 1
{% endtest %}

{% test not_null(model, column_name) %}
select *
from {{ model }}
where {{ column_name }} is null
{% endtest %}

{% test accepted_values(model, column_name, values, quote=true) %}
with all_values as (
    select
        {{ column_name }} as value_field,
        count(*) as n_records
    from {{ model }}
    group by {{ column_name }}
)
select *
from all_values
where value_field not in (
    {%- for value in values %}
    {% if quote %}'{{ value }}'{% else %}{{ value }}{% endif %}{{ "," if not loop.last }}
    {%- endfor %}
)
{% endtest %}

{% test relationships(model, column_name, to, field) %}
with child as (
    select {{ column_name }} as from_field
    from {{ model }}
    where {{ column_name }} is not null
),
parent as (
    select {{ field }} as to_field
    from {{ to }}
)
select from_field
from child
left join parent on child.from_field = parent.to_field
where parent.to_field is null
{% endtest %}
)";
}

std::string_view dbt_utils_tests() {
  return R"({% test accepted_range(model, column_name, min_value=none, max_value=none, inclusive=true) %}
select *
from {{ model }}
where false
{%- if min_value is not none %}
    or not {{ column_name }} >{{ "=" if inclusive }} {{ min_value }}
{%- endif %}
{%- if max_value is not none %}
    or not {{ column_name }} <{{ "=" if inclusive }} {{ max_value }}
{%- endif %}
{% endtest %}

{% test expression_is_true(model, expression, column_name=none) %}
select *
from {{ model }}
where not({{ column_name ~ " " if column_name is not none }}{{ expression }})
{% endtest %}

{% test unique_combination_of_columns(model, combination_of_columns, quote_columns=false) %}
{%- set columns = [] %}
{%- for column in combination_of_columns %}
{%- do columns.append('"' ~ column ~ '"' if quote_columns else column) %}
{%- endfor %}
select
    {{ columns | join(",\n    ") }},
    count(*) as n_records
from {{ model }}
group by {{ columns | join(", ") }}
having count(*) > 1
{% endtest %}
)";
}

std::string column_sql(const TestSpec& test) {
  return test.quotes_column ? sql_name(test.column) : test.column;
}

std::string generic_test_name(const TestSpec& test, const std::string& target, bool is_source) {
  if (!test.custom_name.empty()) return test.custom_name;
  std::vector<std::pair<std::string, Value>> arguments;
  for (const auto& [key, value] : test.arguments.entries())
    arguments.emplace_back(key.str(), value);
  if (!test.column.empty()) arguments.emplace_back("column_name", Value(column_sql(test)));
  std::sort(arguments.begin(), arguments.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<std::string> flat;
  for (const auto& [key, value] : arguments) {
    for (const Value& part : parts_of(value)) flat.push_back(clean(part.str()));
  }
  return fmt::format("{}_{}", name_before_arguments(test, target, is_source), join(flat, "__"));
}

std::string short_test_name(const TestSpec& test, const std::string& target, bool is_source) {
  constexpr std::size_t kTooLong = 64, kKept = 30;
  std::string full = generic_test_name(test, target, is_source);
  if (!test.custom_name.empty() || full.size() < kTooLong) return full;
  return name_before_arguments(test, target, is_source).substr(0, kKept) + "_" + md5_of(full);
}

RenderedTest render_generic_test(Context& context, const ProjectFiles& files, const TestSpec& test,
                                 const Value& target, Rendering& node) {
  const Value* macro = context.find_test(test.package, test.name);
  if (macro == nullptr) {
    throw files.error_at(test.place,
                         fmt::format("there is no generic test '{}{}{}'", test.package,
                                     test.package.empty() ? "" : ".", test.name),
                         unknown_test_hint(context, test));
  }
  CallArguments arguments;
  arguments.place = test.place;
  const Setting* where = node.settings.find("where");
  std::string filter;
  if (where != nullptr && !where->value.is_none()) {
    filter = context.render_yaml(where->value, where->place, &node).str();
  }
  arguments.keyword.emplace_back("model", filtered(target, filter));
  if (!test.column.empty()) arguments.keyword.emplace_back("column_name", Value(column_sql(test)));
  for (const auto& [key, value] : test.arguments.entries()) {
    arguments.keyword.emplace_back(key.str(), context.render_yaml(value, test.place, &node));
  }
  ClaimArguments named;
  for (const auto& [name, value] : arguments.keyword) named.insert_or_assign(name, value);
  try {
    RenderedTest rendered;
    rendered.query = context.call(*macro, std::move(arguments), node);
    if (node.execute && context.is_built_in(macro, test.name)) {
      rendered.claim = claim_of(test.name, named);
    }
    return rendered;
  } catch (const TemplateError&) {
    throw;  // it names the place in the test's own file
  } catch (const Error& error) {
    throw files.error_at(test.place, error.message(), error.hint());
  }
}

}  // namespace gsa::dbt
