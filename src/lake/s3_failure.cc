#include "lake/s3_failure.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "base/text.h"
#include "lake/retry_schedule.h"
#include "lake/xml_tree.h"

namespace gsa::lake {
namespace {

constexpr std::size_t kLongestReason = 300;  // of a server's own words

// A server's words appear on a terminal: only printable ASCII passes.
std::string in_its_own_words(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c < 0x20 || c > 0x7e; }, ' ');
  text.resize(std::min(text.size(), kLongestReason));
  return std::string(trim(text));
}

struct ErrorBody {
  std::string code, message, region, endpoint;
};

ErrorBody error_body(const WireAnswer& answer) {
  const auto root = parse_xml(answer.body);
  if (!root || root->name != "Error") return {};
  return {.code = in_its_own_words(root->text_of("Code")),
          .message = in_its_own_words(root->text_of("Message")),
          .region = in_its_own_words(root->text_of("Region")),
          .endpoint = in_its_own_words(root->text_of("Endpoint"))};
}

template <std::size_t N>
bool is_among(const std::string& code, const std::array<std::string_view, N>& codes) {
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

// Statuses and codes of causes that may pass. What arrived damaged may arrive whole the next time.
bool may_pass(int status, const std::string& code) {
  static constexpr std::array<std::string_view, 10> kCodes = {"SlowDown",
                                                              "InternalError",
                                                              "ServiceUnavailable",
                                                              "RequestTimeout",
                                                              "BadDigest",
                                                              "InvalidDigest",
                                                              "XAmzContentSHA256Mismatch",
                                                              "IncompleteBody",
                                                              "OperationAborted",
                                                              "ConditionalRequestConflict"};
  return status == 408 || status == 429 || status == 500 || status == 502 || status == 503 ||
         status == 504 || is_among(code, kCodes);
}

// A cause with a known remedy.
std::string remedy(const std::string& code, const S3Settings& settings) {
  const std::string source =
      settings.credentials_source.empty() ? "the settings" : settings.credentials_source;
  if (code == "ExpiredToken" || code == "TokenRefreshRequired" || code == "ExpiredTokenException") {
    return fmt::format("the session token from {} has expired: get new credentials", source);
  }
  if (code == "InvalidToken") return fmt::format("see the session token from {}", source);
  if (code == "InvalidAccessKeyId") return fmt::format("see the access key from {}", source);
  if (code == "SignatureDoesNotMatch") return fmt::format("see the secret key from {}", source);
  if (code == "RequestTimeTooSkewed") return "set the clock of this machine";
  if (code == "AccessDenied") {
    return fmt::format("the keys from {} lack the permission for this, or for listing the bucket",
                       source);
  }
  return "";
}

bool is_of_another_region(int status, const std::string& code) {
  static constexpr std::array<std::string_view, 5> kCodes = {
      "PermanentRedirect", "TemporaryRedirect", "AuthorizationHeaderMalformed",
      "IllegalLocationConstraintException", "IncorrectRegion"};
  return status == 301 || status == 302 || status == 307 || status == 308 || is_among(code, kCodes);
}

// Null if it names no other region or address.
std::optional<S3Failure> other_region(const WireAnswer& answer, const ErrorBody& body,
                                      const S3Address& address, const std::string& bucket) {
  std::string region = in_its_own_words(answer.header("x-amz-bucket-region"));
  if (region.empty()) region = body.region;
  if (!region.empty() && region != address.region()) {
    return S3Failure{.code = body.code,
                     .message = fmt::format("the bucket {} is in the region {}, not in {}", bucket,
                                            region, address.region()),
                     .hint = fmt::format("set AWS_REGION to {}", region)};
  }
  std::string place = body.endpoint;
  if (place.empty()) place = in_its_own_words(answer.header("location"));
  if (place.empty()) return std::nullopt;
  return S3Failure{.code = body.code,
                   .message = fmt::format("the storage answered {}: the bucket {} is at {}",
                                          answer.status, bucket, place),
                   .hint = "set the region or the endpoint of the storage"};
}

}  // namespace

S3Failure failure_of(const WireAnswer& answer, const S3Settings& settings, const S3Address& address,
                     const std::string& bucket) {
  if (answer.status == 0 || !answer.failure.empty()) {
    return {.message =
                fmt::format("the storage at {} {}: {}", address.origin(),
                            answer.status == 0 ? "cannot be reached" : "broke off", answer.failure),
            .hint = answer.bad_tls ? "name certificates other than the system's by AWS_CA_BUNDLE, "
                                     "or write http:// if the storage has no TLS"
                                   : "",
            .retry = !answer.bad_tls};
  }
  const ErrorBody body = error_body(answer);
  if (is_of_another_region(answer.status, body.code)) {
    if (auto found = other_region(answer, body, address, bucket)) return *found;
  }
  if (body.code == "NoSuchBucket") {
    return {.code = body.code,
            .message = fmt::format("there is no bucket {} at {}", bucket, address.origin())};
  }
  S3Failure failure{.code = body.code,
                    .message = fmt::format("the storage answered {}", answer.status)};
  if (!body.code.empty()) failure.message += " " + body.code;
  if (!body.message.empty()) failure.message += ": " + body.message;
  failure.hint = remedy(body.code, settings);
  failure.retry = may_pass(answer.status, body.code);
  if (failure.retry) failure.wait = wait_asked_by(answer.header("retry-after"));
  return failure;
}

bool is_late_failure(const WireAnswer& answer) {
  if (answer.status != 200) return false;
  const auto root = parse_xml(std::string(trim(answer.body)));
  return root && root->name == "Error";
}

}  // namespace gsa::lake
