#include "dbt/manifest_resources.h"

#include <optional>

#include <fmt/format.h>

#include "dbt/written_value.h"

namespace gsa::dbt {
namespace {

// The page that the documentation opens with where the project writes none.
constexpr const char* kOverview =
    "### Models and data\n\nThis project was built by `gsa`. The tabs on the left list its models "
    "by folder and by relation; the button at the lower right shows how they depend on each other.";

Value owner_value(const std::optional<Yaml>& written) {
  Dict owner;
  owner.set(Value("email"), Value());
  owner.set(Value("name"), Value());
  if (const auto said = written_value(written, "owner"); said && said->is_dict()) {
    for (const auto& [key, value] : said->as_dict().entries()) {
      owner.set(key, as_json_value(value));
    }
  }
  return Value(std::move(owner));
}

Value list_at(const std::optional<Value>& value) {
  if (!value) return Value(List());
  return value->is_sequence() ? as_json_value(*value) : Value(List{as_json_value(*value)});
}

class ExposureWriter {
 public:
  ExposureWriter(const Project& project, double created_at)
      : project_(project), created_at_(created_at) {}

  Value write(const Exposure& exposure, const ExposureSpec& spec) const {
    Dict dict;
    const auto set = [&](const char* key, Value value) { dict.set(Value(key), std::move(value)); };
    const ProjectYml& yml = project_.yml();
    const auto text = [&](const char* key) {
      return value_or(written_value(spec.written, key), {});
    };
    set("name", Value(exposure.name));
    set("resource_type", Value("exposure"));
    set("package_name", Value(project_.name()));
    set("path", Value(path_below(spec.file, yml.model_paths)));
    set("original_file_path", Value(spec.file));
    set("unique_id", Value(exposure_id(project_, exposure)));
    set("fqn", fqn_of(exposure, spec));
    set("type", value_or(written_value(spec.written, "type"), Value("dashboard")));
    set("owner", owner_value(spec.written));
    set("description", Value(rendered_description(project_, spec.written)));
    for (const char* key : {"label", "maturity"}) set(key, text(key));
    const Value meta = value_or(configured_value(spec.written, "meta"), Value(Dict()));
    const Value tags = list_at(configured_value(spec.written, "tags"));
    set("meta", meta);
    set("tags", tags);
    Dict config;
    config.set(Value("enabled"), Value(true));
    config.set(Value("tags"), tags);
    config.set(Value("meta"), meta);
    set("config", Value(std::move(config)));
    set("unrendered_config", value_or(written_value(spec.written, "config"), Value(Dict())));
    set("url", text("url"));
    write_edges(exposure, dict);
    set("created_at", Value(created_at_));
    return Value(std::move(dict));
  }

  static std::string exposure_id(const Project& project, const Exposure& exposure) {
    return fmt::format("exposure.{}.{}", project.name(), exposure.name);
  }

 private:
  // As of tests: the folders below the first.
  Value fqn_of(const Exposure& exposure, const ExposureSpec& spec) const {
    List fqn = {Value(project_.name())};
    std::size_t begin = spec.file.find('/');
    while (begin != std::string::npos) {
      const std::size_t end = spec.file.find('/', begin + 1);
      if (end == std::string::npos) break;
      fqn.emplace_back(spec.file.substr(begin + 1, end - begin - 1));
      begin = end;
    }
    fqn.emplace_back(exposure.name);
    return Value(std::move(fqn));
  }

  void write_edges(const Exposure& exposure, Dict& dict) const {
    List nodes, refs, sources;
    for (const std::size_t index : exposure.depends_on) {
      nodes.emplace_back(project_.nodes()[index].unique_id);
    }
    for (const Dependency& call : exposure.refs) {
      if (call.is_source) {
        sources.push_back(list_of_texts({call.package, call.name}));
        continue;
      }
      refs.push_back(ref_value(call));
    }
    Dict depends;
    depends.set(Value("macros"), Value(List()));
    depends.set(Value("nodes"), Value(std::move(nodes)));
    dict.set(Value("depends_on"), Value(std::move(depends)));
    dict.set(Value("refs"), Value(std::move(refs)));
    dict.set(Value("sources"), Value(std::move(sources)));
    dict.set(Value("metrics"), Value(List()));
  }

