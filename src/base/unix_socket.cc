#include "base/unix_socket.h"

#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/frame.h"

namespace gsa {
namespace {

namespace fs = std::filesystem;

// A message fits into the socket's buffer, or a live reader takes it at once.
constexpr int kSendSeconds = 5;
constexpr auto kConnectPause = std::chrono::milliseconds(20);
constexpr std::size_t kPiece = std::size_t{64} << 10U;

[[noreturn]] void fail(const char* what) {
  throw Error(fmt::format("{}: {}", what, std::strerror(errno)));
}

// A socket address holds 107 bytes, a path up to 4,095, so the path is given relative to a
// descriptor of its folder.
struct Address {
  explicit Address(const std::string& path) {
    const fs::path absolute = fs::absolute(path);
    folder = Fd(open(absolute.parent_path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    const std::string name =
        fmt::format("/proc/self/fd/{}/{}", folder.get(), absolute.filename().string());
    address.sun_family = AF_UNIX;
    is_valid = folder.get() >= 0 && name.size() < sizeof(address.sun_path);
    if (is_valid) std::memcpy(address.sun_path, name.c_str(), name.size() + 1);
  }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&address); }

  Fd folder;
  sockaddr_un address{};
  bool is_valid = false;
};

Fd new_socket(int flags) {
  Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | flags, 0));
  if (socket.get() < 0) fail("cannot make a socket");
  return socket;
}

bool is_readable(const Fd& fd, std::chrono::milliseconds timeout) {
  pollfd wait{fd.get(), POLLIN, 0};
  return poll(&wait, 1, static_cast<int>(timeout.count())) > 0;
}

void limit_sending(const Fd& socket) {
  const timeval limit{kSendSeconds, 0};
  setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
}

bool is_own(const Fd& socket) {
  ucred peer{};
  socklen_t size = sizeof(peer);
  return getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
         (peer.uid == geteuid() || peer.uid == 0);
}

void send_bytes(const Fd& socket, const std::string& bytes, std::size_t from) {
  while (from < bytes.size()) {
    const ssize_t sent = send(socket.get(), bytes.data() + from, bytes.size() - from, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) fail("cannot send");
    from += static_cast<std::size_t>(sent);
  }
}

using FileSpace = std::array<char, CMSG_SPACE(kMostFiles * sizeof(int))>;

// Takes the descriptors received with the bytes. The kernel closes those that have no room.
void take_files(msghdr& header, std::vector<Fd>& files) {
  for (cmsghdr* entry = CMSG_FIRSTHDR(&header); entry != nullptr;
       entry = CMSG_NXTHDR(&header, entry)) {
    if (entry->cmsg_level != SOL_SOCKET || entry->cmsg_type != SCM_RIGHTS) continue;
    const std::size_t count = (entry->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(entry) + i * sizeof(int), sizeof(int));
      files.emplace_back(fd);
    }
  }
}

// Makes room for a new socket. Removes only a socket that a killed process left.
void remove_left_socket(const std::string& path, const Address& address) {
  struct stat found {};
  if (lstat(path.c_str(), &found) != 0) return;
  if (!S_ISSOCK(found.st_mode)) {
    throw Error(fmt::format("cannot listen at {}: a file of that name is in the way", path),
                "move it elsewhere: gsa makes a socket of that name beside the warehouse");
  }
  const Fd probe = new_socket(SOCK_NONBLOCK);
  const bool is_left =
      connect(probe.get(), address.get(), sizeof(sockaddr_un)) != 0 && errno == ECONNREFUSED;
  if (!is_left) {
    throw Error(fmt::format("cannot listen at {}: another process already listens there", path));
  }
  unlink(path.c_str());
}

}  // namespace

Listener::Listener(const std::string& path)
    : path_(fs::absolute(path).string()), socket_(new_socket(0)) {
  const Address address(path_);
  if (!address.is_valid)
    throw Error(fmt::format("cannot listen at {}: its name is too long", path));
  remove_left_socket(path_, address);
  // A socket's mode becomes that of its file, so others are locked out from the start.
  struct stat made {};
  if (fchmod(socket_.get(), S_IRUSR | S_IWUSR) != 0 ||
      bind(socket_.get(), address.get(), sizeof(sockaddr_un)) != 0 ||
      lstat(path_.c_str(), &made) != 0 || listen(socket_.get(), SOMAXCONN) != 0) {
    fail(fmt::format("cannot listen at {}", path).c_str());
  }
  device_ = made.st_dev;
  inode_ = made.st_ino;
}

