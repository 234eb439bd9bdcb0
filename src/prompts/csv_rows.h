#pragma once

// Reads a CSV file from end to end in one pass, and names the line of an error. We do not use
// DuckDB's reader: it drops a last row whose quote is never closed, reports record numbers where
// people look for line numbers, guesses delimiters from commas inside prompts, and takes
// milliseconds per file.
//
//   file     = preamble record *(newline record) [newline]
//   preamble = *(blank line / "sep=" delimiter / "#" comment / title)
//   record   = field *(delimiter field)      as many fields as the header has
//   field    = *space <"> *(char / <""> / newline) <"> *space  /  *char
//   newline  = LF / CRLF / CR                one kind per file
//
// The header is the first line that names `prompt`, or that of events (csv_header.h). Only blank
// lines, comments and titles (lines of one field before a header of several) may precede it. If the
// header has one column, an empty line is a record with one empty field; otherwise it is skipped.
// If comments precede the header, then a later line that begins with # and has one field, where the
// header has several, is a comment too.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "prompts/csv_header.h"
#include "prompts/text_blocks.h"
#include "prompts/text_record.h"

namespace gsa::prompts {

class CsvRows : public RecordReader {
 public:
  // Reads the header. `blocks` must outlive this object. The first of `wanted` must be the prompt.
  CsvRows(TextBlocks& blocks, const std::vector<WantedColumn>& wanted);
  // For events: gives the columns of these names, whatever they are, and finds the header without
  // a column named `prompt`.
  CsvRows(TextBlocks& blocks, const std::vector<std::string>& columns);

  bool next(TextRecord& record) override;
  const std::vector<std::string>& names() const override { return names_; }
  std::string note() const override;

 private:
  enum class State { start, plain, quoted, closed };
  enum class Newline { lf, crlf, cr };

  void begin(const CsvHeader& header);
  void choose_columns(const std::vector<WantedColumn>& wanted);
  bool read_record(TextRecord& record);
  void pass_inside();
  void take(char c);
  void go_to_field(std::size_t field);
  bool end_record(std::optional<Newline> newline);
  bool finish();
  [[noreturn]] void throw_at(std::int64_t line, const std::string& what,
                             const std::string& hint = "") const;
  [[noreturn]] void throw_too_long() const;
  [[noreturn]] void throw_field_count() const;
  [[noreturn]] void throw_hashed() const;

  TextBlocks& blocks_;
  std::string_view block_;
  std::size_t at_ = 0;
  char delimiter_ = ',';
  std::vector<std::string> names_;
  std::vector<int> value_of_column_;  // for each column, the index of the wanted column, or -1
  std::string doubled_;               // a wanted name that several columns share
  std::int64_t header_line_ = 0;      // 0: the header is the first line
  bool has_comments_ = false;         // before the header
  std::int64_t comments_ = 0;         // after the header

  TextRecord* record_ = nullptr;
  std::string* sink_ = nullptr;  // receives the current field's text; null: the field is not wanted
  State state_ = State::start;
  bool just_closed_ = false;  // the last byte was a closing quote
  bool hashed_ = false;       // the record begins with #
  bool after_cr_ = false;     // the last byte was a CR outside quotes
  std::optional<Newline> newline_;
  std::size_t fields_ = 1;
  std::int64_t content_ = 0;  // bytes of the record without its newline
  std::int64_t line_ = 1;
  std::int64_t record_line_ = 1;
};

}  // namespace gsa::prompts
