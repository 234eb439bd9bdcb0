#include "hub/retries.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"

namespace gsa::hub {

void Retries::after(const Refusal& refusal) {
  if (!refusal.retry) throw Error(refusal.message, refusal.hint);
  if (made_ == kMostRetries) {
    throw Error(fmt::format("{}, after {} retries", refusal.message, kMostRetries), refusal.hint);
  }
  std::chrono::seconds wait = refusal.wait.value_or(std::chrono::seconds(1 << std::min(made_, 3)));
  std::string why = refusal.message;
  if (wait > kLongestWait) {
    why += fmt::format(" and asks to wait {} s", wait.count());
    wait = kLongestWait;
  }
  ++made_;
  const std::string when = wait.count() > 0 ? fmt::format("in {} s", wait.count()) : "at once";
  events_.message(fmt::format("{}; trying again {} ({} of {})", why, when, made_, kMostRetries));
  events_.sleep(wait);
}

}  // namespace gsa::hub
