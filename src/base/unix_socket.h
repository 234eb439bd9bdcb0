#pragma once

// Stream sockets in the file system. Processes of one user pass each other texts (frame.h) and open
// files over them. Functions throw Error with the system's message. No call waits forever for the
// other side, which may be silent, garbled or stopped.

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <sys/types.h>
#include <vector>

#include "base/fd.h"

namespace gsa {

inline constexpr std::size_t kMostFiles = 8;  // in one message

// A socket that only this user may connect to. Replaces a socket that a killed process left. Throws
// Error if the path holds another kind of file, or if a process listens there.
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

// The next connection, if it comes from the same user or from root. Null after `timeout`, and if
// another user connects.
std::optional<Fd> accept_own(const Fd& listener, std::chrono::milliseconds timeout);

// Null if no process listens there, or one of another user does. Throws Error if a process listens
// but does not accept the connection in time.
std::optional<Fd> connect_to(const std::string& path, std::chrono::milliseconds timeout);

struct SocketMessage {
  std::vector<std::string> texts;
  std::vector<Fd> files;
};

// Throws Error if the other side has gone, or does not take the message within seconds.
void send_message(const Fd& socket, const std::vector<std::string>& texts,
                  std::span<const int> files = {});

// Assembles the messages of a connection as their bytes arrive.
class MessageReader {
 public:
  enum class State { unfinished, whole, closed };
  // Reads what has arrived, without waiting. Throws Error if a message is too long or garbled:
  // nothing after it can be decoded.
  State read(const Fd& socket);
  // The same, until a message is complete or `timeout` has passed.
  State wait(const Fd& socket, std::chrono::milliseconds timeout);
  // Call it after State::whole.
  SocketMessage take();

 private:
  std::string bytes_;  // read, but not part of a message yet
  std::vector<Fd> files_;
  std::vector<std::string> texts_;
};

}  // namespace gsa
