#include "prompts/csv_rows.h"

#include <algorithm>
#include <map>
#include <set>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "prompts/plain_text.h"

namespace gsa::prompts {
namespace {

constexpr const char* kQuoteHint = "write a quote inside a quoted field as two: \"\"";

}  // namespace

CsvRows::CsvRows(TextBlocks& blocks, const std::vector<WantedColumn>& wanted)
    : blocks_(blocks), block_(blocks.next()) {
  begin(find_csv_header(block_, blocks.name()));
  choose_columns(wanted);
}

CsvRows::CsvRows(TextBlocks& blocks, const std::vector<std::string>& columns)
    : blocks_(blocks), block_(blocks.next()) {
  begin(find_event_header(block_, blocks.name()));
  std::map<std::string_view, int> values;
  for (std::size_t i = 0; i < columns.size(); ++i) values.emplace(columns[i], static_cast<int>(i));
  std::set<std::string_view> met;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    const auto value = values.find(names_[i]);
    if (!met.insert(names_[i]).second) {
      doubled_ = names_[i];
    } else if (value != values.end()) {
      value_of_column_[i] = value->second;
    }
  }
}

void CsvRows::begin(const CsvHeader& header) {
  at_ = header.begin;
  line_ = record_line_ = header.line;
  delimiter_ = header.delimiter;
  names_ = header.columns;
  if (header.has_preamble) header_line_ = header.line;
  value_of_column_.assign(names_.size(), -1);
  TextRecord discarded;
  read_record(discarded);
  has_comments_ = header.has_comments;
}

std::string CsvRows::note() const {
  if (!doubled_.empty()) {
    return fmt::format("{}: several columns are named '{}': the first is read", blocks_.name(),
                       doubled_);
  }
  if (header_line_ == 0) return "";
  const std::string more =
      comments_ == 0 ? ""
                     : fmt::format(", and {} after it", counted(comments_, "comment", "comments"));
  return fmt::format("{}: its header is line {}; the lines before it are left out{}",
                     blocks_.name(), header_line_, more);
}

// Among equally good names, the first column wins.
void CsvRows::choose_columns(const std::vector<WantedColumn>& wanted) {
  for (std::size_t value = 0; value < wanted.size(); ++value) {
    std::optional<int> best;
    std::size_t column = 0;
    for (std::size_t i = 0; i < names_.size(); ++i) {
      const auto rank = rank_of(names_[i], wanted[value]);
      if (!rank || (best && *rank >= *best)) continue;
      best = rank;
      column = i;
    }
    if (!best) continue;
    value_of_column_[column] = static_cast<int>(value);
    if (std::count(names_.begin(), names_.end(), names_[column]) > 1) doubled_ = names_[column];
  }
}

bool CsvRows::next(TextRecord& record) {
  if (!read_record(record)) return false;
  for (TextValue& value : record.values) value.is_null = value.text.empty();
  return true;
}

bool CsvRows::read_record(TextRecord& record) {
  record.clear();
  record_ = &record;
  go_to_field(0);
  while (true) {
    if (at_ == block_.size()) {
      if (content_ > kMaxTextRecord) throw_too_long();
      block_ = blocks_.next();
      at_ = 0;
      if (block_.empty()) return finish();
    }
    pass_inside();
    if (at_ == block_.size()) continue;
    const char c = block_[at_];
    if (after_cr_) {
      after_cr_ = false;
      if (c == '\n') ++at_;
      if (end_record(c == '\n' ? Newline::crlf : Newline::cr)) return true;
      continue;
    }
    ++at_;
    if (state_ == State::quoted) {
      ++content_;
      state_ = State::closed;
      just_closed_ = true;
    } else if (c == '\n') {
      if (end_record(Newline::lf)) return true;
    } else if (c == '\r') {
      after_cr_ = true;
    } else {
      ++content_;
      take(c);
    }
  }
}

