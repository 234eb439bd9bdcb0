#include "http/server.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <ctime>
#include <future>
#include <mutex>
#include <poll.h>
#include <thread>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include "base/error.h"
#include "http/address.h"
#include "http/connection.h"
#include "http/wire.h"

namespace gsa::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// How often time limits are checked, and thus their precision.
constexpr std::chrono::milliseconds kTick{100};
// How long accepting pauses without file descriptors.
constexpr std::chrono::milliseconds kAcceptPause{100};
// Connections over the limit get an error; beyond this many, they are closed without one.
constexpr std::size_t kRefusedAtOnce = 64;
// How often stop() checks whether the connections have ended.
constexpr std::chrono::milliseconds kStopPoll{5};
// Bytes per read; all connections share the buffer.
constexpr std::size_t kReadBuffer = 64 << 10;

std::string address_of(const tcp::endpoint& endpoint) {
  const std::string text = endpoint.address().to_string();
  return read_address(text).value_or(text);
}

tcp::endpoint resolve(const std::string& host, std::uint16_t port) {
  return {asio::ip::make_address(resolve_address(host)), port};
}

Error cannot_listen(const tcp::endpoint& endpoint, const error_code& failure) {
  const std::string place = with_port(address_of(endpoint), endpoint.port());
  if (failure == asio::error::address_in_use) {
    return Error(
        fmt::format("port {} is in use", endpoint.port()),
        fmt::format("choose another --port, or stop the program that listens on {}", place));
  }
  if (failure == asio::error::access_denied) {
    return Error(fmt::format("not permitted to listen on {}", place),
                 "choose a --port of 1024 or above");
  }
  if (failure.value() == EADDRNOTAVAIL) {
    return Error(fmt::format("{} is not an address of this machine", address_of(endpoint)),
                 "give --host an address, such as 127.0.0.1 or 0.0.0.0", ErrorCode::usage);
  }
  return Error(fmt::format("cannot listen on {}: {}", place, failure.message()));
}

}  // namespace

Shared::Shared(asio::io_context& on, Options with, Router of)
    : options(std::move(with)),
      router(std::move(of)),
      io(on),
      pool({{options.cancel_workers, options.quick_workers, options.workers,
             options.lengthy_workers, options.stream_workers},
            options.limits.queued_requests}),
      date(http_date(std::time(nullptr))),
      read_buffer(kReadBuffer) {
  default_headers.add("Content-Security-Policy", options.content_security_policy);
  default_headers.add("X-Content-Type-Options", "nosniff");
  default_headers.add("Referrer-Policy", "no-referrer");
  default_headers.add("Cross-Origin-Opener-Policy", "same-origin");
  default_headers.add("Cross-Origin-Resource-Policy", "same-origin");
  default_headers.add("Cache-Control", "no-store");
}

void Shared::enter_open(const std::string& peer) {
  ++open;
  ++of_peer[peer];
}

void Shared::leave_open(const std::string& peer) {
  --open;
  const auto entry = of_peer.find(peer);
  if (--entry->second == 0) of_peer.erase(entry);
}

Connection* Shared::longest_idle(const std::string& peer) const {
  Connection* longest = nullptr;
  std::size_t most = 0;
  for (const auto& connection : connections) {
    if (!connection->is_idle() || (!peer.empty() && connection->peer() != peer)) continue;
    const std::size_t of = of_peer.at(connection->peer());
    const bool is_before =
        of > most || (of == most && connection->idle_since() < longest->idle_since());
    if (longest != nullptr && !is_before) continue;
    longest = connection.get();
    most = of;
  }
  return longest;
}

void Shared::join(const std::shared_ptr<Topic>& topic, Connection* connection) {
  ++event_streams;
  const auto [entry, is_new] = topics.try_emplace(topic);
  entry->second.connections.insert(connection);
  if (!is_new) return;
  // However many events arrive before the network's thread handles them, they wake it once.
  const auto is_awake = std::make_shared<std::atomic<bool>>(false);
  entry->second.subscription = Topic::subscribe(topic, [this, is_awake, key = topic.get()] {
    if (is_awake->exchange(true)) return;
    asio::post(io, [this, is_awake, key] {
      is_awake->store(false);
      for (const auto& [other, clients] : topics) {
        if (other.get() != key) continue;
        for (Connection* client : clients.connections) client->wake();
      }
    });
  });
}

