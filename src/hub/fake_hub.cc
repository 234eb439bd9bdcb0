#include "hub/fake_hub.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <list>
#include <mutex>
#include <string_view>
#include <sys/socket.h>
#include <thread>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <fmt/format.h>

#include "base/fake_certificate.h"
#include "base/random.h"
#include "base/text.h"
#include "hub/cache.h"
#include "hub/digest.h"

namespace gsa::hub {
namespace {
namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;
using HttpRequest = http::request<http::string_body>;

constexpr std::size_t kWriteBlock = 16'384;

std::string sum_of(SumKind kind, std::string_view bytes) {
  Digest digest(kind, static_cast<std::int64_t>(bytes.size()));
  digest.add(bytes);
  return digest.finish();
}

struct File {
  explicit File(std::string of)
      : bytes(std::move(of)),
        sha256(sum_of(SumKind::sha256, bytes)),
        git_sha1(sum_of(SumKind::git_sha1, bytes)) {}
  std::string bytes, sha256, git_sha1;
};

// An answer as it is sent.
struct Message {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;  // counted by Content-Length; not sent for HEAD

  void set(const std::string& name, const std::string& value) {
    std::erase_if(headers,
                  [&](const auto& header) { return to_lower(header.first) == to_lower(name); });
    if (!value.empty()) headers.emplace_back(name, value);
  }
  std::string head() const {
    std::string text = fmt::format("HTTP/1.1 {} Fake\r\n", status);
    for (const auto& [name, value] : headers) text += fmt::format("{}: {}\r\n", name, value);
    return text + "\r\n";
  }
};

// "bytes=5-" is 5; -1 if the request has no range.
std::int64_t range_start(const ReceivedRequest& request) {
  const std::string range = request.header("range");
  return range.starts_with("bytes=") ? std::stoll(range.substr(6)) : -1;
}

// The file, or the part of it that the request asks for.
Message file_message(const ReceivedRequest& request, const Reply& reply, std::string bytes) {
  Message message;
  const auto size = static_cast<std::int64_t>(bytes.size());
  const std::int64_t from = reply.ignore_range ? -1 : range_start(request);
  if (reply.change_bytes && !bytes.empty()) bytes.back() = static_cast<char>(bytes.back() ^ 1);
  if (from >= size || (from >= 0 && reply.refuse_range)) {
    message.status = 416;
    message.set("Content-Range", fmt::format("bytes */{}", size));
    return message;
  }
  message.set("Accept-Ranges", "bytes");
  if (from >= 0) {
    message.status = 206;
    message.set("Content-Range", fmt::format("bytes {}-{}/{}", from, size - 1, size));
    bytes.erase(0, static_cast<std::size_t>(from));
  }
  message.body = std::move(bytes);
  message.body.append(static_cast<std::size_t>(reply.extra_bytes), '!');
  return message;
}

}  // namespace

Reply Reply::of(int status, const std::string& error_code) {
  Reply reply;
  reply.status = status;
  if (!error_code.empty()) reply.headers.emplace_back("X-Error-Code", error_code);
  return reply;
}

struct FakeHub::State {
  struct Port {
    explicit Port(const std::string& address)
        : acceptor(io, tcp::endpoint(asio::ip::make_address_v4(address), 0)) {}
    asio::io_context io;
    tcp::acceptor acceptor;
    std::uint16_t number = acceptor.local_endpoint().port();
    std::thread thread;
  };

  explicit State(FakeHubOptions with) : options(std::move(with)) {
    if (options.tls) {
      tls.use_certificate_chain(asio::buffer(certificate.pem));
      tls.use_private_key(asio::buffer(certificate.key_pem), asio::ssl::context::pem);
    }
    hub.thread = std::thread([this] { accept(hub, false); });
    cdn.thread = std::thread([this] { accept(cdn, true); });
  }

