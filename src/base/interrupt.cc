#include "base/interrupt.h"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <mutex>
#include <thread>
#include <unistd.h>

#include <fmt/format.h>

#include "base/error.h"

namespace gsa {
namespace {

// A signal handler may do little more than write: a thread reads, and asks for the stop.
std::atomic<int> signal_pipe = -1;  // the end to write to

void on_signal(int) {
  const int before = errno;
  const char byte = 0;
  static_cast<void>(write(signal_pipe, &byte, 1) == 1);
  errno = before;
}

void wait_for_signals(int pipe, std::stop_source stop) {
  char byte = 0;
  while (read(pipe, &byte, 1) < 0 && errno == EINTR) continue;
  stop.request_stop();
}

}  // namespace

std::stop_token catch_interrupts() {
  // Neither is destroyed: the thread may outlive main().
  static std::stop_source& stop = *new std::stop_source;
  static std::once_flag once;
  std::call_once(once, [] {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) {
      throw Error(fmt::format("cannot wait for signals: {}", std::strerror(errno)));
    }
    std::thread(wait_for_signals, ends[0], stop).detach();
    signal_pipe = ends[1];
    struct sigaction action {};
    action.sa_handler = on_signal;
    action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_RESTART;
    sigaction(SIGINT, &action, nullptr);
    sigaction(SIGTERM, &action, nullptr);
  });
  return stop.get_token();
}

}  // namespace gsa
