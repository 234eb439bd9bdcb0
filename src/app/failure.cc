#include "app/failure.h"

#include <cstdio>
#include <exception>
#include <filesystem>
#include <new>
#include <poll.h>
#include <system_error>

#include <fmt/format.h>

#include "base/error.h"
#include "base/invocation.h"
#include "base/terminal.h"

namespace gsa::app {
namespace {

int exit_code(ErrorCode code) {
  switch (code) {
    case ErrorCode::failed:
      return 1;
    case ErrorCode::usage:
      return kUsageExit;
    case ErrorCode::tests_failed:
      return 3;
    case ErrorCode::interrupted:
      return kInterruptedExit;
  }
  return 1;
}

}  // namespace

void print_error(const Invocation& invocation, const std::string& message,
                 const std::string& hint) {
  const TextOutput& err = invocation.err;
  fmt::print(err.file(), "{} {}\n", err.paint(Ink::red, "error:"), message);
  if (!hint.empty()) fmt::print(err.file(), "{} {}\n", err.paint(Ink::cyan, "hint:"), hint);
}

bool is_broken_pipe(std::FILE* stream) {
  pollfd end{fileno(stream), POLLOUT, 0};
  return poll(&end, 1, 0) == 1 && (end.revents & POLLERR) != 0;
}

int report_failure(const Invocation& invocation) {
  std::FILE* out = invocation.out.file();
  // Without a server, SIGPIPE would have ended the process.
  if (std::ferror(out) != 0 && is_broken_pipe(out)) return kBrokenPipeExit;
  try {
    throw;
  } catch (const Error& error) {
    // Only downloads attach their own hint about what Ctrl-C left behind.
    if (error.code() == ErrorCode::interrupted && error.hint().empty()) {
      print_error(invocation, "interrupted", "nothing was changed: the last publication is whole");
    } else {
      print_error(invocation, error.message(), error.hint());
    }
    return exit_code(error.code());
  } catch (const std::filesystem::filesystem_error& error) {
    const std::string path = error.path1().string();
    print_error(
        invocation,
        path.empty() ? error.code().message() : fmt::format("{}: {}", path, error.code().message()),
        "");
    return exit_code(ErrorCode::failed);
  } catch (const std::bad_alloc&) {
    print_error(invocation, "there is not enough memory", "");
    return exit_code(ErrorCode::failed);
  } catch (const std::system_error& error) {
    const bool lacks_threads = error.code() == std::errc::resource_unavailable_try_again;
    if (std::ferror(out) != 0) {  // how fmt reports failed writes
      print_error(invocation,
                  fmt::format("cannot write to the standard output: {}", error.code().message()),
                  "");
      return exit_code(ErrorCode::failed);
    }
    print_error(invocation,
                lacks_threads ? "the system gives no more threads" : error.code().message(),
                lacks_threads ? "ulimit -v (memory) and ulimit -u (threads) may limit them" : "");
    return exit_code(ErrorCode::failed);
  } catch (const std::exception& bug) {
    print_error(invocation, fmt::format("a bug in gsa: {}", bug.what()),
                "please report it with the command you ran");
    return kBugExit;
  }
}

}  // namespace gsa::app