  ~State() {
    {
      const std::lock_guard lock(mutex);
      stopping = true;
      for (const int socket : sockets) shutdown(socket, SHUT_RDWR);
    }
    changed.notify_all();
    for (Port* port : {&hub, &cdn}) {
      shutdown(port->acceptor.native_handle(), SHUT_RDWR);  // wakes accept()
      port->thread.join();
    }
    for (std::thread& thread : connections) thread.join();
  }

  void accept(Port& port, bool is_cdn) {
    while (true) {
      error_code failure;
      auto socket = std::make_shared<tcp::socket>(port.io);
      failure = port.acceptor.accept(*socket, failure);
      const std::lock_guard lock(mutex);
      if (stopping) return;
      if (failure) continue;
      sockets.push_back(socket->native_handle());
      connections.emplace_back([this, socket, is_cdn] { serve(*socket, is_cdn); });
    }
  }

  void serve(tcp::socket& socket, bool is_cdn) {
    error_code failure;
    failure = socket.set_option(tcp::no_delay(true), failure);
    if (options.tls && !is_cdn) {
      asio::ssl::stream<tcp::socket&> stream(socket, tls);
      failure = stream.handshake(asio::ssl::stream_base::server, failure);
      if (!failure) converse(stream, is_cdn);
    } else {
      converse(socket, is_cdn);
    }
    const std::lock_guard lock(mutex);
    std::erase(sockets, socket.native_handle());
    failure = socket.close(failure);  // a client that has gone already is fine
  }

  template <typename Stream>
  void converse(Stream& stream, bool is_cdn) {
    boost::beast::flat_buffer buffer;
    error_code failure;
    while (true) {
      HttpRequest request;
      http::read(stream, buffer, request, failure);
      if (failure) return;
      const std::size_t index = note(request, is_cdn);
      const ReceivedRequest received = at(index);
      const Reply reply = next_reply(received.place);
      if (reply.before) reply.before();
      if (reply.close_at_once) return;
      if (!send(stream, answer(received, reply), received.method == "HEAD", reply, index)) return;
    }
  }

  std::size_t note(const HttpRequest& request, bool is_cdn) {
    ReceivedRequest received;
    received.method = std::string(request.method_string());
    received.target = std::string(request.target());
    received.place = is_cdn ? Place::cdn : received.method == "HEAD" ? Place::head : Place::get;
    for (const auto& field : request) {
      received.headers[to_lower(std::string_view(field.name_string()))] =
          std::string(field.value());
    }
    const std::lock_guard lock(mutex);
    received_requests.push_back(std::move(received));
    return received_requests.size() - 1;
  }

  ReceivedRequest at(std::size_t index) {
    const std::lock_guard lock(mutex);
    return received_requests[index];
  }

  Reply next_reply(Place place) {
    const std::lock_guard lock(mutex);
    auto& replies = scripts[place];
    if (replies.empty()) return {};
    Reply reply = std::move(replies.front());
    replies.pop_front();
    return reply;
  }

  Message answer(const ReceivedRequest& request, const Reply& reply) {
    Message message;
    if (!reply.redirect.empty()) {
      message.status = 307;
      message.set("Location", reply.redirect);
    } else if (reply.status >= 400) {
      message.body = "{\"error\":\"as the test wants it\"}";
    } else {
      message = good_answer(request, reply);
    }
    if (reply.status != 0) message.status = reply.status;
    const auto size = static_cast<std::int64_t>(message.body.size());
    message.set("Content-Length", std::to_string(reply.claim.value_or(size)));
    for (const auto& [name, value] : reply.headers) message.set(name, value);
    return message;
  }

  Message good_answer(const ReceivedRequest& request, const Reply& reply) {
    const std::lock_guard lock(mutex);
    std::string target = request.target;
    if (const std::size_t moved = target.find("/moved?to="); moved == 0) target.erase(0, 10);
    if (request.place == Place::cdn) {
      for (const auto& [path, file] : files) {
        if (target.starts_with("/blobs/" + file.sha256 + "?")) {
          return file_message(request, reply, file.bytes);
        }
      }
      return {.status = 404, .headers = {}, .body = "no such blob"};
    }
    if (target.starts_with("/api/")) return api_answer(target);
    return hub_answer(request, reply, target);
  }

