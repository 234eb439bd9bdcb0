#pragma once

// The binary under test, run as a user would: in a folder of its own, with its output captured. No
// test reaches the network or the user's cache: unless it says otherwise, HF_HOME is an empty
// folder of the process's own, HF_HUB_OFFLINE is 1, and no other setting of the hub comes from
// outside.

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
  void write(const std::string& name, const std::string& contents) const;  // makes its folder

 private:
  std::filesystem::path path_;
};

struct Outcome {
  int exit_code = 0;  // 128 + N where signal N ended it
  std::string out;
  std::string err;
  std::int64_t peak_bytes = 0;  // of resident memory
};

struct ProcessOptions {
  std::filesystem::path folder;          // its current folder; required
  std::vector<std::string> environment;  // "NAME=value", instead of what is said above
  std::function<void()> in_child;        // called before exec, e.g. for setrlimit
};

// A gsa that was started; its output goes to files.
class GsaProcess {
 public:
  GsaProcess(const std::vector<std::string>& arguments, const ProcessOptions& options);
  ~GsaProcess();  // kills it if it is still running
  GsaProcess(const GsaProcess&) = delete;
  GsaProcess& operator=(const GsaProcess&) = delete;

  pid_t pid() const { return pid_; }
  void signal(int number) const;
  bool running();
  std::string errors_so_far() const;  // what stderr holds
  Outcome wait();                     // to its end

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

// Runs gsa with stdout and stderr on a pseudo-terminal of 100 columns, to its end or until `enough`
// of what has appeared there; gives what that is.
std::string on_a_terminal(
    const TempFolder& folder, const std::vector<std::string>& arguments,
    const std::vector<std::string>& environment,
    const std::function<bool(const std::string&)>& enough = [](const std::string&) {
      return false;
    });

// A small warehouse for tests that only read one: made once a process by `gsa run` with 2,000
// synthetic prompts and 100 users. Tests that write copy it.
std::string small_warehouse();

}  // namespace gsa::tests
