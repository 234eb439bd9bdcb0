#pragma once

// Stream sockets in the file system, over which processes of one user pass each other texts
// (frame.h) and open files. Throws Error with the system's words. Nobody waits for ever for what
// the other side sends or takes: it may be silent, garbled or stopped.

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <sys/types.h>
#include <vector>

#include "base/fd.h"

namespace gsa {

inline constexpr std::size_t kMostFiles = 8;  // beside a message

// A socket that only the user may connect to. Replaces one that a killed process left; throws Error
// where the path is taken by another kind of file, or by a process that listens.
class Listener {
 public:
  explicit Listener(const std::string& path);
  ~Listener();  // removes the socket, unless another took its place
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;
  const Fd& socket() const { return socket_; }

 private:
  std::string path_;
  Fd socket_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

// The next who connects, if it is of the same user or root; nothing after `timeout`, and of others.
std::optional<Fd> accept_own(const Fd& listener, std::chrono::milliseconds timeout);

// Nothing where no process listens, or one of another user. Throws Error where one listens and does
// not take the connection in time.
std::optional<Fd> connect_to(const std::string& path, std::chrono::milliseconds timeout);

struct SocketMessage {
  std::vector<std::string> texts;
  std::vector<Fd> files;
};

// Throws Error where the other side has gone, or does not take it within seconds.
void send_message(const Fd& socket, const std::vector<std::string>& texts,
                  std::span<const int> files = {});

// Puts the messages of a connection together as their bytes come.
class MessageReader {
 public:
  enum class State { unfinished, whole, closed };
  // Reads what there is, without waiting. Throws Error where a message is too long or garbled:
  // nothing that follows can be understood.
  State read(const Fd& socket);
  // The same until a message is whole, or `timeout` has passed.
  State wait(const Fd& socket, std::chrono::milliseconds timeout);
  // After State::whole.
  SocketMessage take();

 private:
  std::string bytes_;  // read, and of no message yet
  std::vector<Fd> files_;
  std::vector<std::string> texts_;
};

}  // namespace gsa