  // /api/datasets/OWNER/NAME/(revision|tree)/…: a listing has two files a page.
  Message api_answer(const std::string& target) const {
    constexpr std::size_t kFilesAPage = 2;
    Message message;
    std::vector<std::string> paths;
    for (const auto& [path, file] : files) {
      const std::size_t slash = path.find('/', path.find('/') + 1);
      if (target.starts_with("/api/datasets/" + path.substr(0, slash) + "/")) {
        paths.push_back(path.substr(slash + 1));
      }
    }
    if (paths.empty()) {
      message.status = 404;
      message.set("X-Error-Code", "RepoNotFound");
      return message;
    }
    if (target.find("/revision/") != std::string::npos) {
      message.body = fmt::format("{{\"id\":\"it\",\"sha\":\"{}\"}}", commit);
      return message;
    }
    constexpr std::string_view kCursor = "&cursor=";
    const std::size_t cursor = target.find(kCursor);
    const std::size_t first =
        cursor == std::string::npos ? 0 : std::stoull(target.substr(cursor + kCursor.size()));
    message.body = "[{\"type\":\"directory\",\"path\":\"a folder\"}";
    for (std::size_t i = first; i < std::min(first + kFilesAPage, paths.size()); ++i) {
      message.body += fmt::format(",{{\"type\":\"file\",\"path\":{}}}", json_quote(paths[i]));
    }
    message.body += "]";
    if (first + kFilesAPage < paths.size()) {
      message.set("Link",
                  fmt::format("<http{}://127.0.0.1:{}{}{}{}>; rel=\"next\"", options.tls ? "s" : "",
                              hub.number, target.substr(0, cursor), kCursor, first + kFilesAPage));
    }
    return message;
  }

  // /datasets/OWNER/NAME/resolve/REVISION/PATH; any revision has the newest bytes.
  Message hub_answer(const ReceivedRequest& request, const Reply& reply,
                     const std::string& target) {
    Message message;
    for (const auto& [path, file] : files) {
      const std::size_t slash = path.find('/', path.find('/') + 1);
      const std::string begin = "/datasets/" + path.substr(0, slash) + "/resolve/";
      if (!target.starts_with(begin) || !target.ends_with(path.substr(slash))) continue;
      if (options.direct) {
        message = file_message(request, reply, file.bytes);
        message.set("ETag", fmt::format("W/\"{}\"", file.git_sha1));
      } else {
        message.status = 302;
        message.body = "Found. Redirecting";
        message.set("Location", fmt::format("{}/blobs/{}?Signature={}", cdn_endpoint(), file.sha256,
                                            ++signatures));
        message.set("X-Linked-Etag", fmt::format("\"{}\"", file.sha256));
        message.set("X-Linked-Size", std::to_string(file.bytes.size()));
        message.set("ETag", "\"of-the-redirect\"");
      }
      const std::string revision =
          target.substr(begin.size(), target.find('/', begin.size()) - begin.size());
      message.set("X-Repo-Commit", is_commit(revision) ? revision : commit);
      return message;
    }
    message.status = 404;
    message.set("X-Error-Code", "EntryNotFound");
    return message;
  }

