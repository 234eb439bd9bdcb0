#pragma once

// The HTTP server: one thread for the network, which never blocks, and a pool of workers for
// handlers. Speaks HTTP/1.1 and 1.0 with keep-alive and pipelining; no TLS.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "http/access.h"
#include "http/metrics.h"
#include "http/router.h"

namespace gsa::http {

// Limits on what a single client can cost.
struct Limits {
  std::size_t header_bytes =
      16 << 10;  // browsers also send the cookies of other ports of localhost; 431
  std::size_t body_bytes = 1 << 20;               // for SQL and JSON that people write; 413
  std::chrono::milliseconds header_time{10'000};  // from the first byte, or from connecting; 408
  std::chrono::milliseconds body_time{30'000};    // 1 MiB at 300 kbit/s; 408
  std::chrono::milliseconds idle_time{60'000};    // between requests; similar to what browsers use
  // A client that takes less than `write_bytes` of its pending bytes in `write_time` is cut off: 1
  // KiB/s, less than any line that can show a page.
  std::chrono::milliseconds write_time{30'000};
  std::size_t write_bytes = 32 << 10;
  // A stream slower than this ends after another one has waited `stream_patience` for its worker.
  std::size_t stream_bytes_a_second = 256 << 10;
  std::chrono::milliseconds stream_patience{2'000};
  // Room for 200 dashboards with six connections each, minus those behind a shared address. The
  // connection that has been idle for longest makes room for a new one; if all are busy, the new
  // one gets 503.
  std::size_t connections = 1'024;
  std::size_t peer_connections =
      768;  // per address; all clients of a proxy, and this machine, have one address
  std::size_t event_streams = 512;         // leaves connections for other requests
  std::size_t queued_requests = 256;       // waiting for a worker; 503 above
  std::size_t stream_window = 256 << 10;   // bytes of a streaming body that may wait for the client
  std::size_t pipelined_bytes = 64 << 10;  // read ahead while a request is handled
};

struct Options {
  std::string host =
      "127.0.0.1";         // an address or a name; 0.0.0.0 and :: mean all addresses of the machine
  std::uint16_t port = 0;  // 0: any free port
  std::size_t cancel_workers = 1;   // for Work::cancel
  std::size_t quick_workers = 2;    // for Work::quick
  std::size_t workers = 4;          // for Work::normal; handlers mostly wait for the database
  std::size_t lengthy_workers = 4;  // for Work::lengthy
  std::size_t stream_workers = 4;   // for streaming bodies
  Limits limits = {};
  // An empty `hosts` means localhost, 127.0.0.1 and [::1], with the port.
  Access access = {};
  std::string content_security_policy =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
      "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; "
      "frame-ancestors 'none'";
  std::chrono::milliseconds heartbeat{
      15'000};  // for event streams; proxies drop silent lines after 30 s
  // Called on the network's thread for each finished request. Must be quick and must not throw.
  std::function<void(const Finished&)> on_finished = {};
};

class Server {
 public:
  // Binds the address. Throws Error if it is in use or not an address of this machine.
  Server(Options options, Router router);
  ~Server();  // stop() without grace period
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const;
  // "http://127.0.0.1:8080". For 0.0.0.0 and ::, one for each address of the machine, loopback
  // first.
  std::vector<std::string> addresses() const;

  // Starts threads and begins to accept connections. Call it once. Connections that arrive between
  // binding and start() wait.
  void start();

  // Accepts no more connections, ends event streams and idle connections, and gives running
  // requests `time` to finish; then cancels these and closes their connections. Returns after every
  // handler has returned. Call it from any thread except the server's own; a second call returns at
  // once.
  void stop(std::chrono::milliseconds time = std::chrono::seconds(5));

  Metrics metrics() const;  // any thread, also handlers

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gsa::http
