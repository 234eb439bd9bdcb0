#include "dbt/context.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/invocation.h"
#include "base/text.h"
#include "dbt/data_tests.h"
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

// A template's text at its place in a YAML file, so that errors in it name that place.
std::string padded(const std::string& text, const Place& place) {
  return std::string(static_cast<std::size_t>(std::max(place.line - 1, 0)), '\n') +
         std::string(static_cast<std::size_t>(std::max(place.column - 1, 0)), ' ') + text;
}

// ref('x') and its like need no braces in the arguments of a test.
bool is_bare_call(std::string_view text) {
  text = trim(text);
  if (!text.ends_with(')')) return false;
  for (const std::string_view name : {"ref", "source", "var", "env_var"}) {
    if (text.starts_with(name) && trim(text.substr(name.size())).starts_with('(')) return true;
  }
  return false;
}

}  // namespace

Value relation_value(const Relation& relation, const std::string& sql) {
  // Made for every ref() of every node: the keys are shared, and so is the name.
  static const Value kDatabase("database"), kSchema("schema"), kIdentifier("identifier"),
      kName("name");
  const Value name(relation.name);
  Dict attributes({{kDatabase, Value(relation.database)},
                   {kSchema, Value(relation.schema)},
                   {kIdentifier, name},
                   {kName, name}});
  return Value::object("relation", sql, std::move(attributes));
}

Context::Context(const ProjectYml& project, const Target& target)
    : project_(project), target_(target) {
  define_project();
  define_node();
  Template::parse(std::string(built_in_tests()), "built-in tests").define_macros(built_in_);
  Template::parse(std::string(dbt_utils_tests()), "dbt_utils").define_macros(dbt_utils_);
}

void Context::define_project() {
  root_.set("project_name", Value(project_.name));
  Dict target;
  target.set(Value("name"), Value(target_.name));
  target.set(Value("target_name"), Value(target_.name));
  target.set(Value("profile_name"), Value(target_.profile));
  target.set(Value("database"), Value(target_.database));
  target.set(Value("schema"), Value(target_.schema));
  target.set(Value("type"), Value("duckdb"));
  target.set(Value("threads"), Value(target_.threads));
  root_.set("target", Value(std::move(target)));
  root_.set_function("var", [this](const CallArguments& arguments) -> Value {
    arguments.expect("var", 1, {"name", "default"});
    const std::string name = text_argument(arguments, 0, "var", "name");
    if (const Value* found = project_.vars.find(name)) return *found;
    if (const Value* fallback = arguments.find(1, "default")) return *fallback;
    std::string hint = did_you_mean(name, project_.vars.names());
    if (hint.empty()) hint = "set it below vars: in dbt_project.yml, or give var() a default";
    throw Error(fmt::format("there is no var '{}'", name), hint);
  });
  root_.set_function("env_var", [](const CallArguments& arguments) -> Value {
    arguments.expect("env_var", 1, {"name", "default"});
    const std::string name = text_argument(arguments, 0, "env_var", "name");
    if (const auto value = environment(name)) return Value(*value);
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
  root_.set_function("is_incremental",
                     [this](const CallArguments&) { return Value(current().incremental); });
  const Function get = [this](const CallArguments& arguments) -> Value {
    arguments.expect("config.get", 1, {"name", "default", "validator"});
    const std::string name = text_argument(arguments, 0, "config.get", "name");
    const Setting* setting = current().given.find(name);
    if (setting == nullptr) setting = current().settings.find(name);
    return setting == nullptr ? argument_or_none(arguments, 1, "default") : setting->value;
  };
  Dict attributes;
  attributes.set(Value("get"), Value::function("config.get", get));
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
                "what is read while the project is loaded belongs to no model");
  }
  return *current_;
}

void Context::add_macros(const Template& file, const std::string& name) {
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
  file.define_macros(macros_);
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
  return package == "dbt_utils" ? dbt_utils_.find(macro) : nullptr;
}

std::vector<std::string> Context::test_names() const {
  std::vector<std::string> names;
  const auto take = [&](const Scope& scope, const std::string& package) {
    for (const std::string& name : scope.names()) {
      if (name.starts_with("test_")) names.push_back(package + name.substr(5));
    }
  };
  take(macros_, "");
  take(dbt_utils_, "dbt_utils.");
  return names;
}

template <typename Work>
auto Context::with(Rendering* node, Work work) {
  struct Restore {
    Rendering*& slot;
    Rendering* before;
    ~Restore() { slot = before; }
  } const restore{current_, current_};
  current_ = node;
  root_.set("execute", Value(node != nullptr && node->execute));
  if (node != nullptr) {
    root_.set("this", relation_value(node->self, quoted_name(node->self)));
    Dict model;
    model.set(Value("name"), Value(node->name));
    model.set(Value("alias"), Value(node->self.name));
    model.set(Value("schema"), Value(node->self.schema));
    root_.set("model", Value(std::move(model)));
  }
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

// Text that is nothing but one {{ expression }} keeps the type of the expression.
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
