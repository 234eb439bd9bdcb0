#pragma once

// The chain of redirects from the hub to the host that has the bytes. Only the hub may see the
// token: at_hub() says whether the current address has its scheme, host and port.

#include <optional>
#include <string>
#include <utility>

#include "hub/http.h"
#include "hub/refusal.h"

namespace gsa::hub {

class Redirects {
 public:
  Redirects(const Settings& settings, std::string url)
      : settings_(settings), url_(std::move(url)) {}

  const std::string& url() const { return url_; }
  bool at_hub() const;
  Asked asked() const { return at_hub() ? Asked::hub : Asked::other_host; }

  // Moves to the target of a redirect. Refuses a step from https to http, an invalid address, and
  // more than kMostRedirects.
  std::optional<Refusal> follow(const Answer& answer);

 private:
  const Settings& settings_;
  std::string url_;
  int followed_ = 0;
};

inline constexpr int kMostRedirects = 10;  // the hub needs three at most

}  // namespace gsa::hub
