#include "http/metrics.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

namespace gsa::http {
namespace {

class Text {
 public:
  explicit Text(const std::string& prefix) : prefix_(prefix) {}

  void family(std::string_view name, std::string_view type, std::string_view help) {
    fmt::format_to(std::back_inserter(out_), "# HELP {0}{1} {3}\n# TYPE {0}{1} {2}\n", prefix_,
                   name, type, help);
  }
  template <typename Number>
  void sample(std::string_view name, std::string_view labels, Number value) {
    fmt::format_to(std::back_inserter(out_), "{}{}{}{}{} {}\n", prefix_, name,
                   labels.empty() ? "" : "{", labels, labels.empty() ? "" : "}", value);
  }
  template <typename Number>
  void single(std::string_view name, std::string_view type, std::string_view help, Number value) {
    family(name, type, help);
    sample(name, "", value);
  }
  std::string take() { return std::move(out_); }

 private:
  const std::string& prefix_;
  std::string out_;
};

std::string escaped(std::string_view value) {
  std::string out;
  for (const char c : value) {
    if (c == '\\' || c == '"') out += '\\';
    out += c;
  }
  return out;
}

void add_durations(Text& text, const std::string& label, const RouteCounts& counts) {
  std::uint64_t total = 0;
  for (std::size_t i = 0; i < counts.by_duration.size(); ++i) {
    total += counts.by_duration.at(i);
    const std::string bound =
        i < kDurationBounds.size() ? fmt::format("{}", kDurationBounds.at(i)) : "+Inf";
    text.sample("request_duration_seconds_bucket", fmt::format("{},le=\"{}\"", label, bound),
                total);
  }
  text.sample("request_duration_seconds_sum", label, counts.seconds);
  text.sample("request_duration_seconds_count", label, total);
}

void add_routes(Text& text, const std::map<std::string, RouteCounts>& routes) {
  const auto label = [](const std::string& route) {
    return fmt::format("route=\"{}\"", escaped(route));
  };
  text.family("requests_total", "counter", "Requests answered, by route and class of status.");
  for (const auto& [route, counts] : routes) {
    for (std::size_t i = 0; i < counts.by_status_class.size(); ++i) {
      const std::uint64_t count = counts.by_status_class.at(i);
      if (count == 0) continue;
      text.sample("requests_total", fmt::format("{},status=\"{}xx\"", label(route), i + 1), count);
    }
  }
  text.family("response_bytes_total", "counter", "Bytes sent in answers, headers included.");
  for (const auto& [route, counts] : routes) {
    text.sample("response_bytes_total", label(route), counts.bytes_sent);
  }
  text.family("request_duration_seconds", "histogram",
              "Time from the header's last byte to the answer's.");
  for (const auto& [route, counts] : routes) add_durations(text, label(route), counts);
}

}  // namespace

void Recorder::record(const Finished& finished) {
  const std::string key =
      finished.route.empty() ? "none" : fmt::format("{} {}", finished.method, finished.route);
  const double seconds = std::chrono::duration<double>(finished.duration).count();
  const auto bucket = static_cast<std::size_t>(
      std::distance(kDurationBounds.begin(), std::ranges::lower_bound(kDurationBounds, seconds)));
  const auto status_class = static_cast<std::size_t>(std::clamp(finished.status / 100, 1, 5) - 1);
  const std::lock_guard lock(mutex_);
  RouteCounts& counts = metrics_.routes[key];
  ++counts.by_status_class.at(status_class);
  ++counts.by_duration.at(bucket);
  counts.seconds += seconds;
  counts.bytes_sent += finished.bytes_sent;
}

Metrics Recorder::snapshot() const {
  const std::lock_guard lock(mutex_);
  return metrics_;
}

std::string prometheus_text(const Metrics& metrics, const std::string& prefix) {
  Text text(prefix);
  add_routes(text, metrics.routes);
  text.single("connections_accepted_total", "counter", "Connections accepted.",
              metrics.connections_accepted);
  text.single("connections_refused_total", "counter", "Connections refused over the limit.",
              metrics.connections_refused);
  text.single("connections_evicted_total", "counter",
              "Idle connections that made room for new ones.", metrics.connections_evicted);
  text.single("accept_pauses_total", "counter", "Pauses because no file descriptors were left.",
              metrics.accept_pauses);
  text.single("timeouts_total", "counter", "Connections closed for being slow or idle.",
              metrics.timeouts);
  text.single("busy_total", "counter", "Requests refused because the queue was full.",
              metrics.busy);
  text.single("clients_dropped_total", "counter", "Event streams that fell too far behind.",
              metrics.clients_dropped);
  text.single("open_connections", "gauge", "Connections open now.", metrics.open_connections);
  text.single("event_streams", "gauge", "Event streams open now.", metrics.event_streams);
  text.single("queue_length", "gauge", "Requests that wait for a worker.", metrics.queue_length);
  return text.take();
}

}  // namespace gsa::http
