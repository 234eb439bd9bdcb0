#include "semantic/meta_values.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"

namespace gsa::semantic {

std::string_view entity_of(Level level) {
  return level == Level::user ? "user" : level == Level::session ? "session" : "generation";
}

std::string meta_text(const dbt::Project& project, const dbt::Dict& meta, std::string_view key,
                      const dbt::Place& place, std::string fallback) {
  const dbt::Value* found = meta.find(key);
  if (found == nullptr || found->is_none()) return fallback;
  if (!found->is_string()) {
    throw project.files().error_at(place, fmt::format("meta.{} must be text", key));
  }
  return found->as_string();
}

bool meta_flag(const dbt::Project& project, const dbt::Dict& meta, std::string_view key,
               const dbt::Place& place) {
  const dbt::Value* found = meta.find(key);
  if (found == nullptr || found->is_none()) return false;
  if (found->kind() != dbt::Value::Kind::boolean) {
    throw project.files().error_at(place, fmt::format("meta.{} must be true or false", key));
  }
  return found->truth();
}

const dbt::Dict* meta_map(const dbt::Project& project, const dbt::Dict& meta, std::string_view key,
                          const dbt::Place& place) {
  const dbt::Value* found = meta.find(key);
  if (found == nullptr || found->is_none()) return nullptr;
  if (!found->is_dict()) {
    throw project.files().error_at(place, fmt::format("meta.{} must be a map", key));
  }
  return &found->as_dict();
}

void expect_one_of(const dbt::Project& project, std::string_view what, const std::string& text,
                   const std::vector<std::string>& known, const dbt::Place& place) {
  if (std::find(known.begin(), known.end(), text) != known.end()) return;
  std::string hint = did_you_mean(text, known);
  if (hint.empty()) hint = "known are: " + join(known, ", ");
  throw project.files().error_at(place, fmt::format("{} '{}' is not known", what, text), hint);
}

std::pair<std::string, std::string> split_reference(std::string_view quoted) {
  const std::size_t at = quoted.find("__");
  if (at == std::string_view::npos) return {"", std::string(quoted)};
  return {std::string(quoted.substr(0, at)), std::string(quoted.substr(at + 2))};
}

}  // namespace gsa::semantic
