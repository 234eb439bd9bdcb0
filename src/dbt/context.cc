#include "dbt/context.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "dbt/data_tests.h"
#include "dbt/dbt_macros.h"
#include "dbt/node_value.h"
#include "dbt/relation_names.h"

namespace gsa::dbt {
namespace {

Value argument_or_none(const CallArguments& arguments, std::size_t position,
                       std::string_view name) {
  const Value* found = arguments.find(position, name);
  return found == nullptr ? Value() : *found;
}

std::string text_argument(const CallArguments& arguments, std::size_t position,
                          std::string_view function, std::string_view what) {
  const Value value = argument_or_none(arguments, position, what);
  if (!value.is_string()) {
    throw Error(fmt::format("{}: the {} must be text, not {}", function, what, value.type_name()));
  }
  return value.as_string();
}

// Pads a template's text up to its place in a YAML file, so that errors in it name that place.
std::string padded(const std::string& text, const Place& place) {
  return std::string(static_cast<std::size_t>(std::max(place.line - 1, 0)), '\n') +
         std::string(static_cast<std::size_t>(std::max(place.column - 1, 0)), ' ') + text;
}

// In arguments of a test, ref('x') and similar calls need no braces.
bool is_bare_call(std::string_view text) {
  text = trim(text);
  if (!text.ends_with(')')) return false;
  for (const std::string_view name : {"ref", "source", "var", "env_var"}) {
    if (text.starts_with(name) && trim(text.substr(name.size())).starts_with('(')) return true;
  }
  return false;
}

}  // namespace

Context::Context(const ProjectYml& project, const Target& target, Environment environment)
    : project_(project), target_(target), environment_(std::move(environment)) {
  define_project();
  define_node();
  define_config();
  define_dbt();
  define_database();
  define_macros(
      {"dbt", kBuiltInFile, Template::parse(std::string(built_in_tests()), "built-in tests")},
      built_in_);
  const Template macros = Template::parse(std::string(dbt_macros()), "dbt");
  define_macros({"dbt", kBuiltInFile, macros}, built_in_);
  Dict dbt;
  for (const std::string& name : macros.macro_names()) dbt.set(Value(name), *built_in_.find(name));
  built_in_.set("dbt", Value::object("dbt", "<dbt>", std::move(dbt)));
  define_macros(
      {"dbt_utils", kBuiltInFile, Template::parse(std::string(dbt_utils_tests()), "dbt_utils")},
      dbt_utils_);
}

void Context::note_macro(const std::string& unique_id) const {
  if (current_ == nullptr || current_->macro_depth > 0) return;
  std::vector<std::string>& macros = current_->macros;
  if (std::find(macros.begin(), macros.end(), unique_id) == macros.end()) {
    macros.push_back(unique_id);
  }
}

// Each macro notes who calls it.
void Context::define_macros(const MacroFile& file, Scope& scope) {
  file.file.define_macros(scope);
  for (const std::string& name : file.file.macro_names()) {
    Object macro = scope.find(name)->as_object();
    macro.call = [this, id = fmt::format("macro.{}.{}", file.package, name),
                  call = std::move(macro.call)](const CallArguments& arguments) {
      note_macro(id);
      struct Deeper {
        Rendering* node;
        explicit Deeper(Rendering* rendering) : node(rendering) {
          if (node != nullptr) ++node->macro_depth;
        }
        ~Deeper() {
          if (node != nullptr) --node->macro_depth;
        }
        Deeper(const Deeper&) = delete;
        Deeper& operator=(const Deeper&) = delete;
      } const deeper(current_);
      return call(arguments);
    };
    scope.set(name, Value::object(std::move(macro)));
  }
  all_macros_.push_back(file);
}

void Context::define_project() {
  root_.set("project_name", Value(project_.name));
  Dict target;
  target.set(Value("name"), Value(target_.name));
  target.set(Value("target_name"), Value(target_.name));
  target.set(Value("profile_name"), Value(target_.profile));
  target.set(Value("database"), Value(target_.database));
  target.set(Value("schema"), Value(target_.schema));
  target.set(Value("type"), Value(target_.type));
  target.set(Value("threads"), Value(target_.threads));
  root_.set("target", Value(std::move(target)));
  root_.set("schema", Value(target_.schema));
  root_.set("database", Value(target_.database));
  const Function var = [this](const CallArguments& arguments) -> Value {
    arguments.expect("var", 1, {"name", "default"});
    const std::string name = text_argument(arguments, 0, "var", "name");
    if (const Overrides* over = overrides()) {
      if (const Value* found = over->vars.find(name)) return *found;
    }
    if (const Value* found = project_.vars.find(name)) return *found;
    if (const Value* fallback = arguments.find(1, "default")) return *fallback;
    std::string hint = did_you_mean(name, project_.vars.names());
    if (hint.empty()) hint = "set it below vars: in dbt_project.yml, or give var() a default";
    throw Error(fmt::format("there is no var '{}'", name), hint);
  };
  Dict has_var;
  has_var.set(Value("has_var"), Value::function("var.has_var", [this](const CallArguments& given) {
                given.expect("var.has_var", 1, {"name"});
                const std::string name = text_argument(given, 0, "var.has_var", "name");
                const Overrides* over = overrides();
                return Value(project_.vars.find(name) != nullptr ||
                             (over != nullptr && over->vars.find(name) != nullptr));
              }));
  root_.set("var", Value::object("var", "<function var>", std::move(has_var), var));
  root_.set_function("env_var", [this](const CallArguments& arguments) -> Value {
    arguments.expect("env_var", 1, {"name", "default"});
    const std::string name = text_argument(arguments, 0, "env_var", "name");
    if (const Overrides* over = overrides()) {
      if (const Value* found = over->env_vars.find(name)) return *found;
    }
    if (const auto value = environment_.find(name)) return Value(*value);
    if (const Value* fallback = arguments.find(1, "default")) return *fallback;
    throw Error(fmt::format("the environment variable {} is not set", name),
                "set it, or give env_var() a default");
  });
}

void Context::define_node() {
  root_.set("execute", Value(false));
  root_.set_function("ref", [this](const CallArguments& arguments) -> Value {
    const std::size_t count = arguments.positional.size();
    if (!arguments.keyword.empty()) throw Error("ref: versions of a model are not supported");
    if (count != 1 && count != 2) throw Error("ref takes a model, or a project and a model");
    const std::string package = count == 2 ? text_argument(arguments, 0, "ref", "project") : "";
    return current().ref(package, text_argument(arguments, count - 1, "ref", "model"),
                         arguments.place);
  });
  root_.set_function("source", [this](const CallArguments& arguments) -> Value {
    arguments.expect("source", 2, {"source", "table"});
    return current().source(text_argument(arguments, 0, "source", "source"),
                            text_argument(arguments, 1, "source", "table"), arguments.place);
  });
  root_.set_function("is_incremental", [this](const CallArguments&) {
    current().asked_is_incremental = true;
    note_macro("macro.dbt.is_incremental");
    return Value(current().incremental);
  });
  root_.set_function("should_full_refresh", [this](const CallArguments&) {
    note_macro("macro.dbt.should_full_refresh");
    return Value(current().full_refresh);
  });
  Dict builtins;
  for (const char* name : {"ref", "source"}) builtins.set(Value(name), *root_.find(name));
  root_.set("builtins", Value(std::move(builtins)));
}

void Context::define_config() {
  const auto find = [this](const std::string& name) {
    const Setting* setting = current().given.find(name);
    return setting != nullptr ? setting : current().settings.find(name);
  };
  const Function get = [this, find](const CallArguments& arguments) -> Value {
    arguments.expect("config.get", 1, {"name", "default", "validator"});
    const std::string name = text_argument(arguments, 0, "config.get", "name");
    if (const Setting* setting = find(name)) return setting->value;
    if (current().execute && current().node != nullptr) {
      const Dict config = config_of(*current().node);
      const Value* found = config.find(name);
      if (found != nullptr && !found->is_none()) return *found;
    }
    return argument_or_none(arguments, 1, "default");
  };
  const Function require = [find](const CallArguments& arguments) -> Value {
    arguments.expect("config.require", 1, {"name", "validator"});
    const std::string name = text_argument(arguments, 0, "config.require", "name");
    const Setting* setting = find(name);
    if (setting == nullptr) {
      throw Error(fmt::format("the model needs the setting '{}', but has none", name));
    }
    return setting->value;
  };
  Dict attributes;
  attributes.set(Value("get"), Value::function("config.get", get));
  attributes.set(Value("require"), Value::function("config.require", require));
  root_.set(
      "config",
      Value::object("config", "", attributes, [this](const CallArguments& arguments) -> Value {
        const auto say = [&](const std::string& key, const Value& value) {
          current().given.set(key, value, arguments.place);
        };
        for (const Value& dict : arguments.positional) {
          if (!dict.is_dict()) throw Error("config takes key = value, or one dict");
          for (const auto& [key, value] : dict.as_dict().entries()) say(key.str(), value);
        }
        for (const auto& [key, value] : arguments.keyword) say(key, value);
        return Value("");
      }));
}

Rendering& Context::current() const {
  if (current_ == nullptr) {
    throw Error("only var, env_var and target can be used here",
                "gsa reads this while it loads the project, before there is a model");
  }
  return *current_;
}

const Overrides* Context::overrides() const {
  return current_ == nullptr ? nullptr : current_->overrides;
}

// Follows dbt: a callable macro now returns the value, a name that is not callable becomes the
// value, and a name that does not exist stays undefined. A name with the project as its prefix only
// affects calls with that prefix; dbt's own macros are overridden by their bare names.
Context::Saved Context::override_macros(const Dict& macros) {
  Saved saved;
  const auto replace = [&](Scope& scope, const std::string& name, Value value) {
    saved.push_back({&scope, name, scope.exchange(name, std::move(value))});
  };
  const auto answering = [](const Value& stood, const std::string& name, const Value& value) {
    if (!stood.is_callable()) return value;
    return Value::function(name, [value](const CallArguments&) { return value; });
  };
  const auto replace_in_package = [&](Scope& scope, const std::string& package,
                                      const std::string& name, const Value& value) {
    Dict all = scope.find(package)->as_object().attributes;
    const Value* found = all.find(name);
    if (found == nullptr) return;
    all.set(Value(name), answering(*found, name, value));
    replace(scope, package, Value::object(package, package, std::move(all)));
  };
  const std::string own = project_.name + ".";
  for (const auto& [key, value] : macros.entries()) {
    std::string name = key.str();
    if (name.starts_with(own)) {
      replace_in_package(macros_, project_.name, name.substr(own.size()), value);
      continue;
    }
    if (name.starts_with("dbt.")) name.erase(0, 4);
    const Value* found = macros_.find(name);
    if (found == nullptr) continue;
    const Value instead = answering(*found, name, value);
    for (Scope* scope : {&macros_, &built_in_}) replace(*scope, name, instead);
    replace_in_package(built_in_, "dbt", name, value);
  }
  return saved;
}

void Context::add_macros(const Template& file, const std::string& path, const std::string& name) {
  for (const std::string& macro : file.macro_names()) {
    const auto [at, fresh] = macro_files_.emplace(macro, name);
    if (!fresh) {
      throw Error(
          fmt::format("the macro '{}' is defined twice: in {} and in {}", macro, at->second, name),
          "rename one of them");
    }
  }
  for (const auto& [block, place] : file.materializations()) {
    materializations_.emplace(block, place);
  }
  define_macros({project_.name, path, file}, macros_);
}

void Context::add_package(const std::string& name, const std::vector<MacroFile>& files) {
  Scope& scope =
      *packages_.insert_or_assign(name, std::make_unique<Scope>(&built_in_)).first->second;
  Dict macros;
  for (const MacroFile& file : files) {
    define_macros(file, scope);
    for (const std::string& macro : file.file.macro_names()) {
      macros.set(Value(macro), *scope.find(macro));
    }
  }
  root_.set(name, Value::object(name, name, std::move(macros)));
}

void Context::miss_package(const std::string& name) {
  if (packages_.contains(name)) return;
  Undefined why;
  why.name = name;
  why.what = fmt::format("the package '{}' is not installed", name);
  why.hint = "install it with dbt deps; its macros are read from dbt_packages/";
  root_.set(name, Value::undefined(std::move(why)));
}

void Context::finish_macros() {
  Dict own;
  for (const auto& [macro, file] : macro_files_) own.set(Value(macro), *macros_.find(macro));
  macros_.set(project_.name, Value::object(project_.name, project_.name, std::move(own)));
}

const Value* Context::find_test(const std::string& package, const std::string& name) const {
  const std::string macro = "test_" + name;
  if (package.empty() || package == project_.name) return macros_.find(macro);
  if (package == "dbt") return built_in_.find(macro);
  if (const auto installed = packages_.find(package); installed != packages_.end()) {
    return installed->second->find(macro);
  }
  return package == "dbt_utils" ? dbt_utils_.find(macro) : nullptr;
}

bool Context::is_built_in(const Value* test, const std::string& name) const {
  const std::string macro = "test_" + name;
  return test != nullptr && (test == built_in_.find(macro) || test == dbt_utils_.find(macro));
}

std::vector<std::string> Context::test_names() const {
  std::vector<std::string> names;
  const auto take = [&](const Scope& scope, const std::string& package) {
    for (const std::string& name : scope.names()) {
      if (name.starts_with("test_")) names.push_back(package + name.substr(5));
    }
  };
  take(macros_, "");
  for (const auto& [package, scope] : packages_) take(*scope, package + ".");
  if (!packages_.contains("dbt_utils")) take(dbt_utils_, "dbt_utils.");
  return names;
}

template <typename Work>
auto Context::with(Rendering* node, Work work) {
  struct Restore {
    Rendering*& slot;
    Rendering* before;
    Saved macros;
    ~Restore() {
      slot = before;
      for (auto at = macros.rbegin(); at != macros.rend(); ++at) {
        at->scope->exchange(at->name, std::move(at->stood));
      }
    }
  } restore{current_, current_, {}};
  current_ = node;
  root_.set("execute", Value(node != nullptr && node->execute));
  UndefinedNames undefined;
  if (node != nullptr) {
    root_.set("this",
              node->in_place_of_this.value_or(relation_value(node->self, quoted_name(node->self))));
    Dict model;
    if (node->node != nullptr) {
      model = node_value(*node->node, project_.name, project_.model_paths).as_dict();
    }
    model.set(Value("name"), Value(node->name));
    model.set(Value("alias"), Value(node->self.name));
    model.set(Value("schema"), Value(node->self.schema));
    model.set(Value("database"), Value(node->self.database));
    root_.set("model", Value(std::move(model)));
    Dict flags;
    flags.set(Value("FULL_REFRESH"), Value(node->full_refresh));
    flags.set(Value("WHICH"), Value("build"));
    flags.set(Value("STORE_FAILURES"), Value(false));
    root_.set("flags", Value::object("flags", "<flags>", std::move(flags)));
    undefined.spread = !node->execute;
    // While dbt parses a project, everything that the database would answer is undefined.
    undefined.printed = [this](const Place& place, const Undefined& why) {
      if (!current().execute && !why.variable) return;
      // Packages leave names undefined on purpose, and their users cannot change that.
      if (place.file.find("dbt_packages/") != std::string::npos) return;
      say(true, fmt::format("{}: {}, and is taken as empty text", format_place(place), why.what));
    };
    if (node->overrides != nullptr) restore.macros = override_macros(node->overrides->macros);
  }
  root_.set_undefined(std::move(undefined));
  return work();
}

Rendered Context::render(const Template& sql, Rendering& node) {
  return with(&node, [&] {
    Scope scope(&macros_);
    return sql.render(scope);
  });
}

Rendered Context::call(const Value& macro, CallArguments arguments, Rendering& node) {
  return with(&node, [&] {
    const Value result = macro.as_object().call(arguments);
    if (result.is_string()) return Rendered(result.as_text().text, result.as_text().origin);
    return Rendered(result.str(), {});
  });
}

Value Context::render_yaml(const Value& value, const Place& place, Rendering* node) {
  if (value.is_sequence()) {
    List list;
    for (const Value& item : value.as_list()) list.push_back(render_yaml(item, place, node));
    return Value(std::move(list));
  }
  if (value.is_dict()) {
    Dict dict;
    for (const auto& [key, item] : value.as_dict().entries()) {
      dict.set(key, render_yaml(item, place, node));
    }
    return Value(std::move(dict));
  }
  if (!value.is_string()) return value;
  const std::string& text = value.as_string();
  const bool bare = node != nullptr && is_bare_call(text);
  if (!bare && text.find("{{") == std::string::npos && text.find("{%") == std::string::npos) {
    return value;
  }
  return with(node, [&] { return render_text(bare ? "{{ " + text + " }}" : text, place); });
}

std::string Context::render_description(const std::string& text, const Place& place,
                                        const DocsBlocks& docs,
                                        std::vector<std::string>& warnings) {
  if (text.find("{{") == std::string::npos && text.find("{%") == std::string::npos) return text;
  return with(nullptr, [&] {
    Scope scope(&root_);
    scope.set_undefined(jinja::undefined_is_empty(warnings));
    scope.set_function("doc", [&](const CallArguments& arguments) {
      const std::size_t count = arguments.positional.size();
      if (count != 1 && count != 2) throw Error("doc takes a name, or a project and a name");
      const std::string package = text_argument(arguments, 0, "doc", "project");
      if (count == 2 && package != project_.name) {
        throw Error(fmt::format("there is no project '{}' here", package),
                    fmt::format("this project is '{}'", project_.name));
      }
      const std::string name = text_argument(arguments, count - 1, "doc", "name");
      const auto found = docs.find(name);
      if (found != docs.end()) return Value(found->second.text);
      std::vector<std::string> names;
      for (const auto& [known, block] : docs) names.push_back(known);
      const std::string hint = did_you_mean(name, names);
      throw Error(
          fmt::format("there are no docs '{}'", name),
          hint.empty() ? "write {% docs " + name + " %} in an .md file beside the models" : hint);
    });
    const std::string before = padded("", place);
    const std::string all = Template::parse(before + text, place.file).render(scope).text();
    // A template that begins with {{- has stripped the padding already.
    return all.starts_with(before) ? all.substr(before.size()) : all;
  });
}

// A text that is one {{ expression }} and nothing else keeps the type of the expression.
Value Context::render_text(const std::string& text, const Place& place) {
  const std::string_view inner = trim(text);
  const bool single = inner.starts_with("{{") && inner.ends_with("}}") &&
                      inner.find("{{", 2) == std::string_view::npos &&
                      inner.find("{%") == std::string_view::npos;
  Scope scope(&macros_);
  if (!single) {
    return Value(
        std::string(trim(Template::parse(padded(text, place), place.file).render(scope).text())));
  }
  Value caught;
  scope.set_function("keep_", [&](const CallArguments& arguments) {
    caught = arguments.positional.at(0);
    return Value("");
  });
  std::string_view expression = inner.substr(2, inner.size() - 4);
  if (expression.starts_with('-')) expression.remove_prefix(1);
  if (expression.ends_with('-')) expression.remove_suffix(1);
  const std::string call = fmt::format("{{{{ keep_({}) }}}}", expression);
  Template::parse(padded(call, place), place.file).render(scope);
  return caught;
}

}  // namespace gsa::dbt