Listener::~Listener() {
  struct stat found {};
  if (lstat(path_.c_str(), &found) == 0 && found.st_dev == device_ && found.st_ino == inode_) {
    unlink(path_.c_str());
  }
}

std::optional<Fd> connect_to(const std::string& path, std::chrono::milliseconds timeout) {
  const Address address(path);
  if (!address.is_valid) return std::nullopt;
  const auto end = std::chrono::steady_clock::now() + timeout;
  while (true) {
    Fd socket = new_socket(SOCK_NONBLOCK);
    if (connect(socket.get(), address.get(), sizeof(sockaddr_un)) == 0) {
      if (!is_own(socket)) return std::nullopt;
      const int flags = fcntl(socket.get(), F_GETFL);
      fcntl(socket.get(), F_SETFL, flags & ~O_NONBLOCK);
      limit_sending(socket);
      return socket;
    }
    // EAGAIN: the queue of pending connections is full.
    if (errno != EAGAIN && errno != EINTR) return std::nullopt;
    if (std::chrono::steady_clock::now() > end) {
      throw Error(fmt::format("the process that listens at {} does not answer", path));
    }
    std::this_thread::sleep_for(kConnectPause);
  }
}

std::optional<Fd> accept_own(const Fd& listener, std::chrono::milliseconds timeout) {
  if (!is_readable(listener, timeout)) return std::nullopt;
  Fd socket(accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
  if (socket.get() < 0 || !is_own(socket)) return std::nullopt;
  limit_sending(socket);
  return socket;
}

void send_message(const Fd& socket, const std::vector<std::string>& texts,
                  std::span<const int> files) {
  check(files.size() <= kMostFiles, "a message has at most eight files");
  std::string bytes = encode_frame(texts);
  iovec part{bytes.data(), bytes.size()};
  alignas(cmsghdr) FileSpace space{};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  if (!files.empty()) {
    header.msg_control = space.data();
    header.msg_controllen = CMSG_SPACE(files.size() * sizeof(int));
    cmsghdr* entry = CMSG_FIRSTHDR(&header);
    check(entry != nullptr, "there is room for the files");
    entry->cmsg_level = SOL_SOCKET;
    entry->cmsg_type = SCM_RIGHTS;
    entry->cmsg_len = CMSG_LEN(files.size() * sizeof(int));
    std::memcpy(CMSG_DATA(entry), files.data(), files.size() * sizeof(int));
  }
  ssize_t sent = 0;
  do {
    sent = sendmsg(socket.get(), &header, MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  if (sent <= 0) fail("cannot send");
  send_bytes(socket, bytes, static_cast<std::size_t>(sent));
}

MessageReader::State MessageReader::read(const Fd& socket) {
  std::vector<char> piece(kPiece);
  while (true) {
    if (auto frame = decode_frame(bytes_)) {
      texts_ = std::move(frame->texts);
      bytes_.erase(0, frame->bytes);
      return State::whole;
    }
    iovec part{piece.data(), piece.size()};
    alignas(cmsghdr) FileSpace space{};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = space.data();
    header.msg_controllen = space.size();
    const ssize_t received = recvmsg(socket.get(), &header, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    if (received < 0 && errno == EINTR) continue;
    if (received < 0 && errno == EAGAIN) return State::unfinished;
    if (received <= 0) return State::closed;
    take_files(header, files_);
    if (files_.size() > kMostFiles) throw Error("a message on the socket has too many files");
    bytes_.append(piece.data(), static_cast<std::size_t>(received));
  }
}

SocketMessage MessageReader::take() {
  return {std::exchange(texts_, {}), std::exchange(files_, {})};
}

MessageReader::State MessageReader::wait(const Fd& socket, std::chrono::milliseconds timeout) {
  using std::chrono::steady_clock;
  const auto end = steady_clock::now() + timeout;
  while (true) {
    const State state = read(socket);
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(end - steady_clock::now());
    if (state != State::unfinished || left.count() <= 0) return state;
    is_readable(socket, left);
  }
}

}  // namespace gsa
