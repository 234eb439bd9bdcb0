#include "trino/backoff.h"

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <cstdint>
#include <ctime>
#include <curl/curl.h>
#include <mutex>

#include "base/error.h"
#include "base/text.h"

namespace gsa::trino {
namespace {
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kFirstWait{100};  // Trino's documentation: 50 to 100 ms
constexpr milliseconds kLongestWait{5000};

}  // namespace

Backoff::Backoff(milliseconds limit)
    : end_(Clock::now() + limit), longest_(kFirstWait), random_(std::random_device()()) {}

std::optional<milliseconds> Backoff::next(std::optional<milliseconds> asked) {
  const auto left = std::chrono::ceil<milliseconds>(end_ - Clock::now());
  if (left.count() <= 0 || (asked && *asked > left)) return std::nullopt;
  if (asked) return asked;
  std::uniform_int_distribution<std::int64_t> wait(longest_.count() / 2, longest_.count());
  longest_ = std::min(2 * longest_, kLongestWait);
  return std::min(milliseconds(wait(random_)), left);
}

std::optional<milliseconds> asked_wait(const std::string& retry_after) {
  constexpr std::int64_t kDay = 86'400;  // prevents overflow; any limit is shorter
  const std::string_view text = trim(retry_after);
  std::int64_t seconds = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (failure != std::errc() || end != text.data() + text.size()) {
    const std::time_t moment = curl_getdate(std::string(text).c_str(), nullptr);
    if (moment == -1) return std::nullopt;
    seconds = moment - std::time(nullptr);
  }
  return milliseconds(std::clamp<std::int64_t>(seconds, 0, kDay) * 1000);
}

void sleep_until(Clock::time_point end, const std::stop_token& stop) {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any stopped;
  stopped.wait_until(lock, stop, end, [] { return false; });
  if (stop.stop_requested()) throw Error("interrupted", "", ErrorCode::interrupted);
}

}  // namespace gsa::trino
