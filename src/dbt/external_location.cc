#include "dbt/external_location.h"

#include <functional>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "base/characters.h"
#include "base/text.h"

namespace gsa::dbt {
namespace {

// Gives the value of a placeholder by its name.
using Fill = std::function<std::string(const std::string& name)>;

// Python's str.format_map: {name}; {{ and }} mean braces.
std::string format_new(std::string_view text, const Fill& fill) {
  std::string out;
  while (!text.empty()) {
    if (text.starts_with("{{") || text.starts_with("}}")) {
      out += text[0];
      text.remove_prefix(2);
    } else if (const std::size_t end = text.find('}');
               text[0] == '{' && end != std::string_view::npos) {
      out += fill(std::string(text.substr(1, end - 1)));
      text.remove_prefix(end + 1);
    } else {
      out += text[0];
      text.remove_prefix(1);
    }
  }
  return out;
}

// Python's %: %(name)s; %% means a percent sign.
std::string format_old(std::string_view text, const Fill& fill) {
  std::string out;
  while (!text.empty()) {
    if (text.starts_with("%%")) {
      out += '%';
      text.remove_prefix(2);
    } else if (const std::size_t end = text.find(")s");
               text.starts_with("%(") && end != std::string_view::npos) {
      out += fill(std::string(text.substr(2, end - 2)));
      text.remove_prefix(end + 2);
    } else {
      out += text[0];
      text.remove_prefix(1);
    }
  }
  return out;
}

// Python's string.Template: $name and ${name}; $$ means a dollar sign.
std::string format_template(std::string_view text, const Fill& fill) {
  std::string out;
  while (!text.empty()) {
    if (text.starts_with("$$")) {
      out += '$';
      text.remove_prefix(2);
    } else if (const std::size_t end = text.find('}');
               text.starts_with("${") && end != std::string_view::npos) {
      out += fill(std::string(text.substr(2, end - 2)));
      text.remove_prefix(end + 1);
    } else if (text[0] == '$') {
      std::size_t size = 1;
      while (size < text.size() && is_word_character(text[size])) ++size;
      out += fill(std::string(text.substr(1, size - 1)));
      text.remove_prefix(size);
    } else {
      out += text[0];
      text.remove_prefix(1);
    }
  }
  return out;
}

// The value of `key` in meta, or else directly in config.
std::optional<Setting> find(const Node& source, const std::string& key) {
  const Setting* config = source.settings.find(key);
  if (config != nullptr && !config->value.is_none()) return *config;
  const Value* value = source.meta.find(key);
  if (value == nullptr || value->is_none()) return std::nullopt;
  return Setting{*value, source.settings.find("meta")->place};
}

}  // namespace

std::string external_location(const Node& source, const ProjectFiles& files) {
  if (const auto plugin = find(source, "plugin")) {
    throw files.error_at(plugin->place, "plugins of dbt-duckdb are not supported", kDbtHasIt);
  }
  const std::optional<Setting> location = find(source, "external_location");
  if (!location) return "";
  const std::string name = source.name.substr(source.name.find('.') + 1);
  const Fill fill = [&](const std::string& key) -> std::string {
    if (const auto own = find(source, key)) return own->value.str();
    if (key == "name") return std::string(name);
    if (key == "identifier") return source.relation.name;
    if (key == "schema") return source.relation.schema;
    if (key == "database" && !source.relation.database.empty()) return source.relation.database;
    throw files.error_at(location->place, fmt::format("external_location: '{}' has no value", key),
                         "known are: name, identifier, schema, and the keys of meta");
  };
  const std::optional<Setting> formatter = find(source, "formatter");
  const std::string style = formatter ? formatter->value.str() : "newstyle";
  if (formatter && style != "newstyle" && style != "oldstyle" && style != "template") {
    throw files.error_at(formatter->place, fmt::format("the formatter '{}' is not known", style),
                         "use one of: newstyle, oldstyle, template");
  }
  const std::string text = location->value.str();
  const std::string filled = style == "newstyle"   ? format_new(text, fill)
                             : style == "oldstyle" ? format_old(text, fill)
                                                   : format_template(text, fill);
  const bool is_sql = filled.find('(') != std::string::npos || filled.starts_with('\'');
  return is_sql ? filled : "'" + filled + "'";
}

}  // namespace gsa::dbt
