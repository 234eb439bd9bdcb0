#pragma once

// For tests: a pseudo-terminal, and the environment variables that a test sets for its own time.

#include <cstdlib>
#include <fcntl.h>
#include <optional>
#include <string>
#include <sys/ioctl.h>
#include <unistd.h>

namespace gsa {

class FakeTerminal {
 public:
  explicit FakeTerminal(unsigned short columns) : screen_(posix_openpt(O_RDWR | O_NOCTTY)) {
    if (screen_ < 0 || grantpt(screen_) != 0 || unlockpt(screen_) != 0) return;
    const char* name = ptsname(screen_);
    if (name != nullptr) fd_ = open(name, O_RDWR | O_NOCTTY);
    winsize size{};
    size.ws_col = columns;
    ioctl(screen_, TIOCSWINSZ, &size);
  }
  ~FakeTerminal() {
    if (fd_ >= 0) close(fd_);
    if (screen_ >= 0) close(screen_);
  }
  FakeTerminal(const FakeTerminal&) = delete;
  FakeTerminal& operator=(const FakeTerminal&) = delete;

  bool works() const { return fd_ >= 0; }  // false where the system has none to give
  int fd() const { return fd_; }           // what the program writes to

  // All that was written so far; "" where that is nothing.
  std::string shown() const {
    fcntl(screen_, F_SETFL, O_NONBLOCK);
    std::string text(4096, '\0');
    const ssize_t size = read(screen_, text.data(), text.size());
    text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return text;
  }

 private:
  int screen_;
  int fd_ = -1;
};

class ScopedVariable {
 public:
  // No value: the variable is unset.
  ScopedVariable(const char* name, const std::optional<std::string>& value) : name_(name) {
    if (const char* before = std::getenv(name)) before_ = before;
    put(value);
  }
  ~ScopedVariable() { put(before_); }
  ScopedVariable(const ScopedVariable&) = delete;
  ScopedVariable& operator=(const ScopedVariable&) = delete;

 private:
  void put(const std::optional<std::string>& value) const {
    value ? setenv(name_, value->c_str(), 1) : unsetenv(name_);
  }

  const char* name_;
  std::optional<std::string> before_;
};

}  // namespace gsa
