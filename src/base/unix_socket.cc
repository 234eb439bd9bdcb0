#include "base/unix_socket.h"

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"

namespace gsa {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostFiles = 8;
constexpr std::uint32_t kMostBytes = 16U << 20U;  // more than a command line and its environment

[[noreturn]] void fail(const char* what) {
  throw Error(fmt::format("{}: {}", what, std::strerror(errno)));
}

// An address has room for 107 bytes, a path for 4,095: so it is given by its folder's descriptor.
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

Fd new_socket() {
  Fd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (socket.get() < 0) fail("cannot make a socket");
  return socket;
}

bool is_readable(const Fd& fd, std::chrono::milliseconds timeout) {
  pollfd wait{fd.get(), POLLIN, 0};
  return poll(&wait, 1, static_cast<int>(timeout.count())) > 0;
}

void send_bytes(const Fd& socket, const std::string& bytes, std::size_t from) {
  while (from < bytes.size()) {
    const ssize_t sent = send(socket.get(), bytes.data() + from, bytes.size() - from, MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent <= 0) fail("cannot send");
    from += static_cast<std::size_t>(sent);
  }
}

// False where the other side has closed.
bool receive_bytes(const Fd& socket, char* to, std::size_t size) {
  while (size > 0) {
    const ssize_t received = recv(socket.get(), to, size, 0);
    if (received < 0 && errno == EINTR) continue;
    if (received <= 0) return false;
    to += received;
    size -= static_cast<std::size_t>(received);
  }
  return true;
}

void put(std::string& bytes, std::size_t number) {
  const auto value = static_cast<std::uint32_t>(number);
  bytes.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

using FileSpace = std::array<char, CMSG_SPACE(kMostFiles * sizeof(int))>;

// The first byte, with the files beside it.
bool receive_first(const Fd& socket, char& byte, std::vector<Fd>& files) {
  iovec part{&byte, 1};
  alignas(cmsghdr) FileSpace space{};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = space.data();
  header.msg_controllen = space.size();
  ssize_t received = 0;
  do {
    received = recvmsg(socket.get(), &header, MSG_CMSG_CLOEXEC);
  } while (received < 0 && errno == EINTR);
  if (received <= 0) return false;
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
  return true;
}

}  // namespace

Fd listen_at(const std::string& path) {
  const Address address(path);
  if (!address.is_valid)
    throw Error(fmt::format("cannot listen at {}: its name is too long", path));
  Fd socket = new_socket();
  std::error_code none;
  fs::remove(path, none);
  // Nobody can connect before it listens, so that there is time to shut others out.
  if (bind(socket.get(), address.get(), sizeof(sockaddr_un)) != 0 ||
      chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0 || listen(socket.get(), SOMAXCONN) != 0) {
    fail(fmt::format("cannot listen at {}", path).c_str());
  }
  return socket;
}

std::optional<Fd> connect_to(const std::string& path) {
  const Address address(path);
  if (!address.is_valid) return std::nullopt;
  Fd socket = new_socket();
  if (connect(socket.get(), address.get(), sizeof(sockaddr_un)) != 0) return std::nullopt;
  return socket;
}

std::optional<Fd> accept_own(const Fd& listener, std::chrono::milliseconds timeout) {
  if (!is_readable(listener, timeout)) return std::nullopt;
  Fd socket(accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
  ucred peer{};
  socklen_t size = sizeof(peer);
  if (socket.get() < 0 || getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 ||
      (peer.uid != geteuid() && peer.uid != 0)) {
    return std::nullopt;
  }
  return socket;
}

void send_message(const Fd& socket, const std::vector<std::string>& texts,
                  std::span<const int> files) {
  check(files.size() <= kMostFiles, "a message has at most eight files");
  std::string body;
  for (const std::string& text : texts) {
    put(body, text.size());
    body += text;
  }
  std::string bytes;
  put(bytes, body.size());
  bytes += body;
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

std::optional<SocketMessage> receive_message(const Fd& socket) {
  SocketMessage message;
  std::array<char, sizeof(std::uint32_t)> length{};
  if (!receive_first(socket, length[0], message.files) ||
      !receive_bytes(socket, length.data() + 1, length.size() - 1)) {
    return std::nullopt;
  }
  std::uint32_t size = 0;
  std::memcpy(&size, length.data(), sizeof(size));
  if (size > kMostBytes) throw Error("a message on the socket is too long");
  std::string body(size, '\0');
  if (!receive_bytes(socket, body.data(), body.size())) return std::nullopt;
  for (std::size_t at = 0; at < body.size();) {
    std::uint32_t bytes = 0;
    const bool has_length = body.size() - at >= sizeof(bytes);
    if (has_length) std::memcpy(&bytes, body.data() + at, sizeof(bytes));
    at += sizeof(bytes);
    if (!has_length || body.size() - at < bytes) throw Error("a message on the socket is garbled");
    message.texts.push_back(body.substr(at, bytes));
    at += bytes;
  }
  return message;
}

bool has_message(const Fd& socket, std::chrono::milliseconds timeout) {
  return is_readable(socket, timeout);
}

}  // namespace gsa
