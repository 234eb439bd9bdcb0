#include "lake/aws_profile.h"

#include <filesystem>
#include <pwd.h>
#include <system_error>
#include <unistd.h>

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

namespace gsa::lake {
namespace fs = std::filesystem;
namespace {

fs::path home(const Invocation& invocation) {
  std::string folder = invocation.environment.text("HOME");
  if (folder.empty()) {
    const passwd* entry = getpwuid(getuid());
    if (entry != nullptr) folder = entry->pw_dir;
  }
  return folder;
}

std::map<std::string, AwsValues> read_aws_file(const Invocation& invocation, const char* variable,
                                               const char* name) {
  const std::string named = invocation.environment.text(variable);
  fs::path path = named.empty() ? home(invocation) / ".aws" / name : fs::path(named);
  if (named.starts_with("~/")) path = home(invocation) / named.substr(2);
  path = invocation.path(path.string());
  std::error_code ignored;  // what cannot be looked at is read below, or is not there
  if (!fs::exists(path, ignored)) return {};
  return parse_aws_file(read_file(path));
}

// Comments are lines of their own, or begin after a blank.
std::string_view without_comment(std::string_view line) {
  for (std::size_t i = 0; i < line.size(); ++i) {
    const bool begins = i == 0 || line[i - 1] == ' ' || line[i - 1] == '\t';
    if (begins && (line[i] == '#' || line[i] == ';')) return line.substr(0, i);
  }
  return line;
}

std::string section_name(std::string_view line) {
  const std::string_view inside = trim(line.substr(1, line.find(']') - 1));
  std::string name;
  for (const char c : inside) {
    const bool blank = c == ' ' || c == '\t';
    if (blank && name.ends_with(' ')) continue;
    if (c != '"') name += blank ? ' ' : c;
  }
  return name;
}

}  // namespace

std::map<std::string, AwsValues> parse_aws_file(std::string_view text) {
  std::map<std::string, AwsValues> sections;
  AwsValues* section = nullptr;
  std::string outer;  // the name that indented lines belong to
  for (const std::string& line : split(text, '\n')) {
    const std::string_view content = trim(without_comment(line));
    if (content.empty()) continue;
    if (line[0] == '[') {
      section = &sections[section_name(content)];
      outer.clear();
      continue;
    }
    const std::size_t equals = content.find('=');
    if (section == nullptr || equals == std::string_view::npos) continue;
    const std::string name = to_lower(trim(content.substr(0, equals)));
    const std::string value(trim(content.substr(equals + 1)));
    const bool indented = line[0] == ' ' || line[0] == '\t';
    if (indented && !outer.empty()) {
      (*section)[fmt::format("{}.{}", outer, name)] = value;
    } else {
      outer = value.empty() ? name : "";
      (*section)[name] = value;
    }
  }
  return sections;
}

AwsProfile read_aws_profile(const Invocation& invocation) {
  auto config = read_aws_file(invocation, "AWS_CONFIG_FILE", "config");
  auto credentials = read_aws_file(invocation, "AWS_SHARED_CREDENTIALS_FILE", "credentials");
  const std::string asked = invocation.environment.text("AWS_PROFILE");
  AwsProfile profile;
  profile.name = asked.empty() ? "default" : asked;
  std::string section = "profile " + profile.name;
  if (profile.name == "default" && !config.contains(section)) section = "default";
  if (!asked.empty() && !config.contains(section) && !credentials.contains(asked)) {
    throw Error(fmt::format("AWS_PROFILE is '{}', but AWS's files have no such profile", asked));
  }
  profile.config = config[section];
  profile.credentials = credentials[profile.name];
  if (const auto services = profile.config.find("services"); services != profile.config.end()) {
    // The values of the section come before those of the profile itself.
    AwsValues values = config["services " + services->second];
    if (values.contains("s3.endpoint_url")) {
      profile.config["endpoint_url"] = values["s3.endpoint_url"];
    }
  }
  return profile;
}

}  // namespace gsa::lake
