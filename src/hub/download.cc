#include "hub/download.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"
#include "hub/metadata.h"
#include "hub/redirects.h"
#include "hub/refusal.h"
#include "hub/retries.h"
#include "hub/url.h"

namespace gsa::hub {
namespace {

constexpr std::chrono::seconds kWaitAfterBreak{1};

// "bytes 5-9/10", and "bytes */10" of a 416.
struct ContentRange {
  std::int64_t first = -1;  // -1: *
  std::int64_t total = -1;  // -1: *, or unreadable
};

ContentRange parse_content_range(std::string_view text) {
  ContentRange range;
  const std::size_t slash = text.find('/');
  if (!text.starts_with("bytes ") || slash == std::string_view::npos) return range;
  range.total = parse_bytes(text.substr(slash + 1));
  const std::string_view span = text.substr(6, slash - 6);
  range.first = parse_bytes(span.substr(0, span.find('-')));
  return range;
}

std::string shown(std::int64_t bytes) { return format_bytes(static_cast<double>(bytes)); }

// The size differs from what the hub announced, for example because of a proxy's error page or a
// replaced file.
Refusal wrong_size(std::int64_t offered, std::int64_t announced) {
  return {.message = fmt::format("the server offers {} bytes, but the hub announced {}", offered,
                                 announced),
          .retry = true};
}

// One GET, from the hub through its redirects to the bytes.
class Attempt {
 public:
  Attempt(Http& http, const Settings& settings, const HubFile& file, const Metadata& metadata,
          PartFile& part, const Events& events)
      : http_(http),
        settings_(settings),
        file_(file),
        metadata_(metadata),
        part_(part),
        events_(events),
        redirects_(settings, resolve_url(settings.endpoint, file, metadata.commit)) {}

  // Null on success: all bytes have arrived, or the file has changed().
  std::optional<Refusal> run() {
    while (true) {
      const Answer answer = send();
      if (is_of_another_file(answer)) {
        changed_ = true;
        return std::nullopt;
      }
      if (!answer.is_redirect()) return judge(answer);
      if (auto refusal = redirects_.follow(answer)) return refusal;
    }
  }
  bool changed() const { return changed_; }

 private:
  Answer send() {
    asked_from_ = part_.size();
    Request request{.url = redirects_.url(),
                    .with_token = redirects_.at_hub(),
                    .from_byte = asked_from_,
                    .idle_timeout = settings_.download_timeout};
    request.on_headers = [this](const Answer& answer) { return wants(answer); };
    request.on_body = [this](std::string_view bytes) { take(bytes); };
    return http_.send(request);
  }

  // The hub sends the file's sum with its own answers: with the bytes, or with the redirect to
  // them.
  bool is_of_another_file(const Answer& answer) const {
    if (!redirects_.at_hub()) return false;
    const std::string linked = normal_etag(answer.header("x-linked-etag"));
    return !linked.empty() && linked != metadata_.etag;
  }

  // Whether the body has the requested bytes.
  bool wants(const Answer& answer) {
    if (is_of_another_file(answer)) return false;
    if (answer.status == 200) {
      const std::int64_t offered = parse_bytes(answer.header("content-length"));
      if (offered >= 0 && metadata_.bytes >= 0 && offered != metadata_.bytes) {
        refusal_ = wrong_size(offered, metadata_.bytes);
        return false;
      }
      if (asked_from_ > 0) {
        events_.message("the server cannot send only the missing bytes; starting over");
        part_.start_over();
      }
      return true;
    }
    if (answer.status != 206) return false;
    const ContentRange range = parse_content_range(answer.header("content-range"));
    if (range.total >= 0 && metadata_.bytes >= 0 && range.total != metadata_.bytes) {
      refusal_ = wrong_size(range.total, metadata_.bytes);
    } else if (range.first != asked_from_) {
      refusal_ = {.message = "the server sent other bytes than requested", .retry = true};
      part_.start_over();
    }
    return !refusal_;
  }

  void take(std::string_view bytes) {
    if (metadata_.bytes >= 0) {
      const auto room = static_cast<std::size_t>(metadata_.bytes - part_.size());
      if (bytes.size() > room) {
        bytes = bytes.substr(0, room);
        too_many_ = true;
      }
    }
    part_.append(bytes);
    events_.progress(part_.size(), metadata_.bytes);
  }

  std::optional<Refusal> judge(const Answer& answer) {
    if (refusal_) return refusal_;
    if (answer.status == 416) return unsatisfiable(answer);
    if (answer.status != 200 && answer.status != 206) {
      return refusal_of(answer, redirects_.asked(), settings_, file_);
    }
    if (too_many_) {
      part_.start_over();
      return Refusal{
          .message = fmt::format("the server sent more than the {} bytes that the hub announced",
                                 metadata_.bytes),
          .retry = true};
    }
    const bool all = metadata_.bytes < 0 || part_.size() == metadata_.bytes;
    if (answer.failure.empty() && all) return std::nullopt;
    if (metadata_.bytes >= 0 && all) return std::nullopt;  // the line broke after the last byte
    const std::string of = metadata_.bytes < 0 ? "" : " of " + shown(metadata_.bytes);
    const std::string why =
        answer.failure.empty() ? "the other side closed the connection" : answer.failure;
    return Refusal{
        .message = fmt::format("the download broke off at {}{}: {}", shown(part_.size()), of, why),
        .retry = true,
        .wait = kWaitAfterBreak};
  }

  // The other host says that the file ends at or before the end of our part; the hub says that it
  // is longer. So the part belongs to another file.
  Refusal unsatisfiable(const Answer& answer) {
    const std::int64_t total = parse_content_range(answer.header("content-range")).total;
    part_.start_over();
    if (total >= 0 && metadata_.bytes >= 0 && total != metadata_.bytes) {
      return wrong_size(total, metadata_.bytes);
    }
    return {.message =
                fmt::format("the server has no bytes from {} on (416); starting over", asked_from_),
            .retry = true,
            .wait = kWaitAfterBreak};
  }

  Http& http_;
  const Settings& settings_;
  const HubFile& file_;
  const Metadata& metadata_;
  PartFile& part_;
  const Events& events_;
  Redirects redirects_;
  std::int64_t asked_from_ = 0;
  bool too_many_ = false;
  bool changed_ = false;
  std::optional<Refusal> refusal_;  // found in the headers
};

}  // namespace

Outcome download(Http& http, const Settings& settings, const HubFile& file,
                 const Metadata& metadata, PartFile& part, const Events& events) {
  Retries retries(events);
  std::int64_t farthest = part.size();  // bytes downloaded again are no progress
  events.progress(part.size(), metadata.bytes);
  while (metadata.bytes < 0 || part.size() < metadata.bytes) {
    Attempt attempt(http, settings, file, metadata, part, events);
    const std::optional<Refusal> refusal = attempt.run();
    if (attempt.changed()) return Outcome::changed;
    if (!refusal) break;
    if (part.size() > farthest) retries.count_anew();
    farthest = std::max(farthest, part.size());
    retries.after(*refusal);
  }
  return Outcome::whole;
}

}  // namespace gsa::hub
