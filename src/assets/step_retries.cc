#include "assets/step_retries.h"

#include <array>
#include <chrono>
#include <thread>

#include <fmt/format.h>

#include "duck/sql_error.h"

namespace gsa::assets {
namespace {

// A busy file or an unsteady network recovers this soon, or not at all.
constexpr std::array kBackOff = {std::chrono::milliseconds(100), std::chrono::milliseconds(400)};

void rest(std::chrono::milliseconds time, const Pulse& pulse) {
  const auto end = std::chrono::steady_clock::now() + time;
  while (std::chrono::steady_clock::now() < end) {
    pulse.stop_if_told();
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

}  // namespace

void with_retries(StepRecord& step, RunEvents& events, const Pulse& pulse,
                  const std::function<void()>& attempt) {
  const auto again = [&](const Error& error) {
    const auto tried = static_cast<std::size_t>(step.attempts);
    if (tried > kBackOff.size()) return false;
    const auto pause = kBackOff.at(tried - 1);
    events.record("warning", step.name, "retry", error.message(),
                  {{"attempt", fmt::format("{}", tried)}});
    events.note(fmt::format("{} is tried again in {:.1f} s: {}", step.name,
                            std::chrono::duration<double>(pause).count(), error.message()));
    rest(pause, pulse);
    ++step.attempts;
    return true;
  };
  while (true) {
    try {
      return attempt();
    } catch (const TransientError& error) {
      if (!again(error)) throw;
    } catch (const duck::SqlError& error) {
      if (error.kind() != duck::SqlErrorKind::io || !again(error)) throw;
    }
  }
}

}  // namespace gsa::assets
