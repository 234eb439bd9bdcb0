#include "hub/refusal.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string_view>

#include <fmt/format.h>

#include "base/text.h"

namespace gsa::hub {
namespace {

constexpr std::size_t kLongestReason = 200;  // of a server's own words

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

// A server's words appear on a terminal: only printable ASCII passes.
std::string in_its_words(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c < 0x20 || c > 0x7e; }, ' ');
  text.resize(std::min(text.size(), kLongestReason));
  return std::string(trim(text));
}

Refusal unauthorized(const Settings& settings, const HubFile& file) {
  const std::string dataset = file.owner + "/" + file.name;
  Refusal refusal{.message = fmt::format("the hub has no dataset {}, or it is private", dataset)};
  refusal.hint = settings.token.empty()
                     ? "check its name; if it is private, set HF_TOKEN to a token that may read it"
                     : "check its name, and that the token sent is valid and may read it";
  return refusal;
}

Refusal gated(const Settings& settings, const HubFile& file) {
  const std::string dataset = file.owner + "/" + file.name;
  return {
      .message = fmt::format("the dataset {} is gated: its owner decides who may read it", dataset),
      .hint = fmt::format("accept its terms at {}/datasets/{}, then set HF_TOKEN to your token",
                          settings.endpoint, dataset)};
}

bool passes_by_itself(int status) {
  return status == 408 || status == 429 || status == 500 || status == 502 || status == 503 ||
         status == 504;
}

// The meaning of the hub's own error codes and statuses.
std::optional<Refusal> known_to_the_hub(const Answer& answer, const Settings& settings,
                                        const HubFile& file) {
  const std::string code = answer.header("x-error-code");
  if (code == "GatedRepo") return gated(settings, file);
  if (code == "RepoNotFound" || (answer.status == 401 && code.empty())) {
    return unauthorized(settings, file);
  }
  if (code == "RevisionNotFound") {
    return Refusal{.message = fmt::format("the dataset has no revision \"{}\"", file.revision),
                   .hint = "a revision is a branch, a tag or a commit",
                   .absent = true};
  }
  if (code == "EntryNotFound" || answer.status == 404) {
    return Refusal{.message = fmt::format("the dataset has no file \"{}\" at revision \"{}\"",
                                          file.path, file.revision),
                   .hint = fmt::format("its files are listed at {}/datasets/{}/{}/tree/main",
                                       settings.endpoint, file.owner, file.name),
                   .absent = true};
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::chrono::seconds> asked_wait(const Answer& answer) {
  std::optional<std::int64_t> remaining, reset;
  for (const std::string& part : split(answer.header("ratelimit"), ';')) {
    const std::string_view text = trim(part);
    if (text.starts_with("r=")) remaining = whole_number(text.substr(2));
    if (text.starts_with("t=")) reset = whole_number(text.substr(2));
  }
  if (!(remaining == 0 && reset)) reset = whole_number(trim(answer.header("retry-after")));
  if (!reset) return std::nullopt;
  constexpr std::int64_t kDay = 86'400;  // prevents overflow; the caller caps the wait
  return std::chrono::seconds(std::min(*reset, kDay) + 1);
}

Refusal refusal_of(const Answer& answer, Asked asked, const Settings& settings,
                   const HubFile& file) {
  const std::string who = asked == Asked::hub ? "the hub" : "the hub's download host";
  if (answer.status == 0 || !answer.failure.empty()) {
    return {
        .message = fmt::format("{} cannot be reached: {}", who, answer.failure),
        .hint =
            answer.bad_certificate
                ? "name certificates other than the system's by REQUESTS_CA_BUNDLE or SSL_CERT_FILE"
                : "",
        .retry = !answer.bad_certificate};
  }
  if (asked == Asked::hub) {
    if (auto known = known_to_the_hub(answer, settings, file)) return *known;
  }
  Refusal refusal{.message = fmt::format("{} answered {}", who, answer.status)};
  const std::string reason = in_its_words(answer.header("x-error-message"));
  if (!reason.empty()) refusal.message += fmt::format(" ({})", reason);
  refusal.retry = passes_by_itself(answer.status);
  if (refusal.retry) refusal.wait = asked_wait(answer);
  if (asked == Asked::other_host && answer.status == 403) {
    refusal.message = "the link to the file has expired";  // a signed link is valid for an hour
    refusal.retry = true;
    refusal.wait = std::chrono::seconds(0);
  }
  return refusal;
}

}  // namespace gsa::hub
