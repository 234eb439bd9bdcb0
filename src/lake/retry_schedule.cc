#include "lake/retry_schedule.h"

#include <algorithm>
#include <charconv>
#include <condition_variable>
#include <cstdint>
#include <ctime>
#include <curl/curl.h>
#include <mutex>

#include "base/text.h"
#include "lake/source_file.h"

namespace gsa::lake {
namespace {
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kFirstWait{200};
constexpr milliseconds kLongestWait{20'000};  // as AWS's own tools

}  // namespace

RetrySchedule::RetrySchedule(milliseconds limit)
    : limit_(limit), longest_(kFirstWait), random_(std::random_device()()) {
  count_anew();
}

void RetrySchedule::count_anew() {
  end_ = Clock::now() + limit_;
  longest_ = kFirstWait;
}

std::optional<milliseconds> RetrySchedule::next(std::optional<milliseconds> asked) {
  const auto left = std::chrono::ceil<milliseconds>(end_ - Clock::now());
  if (left.count() <= 0 || (asked && *asked > left)) return std::nullopt;
  if (asked) return asked;
  std::uniform_int_distribution<std::int64_t> wait(longest_.count() / 2, longest_.count());
  longest_ = std::min(2 * longest_, kLongestWait);
  return std::min(milliseconds(wait(random_)), left);
}

std::optional<milliseconds> wait_asked_by(const std::string& retry_after) {
  constexpr std::int64_t kDay = 86'400;  // prevents overflow; any limit is shorter
  const std::string_view text = trim(retry_after);
  std::int64_t seconds = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (text.empty()) return std::nullopt;
  if (failure != std::errc() || end != text.data() + text.size()) {
    const std::time_t moment = curl_getdate(std::string(text).c_str(), nullptr);
    if (moment == -1) return std::nullopt;
    seconds = moment - std::time(nullptr);
  }
  return milliseconds(std::clamp<std::int64_t>(seconds, 0, kDay) * 1000);
}

void sleep_for(milliseconds time, const std::stop_token& stop) {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any stopped;
  stopped.wait_for(lock, stop, time, [] { return false; });
  stop_if_requested(stop);
}

}  // namespace gsa::lake
