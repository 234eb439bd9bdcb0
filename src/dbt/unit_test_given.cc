#include "dbt/unit_test_given.h"

#include <algorithm>

#include <fmt/format.h>

#include "dbt/unit_tests.h"

namespace gsa::dbt {

void check_given(const std::vector<Node>& nodes, const std::string& project,
                 const Disabled& disabled, const ProjectFiles& files,
                 std::vector<std::string>& warnings) {
  for (const Node& node : nodes) {
    if (!node.is_unit_test()) continue;
    const Node& tested = nodes[node.tested];
    for (const UnitInput& input : node.unit->given) {
      if (input.is_this) continue;
      const std::size_t to = resolve(nodes, project, disabled, files, {input.ref}).front();
      if (std::binary_search(tested.depends_on.begin(), tested.depends_on.end(), to)) continue;
      warnings.push_back(
          fmt::format("{}: the unit test '{}' gives rows for {}, which '{}' does not read",
                      format_place(input.place), node.name, input.text, tested.name));
    }
  }
}

void warn_of_useless_overrides(const UnitTestSpec& spec, const std::string& project,
                               const Context& context, std::vector<std::string>& warnings) {
  for (const std::string& macro : spec.macros.names()) {
    const std::size_t dot = macro.find('.');
    const std::string package = dot == std::string::npos ? "" : macro.substr(0, dot);
    const std::string name = dot == std::string::npos ? macro : macro.substr(dot + 1);
    const bool is_known =
        (package.empty() || package == project || package == "dbt") && context.sees(name);
    if (is_known) continue;
    warnings.push_back(
        fmt::format("{}: the unit test '{}' overrides the macro '{}', which does not exist",
                    format_place(spec.place), spec.name, macro));
  }
}

}  // namespace gsa::dbt
