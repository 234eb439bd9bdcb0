#include "duck/sql_error.h"

#include <cstdlib>
#include <string_view>
#include <vector>

#include <duckdb.h>
#include <fmt/format.h>

#include "base/text.h"

namespace gsa::duck {
namespace {

constexpr std::string_view kExcerpt = "\nLINE ";
// Begins the part of an internal error that lists addresses and paths.
constexpr std::string_view kStackTrace = "\nStack Trace:";

// "Binder Error: Referenced column …" -> "Referenced column …"
std::string without_prefix(std::string_view message) {
  const std::size_t at = message.find("Error: ");
  if (at != std::string_view::npos && message.find('\n') > at && at < 40) {
    message.remove_prefix(at + 7);
  }
  return std::string(message);
}

std::string summary_of(const std::string& raw) {
  const std::string text = raw.substr(0, raw.find(kStackTrace));
  return std::string(trim(without_prefix(text.substr(0, text.find(kExcerpt)))));
}

std::string excerpt_of(const std::string& raw) {
  const std::size_t at = raw.find(kExcerpt);
  return at == std::string::npos ? "" : raw.substr(at + 1);
}

bool is_advice(std::string_view line) {
  return line.starts_with("Did you mean ") || line.starts_with("Candidate bindings: ");
}

// The summary without DuckDB's advice. Our advice becomes the hint; DuckDB's ("Possible solutions:
// …") names its own settings and would mislead users, who set options of gsa instead.
std::string message_of(SqlErrorKind kind, const std::string& raw) {
  const std::string summary = summary_of(raw);
  if (kind == SqlErrorKind::internal) {  // the rest is for developers of DuckDB
    return "DuckDB failed with an internal error: " + summary.substr(0, summary.find('\n'));
  }
  if (kind == SqlErrorKind::invalidated) {
    return summary.find("has been invalidated") == std::string::npos
               ? "DuckDB stopped: " + summary.substr(0, summary.find('\n'))
               : "DuckDB stopped after an internal error";
  }
  std::vector<std::string> lines;
  for (const std::string& line :
       split(summary.substr(0, summary.find("\nPossible solutions:")), '\n')) {
    if (!is_advice(line)) lines.push_back(line);
  }
  return std::string(trim(join(lines, "\n")));
}

// DuckDB has no error kind for a full disk. These are the texts of ENOSPC, EDQUOT and EFBIG, and
// DuckDB's own about its limit on temporary files.
SqlErrorKind kind_of(SqlErrorKind kind, const std::string& raw) {
  for (const std::string_view text : {"No space left on device", "Disk quota exceeded",
                                      "File too large", "disk space is available"}) {
    if (raw.find(text) != std::string::npos) return SqlErrorKind::disk_full;
  }
  return kind;
}

std::string hint_of(SqlErrorKind kind, const std::string& raw) {
  if (kind == SqlErrorKind::out_of_memory) {
    return "allow more memory with --memory-limit, or use fewer --threads";
  }
  if (kind == SqlErrorKind::internal) {
    return "this is a bug in DuckDB, not in the data: rewrite the query";
  }
  if (kind == SqlErrorKind::invalidated) return "the file is being reopened: try again in a moment";
  if (kind == SqlErrorKind::disk_full) return "the disk is full: make room and run it again";
  for (const std::string& line : split(summary_of(raw), '\n')) {
    if (!is_advice(line)) continue;
    const std::string words = replace_all(line, "\"", "'");
    if (line.starts_with("Did")) return "d" + words.substr(1);
    return "did you mean one of " + words.substr(words.find('\'')) + "?";
  }
  return "";
}

}  // namespace

SqlError::SqlError(SqlErrorKind kind, const std::string& raw)
    : Error(message_of(kind_of(kind, raw), raw), hint_of(kind_of(kind, raw), raw),
            kind == SqlErrorKind::interrupted ? ErrorCode::interrupted : ErrorCode::failed),
      kind_(kind_of(kind, raw)),
      is_fatal_(kind == SqlErrorKind::invalidated),
      raw_(raw),
      summary_(summary_of(raw)),
      excerpt_(excerpt_of(raw)) {
  // Some callers show the summary in place of the message.
  if (kind_ == SqlErrorKind::internal || kind_ == SqlErrorKind::invalidated) summary_ = message();
  if (excerpt_.empty()) return;
  line_ = std::atoi(excerpt_.c_str() + kExcerpt.size() - 1);
  // The excerpt is "LINE 3: text" with a caret below. DuckDB cuts a long line at its start
  // ("...text"), and then the columns are unknown.
  const std::size_t text = excerpt_.find(": ");
  const std::size_t newline = excerpt_.find('\n');
  if (text == std::string::npos || newline == std::string::npos) return;
  const std::size_t caret = excerpt_.find('^', newline);
  if (caret == std::string::npos || excerpt_.compare(text + 2, 3, "...") == 0) return;
  column_ = static_cast<int>(caret - newline - 1 - (text + 2)) + 1;
}

std::string SqlError::details() const {
  return excerpt_.empty() ? message() : message() + "\n\n" + excerpt_;
}

SqlError SqlError::without_first_lines(int lines) const {
  SqlError moved = *this;
  if (!line_) return moved;
  if (*line_ <= lines) {  // the error is in the lines that we added
    moved.line_.reset();
    moved.column_.reset();
    moved.excerpt_.clear();
    return moved;
  }
  moved.line_ = *line_ - lines;
  const std::string before = fmt::format("LINE {}", *line_);
  const std::string after = fmt::format("LINE {}", *moved.line_);
  moved.excerpt_.replace(0, before.size(), after);
  // A shorter line number moves the caret left, so that it stays below its character.
  const std::size_t newline = moved.excerpt_.find('\n');
  if (newline != std::string::npos) {
    moved.excerpt_.erase(newline + 1, before.size() - after.size());
  }
  return moved;
}

}  // namespace gsa::duck
