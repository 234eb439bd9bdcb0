#include "prompts/spool.h"

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <map>
#include <mutex>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

#define XXH_INLINE_ALL
#include <fmt/format.h>
#include <xxhash.h>

#include "base/error.h"

namespace gsa::prompts {
namespace {

struct Spooled {
  std::mutex mutex;
  std::map<std::string, SpooledFile> files;  // by path
};

Spooled& spooled() {
  static Spooled all;
  return all;
}

bool is_standard_input(const std::string& source) {
  return source == kStandardInput || source == "/dev/stdin";
}

// An open file by its number, like the pipe of <(command), whose number differs each time.
bool is_numbered(const std::string& source) {
  return source.starts_with("/dev/fd/") || source.starts_with("/proc/self/fd/");
}

// In a server that carries out another process's command, the numbers would mean the server's
// files.
bool is_of_another_process(const std::string& source, const Invocation& invocation) {
  return is_numbered(source) && invocation.is_of_another_process();
}

std::string shown_name(const std::string& source) {
  return is_standard_input(source) ? "standard input" : is_numbered(source) ? "a pipe" : source;
}

// A file without a name: no other process finds it, and it vanishes with its descriptor.
Fd nameless_file(const Invocation& invocation) {
  const std::string folder =
      invocation.path(invocation.environment.find("TMPDIR").value_or("/tmp"));
  Fd file(open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (file.get() < 0) {
    std::string name = (std::filesystem::path(folder) / "gsa-input-XXXXXX").string();
    file = Fd(mkostemp(name.data(), O_CLOEXEC));
    if (file.get() >= 0) unlink(name.c_str());
  }
  if (file.get() < 0) {
    throw Error(
        fmt::format("cannot make a temporary file in {}: {}", folder, std::strerror(errno)));
  }
  return file;
}

void write_all(int fd, const char* bytes, std::size_t size) {
  while (size > 0) {
    const ssize_t count = write(fd, bytes, size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      throw Error(
          fmt::format("cannot keep the input in a temporary file: {}", std::strerror(errno)),
          "TMPDIR names another folder for it");
    }
    bytes += count;
    size -= static_cast<std::size_t>(count);
  }
}

// Waits until there is input, or its end.
void wait_for_input(int fd, const Invocation& invocation) {
  constexpr int kPatience = 100;  // milliseconds
  while (true) {
    invocation.stop_if_interrupted();
    pollfd one{fd, POLLIN, 0};
    if (poll(&one, 1, kPatience) != 0) return;
  }
}

// Copies everything from `from`; returns the hash of the bytes.
std::string copy(int from, int to, const std::string& name, const Invocation& invocation) {
  const std::unique_ptr<XXH3_state_t, XXH_errorcode (*)(XXH3_state_t*)> hash(XXH3_createState(),
                                                                             XXH3_freeState);
  XXH3_128bits_reset(hash.get());
  std::array<char, 1 << 16> bytes;
  while (true) {
    wait_for_input(from, invocation);
    const ssize_t count = ::read(from, bytes.data(), bytes.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count < 0) throw Error(fmt::format("cannot read {}: {}", name, std::strerror(errno)));
    if (count == 0) break;
    XXH3_128bits_update(hash.get(), bytes.data(), static_cast<std::size_t>(count));
    write_all(to, bytes.data(), static_cast<std::size_t>(count));
  }
  const XXH128_hash_t sum = XXH3_128bits_digest(hash.get());
  return fmt::format("{:016x}{:016x}", sum.high64, sum.low64);
}

}  // namespace

bool is_pipe(const std::string& source, const Invocation& invocation) {
  if (is_standard_input(source) || is_of_another_process(source, invocation)) return true;
  struct stat status {};
  return stat(invocation.path(source).c_str(), &status) == 0 && S_ISFIFO(status.st_mode);
}

std::shared_ptr<const Spool> Spool::read(const std::string& source, const Invocation& invocation) {
  if (is_of_another_process(source, invocation)) {
    throw Error("a pipe of <(command) cannot be read while gsa serve has the warehouse",
                "use standard input: command | gsa run --source -");
  }
  const bool standard = is_standard_input(source);
  const std::string name = shown_name(source);
  Fd opened;
  // Do not wait for a writer here: poll() waits below and can be interrupted.
  if (!standard) {
    opened = Fd(open(invocation.path(source).c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  }
  const int from = standard ? fileno(invocation.in) : opened.get();
  if (from < 0) throw Error(fmt::format("cannot read {}: {}", name, std::strerror(errno)));
  if (isatty(from) == 1) {
    throw Error("standard input is a terminal, not a file or a pipe",
                "use a pipe or <: cat prompts.jsonl | gsa run --source -");
  }
  Fd file = nameless_file(invocation);
  const std::string content = copy(from, file.get(), name, invocation);
  return std::shared_ptr<const Spool>(new Spool(std::move(file), name, content));
}

Spool::Spool(Fd file, std::string name, const std::string& content)
    : file_(std::move(file)),
      path_(fmt::format("/proc/self/fd/{}", file_.get())),
      name_(std::move(name)) {
  Spooled& all = spooled();
  const std::lock_guard lock(all.mutex);
  all.files[path_] = {name_, content};
}

Spool::~Spool() {
  Spooled& all = spooled();
  const std::lock_guard lock(all.mutex);
  all.files.erase(path_);
}

std::optional<SpooledFile> find_spooled(const std::string& path) {
  Spooled& all = spooled();
  const std::lock_guard lock(all.mutex);
  const auto found = all.files.find(path);
  return found == all.files.end() ? std::nullopt : std::optional(found->second);
}

}  // namespace gsa::prompts
