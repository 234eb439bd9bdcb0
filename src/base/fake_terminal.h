#pragma once

// For tests: a pseudo-terminal, and environment variables that are set for the length of a test.

#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <optional>
#include <poll.h>
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
    if (fd_ >= 0) file_ = fdopen(dup(fd_), "w");
    winsize size{};
    size.ws_col = columns;
    ioctl(screen_, TIOCSWINSZ, &size);
  }
  ~FakeTerminal() {
    if (file_ != nullptr) std::fclose(file_);
    if (fd_ >= 0) close(fd_);
    if (screen_ >= 0) close(screen_);
  }
  FakeTerminal(const FakeTerminal&) = delete;
  FakeTerminal& operator=(const FakeTerminal&) = delete;

  bool works() const { return file_ != nullptr; }  // false if the system provides none
  int fd() const { return fd_; }                   // the end that the program writes to
  std::FILE* file() const { return file_; }

  // Everything written so far, "" if nothing. The system delivers output in parts and a little
  // late, so this waits until no more arrives.
  std::string shown() const {
    constexpr int kQuietMilliseconds = 50;
    std::string text;
    pollfd ready{screen_, POLLIN, 0};
    while (poll(&ready, 1, kQuietMilliseconds) > 0) {
      char part[4096];
      const ssize_t size = read(screen_, part, sizeof part);
      if (size <= 0) break;
      text.append(part, static_cast<std::size_t>(size));
    }
    return text;
  }

 private:
  int screen_;
  int fd_ = -1;
  std::FILE* file_ = nullptr;
};

// Redirects stderr to `fd` while this object lives.
class StderrOn {
 public:
  explicit StderrOn(int fd) : before_(dup(STDERR_FILENO)) { dup2(fd, STDERR_FILENO); }
  ~StderrOn() {
    dup2(before_, STDERR_FILENO);
    close(before_);
  }
  StderrOn(const StderrOn&) = delete;
  StderrOn& operator=(const StderrOn&) = delete;

 private:
  int before_;
};

class ScopedVariable {
 public:
  // Unsets the variable if there is no value.
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
