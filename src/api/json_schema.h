#pragma once

// For tests: validates JSON against the schemas of openapi.yaml. Supports the keywords of JSON
// Schema that the file uses, and rejects all others, so that none is ignored.

#include <regex>
#include <string>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include "base/error.h"

namespace gsa::api {

class OpenApi {
 public:
  explicit OpenApi(const std::string& yaml) : root_(YAML::Load(yaml)) {}

  const YAML::Node& root() const { return root_; }
  YAML::Node schema(const std::string& name) const {
    const YAML::Node found = root_["components"]["schemas"][name];
    if (!found) throw Error("openapi.yaml has no schema " + name);
    return found;
  }
  std::vector<std::string> enumeration(const std::string& name) const {
    std::vector<std::string> values;
    for (const YAML::Node& value : schema(name)["enum"]) values.push_back(value.as<std::string>());
    return values;
  }
  // The schema of an operation's response.
  YAML::Node answer_of(const std::string& path, const std::string& method) const {
    const YAML::Node operation = root_["paths"][path][method];
    if (!operation) throw Error("openapi.yaml has no " + method + " " + path);
    return operation["responses"]["200"]["content"]["application/json"]["schema"];
  }

  // The violations, each with its place; empty if valid.
  std::vector<std::string> problems(const YAML::Node& schema, const std::string& json) const {
    std::vector<std::string> found;
    boost::json::error_code error;
    boost::json::parse_options options;
    options.max_depth = 64;
    const boost::json::value value = boost::json::parse(json, error, {}, options);
    if (error) return {"no JSON: " + error.message()};
    check(schema, value, "", found);
    return found;
  }

 private:
  using Json = boost::json::value;
  using Problems = std::vector<std::string>;

  YAML::Node resolve(const std::string& reference) const {
    const std::string prefix = "#/components/schemas/";
    if (!reference.starts_with(prefix)) throw Error("cannot resolve " + reference);
    return schema(reference.substr(prefix.size()));
  }

  static bool is_of(const std::string& type, const Json& value) {
    if (type == "null") return value.is_null();
    if (type == "boolean") return value.is_bool();
    if (type == "string") return value.is_string();
    if (type == "array") return value.is_array();
    if (type == "object") return value.is_object();
    if (type == "integer") return value.is_int64() || value.is_uint64();
    if (type == "number") return value.is_number();
    throw Error("unknown type " + type);
  }

  static bool equals(const YAML::Node& scalar, const Json& value) {
    if (scalar.IsNull()) return value.is_null();
    if (value.is_string()) return scalar.as<std::string>() == std::string(value.get_string());
    return scalar.as<std::string>() == boost::json::serialize(value);
  }

  void check(const YAML::Node& schema, const Json& value, const std::string& at,
             Problems& found) const {
    for (const auto& entry : schema) {
      word(entry.first.as<std::string>(), entry.second, schema, value, at, found);
    }
  }

  void word(const std::string& word, const YAML::Node& what, const YAML::Node& schema,
            const Json& value, const std::string& at, Problems& found) const {
    const auto report = [&](const std::string& problem) {
      found.push_back(
          fmt::format("{}: {} ({})", at, problem, boost::json::serialize(value).substr(0, 80)));
    };
    if (word == "$ref") {
      check(resolve(what.as<std::string>()), value, at, found);
    } else if (word == "type") {
      bool fits = false;
      if (what.IsSequence()) {
        for (const YAML::Node& type : what) fits = fits || is_of(type.as<std::string>(), value);
      } else {
        fits = is_of(what.as<std::string>(), value);
      }
      if (!fits) report("is of another type");
    } else if (word == "enum") {
      bool fits = false;
      for (const YAML::Node& one : what) fits = fits || equals(one, value);
      if (!fits) report("is not in the enumeration");
    } else if (word == "const") {
      if (!equals(what, value)) report("is another constant");
    } else if (word == "required") {
      for (const YAML::Node& name : what) {
        if (value.is_object() && !value.get_object().contains(name.as<std::string>())) {
          report("lacks " + name.as<std::string>());
        }
      }
    } else if (word == "properties" || word == "additionalProperties") {
      if (word == "properties" || !schema["properties"]) members(schema, value, at, found);
    } else if (word == "items") {
      if (!value.is_array()) return;
      std::size_t i = 0;
      for (const Json& item : value.get_array()) {
        check(what, item, fmt::format("{}[{}]", at, i++), found);
      }
    } else if (word == "allOf") {
      for (const YAML::Node& part : what) check(part, value, at, found);
    } else if (word == "oneOf") {
      std::size_t fits = 0;
      Problems why;
      for (const YAML::Node& part : what) {
        Problems own;
        check(part, value, at, own);
        if (own.empty()) ++fits;
        why.insert(why.end(), own.begin(), own.end());
      }
      if (fits != 1) {
        report(fmt::format("fits {} of the alternatives", fits));
        found.insert(found.end(), why.begin(), why.end());
      }
    } else if (word == "minItems" || word == "maxItems") {
      if (!value.is_array()) return;
      const std::size_t size = value.get_array().size();
      const bool ok =
          word == "minItems" ? size >= what.as<std::size_t>() : size <= what.as<std::size_t>();
      if (!ok) report("has another number of items");
    } else if (word == "minimum" || word == "maximum") {
      if (!value.is_number()) return;
      const auto number = value.to_number<double>();
      const bool ok = word == "minimum" ? number >= what.as<double>() : number <= what.as<double>();
      if (!ok) report("is out of range");
    } else if (word == "pattern") {
      if (value.is_string() &&
          !std::regex_search(std::string(value.get_string()), std::regex(what.as<std::string>()))) {
        report("does not match " + what.as<std::string>());
      }
    } else if (word == "format") {
      format(what.as<std::string>(), value, report);
    } else if (word == "minProperties" || word == "maxLength") {
      return;  // only in requests
    } else if (word != "description" && word != "examples" && word != "default") {
      throw Error("the test does not know the word " + word);
    }
  }

  template <typename Report>
  static void format(const std::string& format, const Json& value, const Report& report) {
    if (!value.is_string()) return;
    const std::string text(value.get_string());
    const std::string date = "[0-9]{4}-[0-9]{2}-[0-9]{2}";
    const std::string pattern =
        format == "date" ? date : date + "T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?Z";
    if (!std::regex_match(text, std::regex(pattern))) report("is no " + format);
  }

  void members(const YAML::Node& schema, const Json& value, const std::string& at,
               Problems& found) const {
    if (!value.is_object()) return;
    const YAML::Node properties = schema["properties"];
    const YAML::Node more = schema["additionalProperties"];
    for (const auto& member : value.get_object()) {
      const std::string name(member.key());
      const std::string place = at + "." + name;
      if (properties && properties[name]) {
        check(properties[name], member.value(), place, found);
      } else if (more && more.IsMap()) {
        check(more, member.value(), place, found);
      } else if (more && !more.as<bool>()) {
        found.push_back(place + ": is not in the schema");
      }
    }
  }

  YAML::Node root_;
};

}  // namespace gsa::api
