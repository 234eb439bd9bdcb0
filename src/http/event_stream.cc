#include "http/event_stream.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <random>

#include <fmt/format.h>

#include "base/error.h"

namespace gsa::http {
namespace {

std::string make_epoch() {
  std::random_device random;
  return fmt::format("{:08x}", random());
}

}  // namespace

Topic::Topic(TopicLimits limits) : limits_(limits), epoch_(make_epoch()) {}

std::string Topic::publish(std::string_view event, std::string_view data) {
  check(event.find_first_of("\r\n") == std::string_view::npos, "an event's name is one line");
  const std::lock_guard lock(mutex_);
  std::string id = fmt::format("{}-{}", epoch_, first_ + log_.size());
  auto text = std::make_shared<const std::string>(event_text(id, event, data));
  log_bytes_ += text->size();
  log_.push_back(std::move(text));
  while (log_.size() > 1 && (log_.size() > limits_.events || log_bytes_ > limits_.bytes)) {
    log_bytes_ -= log_.front()->size();
    log_.pop_front();
    ++first_;
  }
  for (const auto& [number, wake] : wakes_) wake();
  return id;
}

std::string Topic::last_id() const { return id_before(end()); }

std::optional<std::uint64_t> Topic::position_after(std::string_view last_event_id) const {
  const std::string prefix = epoch_ + "-";
  if (!last_event_id.starts_with(prefix)) return std::nullopt;
  last_event_id.remove_prefix(prefix.size());
  std::uint64_t number = 0;
  const auto [end, failure] =
      std::from_chars(last_event_id.data(), last_event_id.data() + last_event_id.size(), number);
  const bool is_whole = end == last_event_id.data() + last_event_id.size();
  if (failure != std::errc() || !is_whole) return std::nullopt;
  const std::lock_guard lock(mutex_);
  if (number + 1 < first_ || number >= first_ + log_.size()) return std::nullopt;
  return number + 1;
}

std::uint64_t Topic::end() const {
  const std::lock_guard lock(mutex_);
  return first_ + log_.size();
}

std::string Topic::id_before(std::uint64_t position) const {
  return fmt::format("{}-{}", epoch_, position - 1);
}

Topic::Slice Topic::read(std::uint64_t position, std::size_t most_events) const {
  const std::lock_guard lock(mutex_);
  Slice slice;
  slice.lost = position < first_;
  if (slice.lost) return slice;
  const std::size_t from = std::min(static_cast<std::size_t>(position - first_), log_.size());
  const std::size_t count = std::min(most_events, log_.size() - from);
  slice.events.reserve(count);
  for (std::size_t i = from; i < from + count; ++i) slice.events.push_back(log_[i]);
  return slice;
}

Topic::Subscription Topic::subscribe(const std::shared_ptr<Topic>& topic,
                                     std::function<void()> wake) {
  const std::lock_guard lock(topic->mutex_);
  const std::uint64_t number = ++topic->last_wake_;
  topic->wakes_.emplace(number, std::move(wake));
  return {nullptr, [topic, number](void*) {
            const std::lock_guard lock_again(topic->mutex_);
            topic->wakes_.erase(number);
          }};
}

Response event_stream(std::shared_ptr<Topic> topic, const Request& request) {
  Response response;
  response.headers.add("Content-Type", "text/event-stream");
  response.headers.add("X-Accel-Buffering",
                       "no");  // makes proxies such as nginx forward events at once
  const auto header = request.headers.find("Last-Event-ID");
  const std::string_view last = header ? *header : request.query.find("last_event_id").value_or("");
  response.body = EventBody{std::move(topic), std::string(last)};
  return response;
}

std::string event_text(std::string_view id, std::string_view event, std::string_view data) {
  std::string text;
  if (!id.empty()) text += fmt::format("id: {}\n", id);
  if (!event.empty()) text += fmt::format("event: {}\n", event);
  while (!data.empty()) {
    const std::size_t end = std::min(data.find_first_of("\r\n"), data.size());
    text += fmt::format("data: {}\n", data.substr(0, end));
    if (end == data.size()) break;
    const bool two = data.substr(end, 2) == "\r\n";
    data.remove_prefix(end + (two ? 2 : 1));
    if (data.empty()) text += "data: \n";  // a newline at the end is part of the data
  }
  return text + "\n";
}

}  // namespace gsa::http
