#include "trino/coordinator.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "trino/backoff.h"
#include "trino/origin.h"
#include "trino/trino_error.h"

namespace gsa::trino {
namespace {
using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kCancelTimeout{3000};
constexpr std::size_t kLongestReason = 300;  // of a server's own words

// The beginning of a body as one line: without tags, with printable ASCII alone, because it appears
// on a terminal.
std::string in_its_words(std::string_view body) {
  const bool is_html = trim(body).starts_with('<');
  std::string text;
  bool in_tag = false;
  for (const char c : body) {
    if (text.size() >= kLongestReason) break;
    if (is_html && c == '<') in_tag = true;
    const bool shown = !in_tag && c > 0x20 && c <= 0x7e;
    if (shown) text += c;
    if (!shown && !text.empty() && text.back() != ' ') text += ' ';
    if (c == '>') in_tag = false;
  }
  return std::string(trim(text));
}

HttpHeaders common_headers(const ConnectionSettings& settings) {
  HttpHeaders headers(settings.http_headers.begin(), settings.http_headers.end());
  if (!settings.user.empty()) headers.emplace_back("X-Trino-User", settings.user);
  return headers;
}

std::string login_hint(const ConnectionSettings& settings) {
  if (!settings.jwt_token.empty()) return "the token may have expired";
  if (!settings.password.empty()) return "check the user and the password";
  return "this Trino wants a login: give a password or a token, over https";
}

}  // namespace

struct Coordinator::Failure {
  std::string message;
  std::string hint = {};
  bool retry = false;
  bool may_be_running = false;
  bool is_lost = false;                                // Trino does not know the query
  bool is_connection = false;                          // a ConnectionError if it lasts
  std::optional<std::chrono::milliseconds> wait = {};  // what the server asks for
};

Coordinator::Coordinator(const ConnectionSettings& settings)
    : settings_(settings),
      origin_(origin_of(settings)),
      place_("Trino at " + origin_),
      common_headers_(common_headers(settings)),
      transfer_(settings) {}

void Coordinator::check_own(const std::string& uri) const {
  if (is_below(origin_, uri)) return;
  throw Error(
      fmt::format("{} sends the client on to another address, which may not see the credentials: "
                  "{}",
                  place_, origin_of(uri).empty() ? "an invalid one" : origin_of(uri)),
      "behind a proxy or a load balancer, Trino needs http-server.process-forwarded=true");
}

Coordinator::Failure Coordinator::refused(const RestAnswer& answer) const {
  const std::string words = in_its_words(answer.body);
  const std::string suffix = words.empty() ? "" : ": " + words;
  if (answer.status == 401) {
    return {.message = fmt::format("{} refused the login{}", place_, suffix),
            .hint = login_hint(settings_)};
  }
  if (answer.status == 403) {
    const std::string who = settings_.user.empty() ? "the token's user" : settings_.user;
    return {.message = fmt::format("{} does not let {} in{}", place_, who, suffix),
            .hint = settings_.https
                        ? "check the user and its rights, or whether a token has expired"
                        : "Trino may take logins over https only"};
  }
  if (answer.status >= 300 && answer.status < 400) {
    return {.message = fmt::format("{} redirects ({}), which is not followed: {}", place_,
                                   answer.status, origin_of(answer.header("location"))),
            .hint = "connect to that address"};
  }
  return {.message = fmt::format("{} answered {}{}", place_, answer.status, suffix)};
}

Coordinator::Failure Coordinator::unreachable(const RestAnswer& answer, RestMethod method) const {
  Failure failure{.message = fmt::format("{} cannot be reached: {}", place_, answer.failure),
                  .retry = !answer.bad_tls,
                  .may_be_running = method == RestMethod::get,
                  .is_connection = true};
  if (answer.bad_tls) {
    failure.hint = "check that this port speaks https, and name the certificates to trust";
  } else if (method == RestMethod::post && answer.sent) {
    failure.message = fmt::format(
        "the connection to {} broke after a statement was sent, which may be running: "
        "{}",
        place_, answer.failure);
    failure.retry = false;
    failure.may_be_running = true;
  }
  return failure;
}

// Null for an answer that can be read.
std::optional<Coordinator::Failure> Coordinator::failure_of(const RestAnswer& answer,
                                                            RestMethod method) const {
  if (answer.status == 429 || (answer.status >= 502 && answer.status <= 504)) {
    Failure failure = refused(answer);
    failure.retry = failure.is_connection = true;
    failure.may_be_running = method == RestMethod::get;
    failure.wait = asked_wait(answer.header("retry-after"));
    return failure;
  }
  if (answer.too_large) {
    return Failure{
        .message = fmt::format("{} sent more than {} MB at once", place_, kLargestAnswer >> 20)};
  }
  if (answer.status == 0 || !answer.failure.empty()) return unreachable(answer, method);
  if (answer.status == 200) return std::nullopt;
  Failure failure = refused(answer);
  failure.is_lost = method == RestMethod::get && (answer.status == 404 || answer.status == 410);
  return failure;
}

RestAnswer Coordinator::send_until_answered(RestRequest request, const std::string& query_id,
                                            const RunControl& control) {
  request.deadline = control.deadline;
  request.headers.insert(request.headers.end(), common_headers_.begin(), common_headers_.end());
  const auto stop_if_late = [&](bool late) {
    if (!late) return;
    throw StatementTimeout(fmt::format("the statement was not done within {:g} s",
                                       std::chrono::duration<double>(control.timeout).count()));
  };
  Backoff backoff(settings_.retry_limit);
  for (int retries = 0;; ++retries) {
    stop_if_late(control.deadline && Clock::now() >= *control.deadline);
    RestAnswer answer = transfer_.send(request, control.stop);
    const std::optional<Failure> failure = failure_of(answer, request.method);
    if (!failure) return answer;
    stop_if_late(answer.past_deadline);
    if (failure->is_lost) throw QueryLost(query_id);
    const auto wait = failure->retry ? backoff.next(failure->wait) : std::nullopt;
    if (!wait) {
      std::string message = failure->message;
      if (retries > 0) message += fmt::format(", after {}", counted(retries, "retry", "retries"));
      if (failure->retry && failure->wait) {
        message += fmt::format("; it asks to wait {} s", failure->wait->count() / 1000);
      }
      if (!failure->is_connection) throw Error(message, failure->hint);
      throw ConnectionError(message, failure->hint, failure->may_be_running);
    }
    if (control.on_retry) {
      control.on_retry(fmt::format("{}; trying again in {:.1f} s", failure->message,
                                   std::chrono::duration<double>(*wait).count()));
    }
    auto end = Clock::now() + *wait;
    if (control.deadline) end = std::min(end, *control.deadline);
    sleep_until(end, control.stop);
  }
}

RestAnswer Coordinator::post(std::string_view sql, HttpHeaders headers, const RunControl& control) {
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) headers.emplace_back(name, value);
  };
  add("X-Trino-Source", settings_.source);
  add("X-Trino-Time-Zone", settings_.timezone);
  add("X-Trino-Client-Tags", join(settings_.client_tags, ","));
  // Without it, Trino cuts timestamps to milliseconds.
  add("X-Trino-Client-Capabilities", "PARAMETRIC_DATETIME");
  return send_until_answered({.method = RestMethod::post,
                              .url = origin_ + "/v1/statement",
                              .headers = std::move(headers),
                              .body = sql},
                             "", control);
}

RestAnswer Coordinator::get(const std::string& uri, const std::string& query_id,
                            const RunControl& control) {
  check_own(uri);
  return send_until_answered({.url = uri}, query_id, control);
}

void Coordinator::cancel(const std::string& uri) noexcept {
  try {
    check_own(uri);
    transfer_.send({.method = RestMethod::del,
                    .url = uri,
                    .headers = common_headers_,
                    .deadline = Clock::now() + kCancelTimeout},
                   {});
  } catch (...) {
    return;  // the caller is already on its way out with another error
  }
}

}  // namespace gsa::trino
