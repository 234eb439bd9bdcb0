#include "base/interrupt.h"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <thread>

#include <gtest/gtest.h>

namespace gsa {
namespace {

// In child processes: the handlers are the process's own.
TEST(InterruptDeathTest, TheFirstSignalOnlyAsksForAStop) {
  for (const int signal : {SIGINT, SIGTERM}) {
    EXPECT_EXIT(
        {
          const std::stop_token stop = catch_interrupts();
          const bool before = stop.stop_requested();
          std::raise(signal);
          for (int i = 0; i < 1000 && !stop.stop_requested(); ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(5));
          }
          std::exit(!before && stop.stop_requested() ? 0 : 1);
        },
        testing::ExitedWithCode(0), "");
  }
}

TEST(InterruptDeathTest, TheSecondEndsTheProcess) {
  EXPECT_EXIT(
      {
        catch_interrupts();
        std::raise(SIGINT);
        std::raise(SIGINT);
        std::exit(0);
      },
      testing::KilledBySignal(SIGINT), "");
}

}  // namespace
}  // namespace gsa
