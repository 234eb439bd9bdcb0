#include "gsa_process.h"

#include <algorithm>
#include <atomic>
#include <cctype>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string_view>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <utility>

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

std::string name_of(std::string_view variable) {
  return std::string(variable.substr(0, variable.find('=')));
}

// Whether the variable configures the hub: its address, the way to it, or the cache.
bool is_about_the_hub(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  static const std::set<std::string> known = {"HUGGING_FACE_HUB_TOKEN", "TRANSFORMERS_OFFLINE",
                                              "XDG_CACHE_HOME",         "REQUESTS_CA_BUNDLE",
                                              "CURL_CA_BUNDLE",         "SSL_CERT_FILE"};
  return name.starts_with("HF_") || name.ends_with("_PROXY") || known.contains(name);
}

std::vector<std::string> environment_of(const ProcessOptions& options, const fs::path& hub_home) {
  std::map<std::string, std::string> variables;
  for (char** variable = environ; *variable != nullptr; ++variable) {
    if (!is_about_the_hub(name_of(*variable))) variables[name_of(*variable)] = *variable;
  }
  variables["HF_HOME"] = "HF_HOME=" + hub_home.string();
  variables["HF_HUB_OFFLINE"] = "HF_HUB_OFFLINE=1";
  for (const std::string& variable : options.environment) variables[name_of(variable)] = variable;
  std::vector<std::string> all;
  for (auto& [name, variable] : variables) all.push_back(std::move(variable));
  return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (std::string& text : texts) all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

// Everything that the child needs, prepared before the fork: other threads of the test may hold
// locks then.
struct Start {
  std::string out, err;
  std::vector<std::string> words, environment;
  std::vector<char*> argv = pointers(words), envp = pointers(environment);
};

[[noreturn]] void become_gsa(const Start& start, const ProcessOptions& options) {
  const int out = open(start.out.c_str(), O_WRONLY | O_CREAT, 0644);
  const int err = open(start.err.c_str(), O_WRONLY | O_CREAT, 0644);
  const int in = open("/dev/null", O_RDONLY);
  if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(err, 2) < 0) _exit(126);
  if (chdir(options.folder.c_str()) != 0) _exit(126);
  if (options.in_child) options.in_child();
  close_range(3, ~0U, 0);  // a socket that the test closes must not stay open in the child
  execve(GSA_BINARY, start.argv.data(), start.envp.data());
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
  std::vector<std::string> words = {"gsa"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  const Start start = {.out = output_ / "out",
                       .err = output_ / "err",
                       .words = std::move(words),
                       .environment = environment_of(options, output_ / "huggingface")};
  pid_ = fork();
  if (pid_ < 0) throw std::runtime_error("cannot fork");
  if (pid_ == 0) become_gsa(start, options);
}

GsaProcess::~GsaProcess() {
  if (!running()) return;
  signal(SIGKILL);
  reap(0);
}

void GsaProcess::signal(int number) const { kill(pid_, number); }

std::string GsaProcess::errors_so_far() const { return contents(output_.path() / "err"); }

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

std::string on_a_terminal(const TempFolder& folder, const std::vector<std::string>& arguments,
                          const std::vector<std::string>& environment,
                          const std::function<bool(const std::string&)>& enough) {
  const int screen = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (screen < 0 || grantpt(screen) != 0 || unlockpt(screen) != 0) return "no terminal";
  const std::string name = ptsname(screen);
  winsize size{};
  size.ws_col = 100;
  size.ws_row = 30;
  ioctl(screen, TIOCSWINSZ, &size);
  const int held = open(name.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);  // keeps the screen open
  GsaProcess process(arguments, {folder.path(), environment, [&name] {
                                   const int terminal = open(name.c_str(), O_RDWR | O_NOCTTY);
                                   dup2(terminal, 1);
                                   dup2(terminal, 2);
                                 }});
  fcntl(screen, F_SETFL, O_NONBLOCK);
  std::string shown;
  const auto read_all = [&] {
    std::string part(65536, '\0');
    for (ssize_t got = 0; (got = read(screen, part.data(), part.size())) > 0;) {
      shown.append(part, 0, static_cast<std::size_t>(got));
    }
  };
  while (process.running()) {
    read_all();
    if (enough(shown)) process.signal(SIGKILL);
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  read_all();
  close(held);
  close(screen);
  return shown;
}

std::string small_warehouse() {
  static const TempFolder folder;
  static const std::string path = [] {
    std::string warehouse = folder / "small.duckdb";
    const Outcome made = gsa(folder, {"run", "--source", "synthetic", "--prompts", "2000",
                                      "--users", "100", "--quiet", "--warehouse", warehouse});
    if (made.exit_code != 0) throw std::runtime_error("gsa run failed: " + made.err);
    return warehouse;
  }();
  return path;
}

}  // namespace gsa::tests