void Shared::leave(const std::shared_ptr<Topic>& topic, Connection* connection) {
  --event_streams;
  const auto entry = topics.find(topic);
  entry->second.connections.erase(connection);
  if (entry->second.connections.empty()) topics.erase(entry);
}

struct Server::Impl {
  Impl(Options options, Router router)
      : shared(io, listen(std::move(options)), std::move(router)) {}

  // Returns the options with the bound port and the hosts that the server accepts.
  Options listen(Options options) {
    endpoint = resolve(options.host, options.port);
    error_code failure;
    failure = acceptor.open(endpoint.protocol(), failure);
    if (!failure && endpoint.address().is_v6()) {
      // "::" includes IPv4 addresses, whatever the system's default.
      failure = acceptor.set_option(asio::ip::v6_only(false), failure);
    }
    if (!failure) failure = acceptor.set_option(tcp::acceptor::reuse_address(true), failure);
    if (!failure) failure = acceptor.bind(endpoint, failure);
    if (!failure) failure = acceptor.listen(asio::socket_base::max_listen_connections, failure);
    if (failure) throw cannot_listen(endpoint, failure);
    endpoint = acceptor.local_endpoint();
    options.port = endpoint.port();
    if (options.access.hosts.empty()) {
      const std::string bound = address_of(endpoint);
      for (const std::string_view name :
           {std::string_view("127.0.0.1"), std::string_view("localhost"), std::string_view("::1"),
            std::string_view(bound)}) {
        options.access.hosts.push_back(with_port(name, endpoint.port()));
      }
    }
    if (options.access.cookie.empty()) {
      options.access.cookie = fmt::format("gsa_token_{}", endpoint.port());
    }
    return options;
  }

