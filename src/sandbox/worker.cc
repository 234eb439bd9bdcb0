#include "sandbox/worker.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <fcntl.h>
#include <malloc.h>
#include <memory>
#include <new>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>

#include <fmt/format.h>

#include "base/memory.h"
#include "base/text.h"
#include "duck/database.h"
#include "sandbox/confine.h"
#include "sandbox/engine_error.h"
#include "sandbox/large_stack.h"
#include "sandbox/probe.h"
#include "sandbox/query.h"

namespace gsa::sandbox {
namespace {

using std::chrono::milliseconds;

// The longest query, nested as deeply as its length allows, took less than half of it.
constexpr std::size_t kStackBytes = std::size_t{512} * 1024 * 1024;
constexpr milliseconds kInterruptAgain{10};
constexpr milliseconds kForever = std::chrono::hours(24);
constexpr milliseconds kReplyPatience{10'000};
// A worker that keeps more memory after a query is replaced.
constexpr std::int64_t kMostKept = std::int64_t{256} << 20;
constexpr std::int64_t kThreadBytes = std::int64_t{16} << 20;  // of address space, stack included
constexpr std::int64_t kLeastPerThread = std::int64_t{64} << 20;  // of DuckDB's memory
constexpr int kNiceness = 5;  // pages have priority over queries

std::atomic<bool> ran_out_of_memory{false};

void note_lack_of_memory() {
  ran_out_of_memory = true;
  throw std::bad_alloc();
}

void end_at_once() {
  if (ran_out_of_memory) _exit(kOutOfMemoryExit);
  std::signal(SIGABRT, SIG_DFL);
  std::abort();
}

void write_to(const char* path, const char* text) {
  const Fd file(open(path, O_WRONLY | O_CLOEXEC));
  if (file.get() >= 0 && write(file.get(), text, std::strlen(text)) < 0) return;
}

// The worker must not outlive its parent, and must yield to more important processes.
void become_a_worker(pid_t parent) {
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) _exit(0);
  prctl(PR_SET_NAME, "gsa-query");
  setpriority(PRIO_PROCESS, 0, kNiceness);
  write_to("/proc/self/oom_score_adj", "500");
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // makes a write beyond the limit an error
  mallopt(M_ARENA_MAX, 2);        // each arena reserves address space
  std::set_new_handler(note_lack_of_memory);
  std::set_terminate(end_at_once);
}

class Worker {
 public:
  explicit Worker(Fd socket) : channel_(std::move(socket)) {}

  int run() {
    for (;;) {
      auto frame = channel_.receive(is_interrupted_ ? kInterruptAgain : kForever);
      if (channel_.state() == Channel::State::closed) _exit(0);
      if (frame) take(*frame);
      if (is_interrupted_ && is_running_) connection_->interrupt();
      if (!is_running_) is_interrupted_ = false;
    }
  }

 private:
  void take(const Frame& frame) {
    if (frame.empty()) return;
    const std::string& what = frame.front();
    if (what == word::kStart) {
      start(frame);
    } else if (what == word::kOpen) {
      open_snapshot();
    } else if (what == word::kInterrupt) {
      is_interrupted_ = true;
    } else if (what == word::kProbe) {
      Frame results = {word::kReady};
      for (const std::string& result : probe(settings_.folder)) results.push_back(result);
      channel_.send(results, kReplyPatience);
    } else if (const auto query = query_of(frame)) {
      begin(*query);
    }
  }

  void start(const Frame& frame) {
    const auto settings = settings_of(frame);
    if (!settings) _exit(1);
    settings_ = *settings;
    statm_ = Fd(::open("/proc/self/statm", O_RDONLY | O_CLOEXEC));
    duck::DatabaseOptions options;
    options.threads = 1;  // until the worker is confined
    options.memory_limit = fmt::format("{}B", settings_.memory_bytes);
    options.watches_progress = false;
    database_ = std::make_unique<duck::Database>(options);
    connection_ = std::make_unique<duck::Connection>(database_->connect());
    connection_->execute(fmt::format("set temp_directory = {}; set max_temp_directory_size = '{}B'",
                                     sql_quote(settings_.folder), settings_.temporary_bytes));
    channel_.send({word::kReady}, kReplyPatience);
  }

  void open_snapshot() {
    snapshot_ = channel_.take_file();
    const std::int64_t threads = number_of_threads();
    Limits limits;
    limits.address_space = static_cast<std::int64_t>(kStackBytes) + settings_.memory_bytes +
                           settings_.outside_bytes + threads * kThreadBytes;
    limits.file_bytes = settings_.temporary_bytes;
    limit(limits);
    if (settings_.rules == Rules::confined && !confine({snapshot_.get(), settings_.folder})) {
      settings_.rules = Rules::strict;
    }
    connection_->execute(fmt::format("attach '/proc/self/fd/{}' as {} (read_only); use {}",
                                     snapshot_.get(), sql_name(settings_.database),
                                     sql_name(settings_.database)));
    connection_->execute(fmt::format("set threads = {}", threads));
    connection_->execute("set enable_external_access = false; set lock_configuration = true");
    names_ = names_in(*connection_);
    channel_.send({word::kReady, settings_.rules == Rules::strict ? "strict" : "confined"},
                  kReplyPatience);
  }

