#include "dbt/manifest_macros.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "dbt/written_value.h"

namespace gsa::dbt {
namespace {

// Macros of dbt that are C++ here: nobody can read them, but who calls them is on record.
constexpr std::array<std::string_view, 5> kBuiltIn = {
    "is_incremental", "should_full_refresh", "statement", "get_where_subquery", "load_result"};

struct Macro {
  std::string package, path;
  jinja::MacroText text;
};

std::string macro_id(std::string_view package, std::string_view name) {
  return fmt::format("macro.{}.{}", package, name);
}

class MacroWriter {
 public:
  MacroWriter(const Project& project, double created_at)
      : project_(project), created_at_(created_at) {
    for (const std::string_view name : kBuiltIn) {
      Macro macro{"dbt", kBuiltInFile, {}};
      macro.text.name = name;
      macro.text.text = fmt::format("{{# {} is built into gsa. #}}", name);
      macros_.insert_or_assign(macro_id("dbt", name), std::move(macro));
    }
    // An installed package comes after what stands for it, and wins.
    for (const MacroFile& file : project.context().all_macros()) {
      for (jinja::MacroText& text : file.file.macro_texts()) {
        const std::string id = macro_id(file.package, text.name);
        macros_.insert_or_assign(id, Macro{file.package, file.path, std::move(text)});
      }
    }
    for (const MacroSpec& spec : project.declarations().macros)
      described_.emplace(spec.name, &spec);
  }

  Value write(const std::vector<std::string>& called) {
    for (const std::string& id : called) want(id);
    for (const auto& [id, macro] : macros_) {
      if (macro.path != kBuiltInFile) want(id);
    }
    Members members;
    for (const std::string& id : wanted_) members.emplace_back(Value(id), value(id));
    return Value(Dict(std::move(members)));
  }

 private:
  void want(const std::string& id) {
    const auto found = macros_.find(id);
    if (found == macros_.end() || !wanted_.insert(id).second) return;
    for (const std::string& called : calls_of(id, found->second)) want(called);
  }

  bool knows(const std::string& id) const { return macros_.contains(id); }

  // What adapter.dispatch finds: the project's, the package's, dbt's; for DuckDB before for all.
  std::optional<std::string> dispatched(const std::string& package, const std::string& name) const {
    for (const std::string& from : {project_.name(), package, std::string("dbt")}) {
      for (const char* prefix : {"duckdb__", "default__"}) {
        std::string id = macro_id(from, prefix + name);
        if (knows(id)) return id;
      }
    }
    return std::nullopt;
  }

  std::optional<std::string> resolved(const Macro& caller, const jinja::CalledMacro& call) const {
    if (call.is_dispatched) return dispatched(call.package, call.name);
    const std::vector<std::string> packages =
        call.package.empty() ? std::vector<std::string>{caller.package, project_.name(), "dbt"}
                             : std::vector<std::string>{call.package};
    for (const std::string& package : packages) {
      std::string id = macro_id(package, call.name);
      if (knows(id)) return id;
    }
    return std::nullopt;
  }

  std::vector<std::string> calls_of(const std::string& own, const Macro& macro) const {
    std::vector<std::string> ids;
    for (const jinja::CalledMacro& call : macro.text.calls) {
      const std::optional<std::string> id = resolved(macro, call);
      if (id && *id != own && std::find(ids.begin(), ids.end(), *id) == ids.end()) {
        ids.push_back(*id);
      }
    }
    return ids;
  }

  Value value(const std::string& id) const {
    const Macro& macro = macros_.at(id);
    const auto found = described_.find(macro.text.name);
    const MacroSpec* spec =
        macro.package == project_.name() && found != described_.end() ? found->second : nullptr;
    Dict dict;
    const auto set = [&](const char* key, Value value) { dict.set(Value(key), std::move(value)); };
    set("name", Value(macro.text.name));
    set("resource_type", Value("macro"));
    set("package_name", Value(macro.package));
    set("path", Value(macro.path));
    set("original_file_path", Value(macro.path));
    set("unique_id", Value(id));
    set("macro_sql", Value(macro.text.text));
    Dict depends;
    depends.set(Value("macros"), list_of_texts(calls_of(id, macro)));
    set("depends_on", Value(std::move(depends)));
    set("description", Value(spec == nullptr ? "" : rendered_description(project_, spec->written)));
    const Value meta = said(spec, "meta").value_or(Value(Dict()));
    const std::optional<Value> docs = said(spec, "docs");
    const Value shown(docs_value(docs ? &*docs : nullptr));
    set("meta", as_json_value(meta));
    set("docs", shown);
    Dict config;
    config.set(Value("meta"), as_json_value(meta));
    config.set(Value("docs"), shown);
    set("config", Value(std::move(config)));
    set("patch_path", spec == nullptr ? Value() : Value(project_.name() + "://" + spec->file));
    set("arguments", arguments_of(spec));
    set("created_at", Value(created_at_));
    set("supported_languages", Value());
    return Value(std::move(dict));
  }

  static std::optional<Value> said(const MacroSpec* spec, std::string_view key) {
    return spec == nullptr ? std::nullopt : configured_value(spec->written, key);
  }

  static Value arguments_of(const MacroSpec* spec) {
    List arguments;
    const std::optional<Value> written = said(spec, "arguments");
    if (!written || !written->is_sequence()) return Value(std::move(arguments));
    for (const Value& each : written->as_list()) {
      if (!each.is_dict()) continue;
      Dict argument;
      for (const char* key : {"name", "type", "description"}) {
        const Value* value = each.as_dict().find(key);
        argument.set(Value(key), value != nullptr                         ? as_json_value(*value)
                                 : key == std::string_view("description") ? Value("")
                                                                          : Value());
      }
      arguments.emplace_back(std::move(argument));
    }
    return Value(std::move(arguments));
  }

  const Project& project_;
  double created_at_;
  std::map<std::string, Macro> macros_;  // by unique id
  std::map<std::string, const MacroSpec*> described_;
  std::set<std::string> wanted_;
};

}  // namespace

Value macros_in_manifest(const Project& project, const std::vector<std::string>& called,
                         double created_at) {
  return MacroWriter(project, created_at).write(called);
}

}  // namespace gsa::dbt
