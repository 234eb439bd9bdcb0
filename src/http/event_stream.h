#pragma once

// Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). Any thread
// publishes to a topic, and every connected client gets the event. An event is stored once, however
// many clients there are: a client is only a position in the topic's log. The log is bounded. A
// client that reconnects with Last-Event-ID resumes there if the log still reaches back that far;
// otherwise it gets an event `reset`. A connected client that falls behind the start of the log is
// disconnected.

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"

namespace gsa::http {

struct TopicLimits {
  // An hour of a busy run's log: more than a browser misses while a laptop's network sleeps.
  std::size_t events = 4'096;
  std::size_t bytes = 4 << 20;  // of the log, not counting its newest event
};

// Any thread may use it.
class Topic {
 public:
  using Event = std::shared_ptr<const std::string>;  // as sent

  explicit Topic(TopicLimits limits = {});

  // `event` is a name without line breaks; `data` may contain some. Returns the event's id.
  std::string publish(std::string_view event, std::string_view data);
  // The id of the newest event, for a page that loads its state first and then the events after it.
  std::string last_id() const;

  // Only the server uses the rest.

  // The number of the first event after `last_event_id`. Null if events in between are gone, or if
  // the id belongs to another topic or to an earlier server.
  std::optional<std::uint64_t> position_after(std::string_view last_event_id) const;
  std::uint64_t end() const;  // number of the next event
  std::string id_before(std::uint64_t position) const;

  struct Slice {
    std::vector<Event> events;
    bool lost = false;  // the log no longer reaches back to the position
  };
  Slice read(std::uint64_t position, std::size_t most_events) const;

  // Calls `wake` after each event, on the publishing thread, until the result is destroyed. `wake`
  // must not use the topic.
  using Subscription = std::shared_ptr<void>;
  static Subscription subscribe(const std::shared_ptr<Topic>& topic, std::function<void()> wake);

 private:
  const TopicLimits limits_;
  const std::string epoch_;  // part of the ids; new for each topic and each start of the server
  mutable std::mutex mutex_;
  std::deque<Event> log_;
  std::size_t log_bytes_ = 0;
  std::uint64_t first_ = 1;  // number of the log's first event
  std::map<std::uint64_t, std::function<void()>> wakes_;
  std::uint64_t last_wake_ = 0;
};

// A response that streams the topic's events after the request's Last-Event-ID, or after its
// parameter last_event_id, which pages use for their first connection.
Response event_stream(std::shared_ptr<Topic> topic, const Request& request);

// "id: 7\nevent: step\ndata: …\n\n". Omits empty parts.
std::string event_text(std::string_view id, std::string_view event, std::string_view data);

}  // namespace gsa::http