  // False if the connection must end.
  template <typename Stream>
  bool send(Stream& stream, const Message& message, bool is_head, const Reply& reply,
            std::size_t index) {
    error_code failure;
    asio::write(stream, asio::buffer(message.head()), failure);
    std::string_view left = is_head ? std::string_view() : std::string_view(message.body);
    const bool cut = reply.cut_off_at >= 0 && !is_head;
    if (cut) left = left.substr(0, static_cast<std::size_t>(reply.cut_off_at));
    while (!failure && !left.empty()) {
      std::size_t block = std::min(left.size(), kWriteBlock);
      if (reply.bytes_per_second > 0) {  // fifty times a second
        block = std::min(block, static_cast<std::size_t>(reply.bytes_per_second / 50 + 1));
        if (!sleep(std::chrono::milliseconds(20))) return false;
      }
      const std::size_t sent = asio::write(stream, asio::buffer(left.data(), block), failure);
      left.remove_prefix(block);
      const std::lock_guard lock(mutex);
      received_requests[index].body_bytes += static_cast<std::int64_t>(sent);
    }
    if (cut && reply.stall) sleep(std::chrono::hours(1));
    return !failure && !cut && !reply.claim;
  }

  std::string cdn_endpoint() const {
    return fmt::format("http://{}:{}", options.cdn_address, cdn.number);
  }

  // False if the server is stopping.
  bool sleep(std::chrono::milliseconds time) {
    std::unique_lock lock(mutex);
    return !changed.wait_for(lock, time, [this] { return stopping; });
  }

  const FakeHubOptions options;
  const Certificate certificate;
  asio::ssl::context tls{asio::ssl::context::tls_server};
  std::mutex mutex;  // guards all members below, except the ports
  std::condition_variable changed;
  bool stopping = false;
  std::vector<int> sockets;
  std::list<std::thread> connections;
  std::map<std::string, File> files;  // by OWNER/NAME/PATH
  std::string commit;
  int commits = 0;
  int signatures = 0;
  std::map<Place, std::deque<Reply>> scripts;
  std::vector<ReceivedRequest> received_requests;
  Port hub{"127.0.0.1"};
  Port cdn{options.cdn_address};
};

FakeHub::FakeHub(FakeHubOptions options) : state_(std::make_unique<State>(std::move(options))) {}
FakeHub::~FakeHub() = default;

void FakeHub::set_file(const std::string& repo, const std::string& path, std::string bytes) {
  File file(std::move(bytes));
  const std::lock_guard lock(state_->mutex);
  state_->files.insert_or_assign(repo + "/" + path, std::move(file));
  state_->commit = sum_of(SumKind::sha256, std::to_string(++state_->commits)).substr(0, 40);
}

void FakeHub::script(Place place, std::vector<Reply> replies) {
  const std::lock_guard lock(state_->mutex);
  for (Reply& reply : replies) state_->scripts[place].push_back(std::move(reply));
}

std::string FakeHub::endpoint() const {
  return fmt::format("{}://127.0.0.1:{}", state_->options.tls ? "https" : "http",
                     state_->hub.number);
}
std::string FakeHub::cdn_endpoint() const { return state_->cdn_endpoint(); }
std::string FakeHub::certificate() const { return state_->certificate.pem; }

std::string FakeHub::commit() const {
  const std::lock_guard lock(state_->mutex);
  return state_->commit;
}

std::vector<ReceivedRequest> FakeHub::requests() const {
  const std::lock_guard lock(state_->mutex);
  return state_->received_requests;
}

std::vector<ReceivedRequest> FakeHub::requests(Place place) const {
  std::vector<ReceivedRequest> found = requests();
  std::erase_if(found, [&](const ReceivedRequest& request) { return request.place != place; });
  return found;
}

std::string refusing_endpoint() {
  asio::io_context io;
  const tcp::acceptor acceptor(io, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  return fmt::format("http://127.0.0.1:{}", acceptor.local_endpoint().port());
}

std::string made_up_bytes(std::size_t size) {
  std::string bytes;
  bytes.reserve(size + 16);
  for (std::uint64_t id = 0; bytes.size() < size; ++id) {
    for (const std::uint32_t word : RandomStream(1, 1).at(id).word) {
      bytes.append(reinterpret_cast<const char*>(&word), sizeof word);
    }
  }
  bytes.resize(size);
  return bytes;
}

}  // namespace gsa::hub
