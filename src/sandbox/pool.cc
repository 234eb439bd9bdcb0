#include "sandbox/pool.h"

#include <algorithm>
#include <filesystem>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"
#include "sandbox/engine_error.h"

namespace gsa::sandbox {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kPatience{10};  // between checks whether to stop a query
// Time for a query to end after an interrupt; then its process is killed.
constexpr milliseconds kGrace{150};
constexpr milliseconds kProbePatience{20'000};
constexpr milliseconds kKeeperRound{1000};      // also the pause before a failed start is retried
constexpr std::chrono::seconds kNeededFor{30};  // an idle worker ends after this time
constexpr std::string_view kFolderPrefix = "worker-";

// All workers together get a quarter of the free disk.
constexpr std::int64_t kShareOfDisk = 4;
constexpr std::int64_t kMostTemporary = std::int64_t{8} << 30;
constexpr std::int64_t kLeastTemporary = std::int64_t{64} << 20;

std::int64_t temporary_bytes(const Settings& settings) {
  if (settings.temporary_bytes > 0) return settings.temporary_bytes;
  std::error_code error;
  const fs::space_info space = fs::space(settings.folder, error);
  const auto available = error ? 0 : static_cast<std::int64_t>(space.available);
  const auto workers = static_cast<std::int64_t>(settings.workers);
  return std::clamp(available / kShareOfDisk / workers, kLeastTemporary, kMostTemporary);
}

void remove_leftovers(const std::string& folder) {
  std::error_code none;
  for (const auto& entry : fs::directory_iterator(folder, none)) {
    if (entry.path().filename().string().starts_with(kFolderPrefix)) {
      fs::remove_all(entry.path(), none);
    }
  }
}

Failure stopped(bool timed_out, const Query& query) {
  if (!timed_out) return {FailureKind::cancelled, "the query was cancelled"};
  return {FailureKind::timeout,
          fmt::format("the query took longer than {:g} s",
                      std::chrono::duration<double>(query.time).count()),
          "filter or aggregate earlier"};
}

// The reply to a query that was sent to the worker. Stops the query at its deadline or when
// cancelled. Throws Failure if there is no reply, and if the query had to be stopped.
Reply await_reply(WorkerProcess& worker, const Query& query, Clock::time_point begun,
                  const std::function<bool()>& is_cancelled) {
  bool stops = false, timed_out = false;
  Clock::time_point kill_at;
  for (;;) {
    if (auto frame = worker.receive(kPatience)) {
      auto reply = reply_of(std::move(*frame));
      if (!reply) throw Failure(FailureKind::crashed, "the query's process gave no answer");
      if (stops && reply->failure) reply->failure = stopped(timed_out, query);
      return std::move(*reply);
    }
    if (worker.has_ended()) throw stops ? stopped(timed_out, query) : worker.why_ended();
    const Clock::time_point now = Clock::now();
    if (stops) {
      if (now < kill_at) continue;
      worker.kill();
      throw stopped(timed_out, query);
    }
    timed_out = now - begun > query.time;
    stops = timed_out || is_cancelled();
    if (stops) worker.send({word::kInterrupt});
    kill_at = now + kGrace;
  }
}

}  // namespace

// Returns the worker to the pool at the end of the scope; to be used again only after is_usable().
class Pool::Lease {
 public:
  Lease(Pool& pool, std::unique_ptr<WorkerProcess> worker)
      : pool_(pool), worker_(std::move(worker)) {}
  ~Lease() { pool_.give_back(std::move(worker_), is_usable_); }
  Lease(const Lease&) = delete;
  Lease& operator=(const Lease&) = delete;

  WorkerProcess& operator*() { return *worker_; }
  WorkerProcess* operator->() { return worker_.get(); }
  void is_usable() { is_usable_ = true; }

