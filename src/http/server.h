#pragma once

// The HTTP server: one thread for the network, which never blocks, and a pool of workers for
// handlers. HTTP/1.1 and 1.0 with keep-alive and pipelining, no TLS.

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

// Every limit keeps what one client can cost bounded.
struct Limits {
  std::size_t header_bytes = 16 << 10;  // cookies of other ports of localhost come along; 431
  std::size_t body_bytes = 1 << 20;     // SQL and JSON that people write; 413
  std::chrono::milliseconds header_time{10'000};  // from its first byte, and from connecting; 408
  std::chrono::milliseconds body_time{30'000};    // 1 MiB over a line of 300 kbit/s; 408
  std::chrono::milliseconds idle_time{60'000};    // between requests; browsers keep about as long
  // A client that takes less than `write_bytes` of what waits for it in `write_time` is cut off:
  // 1 KiB/s, less than any line has that shows a page.
  std::chrono::milliseconds write_time{30'000};
  std::size_t write_bytes = 32 << 10;
  // A stream slower than this ends once another has waited `stream_patience` for its worker.
  std::size_t stream_bytes_a_second = 256 << 10;
  std::chrono::milliseconds stream_patience{2'000};
  // 200 dashboards with six connections each, less those that share an address with many. The one
  // without a request that has been so for longest makes room for a new one; where all are busy,
  // the new one is told 503.
  std::size_t connections = 1'024;
  std::size_t peer_connections = 768;      // of one address; proxies and this machine have one
  std::size_t event_streams = 512;         // so that they leave connections to others
  std::size_t queued_requests = 256;       // for a worker; 503 beyond
  std::size_t stream_window = 256 << 10;   // bytes of a streaming body that wait for their client
  std::size_t pipelined_bytes = 64 << 10;  // read ahead while a request is handled
};

struct Options {
  std::string host = "127.0.0.1";   // an address or a name; 0.0.0.0 and :: are all of the machine's
  std::uint16_t port = 0;           // 0: any that is free
  std::size_t cancel_workers = 1;   // for Work::cancel
  std::size_t quick_workers = 2;    // for Work::quick
  std::size_t workers = 4;          // for Work::normal; handlers mostly wait for the database
  std::size_t lengthy_workers = 4;  // for Work::lengthy
  std::size_t stream_workers = 4;   // for streaming bodies
  Limits limits = {};
  // With no hosts: localhost, 127.0.0.1 and [::1], with the port.
  Access access = {};
  std::string content_security_policy =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
      "connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'none'; "
      "frame-ancestors 'none'";
  std::chrono::milliseconds heartbeat{15'000};  // of event streams; proxies drop silent lines at 30
  // Called for each request that is over, on the network's thread: quick, and without exceptions.
  std::function<void(const Finished&)> on_finished = {};
};

class Server {
 public:
  // Binds. Throws Error where the address is in use or is none of this machine's.
  Server(Options options, Router router);
  ~Server();  // stop() without a time to finish
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  std::uint16_t port() const;
  // "http://127.0.0.1:8080". Of 0.0.0.0 and :: one for each address of the machine, loopback first.
  std::vector<std::string> addresses() const;

  // Begins to accept, on threads of its own. Once. Connections that came since binding wait until
  // then.
  void start();

  // Accepts no more, ends event streams and idle connections, and gives running requests the time
  // to finish; then requests their `cancelled` and closes. Returns once every handler has returned.
  // Any thread but the server's; a second call returns at once.
  void stop(std::chrono::milliseconds time = std::chrono::seconds(5));

  Metrics metrics() const;  // any thread, handlers too

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace gsa::http
