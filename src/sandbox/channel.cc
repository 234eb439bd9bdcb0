#include "sandbox/channel.h"

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <poll.h>
#include <sys/socket.h>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"

namespace gsa::sandbox {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr std::size_t kReadAtOnce = std::size_t{256} << 10;
constexpr std::size_t kNumber = sizeof(std::uint32_t);

void put(std::string& bytes, std::size_t number) {
  const auto value = static_cast<std::uint32_t>(number);
  bytes.append(reinterpret_cast<const char*>(&value), kNumber);
}

std::size_t number_at(const std::string& bytes, std::size_t at) {
  std::uint32_t value = 0;
  std::memcpy(&value, bytes.data() + at, kNumber);
  return value;
}

// False at the deadline. True also if there is an error to read.
bool wait_for(int fd, short events, Clock::time_point deadline) {
  for (;;) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now()).count();
    pollfd wait{fd, events, 0};
    const int ready = poll(&wait, 1, left > 0 ? static_cast<int>(left) : 0);
    if (ready > 0) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

using FileSpace = std::array<char, CMSG_SPACE(sizeof(int))>;

}  // namespace

Channel::Channel(Fd socket) : socket_(std::move(socket)) {}

std::pair<Channel, Fd> Channel::make_pair() {
  std::array<int, 2> ends{};
  if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    throw Error(fmt::format("cannot make a pair of sockets: {}", std::strerror(errno)));
  }
  return {Channel(Fd(ends[0])), Fd(ends[1])};
}

bool Channel::send(const Frame& frame, milliseconds patience, int file) {
  std::string bytes(kNumber, '\0');
  put(bytes, frame.size());
  for (const std::string& text : frame) {
    put(bytes, text.size());
    bytes += text;
  }
  if (bytes.size() > kMostBytes) return false;
  const auto length = static_cast<std::uint32_t>(bytes.size() - kNumber);
  std::memcpy(bytes.data(), &length, kNumber);

  const Clock::time_point deadline = Clock::now() + patience;
  for (std::size_t sent = 0; sent < bytes.size();) {
    iovec part{bytes.data() + sent, bytes.size() - sent};
    alignas(cmsghdr) FileSpace space{};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    if (file >= 0 && sent == 0) {
      header.msg_control = space.data();
      header.msg_controllen = space.size();
      cmsghdr* entry = CMSG_FIRSTHDR(&header);
      entry->cmsg_level = SOL_SOCKET;
      entry->cmsg_type = SCM_RIGHTS;
      entry->cmsg_len = CMSG_LEN(sizeof(int));
      std::memcpy(CMSG_DATA(entry), &file, sizeof(int));
    }
    const ssize_t now = sendmsg(socket_.get(), &header, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (now > 0) {
      sent += static_cast<std::size_t>(now);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      if (!wait_for(socket_.get(), POLLOUT, deadline)) return false;
    } else if (errno != EINTR) {
      return false;
    }
  }
  return true;
}

std::optional<Frame> Channel::receive(milliseconds patience) {
  const Clock::time_point deadline = Clock::now() + patience;
  for (;;) {
    if (auto frame = next_frame()) return frame;
    if (state_ == State::closed || !wait_for(socket_.get(), POLLIN, deadline)) return std::nullopt;
    read_some();
  }
}

void Channel::read_some() {
  const std::size_t before = received_.size();
  received_.resize(before + kReadAtOnce);
  iovec part{received_.data() + before, kReadAtOnce};
  alignas(cmsghdr) FileSpace space{};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = space.data();
  header.msg_controllen = space.size();
  const ssize_t now = recvmsg(socket_.get(), &header, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
  const int error = now < 0 ? errno : 0;
  received_.resize(before + (now > 0 ? static_cast<std::size_t>(now) : 0));
  if (now == 0 || (now < 0 && error != EAGAIN && error != EWOULDBLOCK && error != EINTR)) {
    state_ = State::closed;
  }
  if (now <= 0) return;
  const cmsghdr* entry = CMSG_FIRSTHDR(&header);
  if (entry != nullptr && entry->cmsg_level == SOL_SOCKET && entry->cmsg_type == SCM_RIGHTS &&
      entry->cmsg_len == CMSG_LEN(sizeof(int))) {
    int fd = -1;
    std::memcpy(&fd, CMSG_DATA(entry), sizeof(int));
    file_ = Fd(fd);
  }
}

std::optional<Frame> Channel::next_frame() {
  if (received_.size() < kNumber) return std::nullopt;
  const std::size_t length = number_at(received_, 0);
  const auto garbled = [&] {
    state_ = State::closed;
    received_.clear();
    return std::nullopt;
  };
  if (length < kNumber || length > kMostBytes) return garbled();
  const std::size_t end = kNumber + length;
  if (received_.size() < end) return std::nullopt;
  Frame frame;
  const std::size_t count = number_at(received_, kNumber);
  std::size_t at = 2 * kNumber;
  for (std::size_t i = 0; i < count; ++i) {
    if (end - at < kNumber) return garbled();
    const std::size_t size = number_at(received_, at);
    at += kNumber;
    if (size > end - at) return garbled();
    frame.push_back(received_.substr(at, size));
    at += size;
  }
  if (at != end) return garbled();
  received_.erase(0, end);
  return frame;
}

}  // namespace gsa::sandbox
