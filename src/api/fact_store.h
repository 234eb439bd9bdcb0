#pragma once

// The facts of the last publication, with caches of results computed from them. Any thread may call
// any function of Snapshot and FactStore.

#include <cstdint>
#include <functional>
#include <list>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "api/facts.h"
#include "api/metrics_query.h"
#include "api/row_selection.h"
#include "duck/database.h"

namespace gsa::api {

// The most recently used values by key; not thread-safe by itself.
template <typename T>
class RecentlyUsed {
 public:
  explicit RecentlyUsed(std::size_t capacity) : capacity_(capacity) {}
  std::optional<T> find(const std::string& key) {
    const auto found = by_key_.find(key);
    if (found == by_key_.end()) return std::nullopt;
    entries_.splice(entries_.begin(), entries_, found->second);
    return found->second->second;
  }
  void put(const std::string& key, T value) {
    if (by_key_.contains(key)) return;
    entries_.emplace_front(key, std::move(value));
    by_key_[key] = entries_.begin();
    if (entries_.size() <= capacity_) return;
    by_key_.erase(entries_.back().first);
    entries_.pop_back();
  }
  void clear() {
    entries_.clear();
    by_key_.clear();
  }

 private:
  using Entries = std::list<std::pair<std::string, T>>;
  std::size_t capacity_;
  Entries entries_;
  std::map<std::string, typename Entries::iterator> by_key_;
};

// The facts of one publication. They never change; the selections and answers are cached.
class Snapshot {
 public:
  explicit Snapshot(Facts facts) : facts_(std::move(facts)) {}

  const Facts& facts() const { return facts_; }
  // The days of a scope; nullopt if there are no facts and the scope does not give both ends.
  std::optional<DayRange> days_of(const Scope& scope) const;
  std::shared_ptr<const Selection> selection(const Scope& scope, const DayRange& days) const;

  // The answer cache, by request: what many dashboards request is computed once.
  std::optional<std::string> find_answer(const std::string& request) const;
  void keep_answer(const std::string& request, const std::string& answer) const;

 private:
  static constexpr std::size_t kSelections = 16;  // half a megabyte each of two million generations
  static constexpr std::size_t kAnswers = 512;
  static constexpr std::size_t kLongestAnswer = std::size_t{256} << 10;  // bytes to cache

  Facts facts_;
  mutable std::mutex mutex_;
  mutable RecentlyUsed<std::shared_ptr<const Selection>> selections_{kSelections};
  mutable RecentlyUsed<std::string> answers_{kAnswers};
};

class FactStore {
 public:
  // `fallback` is for a warehouse that has no layer on record.
  FactStore(const duck::Database& database, std::shared_ptr<const Layer> fallback);

  // The last publication. Reads its facts first if necessary (a second for two million
  // generations); other callers wait meanwhile. Throws like read_facts().
  std::shared_ptr<const Snapshot> current();
  // Destroys the connection if DuckDB's instance has ended, so that the file can be reopened.
  void let_go_if_ended();
  // Frees the facts and runs `act` before others may read them again.
  void release(const std::function<void()>& act = [] {});

 private:
  std::mutex mutex_;
  duck::Database database_;
  std::shared_ptr<const Layer> fallback_;
  std::optional<duck::Connection> connection_;
  std::shared_ptr<const Snapshot> snapshot_;
};

}  // namespace gsa::api
