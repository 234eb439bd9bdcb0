#include "trino/fake_trino.h"

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <list>
#include <mutex>
#include <string_view>
#include <sys/socket.h>
#include <thread>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <fmt/format.h>

#include "base/fake_certificate.h"
#include "base/text.h"

namespace gsa::trino {
namespace {
namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr std::uint64_t kLargestRequest = 16 << 20;

}  // namespace

std::string FakeRequest::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

std::vector<std::string> FakeRequest::all(const std::string& name) const {
  std::vector<std::string> values;
  const auto [begin, end] = headers.equal_range(name);
  for (auto it = begin; it != end; ++it) values.push_back(it->second);
  return values;
}

struct FakeTrino::State {
  State(bool with_tls, int at_port)
      : is_tls(with_tls),
        acceptor(io, tcp::endpoint(asio::ip::address_v4::loopback(),
                                   static_cast<std::uint16_t>(at_port))) {
    if (is_tls) {
      tls.use_certificate_chain(asio::buffer(certificate.pem));
      tls.use_private_key(asio::buffer(certificate.key_pem), asio::ssl::context::pem);
    }
    thread = std::thread([this] { accept(); });
  }

  ~State() {
    {
      const std::lock_guard lock(mutex);
      stopping = true;
      for (const int socket : sockets) shutdown(socket, SHUT_RDWR);
    }
    changed.notify_all();
    shutdown(acceptor.native_handle(), SHUT_RDWR);  // wakes accept()
    thread.join();
    for (std::thread& connection : connections) connection.join();
  }

  void accept() {
    while (true) {
      error_code failure;
      auto socket = std::make_shared<tcp::socket>(io);
      failure = acceptor.accept(*socket, failure);
      const std::lock_guard lock(mutex);
      if (stopping) return;
      if (failure) continue;
      sockets.push_back(socket->native_handle());
      connections.emplace_back([this, socket] { serve(*socket); });
    }
  }

  void serve(tcp::socket& socket) {
    error_code failure;
    if (is_tls) {
      asio::ssl::stream<tcp::socket&> stream(socket, tls);
      failure = stream.handshake(asio::ssl::stream_base::server, failure);
      if (!failure) converse(stream);
    } else {
      converse(socket);
    }
    const std::lock_guard lock(mutex);
    std::erase(sockets, socket.native_handle());
    failure = socket.close(failure);  // a client that has gone already is fine
  }

  template <typename Stream>
  void converse(Stream& stream) {
    boost::beast::flat_buffer buffer;
    error_code failure;
    while (true) {
      http::request_parser<http::string_body> parser;
      parser.body_limit(kLargestRequest);
      http::read(stream, buffer, parser, failure);
      if (failure) {  // a client that has gone, or one that speaks TLS to a port without
        asio::write(stream, asio::buffer("HTTP/1.1 400 Fake\r\n\r\n", 21), failure);
        return;
      }
      const FakeReply reply = take(parser.get());
      if (reply.before) reply.before();
      if (!sleep(reply.delay) || reply.break_off) return;
      std::string text = fmt::format("HTTP/1.1 {} Fake\r\nContent-Length: {}\r\n", reply.status,
                                     reply.body.size());
      for (const auto& [name, value] : reply.headers)
        text += fmt::format("{}: {}\r\n", name, value);
      text += "\r\n" + reply.body;
      if (reply.cut_short) text.pop_back();
      asio::write(stream, asio::buffer(text), failure);
      if (failure || reply.cut_short) return;
    }
  }

  // Notes the request and returns its scripted reply.
  FakeReply take(const http::request<http::string_body>& request) {
    FakeRequest received{.method = std::string(request.method_string()),
                         .target = std::string(request.target()),
                         .body = request.body(),
                         .headers = {},
                         .time = std::chrono::steady_clock::now()};
    for (const auto& field : request) {
      received.headers.emplace(to_lower(std::string_view(field.name_string())), field.value());
    }
    const std::lock_guard lock(mutex);
    auto& replies = scripts[received.method];
    FakeReply reply = received.method == "DELETE" ? FakeReply::of(204)
                                                  : FakeReply::of(500, "the test has no answer");
    if (!replies.empty()) {
      reply = std::move(replies.front());
      replies.pop_front();
    }
    received_requests.push_back(std::move(received));
    return reply;
  }

  // False if the server is stopping.
  bool sleep(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex);
    return !changed.wait_for(lock, time, [this] { return stopping; });
  }

  const bool is_tls;
  const Certificate certificate;
  asio::ssl::context tls{asio::ssl::context::tls_server};
  asio::io_context io;
  tcp::acceptor acceptor;
  const int port = acceptor.local_endpoint().port();
  std::mutex mutex;  // guards all members below, except the thread
  std::condition_variable changed;
  bool stopping = false;
  std::vector<int> sockets;
  std::list<std::thread> connections;
  std::map<std::string, std::deque<FakeReply>> scripts;  // by method
  std::vector<FakeRequest> received_requests;
  std::thread thread;
};

FakeTrino::FakeTrino(bool tls, int port) : state_(std::make_unique<State>(tls, port)) {}
FakeTrino::~FakeTrino() = default;

void FakeTrino::script(const std::string& method, std::vector<FakeReply> replies) {
  const std::lock_guard lock(state_->mutex);
  for (FakeReply& reply : replies) state_->scripts[method].push_back(std::move(reply));
}

int FakeTrino::port() const { return state_->port; }
std::string FakeTrino::certificate() const { return state_->certificate.pem; }

std::string FakeTrino::url(const std::string& path) const {
  return fmt::format("http{}://127.0.0.1:{}{}", state_->is_tls ? "s" : "", state_->port, path);
}

std::vector<FakeRequest> FakeTrino::requests(const std::string& method) const {
  const std::lock_guard lock(state_->mutex);
  std::vector<FakeRequest> found = state_->received_requests;
  std::erase_if(found, [&](const FakeRequest& request) {
    return !method.empty() && request.method != method;
  });
  return found;
}

int refusing_port() {
  asio::io_context io;
  const tcp::acceptor acceptor(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  return acceptor.local_endpoint().port();
}

}  // namespace gsa::trino
