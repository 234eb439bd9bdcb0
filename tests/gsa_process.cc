#include "gsa_process.h"

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

namespace gsa::tests {
namespace {

namespace fs = std::filesystem;

std::string contents(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

[[noreturn]] void become_gsa(const std::vector<std::string>& arguments,
                             const ProcessOptions& options, const fs::path& output) {
  const int out = open((output / "out").c_str(), O_WRONLY | O_CREAT, 0644);
  const int err = open((output / "err").c_str(), O_WRONLY | O_CREAT, 0644);
  const int in = open("/dev/null", O_RDONLY);
  if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0) _exit(126);
  if (chdir(options.folder.c_str()) != 0) _exit(126);
  for (const std::string& variable : options.environment) {
    putenv(const_cast<char*>(variable.c_str()));
  }
  if (options.in_child) options.in_child();
  std::vector<char*> argv = {const_cast<char*>("gsa")};
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  execv(GSA_BINARY, argv.data());
  _exit(127);
}

}  // namespace

TempFolder::TempFolder() {
  static std::atomic<int> count = 0;
  path_ = fs::temp_directory_path() / fmt::format("gsa_tests_{}_{}", getpid(), count++);
  fs::remove_all(path_);
  fs::create_directories(path_);
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

void TempFolder::write(const std::string& name, const std::string& text) const {
  fs::create_directories((path_ / name).parent_path());
  std::ofstream(path_ / name, std::ios::binary) << text;
}

GsaProcess::GsaProcess(const std::vector<std::string>& arguments, const ProcessOptions& options) {
  pid_ = fork();
  if (pid_ < 0) throw std::runtime_error("cannot fork");
  if (pid_ == 0) become_gsa(arguments, options, output_.path());
}

GsaProcess::~GsaProcess() {
  if (!running()) return;
  signal(SIGKILL);
  reap(0);
}

void GsaProcess::signal(int number) const { kill(pid_, number); }

void GsaProcess::reap(int flags) {
  if (ended_) return;
  ended_ = wait4(pid_, &status_, flags, &usage_) == pid_;
}

bool GsaProcess::running() {
  reap(WNOHANG);
  return !ended_;
}

Outcome GsaProcess::wait() {
  reap(0);
  const int code = WIFSIGNALED(status_) ? 128 + WTERMSIG(status_) : WEXITSTATUS(status_);
  constexpr std::int64_t kKibibyte = 1024;  // the unit of ru_maxrss on Linux
  return {code, contents(output_.path() / "out"), contents(output_.path() / "err"),
          usage_.ru_maxrss * kKibibyte};
}

Outcome gsa(const TempFolder& folder, const std::vector<std::string>& arguments) {
  return GsaProcess(arguments, {folder.path(), {}, {}}).wait();
}

std::string gsa_binary() { return GSA_BINARY; }

std::string small_warehouse() {
  static const TempFolder folder;
  static const std::string path = [] {
    std::string warehouse = folder / "small.duckdb";
    const Outcome made = gsa(folder, {"run", "--prompts", "2000", "--users", "100", "--quiet",
                                      "--warehouse", warehouse});
    if (made.exit_code != 0) throw std::runtime_error("gsa run failed: " + made.err);
    return warehouse;
  }();
  return path;
}

}  // namespace gsa::tests
