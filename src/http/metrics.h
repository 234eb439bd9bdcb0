#pragma once

// The server's counters, and their text form for Prometheus.

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace gsa::http {

// Record of a finished request, for logs and counters.
struct Finished {
  std::string method = {};
  std::string route = {};  // its pattern; "" if there is none
  std::string path = {};   // decoded; "" if the request could not be read
  std::string peer = {};
  int status = 0;                         // 499: the client left before there was an answer
  std::chrono::microseconds duration{0};  // from the header's last byte to the answer's
  std::uint64_t bytes_sent = 0;
  std::string failure = {};  // the cause of a 500, which the client does not see
};

// Upper bounds in seconds: from a cached answer to the longest query.
inline constexpr std::array kDurationBounds = {0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1,
                                               0.25,  0.5,    1.0,   2.5,  5.0,   10.0, 30.0};

struct RouteCounts {
  std::array<std::uint64_t, 5> by_status_class{};  // 1xx to 5xx
  std::array<std::uint64_t, kDurationBounds.size() + 1>
      by_duration{};  // the last one counts longer requests
  double seconds = 0;
  std::uint64_t bytes_sent = 0;
};

// A snapshot of the counters.
struct Metrics {
  std::map<std::string, RouteCounts> routes;  // by method and pattern, "GET /api/runs/{id}"
  std::uint64_t connections_accepted = 0;
  std::uint64_t connections_refused = 0;  // over the limit
  std::uint64_t connections_evicted = 0;  // idle ones that made room for new ones
  std::uint64_t accept_pauses = 0;        // out of file descriptors
  std::uint64_t timeouts = 0;             // connections closed for being slow or idle
  std::uint64_t busy = 0;                 // requests refused because the queue was full
  std::uint64_t clients_dropped = 0;      // event streams that fell too far behind
  std::size_t open_connections = 0;
  std::size_t event_streams = 0;
  std::size_t queue_length = 0;  // requests waiting for a worker
};

// Any thread may use it.
class Recorder {
 public:
  void record(const Finished& finished);
  // Changes the counters that are not about single requests.
  template <typename Change>
  void change(Change&& change) {
    const std::lock_guard lock(mutex_);
    change(metrics_);
  }
  Metrics snapshot() const;

 private:
  mutable std::mutex mutex_;
  Metrics metrics_;
};

// Prometheus' text format, version 0.0.4. Names begin with `prefix`.
std::string prometheus_text(const Metrics& metrics, const std::string& prefix = "gsa_http_");

}  // namespace gsa::http
