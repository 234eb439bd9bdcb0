#pragma once

// Cuts SQL text into pieces as DuckDB's and PostgreSQL's lexers do, so that what only looks at text
// knows code from quotes and comments. Knows no grammar, and takes any text: what is never closed
// runs to the end.

#include <optional>
#include <string_view>

namespace gsa {

enum class SqlPieceKind {
  blank,      // white space, the Unicode spaces that DuckDB takes for it included
  comment,    // --… up to the end of the line, or /*…*/, which nest
  quoted,     // '…', e'…' (backslash escapes), b'…', x'…', "…", $tag$…$tag$
  continued,  // '…' that goes on where an earlier '…' ended: on another line, only blank between
  word,       // a name or a keyword; letters are a-z, _ and all that is not ASCII
  number,     // no sign, and no letter but the e of an exponent
  symbol,     // an operator, a bracket, a comma …
};

struct SqlPiece {
  SqlPieceKind kind;
  std::string_view text;
  bool closed;  // false: a quote or comment that runs to the end because nothing ends it
};

// The pieces one after another are the whole text. `sql` must outlive the scanner and its pieces.
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
  Continuation continuation_ = Continuation::none;  // of the string before, while it can go on
  bool saw_newline_ = false;                        // since that string
};

}  // namespace gsa
