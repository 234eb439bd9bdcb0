#include "api/fact_store.h"

#include "base/memory.h"

namespace gsa::api {

std::optional<DayRange> Snapshot::days_of(const Scope& scope) const {
  const bool has_days = facts_.days() > 0;
  if (!has_days && (!scope.from || !scope.to)) return std::nullopt;
  DayRange days{scope.from.value_or(facts_.first_day), scope.to.value_or(facts_.last_day)};
  // Only one end is given, and the data end before or after it: use that single day, which has no
  // data.
  if (days.from > days.to) (scope.from ? days.to : days.from) = scope.from ? days.from : days.to;
  return days;
}

std::shared_ptr<const Selection> Snapshot::selection(const Scope& scope,
                                                     const DayRange& days) const {
  const std::string key = day_text(days.from) + day_text(days.to) + scope.key();
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = selections_.find(key)) return *found;
  }
  auto selection = std::make_shared<const Selection>(select(facts_, scope, days));
  const std::lock_guard lock(mutex_);
  selections_.put(key, selection);
  return selection;
}

std::optional<std::string> Snapshot::find_answer(const std::string& request) const {
  const std::lock_guard lock(mutex_);
  return answers_.find(request);
}

void Snapshot::keep_answer(const std::string& request, const std::string& answer) const {
  if (answer.size() > kLongestAnswer) return;
  const std::lock_guard lock(mutex_);
  answers_.put(request, answer);
}

FactStore::FactStore(const duck::Database& database, std::shared_ptr<const Layer> fallback)
    : database_(database), fallback_(std::move(fallback)) {}

std::shared_ptr<const Snapshot> FactStore::current() {
  const std::lock_guard lock(mutex_);
  if (connection_ && connection_->is_invalidated()) connection_.reset();
  if (!connection_) connection_ = database_.connect();
  if (snapshot_ && snapshot_->facts().published == published_state(*connection_)) {
    return snapshot_;
  }
  snapshot_.reset();
  snapshot_ = std::make_shared<const Snapshot>(read_facts(*connection_, *fallback_));
  return_freed_memory();  // which reading them needed
  return snapshot_;
}

void FactStore::let_go_if_ended() {
  const std::lock_guard lock(mutex_);
  if (connection_ && connection_->is_invalidated()) connection_.reset();
}

void FactStore::release(const std::function<void()>& act) {
  const std::lock_guard lock(mutex_);
  snapshot_.reset();
  act();
}

}  // namespace gsa::api
