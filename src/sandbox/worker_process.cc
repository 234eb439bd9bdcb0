#include "sandbox/worker_process.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <spawn.h>
#include <string_view>
#include <sys/wait.h>
#include <thread>
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

constexpr milliseconds kSendPatience{1000};
constexpr milliseconds kReapPatience{2000};
constexpr milliseconds kReapAgain{2};
constexpr milliseconds kReadyPatience{20'000};  // enough for a busy machine
constexpr milliseconds kLook{10};

// Workers get no other environment variables, because these may hold tokens.
constexpr std::string_view kPassedOn[] = {
    "LD_LIBRARY_PATH=", "ASAN_OPTIONS=", "LSAN_OPTIONS=", "TSAN_OPTIONS=", "UBSAN_OPTIONS="};

std::vector<char*> environment_of_a_worker() {
  std::vector<char*> passed;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    for (const std::string_view name : kPassedOn) {
      if (std::string_view(*entry).starts_with(name)) passed.push_back(*entry);
    }
  }
  passed.push_back(nullptr);
  return passed;
}

// Settings for posix_spawn. A session of its own keeps the terminal's Ctrl-C away from the worker.
class SpawnSettings {
 public:
  explicit SpawnSettings(int socket) {
    posix_spawn_file_actions_init(&files_);
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
      posix_spawn_file_actions_addopen(&files_, fd, "/dev/null", O_RDWR, 0);
    }
    posix_spawn_file_actions_adddup2(&files_, socket, kWorkerSocket);
    posix_spawn_file_actions_addclosefrom_np(&files_, kWorkerSocket + 1);
    posix_spawnattr_init(&attributes_);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setflags(&attributes_,
                             POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&files_);
    posix_spawnattr_destroy(&attributes_);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;

  const posix_spawn_file_actions_t* files() const { return &files_; }
  const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t files_{};
  posix_spawnattr_t attributes_{};
};

Failure unavailable(const std::string& what) {
  return {FailureKind::unavailable, "the query's process cannot be started: " + what};
}

}  // namespace

WorkerProcess::WorkerProcess(const WorkerSettings& settings) : settings_(settings), channel_(Fd()) {
  make_folder(settings_.folder);
  fs::permissions(settings_.folder, fs::perms::owner_all);
  auto [ours, theirs] = Channel::make_pair();
  channel_ = std::move(ours);
  spawn(theirs.get());
  send(frame_of(settings_));
}

void WorkerProcess::spawn(int socket) {
  const SpawnSettings settings(socket);
  std::array<std::string, 3> texts = {"gsa", kWorkerArgument, fmt::format("{}", getpid())};
  std::array<char*, 4> arguments = {texts[0].data(), texts[1].data(), texts[2].data(), nullptr};
  std::vector<char*> environment = environment_of_a_worker();
  const int error = posix_spawn(&pid_, "/proc/self/exe", settings.files(), settings.attributes(),
                                arguments.data(), environment.data());
  if (error != 0) {
    std::error_code none;
    fs::remove_all(settings_.folder, none);
    throw unavailable(std::strerror(error));
  }
}

WorkerProcess::~WorkerProcess() {
  kill();
  reap(std::chrono::hours(1));
  std::error_code none;
  fs::remove_all(settings_.folder, none);
}

void WorkerProcess::open(const std::string& path, std::uint64_t version,
                         const std::function<bool()>& is_cancelled) {
  const Fd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) throw unavailable(fmt::format("the snapshot: {}", std::strerror(errno)));
  if (!is_ready_) wait_until_ready(is_cancelled);
  if (!channel_.send({word::kOpen}, kSendPatience, file.get())) throw unavailable("it has ended");
  const Frame ready = wait_until_ready(is_cancelled);
  is_strict_ = ready.size() > 1 && ready[1] == "strict";
  version_ = version;
}

Frame WorkerProcess::wait_until_ready(const std::function<bool()>& is_cancelled) {
  const Clock::time_point deadline = Clock::now() + kReadyPatience;
  for (;;) {
    if (auto frame = channel_.receive(kLook)) {
      if (frame->empty() || frame->front() != word::kReady) throw unavailable("it does not work");
      is_ready_ = true;
      return std::move(*frame);
    }
    if (has_ended()) throw unavailable("it has ended");
    if (Clock::now() > deadline) throw unavailable("it did not get ready in time");
    if (is_cancelled()) throw Failure(FailureKind::cancelled, "the query was cancelled");
  }
}

bool WorkerProcess::send(const Frame& frame) { return channel_.send(frame, kSendPatience); }

std::optional<Frame> WorkerProcess::receive(milliseconds patience) {
  return channel_.receive(patience);
}

bool WorkerProcess::is_idle() {
  if (!is_open()) return !reap(milliseconds(0));
  // An idle worker sends nothing: a frame now means that something is wrong.
  return !channel_.receive(milliseconds(0)) && !has_ended();
}

void WorkerProcess::kill() {
  if (reaped_ || pid_ <= 0) return;
  killed_ = true;
  ::kill(pid_, SIGKILL);
}

bool WorkerProcess::reap(milliseconds patience) {
  const Clock::time_point deadline = Clock::now() + patience;
  while (!reaped_) {
    const pid_t ended = waitpid(pid_, &status_, WNOHANG);
    reaped_ = ended == pid_ || (ended < 0 && errno == ECHILD);
    if (reaped_) break;
    if (Clock::now() >= deadline) return false;
    std::this_thread::sleep_for(kReapAgain);
  }
  return true;
}

Failure WorkerProcess::why_ended() {
  if (!reap(kReapPatience)) {
    kill();
    return engine_failed("its process does not answer");
  }
  const bool out_of_memory = (WIFEXITED(status_) && WEXITSTATUS(status_) == kOutOfMemoryExit) ||
                             (WIFSIGNALED(status_) && WTERMSIG(status_) == SIGKILL && !killed_);
  if (out_of_memory) {
    return {FailureKind::out_of_memory, "the query's process ran out of memory",
            "aggregate or filter earlier, or sort fewer rows"};
  }
  const std::string how = WIFSIGNALED(status_)
                              ? fmt::format("SIG{}", sigabbrev_np(WTERMSIG(status_)))
                              : fmt::format("exit {}", WEXITSTATUS(status_));
  return {FailureKind::crashed,
          fmt::format("the engine crashed and ended the query's process ({})", how),
          "this is a bug in the engine: rewrite the query"};
}

std::int64_t WorkerProcess::resident_bytes() const {
  try {
    const std::string text = read_file(fmt::format("/proc/{}/statm", pid_));
    const std::size_t space = text.find(' ');
    return std::atoll(text.c_str() + space) * sysconf(_SC_PAGESIZE);
  } catch (const Error&) {
    return 0;
  }
}

}  // namespace gsa::sandbox