  std::int64_t number_of_threads() const {
    const auto cores = static_cast<int>(std::thread::hardware_concurrency());
    const std::int64_t wanted = settings_.threads > 0 ? settings_.threads : cores;
    return std::clamp<std::int64_t>(settings_.memory_bytes / kLeastPerThread, 1, wanted);
  }

  void begin(const Query& query) {
    thread_.reset();  // the previous query's thread has sent its reply
    ran_out_of_memory = false;
    is_interrupted_ = false;
    is_running_ = true;
    try {
      thread_ = std::make_unique<LargeStackThread>(kStackBytes, [this, query] {
        const Frame frame = reply_to(query);
        is_running_ = false;
        if (!channel_.send(frame, kReplyPatience)) _exit(1);
      });
    } catch (const Error& error) {
      is_running_ = false;
      channel_.send(frame_of(Failure(FailureKind::unavailable, error.message()), true),
                    kReplyPatience);
    }
  }

  Frame reply_to(const Query& query) {
    std::optional<Failure> failure;
    try {
      check_sql(*connection_, query.sql, names_, settings_.rules);
      const duck::JsonRows rows = read(query);
      return frame_of(rows, keeps_too_much());
    } catch (...) {
      failure = failure_of(std::current_exception(), query.sql, ran_out_of_memory);
    }
    const bool works = still_works();
    if (!works && failure->kind() == FailureKind::sql) failure = engine_failed();
    return frame_of(*failure, !works || failure->kind() == FailureKind::crashed ||
                                  ran_out_of_memory || keeps_too_much());
  }

  duck::JsonRows read(const Query& query) {
    const duck::Transaction transaction(*connection_, duck::Transaction::Kind::read_only);
    return duck::query_json(*connection_, query.sql, query.max_rows, query.max_bytes);
  }

  // After an internal error, DuckDB's instance may refuse every query.
  bool still_works() {
    try {
      return connection_->query_int64("select 1::bigint") == 1;
    } catch (const duck::SqlError& error) {
      return error.kind() == duck::SqlErrorKind::interrupted;
    } catch (const std::exception&) {
      return false;
    }
  }

  bool keeps_too_much() {
    return_freed_memory();
    char text[128] = {};
    const ssize_t length = pread(statm_.get(), text, sizeof(text) - 1, 0);
    long long mapped = 0, resident = 0;
    if (length <= 0 || std::sscanf(text, "%lld %lld", &mapped, &resident) != 2) return false;
    return resident * sysconf(_SC_PAGESIZE) > kMostKept;
  }

  Channel channel_;
  WorkerSettings settings_;
  Fd snapshot_, statm_;
  std::unique_ptr<duck::Database> database_;
  std::unique_ptr<duck::Connection> connection_;  // for the running query
  Names names_;
  std::unique_ptr<LargeStackThread> thread_;
  std::atomic<bool> is_running_{false};
  bool is_interrupted_ = false;
};

}  // namespace

Frame frame_of(const WorkerSettings& settings) {
  return {word::kStart,
          settings.folder,
          settings.database,
          fmt::format("{}", settings.memory_bytes),
          fmt::format("{}", settings.outside_bytes),
          fmt::format("{}", settings.temporary_bytes),
          fmt::format("{}", settings.threads),
          settings.rules == Rules::strict ? "strict" : "confined"};
}

std::optional<WorkerSettings> settings_of(const Frame& frame) {
  if (frame.size() != 8) return std::nullopt;
  const auto memory = number_in(frame[3]), outside = number_in(frame[4]),
             temporary = number_in(frame[5]), threads = number_in(frame[6]);
  if (!memory || !outside || !temporary || !threads) return std::nullopt;
  WorkerSettings settings;
  settings.folder = frame[1];
  settings.database = frame[2];
  settings.memory_bytes = *memory;
  settings.outside_bytes = *outside;
  settings.temporary_bytes = *temporary;
  settings.threads = static_cast<int>(*threads);
  settings.rules = frame[7] == "strict" ? Rules::strict : Rules::confined;
  return settings;
}

std::optional<int> worker_main(int argc, char** argv) {
  if (argc != 3 || std::strcmp(argv[1], kWorkerArgument) != 0) return std::nullopt;
  become_a_worker(static_cast<pid_t>(number_in(argv[2]).value_or(0)));
  try {
    return Worker(Fd(kWorkerSocket)).run();
  } catch (const std::exception&) {
    _exit(1);  // the parent notices the exit
  }
}

}  // namespace gsa::sandbox
