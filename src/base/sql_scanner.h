#pragma once

// Cuts SQL text into pieces as DuckDB's and PostgreSQL's lexers do. With it, code that only looks
// at text can tell SQL code from quotes and comments. Knows no grammar and takes any text: an
// unclosed quote or comment runs to the end.

#include <optional>
#include <string_view>

namespace gsa {

enum class SqlPieceKind {
  blank,      // white space, also the Unicode spaces that DuckDB accepts
  comment,    // --… up to the end of the line, or /*…*/, which nest
  quoted,     // '…', e'…' (backslash escapes), b'…', x'…', "…", $tag$…$tag$
  continued,  // '…' that goes on where an earlier '…' ended: on another line, only blank between
  word,       // a name or a keyword; letters are a-z, _ and everything outside ASCII
  number,     // no sign, and no letter but the e of an exponent
  symbol,     // an operator, a bracket, a comma …
};

struct SqlPiece {
  SqlPieceKind kind;
  std::string_view text;
  bool closed;  // false: a quote or comment without an end
};

// Joined, the pieces are the whole text. `sql` must outlive the scanner and its pieces.
class SqlScanner {
 public:
  explicit SqlScanner(std::string_view sql) : sql_(sql) {}

  std::optional<SqlPiece> next();  // nothing at the end
  // The next piece that is neither blank nor a comment.
  std::optional<SqlPiece> next_code();

 private:
  enum class Continuation { none, plain, escapes };

  std::optional<SqlPiece> take_gap();
  SqlPiece take_code();
  SqlPiece string(std::size_t prefix, Continuation mode, SqlPieceKind kind);

  std::string_view sql_;
  std::size_t at_ = 0;
  Continuation continuation_ = Continuation::none;  // how the last string may go on
  bool saw_newline_ = false;                        // since that string
};

}  // namespace gsa
