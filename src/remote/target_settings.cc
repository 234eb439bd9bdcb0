#include "remote/target_settings.h"

#include <filesystem>
#include <map>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"

namespace gsa::remote {
namespace {

class Output {
 public:
  explicit Output(const dbt::Target& target) : target_(target) {}

  std::string text(const char* key, const std::string& otherwise = "") const {
    const dbt::Value* found = find(key);
    return found == nullptr ? otherwise : found->str();
  }
  std::string required(const char* key) const {
    std::string value = text(key);
    if (value.empty()) throw error(fmt::format("it has no {}", key));
    return value;
  }
  std::map<std::string, std::string> map(const char* key) const {
    std::map<std::string, std::string> values;
    const dbt::Value* found = find(key);
    if (found == nullptr) return values;
    if (!found->is_dict()) throw error(fmt::format("{} is a map", key));
    for (const auto& [name, value] : found->as_dict().entries()) values[name.str()] = value.str();
    return values;
  }
  int port() const {
    const dbt::Value* found = find("port");
    if (found == nullptr) throw error("it has no port");
    if (!found->is_integer()) throw error("port is a number");
    return static_cast<int>(found->as_integer());
  }
  Error error(const std::string& what) const {
    return Error(fmt::format("the target '{}' of profiles.yml: {}", target_.name, what));
  }

 private:
  const dbt::Value* find(const char* key) const {
    const dbt::Value* found = target_.output.find(key);
    return found == nullptr || found->is_none() ? nullptr : found;
  }
  const dbt::Target& target_;
};

std::string var(const dbt::Project& project, const char* name) {
  const dbt::Value* found = project.yml().vars.find(name);
  return found == nullptr || found->is_none() ? "" : found->str();
}

}  // namespace

trino::ConnectionSettings connection_settings(const dbt::Target& target) {
  const Output output(target);
  trino::ConnectionSettings settings;
  settings.host = output.required("host");
  settings.port = output.port();
  const std::string method = output.text("method", "none");
  settings.https = output.text("http_scheme", method == "none" ? "http" : "https") == "https";
  settings.user = output.text("user");
  if (method == "ldap") {
    settings.password = output.required("password");
  } else if (method == "jwt") {
    settings.jwt_token = output.required("jwt_token");
  } else if (method != "none") {
    throw output.error(
        fmt::format("the method '{}' is not supported; none, ldap and jwt are", method));
  }
  const std::string cert = output.text("cert");
  if (to_lower(cert) == "false") {
    settings.verify_tls = false;
  } else if (!cert.empty() && to_lower(cert) != "true") {
    settings.ca_file = cert;
  }
  settings.catalog = output.required("database");
  settings.schema = output.required("schema");
  settings.session_properties = output.map("session_properties");
  settings.roles = output.map("roles");
  settings.http_headers = output.map("http_headers");
  settings.timezone = output.text("timezone", "UTC");
  trino::check_settings(settings);
  return settings;
}

Places places_of(const dbt::Project& project) {
  const dbt::Target& target = project.target();
  Places places;
  places.catalog = target.output.find("database")->str();
  places.schema = target.output.find("schema")->str();
  places.store = places.schema + "_store";
  places.landing = var(project, "trino_landing");
  if (places.landing.empty()) places.landing = "hive." + places.schema + "_landing";
  places.lake = var(project, "trino_lake");
  if (places.lake.empty()) {
    throw Error(
        fmt::format("the target '{}' needs a place for the files of the raw tables, which "
                    "Trino reads as well",
                    target.name),
        "name it: --vars '{trino_lake: \"s3://bucket/lake\"}', or a folder of this machine and "
        "Trino's name for it: --vars '{trino_lake: /mnt/lake, trino_lake_uri: \"local:///\"}'");
  }
  places.lake_uri = var(project, "trino_lake_uri");
  return places;
}

}  // namespace gsa::remote
