#pragma once

// The one exception of the project: what happened, and what to do about it. User errors are thrown
// as Error and printed by main; a broken invariant of our own is a check() and a bug.

#include <exception>
#include <source_location>
#include <string>
#include <string_view>

namespace gsa {

enum class ErrorCode {
  failed,        // exit 1: the command could not do its work
  usage,         // exit 2: the command line is wrong
  tests_failed,  // exit 3: data tests failed
  interrupted,   // exit 130: Ctrl-C
};

class Error : public std::exception {
 public:
  // `hint` says what to do; leave it empty if the cause is not known.
  explicit Error(std::string message, std::string hint = "", ErrorCode code = ErrorCode::failed);

  const char* what() const noexcept override { return message_.c_str(); }
  const std::string& message() const { return message_; }
  const std::string& hint() const { return hint_; }
  ErrorCode code() const { return code_; }

  // Prefixes the message with the place, as in "orders.csv: …". Call it on the way up.
  Error& add_context(std::string_view where);

 private:
  std::string message_;
  std::string hint_;
  ErrorCode code_;
};

// A bug in the project itself, thrown by check(). main prints it with its place and exits 70.
class Bug : public std::exception {
 public:
  Bug(std::string_view what, std::source_location where);
  const char* what() const noexcept override { return message_.c_str(); }

 private:
  std::string message_;
};

// Throws Bug if `holds` is false. Only for conditions that a mistake in our own code alone can
// break.
void check(bool holds, std::string_view what,
           std::source_location where = std::source_location::current());

}  // namespace gsa
