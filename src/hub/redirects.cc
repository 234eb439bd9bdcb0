#include "hub/redirects.h"

#include <fmt/format.h>

#include "hub/url.h"

namespace gsa::hub {

bool Redirects::at_hub() const { return same_origin(url_, settings_.endpoint); }

std::optional<Refusal> Redirects::follow(const Answer& answer) {
  const std::optional<std::string> next = join_url(url_, answer.header("location"));
  if (!next) {
    return Refusal{.message =
                       fmt::format("{} redirects to an invalid web address", url_host(url_))};
  }
  if (url_scheme(url_) == "https" && url_scheme(*next) != "https") {
    return Refusal{.message = fmt::format("{} redirects from https to plain http at {}, where "
                                          "anyone on the way could change the file",
                                          url_host(url_), url_host(*next))};
  }
  if (++followed_ > kMostRedirects) {
    return Refusal{.message = fmt::format("the hub redirects more than {} times, last to {}",
                                          kMostRedirects, url_host(*next))};
  }
  url_ = *next;
  return std::nullopt;
}

}  // namespace gsa::hub
