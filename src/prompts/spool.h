#pragma once

// A pipe can be read only once, but we read a source several times. So its bytes go into a private
// temporary file, which vanishes with its last holder, however the process ends.

#include <memory>
#include <optional>
#include <string>

#include "base/fd.h"
#include "base/invocation.h"

namespace gsa::prompts {

inline constexpr const char* kStandardInput = "-";

// Whether the source is standard input ("-") or a named pipe, such as <(command), also one of
// another process.
bool is_pipe(const std::string& source, const Invocation& invocation);

class Spool {
 public:
  // Reads the source, for which is_pipe() holds, to its end. Throws Error if that fails, and
  // Error{interrupted} within 0.2 s of Ctrl-C.
  static std::shared_ptr<const Spool> read(const std::string& source, const Invocation& invocation);
  ~Spool();
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;

  const std::string& path() const { return path_; }  // opens the bytes
  const std::string& name() const { return name_; }  // for people: "standard input"

 private:
  Spool(Fd file, std::string name, const std::string& content);

  Fd file_;
  std::string path_;
  std::string name_;
};

// What find_source_files() needs to know about a spool's path.
struct SpooledFile {
  std::string name;
  std::string content;  // a hash of the bytes
};
std::optional<SpooledFile> find_spooled(const std::string& path);

}  // namespace gsa::prompts
