#pragma once

// Frames between a server and one of its workers, over a connected socket. A frame is a list of
// texts:
//
//   u32  bytes that follow
//   u32  number of texts
//   for each text: u32 length, its bytes
//
// in the byte order of the machine. The other side is not trusted: what is no frame, or longer than
// kMostBytes, counts as the end of the conversation.

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/fd.h"

namespace gsa::sandbox {

using Frame = std::vector<std::string>;

// For one thread to send and one to receive.
class Channel {
 public:
  // The longest answer, with room for the names of its columns.
  static constexpr std::size_t kMostBytes = std::size_t{64} << 20;

  explicit Channel(Fd socket);
  static std::pair<Channel, Fd> make_pair();  // the other end is for a child process

  // False where the other side is gone or takes nothing for `patience`. `file` goes along.
  bool send(const Frame& frame, std::chrono::milliseconds patience, int file = -1);

  enum class State { open, closed };
  // Waits for up to `patience` for a whole frame; nothing where there is none yet, or none to come,
  // which state() tells. What came before the other side closed is still given.
  std::optional<Frame> receive(std::chrono::milliseconds patience);
  State state() const { return state_; }
  // The file that came last.
  Fd take_file() { return std::exchange(file_, Fd()); }

  int fd() const { return socket_.get(); }

 private:
  std::optional<Frame> next_frame();
  void read_some();

  Fd socket_;
  Fd file_;
  std::string received_;
  State state_ = State::open;
};

}  // namespace gsa::sandbox