  asio::awaitable<void> accept_clients() {
    while (!shared.stopping) {
      error_code failure;
      tcp::socket socket(io);
      co_await acceptor.async_accept(socket, asio::redirect_error(asio::use_awaitable, failure));
      if (shared.stopping) break;
      if (!failure) {
        admit(std::move(socket));
      } else if (failure != asio::error::connection_aborted) {
        // Out of file descriptors or memory: the next try would fail at once, again and again.
        if (someone_waits()) make_room("");
        shared.recorder.change([](Metrics& metrics) { ++metrics.accept_pauses; });
        pause.expires_after(kAcceptPause);
        co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, failure));
      }
    }
  }

  void admit(tcp::socket socket) {
    const Limits& limits = shared.options.limits;
    const auto connection = std::make_shared<Connection>(shared, std::move(socket));
    const std::string& peer = connection->peer();
    const auto of_peer = shared.of_peer.find(peer);
    bool has_room = true;
    // `open` is updated at once; the connection itself leaves the set a little later.
    if (of_peer != shared.of_peer.end() && of_peer->second >= limits.peer_connections) {
      has_room = make_room(peer);
    } else if (shared.open >= limits.connections) {
      has_room = make_room("");
    }
    shared.recorder.change([&](Metrics& metrics) {
      ++metrics.connections_accepted;
      metrics.connections_refused += has_room ? 0U : 1U;
    });
    if (has_room) {
      connection->start();
    } else if (shared.connections.size() < limits.connections + kRefusedAtOnce) {
      connection->refuse();
    }  // otherwise it is closed without an answer
  }

  // Without file descriptors, accept() fails even if no client is waiting.
  bool someone_waits() {
    pollfd waiting{acceptor.native_handle(), POLLIN, 0};
    return poll(&waiting, 1, 0) == 1;
  }

  bool make_room(const std::string& peer) {
    const auto idle = shared.longest_idle(peer);
    if (idle == nullptr) return false;
    idle->close();
    shared.recorder.change([](Metrics& metrics) { ++metrics.connections_evicted; });
    return true;
  }

  // While streams wait for workers, ends as many of the slowest streams, if these are slow enough.
  void look_at_streams(Clock::time_point now) {
    const std::size_t waiting = shared.pool.queue_length(WorkerPool::Kind::stream);
    if (waiting == 0) streams_wait_since = now;
    if (now - streams_wait_since < shared.options.limits.stream_patience) return;
    streams_wait_since = now;
    std::vector<std::pair<double, std::shared_ptr<Connection>>> slow;
    for (const auto& connection : shared.connections) {
      const auto rate = connection->stream_rate(now);
      if (rate && *rate < static_cast<double>(shared.options.limits.stream_bytes_a_second)) {
        slow.emplace_back(*rate, connection);
      }
    }
    std::ranges::sort(slow);
    if (slow.size() > waiting) slow.resize(waiting);
    for (const auto& [rate, connection] : slow) connection->close();
    shared.recorder.change([&](Metrics& metrics) { metrics.timeouts += slow.size(); });
  }

  // Checks the time limits of all connections, and notifies stop() when none is left.
  asio::awaitable<void> watch_clock() {
    while (!finished) {
      error_code failure;
      tick.expires_after(kTick);
      co_await tick.async_wait(asio::redirect_error(asio::use_awaitable, failure));
      shared.date = http_date(std::time(nullptr));
      const auto now = Clock::now();
      for (const auto& connection : shared.connections) connection->look_at_clock(now);
      look_at_streams(now);
      shared.recorder.change([&](Metrics& metrics) {
        metrics.open_connections = shared.connections.size();
        metrics.event_streams = shared.event_streams;
      });
    }
  }

  void on_network_thread(std::function<void()> action) {
    std::promise<void> done;
    asio::post(io, [&] {
      action();
      done.set_value();
    });
    done.get_future().wait();
  }

  bool is_empty() {
    bool empty = false;
    on_network_thread([&] { empty = shared.connections.empty(); });
    return empty;
  }

  void for_each_connection(void (Connection::*action)()) {
    on_network_thread([&] {
      const auto connections = shared.connections;  // a copy, because some may leave
      for (const auto& connection : connections) ((*connection).*action)();
    });
  }

  void start() {
    asio::co_spawn(io, accept_clients(), asio::detached);
    asio::co_spawn(io, watch_clock(), asio::detached);
    network = std::thread([this] { io.run(); });
  }

  void stop(std::chrono::milliseconds time) {
    const auto deadline = Clock::now() + time;
    on_network_thread([&] {
      shared.stopping = true;
      error_code ignored;
      ignored = acceptor.close(ignored);
      pause.cancel();
    });
    for_each_connection(&Connection::wind_down);
    while (!is_empty() && Clock::now() < deadline) std::this_thread::sleep_for(kStopPoll);
    for_each_connection(&Connection::cancel);
    shared.pool.stop();
    // All answers exist now. A client still gets what it can take at once.
    on_network_thread([] {});
    while (!is_empty()) for_each_connection(&Connection::close);
    on_network_thread([&] {
      finished = true;
      tick.cancel();
    });
    network.join();
  }

  asio::io_context io{1};
  tcp::acceptor acceptor{io};
  tcp::endpoint endpoint;
  asio::steady_timer pause{io};
  asio::steady_timer tick{io};
  bool finished = false;  // only for the network's thread
  Clock::time_point streams_wait_since = Clock::now();
  Shared shared;  // declared after io: its workers end first
  std::thread network;
  std::mutex stopping;  // one stop() at a time
};

Server::Server(Options options, Router router)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(router))) {}

Server::~Server() { stop(std::chrono::milliseconds(0)); }

std::uint16_t Server::port() const { return impl_->endpoint.port(); }

std::vector<std::string> Server::addresses() const {
  std::vector<std::string> addresses;
  for (const std::string& address : local_addresses(address_of(impl_->endpoint))) {
    addresses.push_back("http://" + with_port(address, impl_->endpoint.port()));
  }
  return addresses;
}

void Server::start() {
  check(!impl_->network.joinable() && !impl_->finished, "a server is started once");
  impl_->start();
}

void Server::stop(std::chrono::milliseconds time) {
  const std::lock_guard lock(impl_->stopping);
  if (impl_->network.joinable()) impl_->stop(time);
}

Metrics Server::metrics() const {
  Metrics metrics = impl_->shared.recorder.snapshot();
  metrics.queue_length = impl_->shared.pool.queue_length();
  return metrics;
}

}  // namespace gsa::http
