#pragma once

// For tests: a client that sends exactly the bytes it is given over a real socket, and a server on
// a free port.

#include <arpa/inet.h>
#include <chrono>
#include <cstring>
#include <memory>
#include <netinet/in.h>
#include <optional>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "http/address.h"
#include "http/message.h"
#include "http/server.h"

namespace gsa::http {

struct Answer {
  int status = 0;  // 0: the connection ended without an answer
  Headers headers;
  std::string body;

  std::string header(std::string_view name) const {
    return std::string(headers.find(name).value_or(""));
  }
};

class Client {
 public:
  // `receive_buffer`: how many bytes the system accepts before the client reads; 0: its default.
  explicit Client(std::uint16_t port, int receive_buffer = 0,
                  const std::string& address = "127.0.0.1")
      : Client(port, Later(), address) {
    if (receive_buffer > 0) {
      setsockopt(socket_, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    }
    connect();
  }
  // Makes a socket without connecting it.
  struct Later {};
  Client(std::uint16_t port, Later /*tag*/, const std::string& address = "127.0.0.1")
      : host_(with_port(address, port)) {
    auto* v4 = reinterpret_cast<sockaddr_in*>(&address_);
    auto* v6 = reinterpret_cast<sockaddr_in6*>(&address_);
    if (inet_pton(AF_INET, address.c_str(), &v4->sin_addr) == 1) {
      v4->sin_family = AF_INET;
      v4->sin_port = htons(port);
    } else if (inet_pton(AF_INET6, address.c_str(), &v6->sin6_addr) == 1) {
      v6->sin6_family = AF_INET6;
      v6->sin6_port = htons(port);
    }
    socket_ = socket(address_.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  }
  void connect() {
    is_connected_ = socket_ >= 0 && ::connect(socket_, reinterpret_cast<const sockaddr*>(&address_),
                                              sizeof address_) == 0;
  }
  // Binds the client to another address of the machine; call it before connecting.
  void bind_to(const std::string& address) {
    sockaddr_in from{};
    from.sin_family = AF_INET;
    inet_pton(AF_INET, address.c_str(), &from.sin_addr);
    if (bind(socket_, reinterpret_cast<const sockaddr*>(&from), sizeof from) != 0) close();
  }
  ~Client() { close(); }
  Client(Client&& other) noexcept
      : host_(std::move(other.host_)),
        address_(other.address_),
        socket_(std::exchange(other.socket_, -1)),
        is_connected_(other.is_connected_),
        received_(std::move(other.received_)) {}
  Client& operator=(Client&&) = delete;

  bool is_connected() const { return is_connected_; }
  void close() {
    if (socket_ >= 0) ::close(std::exchange(socket_, -1));
  }
  void close_sending_side() { shutdown(socket_, SHUT_WR); }

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  // Sends what one write accepts without waiting.
  ssize_t send_some(std::string_view bytes) {
    return ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  }

  // "GET /path" with a Host, and more header lines, each with its "\r\n".
  bool request(std::string_view method, std::string_view path, std::string_view headers = "",
               std::string_view body = "") {
    std::string text =
        fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\n{}", method, path, host_, headers);
    if (!body.empty()) text += fmt::format("Content-Length: {}\r\n", body.size());
    return send(text + "\r\n" + std::string(body));
  }

  Answer get(std::string_view path, std::string_view headers = "") {
    request("GET", path, headers);
    return read_answer();
  }
  Answer post(std::string_view path, std::string_view body, std::string_view headers = "") {
    request("POST", path, fmt::format("Content-Type: application/json\r\n{}", headers), body);
    return read_answer();
  }

  // Reads one answer. Pass `has_body` false for an answer to HEAD.
  Answer read_answer(bool has_body = true) {
    Answer answer;
    std::size_t end = std::string::npos;
    while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
      if (!receive()) return {};
    }
    parse_head(received_.substr(0, end + 2), answer);
    received_.erase(0, end + 4);
    if (!has_body || answer.status == 204 || answer.status == 304 || answer.status == 100) {
      return answer;
    }
    if (answer.headers.find("Content-Length")) {
      const std::size_t size = std::stoul(answer.header("Content-Length"));
      while (received_.size() < size && receive()) {
      }
      answer.body = received_.substr(0, size);
      received_.erase(0, size);
    } else if (answer.header("Transfer-Encoding") == "chunked") {
      read_chunks(answer);
    } else {
      answer.body = read_to_end();
    }
    return answer;
  }

  // Reads until `text` has arrived. Returns everything up to its end; "" if it does not arrive in
  // time.
  std::string read_until(std::string_view text) {
    std::size_t found = std::string::npos;
    while ((found = received_.find(text)) == std::string::npos) {
      if (!receive()) return "";
    }
    const std::string taken = received_.substr(0, found + text.size());
    received_.erase(0, taken.size());
    return taken;
  }
  std::string read_to_end() {
    while (receive()) {
    }
    return std::exchange(received_, "");
  }
  // True if the server closes the connection in time.
  bool is_closed_by_server() {
    while (receive()) {
    }
    return !timed_out_;
  }
  bool chunks_ended() const { return chunks_ended_; }
  // Waits for bytes and keeps them; false at the end or after the time limit.
  bool receive() {
    pollfd wait{socket_, POLLIN, 0};
    if (poll(&wait, 1, static_cast<int>(time_.count())) <= 0) {
      timed_out_ = true;
      return false;
    }
    std::string block(65'536, '\0');
    const ssize_t size = recv(socket_, block.data(), block.size(), 0);
    if (size <= 0) return false;
    received_.append(block, 0, static_cast<std::size_t>(size));
    return true;
  }
  // Reads and drops one byte, without waiting.
  void read_byte() {
    char byte = 0;
    if (recv(socket_, &byte, 1, MSG_DONTWAIT) < 0) return;
  }
  void forget() { received_.clear(); }  // drops bytes that were received but not read
  void set_time(std::chrono::milliseconds time) { time_ = time; }

 private:
  static void parse_head(std::string_view head, Answer& answer) {
    answer.status = std::stoi(std::string(head.substr(9, 3)));
    head.remove_prefix(head.find("\r\n") + 2);
    while (!head.empty()) {
      const std::string_view line = head.substr(0, head.find("\r\n"));
      const std::size_t colon = line.find(": ");
      answer.headers.add(line.substr(0, colon), line.substr(colon + 2));
      head.remove_prefix(line.size() + 2);
    }
  }

  void read_chunks(Answer& answer) {
    chunks_ended_ = false;
    while (true) {
      const std::string head = read_until("\r\n");
      if (head.empty()) return;
      const std::size_t size = std::stoul(head, nullptr, 16);
      while (received_.size() < size + 2) {
        if (!receive()) return;
      }
      answer.body += received_.substr(0, size);
      received_.erase(0, size + 2);
      if (size == 0) break;
    }
    chunks_ended_ = true;
  }

  std::string host_;
  sockaddr_storage address_{};
  int socket_ = -1;
  bool is_connected_ = false;
  bool timed_out_ = false;
  bool chunks_ended_ = false;
  std::string received_;
  std::chrono::milliseconds time_{20'000};
};

// A running server, with `router` or with one that answers GET /ping with "pong".
inline Router ping_router() {
  Router router;
  router.add("GET", "/ping", [](const Request&) { return Response::text("pong"); });
  router.add("GET", "/now", [](const Request&) { return Response::text("pong"); },
             {.immediate = true});
  router.add("POST", "/echo", [](const Request& request) { return Response::json(request.body); });
  return router;
}

class RunningServer {
 public:
  explicit RunningServer(Router router = ping_router(), Options options = {})
      : server_(std::move(options), std::move(router)) {
    server_.start();
  }
  Server* operator->() { return &server_; }
  std::uint16_t port() const { return server_.port(); }
  Client client(int receive_buffer = 0) const { return Client(port(), receive_buffer); }
  // Whether it still answers.
  bool lives() const { return client().get("/now").body == "pong"; }

 private:
  Server server_;
};

// Checks every millisecond, for at most 20 s.
template <typename Condition>
bool eventually(Condition&& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    usleep(1'000);
  }
  return true;
}

}  // namespace gsa::http
