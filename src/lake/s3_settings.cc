#include "lake/s3_settings.h"

#include <algorithm>
#include <unistd.h>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "lake/aws_profile.h"

namespace gsa::lake {
namespace {

std::string value_of(const AwsValues& values, const std::string& name) {
  const auto found = values.find(name);
  return found == values.end() ? "" : found->second;
}

// The first that is not empty.
template <typename... Texts>
std::string first_of(const Texts&... texts) {
  std::string found;
  ((found = found.empty() ? std::string(texts) : found), ...);
  return found;
}

// Takes all three if there is one of the keys; throws Error if there is only one.
bool take_credentials(S3Settings& settings, const std::string& access, const std::string& secret,
                      const std::string& token, const std::string& source) {
  if (access.empty() && secret.empty()) return false;
  if (access.empty() || secret.empty()) {
    throw Error(fmt::format("{} has {} but no {}", source,
                            access.empty() ? "a secret key" : "an access key",
                            access.empty() ? "access key" : "secret key"));
  }
  settings.access_key = access;
  settings.secret_key = secret;
  settings.session_token = token;
  settings.credentials_source = source;
  return true;
}

bool take_from_profile(S3Settings& settings, const AwsValues& values, const std::string& source) {
  return take_credentials(settings, value_of(values, "aws_access_key_id"),
                          value_of(values, "aws_secret_access_key"),
                          value_of(values, "aws_session_token"), source);
}

void find_credentials(S3Settings& settings, const Environment& environment,
                      const AwsProfile& profile) {
  const std::string named = fmt::format("the profile '{}'", profile.name);
  const bool found =
      take_credentials(settings, settings.access_key, settings.secret_key, settings.session_token,
                       first_of(settings.credentials_source, "the command")) ||
      take_credentials(settings, environment.text("AWS_ACCESS_KEY_ID"),
                       environment.text("AWS_SECRET_ACCESS_KEY"),
                       environment.text("AWS_SESSION_TOKEN"), "the environment") ||
      take_from_profile(settings, profile.credentials, named + " of AWS's credentials file") ||
      take_from_profile(settings, profile.config, named + " of AWS's config file");
  if (found) return;
  const std::string export_hint =
      "aws configure export-credentials --format env prints variables that gsa reads";
  for (const char* name : {"sso_session", "sso_start_url", "role_arn", "credential_process",
                           "web_identity_token_file", "login_session"}) {
    if (!value_of(profile.config, name).empty()) {
      throw Error(fmt::format("{} has no keys but {}, which gsa cannot use", named, name),
                  export_hint);
    }
  }
}

}  // namespace

S3Settings complete_settings(S3Settings settings, const Invocation& invocation) {
  const Environment& environment = invocation.environment;
  const AwsProfile profile = read_aws_profile(invocation);
  find_credentials(settings, environment, profile);
  settings.region =
      first_of(settings.region, environment.text("AWS_REGION"),
               environment.text("AWS_DEFAULT_REGION"), value_of(profile.config, "region"));
  const std::string ignored = first_of(environment.text("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"),
                                       value_of(profile.config, "ignore_configured_endpoint_urls"));
  if (to_lower(ignored) != "true") {
    settings.endpoint =
        first_of(settings.endpoint, environment.text("AWS_ENDPOINT_URL_S3"),
                 environment.text("AWS_ENDPOINT_URL"), value_of(profile.config, "s3.endpoint_url"),
                 value_of(profile.config, "endpoint_url"));
  }
  if (const std::string style = value_of(profile.config, "s3.addressing_style");
      !settings.path_style && (style == "path" || style == "virtual")) {
    settings.path_style = style == "path";
  }
  if (settings.ca_bundle.empty()) {
    const std::string bundle =
        first_of(environment.text("AWS_CA_BUNDLE"), value_of(profile.config, "ca_bundle"));
    if (!bundle.empty()) settings.ca_bundle = invocation.path(bundle);
  }
  if (!settings.ca_bundle.empty() && access(settings.ca_bundle.c_str(), R_OK) != 0) {
    throw Error(
        fmt::format("the certificates for S3 cannot be read: {}", settings.ca_bundle.string()),
        "see AWS_CA_BUNDLE");
  }
  return settings;
}

}  // namespace gsa::lake
