#pragma once

// Frames between a server and one of its workers, over a connected socket. A frame is a list of
// texts:
//
//   u32  length of the rest in bytes
//   u32  number of texts
//   for each text: u32 length, its bytes
//
// in native byte order. Neither side trusts the other: bytes that are not a frame, or a frame
// longer than kMostBytes, end the conversation.

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "base/fd.h"

namespace gsa::sandbox {

using Frame = std::vector<std::string>;

// One thread may send and one may receive at the same time.
class Channel {
 public:
  // Fits the longest answer, with room for its column names.
  static constexpr std::size_t kMostBytes = std::size_t{64} << 20;

  explicit Channel(Fd socket);
  static std::pair<Channel, Fd> make_pair();  // pass the other end to a child process

  // Sends a frame, with `file` if given. False if the other side is gone or accepts nothing for
  // `patience`.
  bool send(const Frame& frame, std::chrono::milliseconds patience, int file = -1);

  enum class State { open, closed };
  // Waits up to `patience` for a complete frame. Null if there is none yet, or if none will come:
  // state() tells which. Frames that arrived before the other side closed are still returned.
  std::optional<Frame> receive(std::chrono::milliseconds patience);
  State state() const { return state_; }
  // The last file that arrived.
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
