// Reads what reads the models: exposures and analyses.

#include <fmt/format.h>

#include "dbt/project_state.h"

namespace gsa::dbt {

void Project::State::read_exposures() {
  for (const ExposureSpec& spec : declared_.exposures) {
    std::vector<Dependency> refs;
    Rendering rendering = reading(spec.name, refs);
    for (const Setting& read : spec.depends_on) {
      context->render_yaml(read.value, read.place, &rendering);
    }
    std::vector<std::size_t> read = resolve(nodes, yml.name, disabled_, files, refs);
    refuse_private(nodes, refs, read, "", files);
    exposures.push_back({spec.name, std::move(refs), std::move(read)});
  }
}

Node Project::State::analysis_at(const std::string& path) {
  Node node;
  node.name = file_stem(path);
  node.unique_id = fmt::format("analysis.{}.{}", yml.name, node.name);
  node.fqn = fqn_of(path, node.name, yml.analysis_paths);
  node.fqn.insert(node.fqn.begin() + 1, "analysis");
  node.file = path;
  node.place = {files.display(path), 1, 1};
  node.settings = model_tree_.for_node(node.fqn);
  read_sql(node, path);
  std::vector<std::string> told;
  node.model = model_config(node.settings, files, told);
  node.tags = node.model.tags;
  const std::vector<std::size_t> read = resolve(nodes, yml.name, disabled_, files, node.refs);
  const NodeSet each_once(read.begin(), read.end());
  node.depends_on.assign(each_once.begin(), each_once.end());
  return node;
}

}  // namespace gsa::dbt
