#include "lake/s3_client.h"

#include <algorithm>

#include <fmt/format.h>

namespace gsa::lake {
namespace {

// They go into HTTP headers, so they must not contain one.
void check_printable(const std::string& text, const char* name) {
  if (std::any_of(text.begin(), text.end(), [](char c) { return c <= 0x20 || c > 0x7e; })) {
    throw Error(fmt::format("the {} for S3 has blanks or other invalid characters", name));
  }
}

S3Settings checked(const S3Settings& settings, const Location& location) {
  if (settings.access_key.empty() || settings.secret_key.empty()) {
    throw Error(fmt::format("there are no credentials for {}", to_text(location)),
                "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE");
  }
  check_printable(settings.access_key, "access key");
  check_printable(settings.secret_key, "secret key");
  check_printable(settings.session_token, "session token");
  check(settings.part_bytes > 0, "a part has bytes");
  return settings;
}

}  // namespace

S3Client::S3Client(const Location& location, const S3Settings& settings)
    : location_(location),
      settings_(checked(settings, location)),
      address_(settings_, location.bucket),
      wire_(settings_, address_) {}

std::string S3Client::full_key(const std::string& key) const {
  return location_.prefix.empty() ? key : location_.prefix + "/" + key;
}

std::string S3Client::place(const std::string& key) const {
  if (key.empty()) return to_text(location_);
  return fmt::format("s3://{}/{}", location_.bucket, full_key(key));
}

WireRequest S3Client::wire_request(const S3Request& request) const {
  const std::string key = request.key.empty() ? "" : full_key(request.key);
  return {.method = request.method,
          .url = address_.url(key, request.query),
          .headers = request.headers,
          .body = request.body,
          .range = request.range};
}

S3Failure S3Client::failure(const WireAnswer& answer) const {
  return failure_of(answer, settings_, address_, location_.bucket);
}

Error S3Client::error(const S3Request& request, const S3Failure& failure) const {
  return Error(fmt::format("{} {}: {}", request.what, place(request.key), failure.message),
               failure.hint);
}

void S3Client::retry(const S3Request& request, const S3Failure& failure, RetrySchedule& schedule,
                     const StoreEvents& events) const {
  if (!failure.retry) throw error(request, failure);
  const auto wait = schedule.next(failure.wait);
  if (!wait) throw error(request, failure);
  if (events.message) {
    events.message(fmt::format("{}; trying again in {:.1f} s", error(request, failure).message(),
                               std::chrono::duration<double>(*wait).count()));
  }
  sleep_for(*wait, events.stop);
}

WireAnswer S3Client::ask(const S3Request& request, const StoreEvents& events,
                         const std::function<void()>& before) {
  RetrySchedule schedule(settings_.retry_limit);
  const WireRequest wire = wire_request(request);
  while (true) {
    if (before) before();
    WireAnswer answer = wire_.send(wire, events.stop);
    const bool late = request.may_fail_late && answer.is_good() && is_late_failure(answer);
    if (answer.is_good() && !late) return answer;
    if (answer.failure.empty() && std::find(request.expected.begin(), request.expected.end(),
                                            answer.status) != request.expected.end()) {
      return answer;
    }
    retry(request, failure(answer), schedule, events);
  }
}

}  // namespace gsa::lake