 private:
  Pool& pool_;
  std::unique_ptr<WorkerProcess> worker_;
  bool is_usable_ = false;
};

Pool::Pool(Settings settings, CurrentSnapshot snapshot)
    : settings_(std::move(settings)), snapshot_(std::move(snapshot)) {
  make_folder(settings_.folder);
  fs::permissions(settings_.folder, fs::perms::owner_all);
  remove_leftovers(settings_.folder);
  keeper_ = std::thread([this] { keep(); });
}

Pool::~Pool() {
  {
    const std::lock_guard lock(mutex_);
    stops_ = true;
  }
  changed_.notify_all();
  keeper_.join();
  idle_.clear();
  ended_.clear();
  std::error_code none;
  fs::remove(settings_.folder, none);
}

Answer Pool::run(const Query& query, const std::function<bool()>& is_cancelled) {
  struct Turn {
    explicit Turn(Pool& of) : pool(of) {
      const std::lock_guard lock(pool.mutex_);
      if (pool.queries_ >= pool.settings_.workers) {
        throw Failure(FailureKind::busy, "the limit on concurrent queries is reached",
                      "try again when one has ended");
      }
      ++pool.queries_;
    }
    ~Turn() {
      const std::lock_guard lock(pool.mutex_);
      --pool.queries_;
    }
    Pool& pool;
  };
  const Turn turn(*this);
  const Snapshot snapshot = current_snapshot();
  const Clock::time_point begun = Clock::now();
  Lease worker(*this, take(snapshot, begun + query.time, is_cancelled));
  if (!worker->is_open()) worker->open(snapshot.path, snapshot.version, is_cancelled);
  if (!worker->send(frame_of(query))) throw worker->why_ended();
  Reply reply = await_reply(*worker, query, begun, is_cancelled);
  if (!reply.retires) worker.is_usable();
  if (reply.failure) throw Failure(*reply.failure);
  return {snapshot.publication, std::move(reply.rows).value()};
}

Snapshot Pool::current_snapshot() const {
  try {
    return snapshot_();
  } catch (const Error& error) {
    throw Failure(FailureKind::unavailable, "cannot make the snapshot that queries read: " +
                                                without_paths(error.message(), ""));
  }
}

std::unique_ptr<WorkerProcess> Pool::take(const Snapshot& snapshot, Clock::time_point deadline,
                                          const std::function<bool()>& is_cancelled) {
  std::unique_lock lock(mutex_);
  asked_ = Clock::now();
  if (snapshot.version != newest_.version) {
    newest_ = snapshot;
    end_needless();
  }
  for (;;) {
    if (auto worker = take_idle()) {
      leased_.push_back(worker.get());
      changed_.notify_all();
      return worker;
    }
    if (!why_not_.empty()) throw Failure(FailureKind::unavailable, why_not_);
    changed_.notify_all();
    changed_.wait_for(lock, kPatience);
    if (is_cancelled()) throw Failure(FailureKind::cancelled, "the query was cancelled");
    if (Clock::now() > deadline) {
      throw Failure(FailureKind::unavailable, "the query's process did not get ready in time");
    }
  }
}

bool Pool::fits(const WorkerProcess& worker) const {
  return !worker.is_open() || worker.version() == newest_.version;
}

// Prefers a worker that has the snapshot open.
std::unique_ptr<WorkerProcess> Pool::take_idle() {
  for (const bool is_open : {true, false}) {
    for (std::size_t i = 0; i < idle_.size(); ++i) {
      if (idle_[i].worker->is_open() != is_open || !fits(*idle_[i].worker)) continue;
      std::unique_ptr<WorkerProcess> worker = std::move(idle_[i].worker);
      idle_.erase(idle_.begin() + static_cast<std::ptrdiff_t>(i--));
      if (worker->is_idle()) return worker;
      ended_.push_back(std::move(worker));
    }
  }
  return nullptr;
}

void Pool::give_back(std::unique_ptr<WorkerProcess> worker, bool is_usable) {
  {
    const std::lock_guard lock(mutex_);
    std::erase(leased_, worker.get());
    if (is_usable && fits(*worker)) {
      idle_.push_back({std::move(worker), Clock::now()});
    } else {
      ended_.push_back(std::move(worker));
    }
  }
  changed_.notify_all();
}

void Pool::keep() {
  std::unique_lock lock(mutex_);
  while (!stops_) {
    if (wants_another()) {
      start_one(lock);
      if (why_not_.empty()) continue;
    }
    const bool failed = !why_not_.empty();
    end_needless();
    if (!ended_.empty()) {
      std::vector<std::unique_ptr<WorkerProcess>> ended;
      std::swap(ended, ended_);
      lock.unlock();
      ended.clear();  // waits until the processes have ended
      lock.lock();
      continue;
    }
    changed_.wait_for(lock, kKeeperRound,
                      [this] { return stops_ || wants_another() || !ended_.empty(); });
    if (failed) why_not_.clear();  // try again
  }
}

bool Pool::wants_another() const {
  return why_not_.empty() && idle_.empty() && leased_.size() < settings_.workers;
}

void Pool::start_one(std::unique_lock<std::mutex>& lock) {
  const WorkerSettings settings = next_worker();
  const Snapshot newest = newest_;
  const bool opens = newest.version != 0 && Clock::now() - asked_ < kNeededFor;
  lock.unlock();
  std::unique_ptr<WorkerProcess> worker;
  std::string why_not;
  bool opened = false;
  try {
    worker = std::make_unique<WorkerProcess>(settings);
    if (opens) worker->open(newest.path, newest.version, [] { return false; });
    opened = opens;
  } catch (const Error& error) {
    if (!worker) why_not = without_paths(error.message(), "");
    worker.reset();
  }
  lock.lock();
  why_not_ = why_not;
  if (opens && !opened && newest_.version == newest.version)
    newest_ = {};  // the snapshot file is gone
  if (worker) idle_.push_back({std::move(worker), Clock::now()});
  changed_.notify_all();
}

// Ends workers that are no longer needed: soon, if they hold an old snapshot or memory that a query
// left. One worker without either is kept for the next query.
void Pool::end_needless() {
  const Clock::time_point now = Clock::now();
  bool keeps_one = false;
  for (Idle& idle : idle_) {
    const bool is_fresh = !idle.worker->is_open() && !std::exchange(keeps_one, true);
    const bool is_needed = fits(*idle.worker) && (is_fresh || now - idle.since < kNeededFor);
    if (!is_needed) ended_.push_back(std::move(idle.worker));
  }
  std::erase_if(idle_, [](const Idle& idle) { return idle.worker == nullptr; });
}

WorkerSettings Pool::next_worker() {
  WorkerSettings worker;
  worker.folder =
      fmt::format("{}/{}{}-{}", settings_.folder, kFolderPrefix, getpid(), next_name_++);
  worker.database = settings_.database;
  const std::int64_t memory =
      std::max(settings_.memory_bytes / static_cast<std::int64_t>(settings_.workers), kLeastMemory);
  worker.outside_bytes = memory / 3;
  worker.memory_bytes = memory - worker.outside_bytes;
  worker.temporary_bytes = temporary_bytes(settings_);
  worker.threads = settings_.threads;
  worker.rules = settings_.rules;
  return worker;
}

std::vector<std::string> Pool::probe() {
  const Snapshot snapshot = snapshot_();
  Lease worker(*this, take(snapshot, Clock::now() + kProbePatience, [] { return false; }));
  if (!worker->is_open()) worker->open(snapshot.path, snapshot.version, [] { return false; });
  worker->send({word::kProbe});
  return worker->receive(kProbePatience).value_or(Frame());
}

std::vector<pid_t> Pool::pids() const {
  const std::lock_guard lock(mutex_);
  std::vector<pid_t> pids;
  for (const Idle& idle : idle_) pids.push_back(idle.worker->pid());
  for (const WorkerProcess* leased : leased_) pids.push_back(leased->pid());
  return pids;
}

std::int64_t Pool::resident_bytes() const {
  const std::lock_guard lock(mutex_);
  std::int64_t bytes = 0;
  for (const Idle& idle : idle_) bytes += idle.worker->resident_bytes();
  for (const WorkerProcess* leased : leased_) bytes += leased->resident_bytes();
  return bytes;
}

}  // namespace gsa::sandbox
