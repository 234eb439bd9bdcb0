#include "lake/fake_s3.h"

#include <condition_variable>
#include <deque>
#include <list>
#include <map>
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

namespace gsa::lake {
namespace {
namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using RequestParser = http::request_parser<http::string_body>;

void damage(std::string& bytes) {
  if (!bytes.empty()) bytes.back() = static_cast<char>(bytes.back() ^ 1);
}

}  // namespace

struct FakeS3::State {
  explicit State(FakeS3Options with) : is_tls(with.tls), bucket(std::move(with.bucket)) {
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
    failure = socket.set_option(tcp::no_delay(true), failure);
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
    while (!failure) {
      RequestParser parser;
      parser.body_limit(boost::none);
      http::read_header(stream, buffer, parser, failure);
      if (failure) return;
      const S3Reply reply = next_reply(std::string(parser.get().method_string()));
      if (reply.before) reply.before();
      if (!read_body(stream, buffer, parser, reply)) return;
      const FakeRequest request = note(parser.get());
      FakeAnswer answer = reply.answer;
      if (answer.status == 0) {
        const std::lock_guard lock(mutex);
        FakeRequest sent = request;
        if (reply.damage_request) damage(sent.body);
        answer = bucket.answer(sent);
      }
      if (reply.damage_answer) damage(answer.body);
      if (reply.lose_answer || !send(stream, answer, request.method == "HEAD", reply)) return;
    }
  }

  // False if the connection must end.
  template <typename Stream>
  bool read_body(Stream& stream, boost::beast::flat_buffer& buffer, RequestParser& parser,
                 const S3Reply& reply) {
    error_code failure;
    if (parser.get()[http::field::expect] == "100-continue") {
      if (reply.answer.status >= 300) {  // refuses without having read
        note(parser.get());
        send(stream, reply.answer, false, reply);
        return false;
      }
      asio::write(stream, asio::buffer("HTTP/1.1 100 Continue\r\n\r\n", 25), failure);
    }
    while (!failure && !parser.is_done()) {
      if (reply.read_only >= 0 &&
          parser.get().body().size() >= static_cast<std::size_t>(reply.read_only)) {
        note(parser.get());
        if (reply.stall) sleep(std::chrono::hours(1));
        return false;
      }
      http::read_some(stream, buffer, parser, failure);
    }
    if (reply.stall) sleep(std::chrono::hours(1));
    return !failure && !reply.stall;
  }

  FakeRequest note(const http::request<http::string_body>& request) {
    FakeRequest received;
    received.method = std::string(request.method_string());
    received.target = std::string(request.target());
    received.body = request.body();
    for (const auto& field : request) {
      received.headers[to_lower(std::string_view(field.name_string()))] =
          std::string(field.value());
    }
    const std::lock_guard lock(mutex);
    received_requests.push_back(received);
    return received;
  }

  S3Reply next_reply(const std::string& method) {
    const std::lock_guard lock(mutex);
    auto& replies = scripts[method];
    if (replies.empty()) return {};
    S3Reply reply = std::move(replies.front());
    replies.pop_front();
    return reply;
  }

  // False if the connection must end.
  template <typename Stream>
  bool send(Stream& stream, const FakeAnswer& answer, bool is_head, const S3Reply& reply) {
    std::string text = fmt::format("HTTP/1.1 {} Fake\r\n", answer.status);
    if (answer.status != 204) text += fmt::format("Content-Length: {}\r\n", answer.body.size());
    for (const auto& [name, value] : answer.headers) text += fmt::format("{}: {}\r\n", name, value);
    text += "\r\n";
    if (!is_head) text += answer.body.substr(0, static_cast<std::size_t>(reply.cut_answer_at));
    error_code failure;
    asio::write(stream, asio::buffer(text), failure);
    return !failure && reply.cut_answer_at < 0;
  }

  // Until the server is stopping, at most.
  void sleep(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex);
    changed.wait_for(lock, time, [this] { return stopping; });
  }

  const bool is_tls;
  const Certificate certificate;
  asio::ssl::context tls{asio::ssl::context::tls_server};
  asio::io_context io;
  tcp::acceptor acceptor{io, tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
  const int port = acceptor.local_endpoint().port();
  std::mutex mutex;  // guards all members below, except the thread
  std::condition_variable changed;
  bool stopping = false;
  FakeBucket bucket;
  std::vector<int> sockets;
  std::list<std::thread> connections;
  std::map<std::string, std::deque<S3Reply>> scripts;  // by method
  std::vector<FakeRequest> received_requests;
  std::thread thread;
};

FakeS3::FakeS3(FakeS3Options options) : state_(std::make_unique<State>(std::move(options))) {}
FakeS3::~FakeS3() = default;

void FakeS3::script(const std::string& method, std::vector<S3Reply> replies) {
  const std::lock_guard lock(state_->mutex);
  for (S3Reply& reply : replies) state_->scripts[method].push_back(std::move(reply));
}

void FakeS3::with_bucket(const std::function<void(FakeBucket&)>& use) {
  const std::lock_guard lock(state_->mutex);
  use(state_->bucket);
}

FakeBucket::Object FakeS3::object(const std::string& key) {
  FakeBucket::Object found;
  with_bucket([&](FakeBucket& bucket) {
    if (bucket.objects.contains(key)) found = bucket.objects.at(key);
  });
  return found;
}

bool FakeS3::has(const std::string& key) {
  bool found = false;
  with_bucket([&](FakeBucket& bucket) { found = bucket.objects.contains(key); });
  return found;
}

std::size_t FakeS3::unfinished_uploads() {
  std::size_t count = 0;
  with_bucket([&](FakeBucket& bucket) { count = bucket.uploads.size(); });
  return count;
}

int FakeS3::port() const { return state_->port; }
std::string FakeS3::certificate() const { return state_->certificate.pem; }

std::string FakeS3::endpoint() const {
  return fmt::format("http{}://127.0.0.1:{}", state_->is_tls ? "s" : "", state_->port);
}

std::vector<FakeRequest> FakeS3::requests(const std::string& method) const {
  const std::lock_guard lock(state_->mutex);
  std::vector<FakeRequest> found = state_->received_requests;
  std::erase_if(found, [&](const FakeRequest& request) {
    return !method.empty() && request.method != method;
  });
  return found;
}

int closed_port() {
  asio::io_context io;
  const tcp::acceptor acceptor(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  return acceptor.local_endpoint().port();
}

}  // namespace gsa::lake
