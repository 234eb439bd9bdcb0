#pragma once

// Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html): what any
// thread publishes to a topic, each connected client gets. An event is stored once, whatever the
// number of clients: a client is a position in the topic's log. The log is bounded. A client that
// comes back with Last-Event-ID goes on where it was as long as the log reaches back so far, and
// gets an event `reset` otherwise; one that is connected and falls out of the log is disconnected.

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
  // An hour of a busy run's log; more than a browser falls behind while a laptop's network sleeps.
  std::size_t events = 4'096;
  std::size_t bytes = 4 << 20;  // of the log, besides its newest event
};

// Any thread.
class Topic {
 public:
  using Event = std::shared_ptr<const std::string>;  // as it goes over the line

  explicit Topic(TopicLimits limits = {});

  // `event` is a name without line breaks; `data` may have them. Returns the event's id.
  std::string publish(std::string_view event, std::string_view data);
  // Of the newest event, for a page that loads its state first and then wants what came after.
  std::string last_id() const;

  // The rest is for the server.

  // The event that a client gets next, by number; after `last_event_id`. None where events between
  // are no longer there, or the id is of another topic or an earlier server.
  std::optional<std::uint64_t> position_after(std::string_view last_event_id) const;
  std::uint64_t end() const;  // the number of the next event to be published
  std::string id_before(std::uint64_t position) const;

  struct Slice {
    std::vector<Event> events;
    bool lost = false;  // the log no longer reaches back to the position
  };
  Slice read(std::uint64_t position, std::size_t most_events) const;

  // Calls `wake` after each event on the thread that published it, until the result is destroyed.
  // `wake` may not use the topic.
  using Subscription = std::shared_ptr<void>;
  static Subscription subscribe(const std::shared_ptr<Topic>& topic, std::function<void()> wake);

 private:
  const TopicLimits limits_;
  const std::string epoch_;  // tells the ids of this topic from those of an earlier server
  mutable std::mutex mutex_;
  std::deque<Event> log_;
  std::size_t log_bytes_ = 0;
  std::uint64_t first_ = 1;  // the number of the log's first event
  std::map<std::uint64_t, std::function<void()>> wakes_;
  std::uint64_t last_wake_ = 0;
};

// The response that streams the topic's events, after the request's Last-Event-ID or its parameter
// last_event_id, which a page uses to connect the first time.
Response event_stream(std::shared_ptr<Topic> topic, const Request& request);

// "id: 7\nevent: step\ndata: …\n\n". Empty parts are left out.
std::string event_text(std::string_view id, std::string_view event, std::string_view data);

}  // namespace gsa::http
