#pragma once

// Why a request failed, and whether to retry it.

#include <chrono>
#include <optional>
#include <string>

#include "hub/http.h"
#include "hub/hub_file.h"
#include "hub/settings.h"

namespace gsa::hub {

struct Refusal {
  std::string message;  // "the hub answered 503 (Service Unavailable)"
  std::string hint = {};
  bool retry = false;   // the cause may pass by itself
  bool absent = false;  // the hub answered that there is no such file or revision
  std::optional<std::chrono::seconds> wait = {};  // what the hub asked for
};

enum class Asked { hub, other_host };  // other_host: the target of a redirect

// For an answer that is neither a success nor a redirect.
Refusal refusal_of(const Answer& answer, Asked asked, const Settings& settings,
                   const HubFile& file);

// How long a rate-limited caller must wait, from `RateLimit: "resolvers";r=0;t=55` or `Retry-After:
// 54`. Adds a second, because both count whole seconds.
std::optional<std::chrono::seconds> asked_wait(const Answer& answer);

}  // namespace gsa::hub