  const Project& project_;
  double created_at_;
};

// {method: tag, value: nightly}; what is more than a method and a value stays as it is written.
Value selector_definition(const Value& written) {
  if (!written.is_string()) return as_json_value(written);
  const std::string& text = written.as_string();
  const std::size_t colon = text.find(':');
  Dict definition;
  definition.set(Value("method"),
                 Value(colon == std::string::npos ? "fqn" : text.substr(0, colon)));
  definition.set(Value("value"), Value(colon == std::string::npos ? text : text.substr(colon + 1)));
  return Value(std::move(definition));
}

Value doc_block(const std::string& package, const std::string& name, const std::string& path,
                const std::string& file, const std::string& text) {
  Dict dict;
  dict.set(Value("name"), Value(name));
  dict.set(Value("resource_type"), Value("doc"));
  dict.set(Value("package_name"), Value(package));
  dict.set(Value("path"), Value(path));
  dict.set(Value("original_file_path"), Value(file));
  dict.set(Value("unique_id"), Value(fmt::format("doc.{}.{}", package, name)));
  dict.set(Value("block_contents"), Value(text));
  return Value(std::move(dict));
}

}  // namespace

Value exposures_in_manifest(const Project& project, double created_at) {
  const ExposureWriter writer(project, created_at);
  const std::vector<ExposureSpec>& specs = project.declarations().exposures;
  Members members;
  for (std::size_t i = 0; i < project.exposures().size(); ++i) {
    const Exposure& exposure = project.exposures()[i];
    members.emplace_back(Value(ExposureWriter::exposure_id(project, exposure)),
                         writer.write(exposure, specs.at(i)));
  }
  return Value(Dict(std::move(members)));
}

Value groups_in_manifest(const Project& project) {
  Members members;
  for (const GroupSpec& group : project.declarations().groups) {
    Dict dict;
    const auto set = [&](const char* key, Value value) { dict.set(Value(key), std::move(value)); };
    const std::string id = fmt::format("group.{}.{}", project.name(), group.name);
    set("name", Value(group.name));
    set("resource_type", Value("group"));
    set("package_name", Value(project.name()));
    set("path", Value(path_below(group.file, project.yml().model_paths)));
    set("original_file_path", Value(group.file));
    set("unique_id", Value(id));
    set("owner", owner_value(group.written));
    set("description", value_or(written_value(group.written, "description"), Value()));
    Dict config;
    config.set(Value("meta"), value_or(configured_value(group.written, "meta"), Value(Dict())));
    config.set(Value("tags"), Value(List()));
    set("config", Value(std::move(config)));
    members.emplace_back(Value(id), Value(std::move(dict)));
  }
  return Value(Dict(std::move(members)));
}

Value docs_in_manifest(const Project& project) {
  Members members;
  for (const auto& [name, block] : project.docs()) {
    members.emplace_back(
        Value(fmt::format("doc.{}.{}", project.name(), name)),
        doc_block(project.name(), name, path_below(block.file, project.yml().model_paths),
                  block.file, block.text));
  }
  members.emplace_back(
      Value("doc.dbt.__overview__"),
      doc_block("dbt", "__overview__", "overview.md", "docs/overview.md", kOverview));
  return Value(Dict(std::move(members)));
}

Value selectors_in_manifest(const Project& project) {
  constexpr const char* kFile = "selectors.yml";
  Members members;
  if (project.files().find(kFile) == nullptr) return Value(Dict());
  const std::optional<Yaml> selectors = Yaml::parse(project.files(), kFile).find("selectors");
  if (!selectors) return Value(Dict());
  for (const Yaml& item : selectors->items()) {
    Dict selector;
    for (const Yaml::Entry& entry : item.entries()) {
      selector.set(Value(entry.key), entry.key == "definition"
                                         ? selector_definition(entry.value.value())
                                         : as_json_value(entry.value.value()));
    }
    members.emplace_back(Value(item.string_at("name")), Value(std::move(selector)));
  }
  return Value(Dict(std::move(members)));
}

}  // namespace gsa::dbt
