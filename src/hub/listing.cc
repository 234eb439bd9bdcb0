#include "hub/listing.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "base/error.h"
#include "hub/cache.h"
#include "hub/events.h"
#include "hub/http.h"
#include "hub/redirects.h"
#include "hub/refusal.h"
#include "hub/retries.h"
#include "hub/url.h"

namespace gsa::hub {
namespace {

namespace json = boost::json;

// A page lists a thousand files in about 300 kB.
constexpr std::size_t kLargestPage = 64 << 20;
constexpr int kMostPages = 1000;

struct Page {
  json::value body;
  std::string next;  // address of the next page; empty: none
};

// `Link: <ADDRESS>; rel="next"`
std::string next_of(const std::string& link) {
  const std::size_t begin = link.find('<'), end = link.find('>', begin);
  if (end == std::string::npos || link.find("rel=\"next\"", end) == std::string::npos) return "";
  return link.substr(begin + 1, end - begin - 1);
}

std::variant<Page, Refusal> ask(Http& http, const Settings& settings, const HubFile& of,
                                const std::string& url) {
  Redirects redirects(settings, url);
  while (true) {
    std::string body;
    bool too_large = false;
    const Answer answer = http.send({.url = redirects.url(),
                                     .with_token = redirects.at_hub(),
                                     .idle_timeout = settings.etag_timeout,
                                     .on_headers = {},
                                     .on_body = [&](std::string_view bytes) {
                                       too_large |= body.size() + bytes.size() > kLargestPage;
                                       if (!too_large) body += bytes;
                                     }});
    if (answer.failure.empty() && answer.status == 200) {
      boost::system::error_code failure;
      json::value parsed = json::parse(body, failure);
      if (!failure && !too_large) return Page{std::move(parsed), next_of(answer.header("link"))};
      return Refusal{.message = fmt::format("{} does not answer like a Hugging Face Hub: its list "
                                            "of the dataset's files is unreadable",
                                            settings.endpoint),
                     .hint = "a proxy or HF_ENDPOINT may lead elsewhere"};
    }
    if (!answer.is_redirect()) return refusal_of(answer, redirects.asked(), settings, of);
    if (auto refusal = redirects.follow(answer)) return *refusal;
  }
}

Page ask_until_answered(Http& http, const Settings& settings, const HubFile& of,
                        const std::string& url, const Events& events) {
  Retries retries(events);
  while (true) {
    auto answer = ask(http, settings, of, url);
    if (auto* page = std::get_if<Page>(&answer)) return std::move(*page);
    retries.after(std::get<Refusal>(answer));
  }
}

// The text of a member; "" if there is none.
std::string text_of(const json::value& value, std::string_view key) {
  const json::object* object = value.if_object();
  const json::value* member = object == nullptr ? nullptr : object->if_contains(key);
  const json::string* text = member == nullptr ? nullptr : member->if_string();
  return text == nullptr ? "" : std::string(text->c_str(), text->size());
}

Listing cached_listing(const Settings& settings, const HubFile& of, const Events& events) {
  Listing listing;
  for (const CachedFile& cached : list_cached(settings)) {
    const bool same = cached.file.owner == of.owner && cached.file.name == of.name &&
                      (cached.file.revision == of.revision || cached.commit == of.revision);
    if (!same || !cached.whole()) continue;
    listing.commit = cached.commit;
    listing.paths.push_back(cached.file.path);
  }
  events.message(fmt::format("offline: the cache has {} files of {}/{}; there may be more",
                             listing.paths.size(), of.owner, of.name));
  return listing;
}

}  // namespace

Listing list_files(const Settings& settings, const HubFile& of, const FetchEvents& events) {
  const Events filled(events);
  if (settings.offline) return cached_listing(settings, of, filled);
  try {
    Http http(settings, filled);
    Listing listing;
    listing.commit = of.revision;
    if (!is_commit(of.revision)) {
      const Page page =
          ask_until_answered(http, settings, of, revision_url(settings.endpoint, of), filled);
      listing.commit = text_of(page.body, "sha");
      if (!is_commit(listing.commit)) {
        throw Error(
            fmt::format("{} does not answer like a Hugging Face Hub: no commit", settings.endpoint),
            "a proxy or HF_ENDPOINT may lead elsewhere");
      }
    }
    std::string url = tree_url(settings.endpoint, of, listing.commit);
    for (int pages = 0; !url.empty() && pages < kMostPages; ++pages) {
      const Page page = ask_until_answered(http, settings, of, url, filled);
      const json::array* entries = page.body.if_array();
      for (const json::value& entry : entries == nullptr ? json::array() : *entries) {
        if (text_of(entry, "type") == "file") listing.paths.push_back(text_of(entry, "path"));
      }
      url = page.next;
    }
    std::sort(listing.paths.begin(), listing.paths.end());
    return listing;
  } catch (Error& error) {
    if (error.code() != ErrorCode::interrupted) error.add_context(to_url(of));
    throw;
  }
}

}  // namespace gsa::hub
