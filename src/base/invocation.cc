#include "base/invocation.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <fmt/format.h>

#include "base/error.h"

namespace gsa {
namespace {

thread_local Invocation* current = nullptr;

void enter(int folder) {
  // Linux keeps a working folder for each thread that asks for one of its own.
  thread_local const bool has_own = unshare(CLONE_FS) == 0;
  if (!has_own || fchdir(folder) != 0) {
    throw Error(fmt::format("cannot work in the command's folder: {}", std::strerror(errno)));
  }
}

}  // namespace

Invocation& invocation() {
  static Invocation own;
  return current == nullptr ? own : *current;
}

InvocationScope::InvocationScope(Invocation& invocation) : before_(current) {
  if (invocation.folder >= 0 && (before_ == nullptr || before_->folder != invocation.folder)) {
    folder_before_ = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
    enter(invocation.folder);
  }
  current = &invocation;
}

InvocationScope::~InvocationScope() {
  current = before_;
  if (folder_before_ < 0) return;
  // If this fails, the thread keeps the folder: nothing else in it depends on the folder.
  static_cast<void>(fchdir(folder_before_) == 0);
  close(folder_before_);
}

int out_fd() { return fileno(out_stream()); }
int err_fd() { return fileno(err_stream()); }

std::optional<std::string> environment(const std::string& name) {
  const auto& variables = invocation().environment;
  if (variables) {
    const auto found = variables->find(name);
    return found == variables->end() ? std::nullopt : std::optional(found->second);
  }
  const char* value = std::getenv(name.c_str());
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

}  // namespace gsa
