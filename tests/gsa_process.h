#pragma once

// Runs the binary under test like a user does: in a folder of its own, with its output captured. No
// test reaches the network or the user's cache: by default, HF_HOME is an empty folder of the test
// process, HF_HUB_OFFLINE is 1, and no other hub settings are inherited.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <sys/resource.h>
#include <sys/types.h>
#include <vector>

namespace gsa::tests {

// An empty folder under the system's temporary one, removed with its contents at the end.
class TempFolder {
 public:
  TempFolder();
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::string operator/(const std::string& name) const { return (path_ / name).string(); }
  void write(const std::string& name,
             const std::string& contents) const;  // creates the file's folder

 private:
  std::filesystem::path path_;
};

struct Outcome {
  int exit_code = 0;  // 128 + N if signal N ended it
  std::string out;
  std::string err;
  std::int64_t peak_bytes = 0;  // peak resident memory
};

struct ProcessOptions {
  std::filesystem::path folder;          // current folder; required
  std::vector<std::string> environment;  // "NAME=value", overriding the defaults above
  std::function<void()> in_child;        // called before exec, e.g. for setrlimit
};

// A running gsa; its output goes to files.
class GsaProcess {
 public:
  GsaProcess(const std::vector<std::string>& arguments, const ProcessOptions& options);
  ~GsaProcess();  // kills it if it is still running
  GsaProcess(const GsaProcess&) = delete;
  GsaProcess& operator=(const GsaProcess&) = delete;

  pid_t pid() const { return pid_; }
  void signal(int number) const;
  bool running();
  std::string errors_so_far() const;  // stderr so far
  Outcome wait();                     // waits for its end

 private:
  void reap(int flags);
  TempFolder output_;
  pid_t pid_ = 0;
  bool ended_ = false;
  int status_ = 0;
  rusage usage_{};
};

// Runs `gsa ARGUMENTS` in `folder` to its end.
Outcome gsa(const TempFolder& folder, const std::vector<std::string>& arguments);

std::string gsa_binary();  // its path

// Runs gsa with stdout and stderr on a pseudo-terminal of 100 columns, until it ends or `enough`
// accepts the output so far. Returns that output.
std::string on_a_terminal(
    const TempFolder& folder, const std::vector<std::string>& arguments,
    const std::vector<std::string>& environment,
    const std::function<bool(const std::string&)>& enough = [](const std::string&) {
      return false;
    });

// A small warehouse for tests that only read: made once per process by `gsa run` with 2,000
// synthetic prompts and 100 users. Tests that write must copy it.
std::string small_warehouse();

}  // namespace gsa::tests
