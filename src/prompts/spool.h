#pragma once

// What comes through a pipe can be read once, and a source is read several times: its bytes go into
// a private temporary file, which is gone with its last holder, however the process ends.

#include <memory>
#include <optional>
#include <string>

#include "base/fd.h"
#include "base/invocation.h"

namespace gsa::prompts {

inline constexpr const char* kStandardInput = "-";

// Whether the source is standard input ("-") or a named pipe, as <(command) gives one.
// A named pipe of another process cannot be opened here, and counts as one.
bool is_pipe(const std::string& source, const Invocation& invocation);

class Spool {
 public:
  // Reads the source, of which is_pipe() is true, to its end. Throws Error where that fails, and
  // Error{interrupted} within 0.2 s of Ctrl-C.
  static std::shared_ptr<const Spool> read(const std::string& source, const Invocation& invocation);
  ~Spool();
  Spool(const Spool&) = delete;
  Spool& operator=(const Spool&) = delete;

  const std::string& path() const { return path_; }  // by which the bytes can be opened
  const std::string& name() const { return name_; }  // for people: "standard input"

 private:
  Spool(Fd file, std::string name, const std::string& content);

  Fd file_;
  std::string path_;
  std::string name_;
};

// What find_source_files() knows of the paths of spools.
struct SpooledFile {
  std::string name;
  std::string content;  // a hash of the bytes
};
std::optional<SpooledFile> find_spooled(const std::string& path);

}  // namespace gsa::prompts