// Skips bytes that can only be the inside of a field.
void CsvRows::pass_inside() {
  const std::string_view bytes = block_.substr(at_);
  std::size_t end = 0;
  if (state_ == State::quoted) {
    end = std::min(bytes.find('"'), bytes.size());
    line_ += std::count(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(end), '\n');
  } else if (state_ == State::plain && !after_cr_) {
    const char* begin = bytes.data();
    end =
        static_cast<std::size_t>(end_of_csv_text(begin, begin + bytes.size(), delimiter_) - begin);
  }
  if (sink_ != nullptr) sink_->append(bytes.substr(0, end));
  content_ += static_cast<std::int64_t>(end);
  at_ += end;
}

// Handles a byte outside quotes that is no newline.
void CsvRows::take(char c) {
  if (content_ == 1) hashed_ = c == '#';
  if (c == delimiter_) {
    state_ = State::start;
    go_to_field(fields_++);
  } else if (state_ == State::start && c == '"') {
    state_ = State::quoted;
    if (sink_ != nullptr) sink_->clear();  // drops the spaces before the quote
  } else if (state_ == State::start) {
    if (c != ' ') state_ = State::plain;
    if (sink_ != nullptr) *sink_ += c;
  } else if (c == '"' && just_closed_) {
    state_ = State::quoted;
    if (sink_ != nullptr) *sink_ += c;
  } else if (state_ == State::closed && c != ' ') {
    throw_at(line_, "there is text after a closing quote", kQuoteHint);
  }
  just_closed_ = false;
}

void CsvRows::go_to_field(std::size_t field) {
  const int value = field < value_of_column_.size() ? value_of_column_[field] : -1;
  sink_ = value < 0 ? nullptr : &record_->values[static_cast<std::size_t>(value)].text;
}

// False for a blank line, which is no record.
bool CsvRows::end_record(std::optional<Newline> newline) {
  if (newline && newline_ && *newline != *newline_) {
    throw_at(line_, "this line has another line ending than those before it",
             "end all lines alike: sed -i 's/\\r$//'");
  }
  if (newline) newline_ = newline;
  if (content_ > kMaxTextRecord) throw_too_long();
  bool is_record = content_ > 0 || names_.size() == 1;
  if (is_record && has_comments_ && hashed_) {
    if (fields_ > 1 || names_.size() == 1) throw_hashed();
    is_record = false;
    ++comments_;
  }
  if (is_record && fields_ != names_.size()) throw_field_count();
  record_line_ = ++line_;
  content_ = 0;
  fields_ = 1;
  hashed_ = false;
  just_closed_ = false;
  state_ = State::start;
  if (!is_record) {
    record_->clear();
    go_to_field(0);
  }
  return is_record;
}

bool CsvRows::finish() {
  if (state_ == State::quoted) {
    throw_at(record_line_, "a quote is opened and never closed", kQuoteHint);
  }
  if (after_cr_) {
    after_cr_ = false;
    return end_record(Newline::cr);
  }
  return content_ > 0 && end_record(std::nullopt);
}

void CsvRows::throw_at(std::int64_t line, const std::string& what, const std::string& hint) const {
  throw Error(fmt::format("{}, line {}: {}", blocks_.name(), line, what), hint);
}

void CsvRows::throw_too_long() const {
  throw_at(record_line_, fmt::format("the record is longer than {} MiB", kMaxTextRecord >> 20),
           "is a quote before it never closed?");
}

void CsvRows::throw_hashed() const {
  throw_at(record_line_, "this line begins with #, as the comments before the header do",
           "remove it if it is one, else put its first field between quotes");
}

void CsvRows::throw_field_count() const {
  const std::string what = fmt::format("{} {} where the header has {}", fields_,
                                       fields_ == 1 ? "field" : "fields", names_.size());
  throw_at(record_line_, what,
           fields_ < names_.size() ? "write a missing value as an empty field, and put a field "
                                     "with line breaks between quotes"
                                   : "put a field with delimiters or quotes between quotes");
}

}  // namespace gsa::prompts
