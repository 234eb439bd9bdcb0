#include "prompts/csv_check.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "prompts/encoding_hint.h"
#include "prompts/utf8_check.h"

namespace gsa::prompts {
namespace {

constexpr const char* kQuoteHint = "write a quote inside a quoted field as two: \"\"";
constexpr std::size_t kBlock = 1 << 18;  // bytes read at a time; the header must fit

[[noreturn]] void throw_at(const std::string& path, std::int64_t line, const std::string& what,
                           const std::string& hint = "") {
  throw Error(fmt::format("{}, line {}: {}", path, line, what), hint);
}

// The fields of the first record in `text`, without their quotes.
std::vector<std::string> header_fields(std::string_view text, char delimiter) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (const char c : text) {
    if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && (c == '\n' || c == '\r')) {
      break;
    } else if (!quoted && c == delimiter) {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  for (std::string& field : fields) field = std::string(trim(field));
  return fields;
}

CsvLayout read_header(std::string_view text, const std::string& wanted) {
  CsvLayout best{',', {}, 0};
  for (const char delimiter : {',', '\t', ';', '|'}) {
    std::vector<std::string> fields = header_fields(text, delimiter);
    const bool names_it = std::any_of(fields.begin(), fields.end(), [&](const std::string& field) {
      return to_lower(field) == wanted;
    });
    if (names_it) return {delimiter, std::move(fields), 0};
    if (fields.size() > best.columns.size()) best = {delimiter, std::move(fields), 0};
  }
  return best;
}

// The grammar of csv_check.h as a state machine, fed byte by byte.
class Checker {
 public:
  Checker(const std::string& path, Compression compression, char delimiter, std::size_t columns)
      : path_(path), compression_(compression), delimiter_(delimiter), columns_(columns) {}

  void feed(std::string_view bytes) {
    for (std::size_t at = 0; at < bytes.size();) {
      at += skip_inside(bytes.substr(at));
      if (at == bytes.size()) break;
      const char c = bytes[at++];
      if (state_ == State::quoted) {
        ++content_;
        state_ = State::closed;
        just_closed_ = true;
      } else {
        step(c);
      }
    }
    if (content_ > kMaxTextRecord) throw_too_long();
    if (const auto at = utf8_.feed(bytes)) throw_bad_utf8(bytes.substr(0, *at));
    lines_before_ += std::count(bytes.begin(), bytes.end(), '\n');
  }

  std::int64_t finish() {
    if (state_ == State::quoted) {
      throw_at(path_, record_line_, "a quote is opened and never closed", kQuoteHint);
    }
    if (!utf8_.complete()) throw_bad_utf8("");
    if (after_cr_) end_record(Newline::cr);
    if (content_ > 0) end_record(std::nullopt);
    return records_ - 1;
  }

 private:
  enum class State { start, plain, quoted, closed };
  enum class Newline { lf, crlf, cr };

  // Passes the bytes that are plainly the inside of a field; returns how many.
  std::size_t skip_inside(std::string_view bytes) {
    std::size_t end = 0;
    if (state_ == State::quoted) {
      end = std::min(bytes.find('"'), bytes.size());
      line_ += std::count(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(end), '\n');
    } else if (state_ == State::plain && !after_cr_) {
      while (end < bytes.size() && bytes[end] != delimiter_ && bytes[end] != '\n' &&
             bytes[end] != '\r') {
        ++end;
      }
    }
    content_ += static_cast<std::int64_t>(end);
    return end;
  }

  // A byte outside quotes.
  void step(char c) {
    if (after_cr_) {
      after_cr_ = false;
      end_record(c == '\n' ? Newline::crlf : Newline::cr);
      if (c == '\n') return;
    }
    if (c == '\n') {
      end_record(Newline::lf);
      return;
    }
    if (c == '\r') {
      after_cr_ = true;
      return;
    }
    ++content_;
    if (c == delimiter_) {
      ++fields_;
      state_ = State::start;
    } else if (state_ == State::start) {
      state_ = c == '"' ? State::quoted : c == ' ' ? State::start : State::plain;
    } else if (c == '"' && just_closed_) {
      state_ = State::quoted;
    } else if (state_ == State::closed && c != ' ') {
      throw_at(path_, line_, "there is text after a closing quote", kQuoteHint);
    }
    just_closed_ = false;
  }

  void end_record(std::optional<Newline> newline) {
    if (newline && newline_ && *newline != *newline_) {
      throw_at(path_, line_, "this line ends in another way than the ones before it",
               "end all lines alike: sed -i 's/\\r$//'");
    }
    if (newline) newline_ = newline;
    if (content_ > kMaxTextRecord) throw_too_long();
    if (content_ > 0 || columns_ == 1) {
      if (fields_ != columns_) {
        throw_at(path_, record_line_,
                 fmt::format("{} where the header has {}", count_of_fields(fields_), columns_),
                 "put a field that has delimiters or quotes in it between quotes");
      }
      ++records_;
    }
    record_line_ = ++line_;
    content_ = 0;
    fields_ = 1;
    just_closed_ = false;
    state_ = State::start;
  }

  static std::string count_of_fields(std::size_t count) {
    return fmt::format("{} {}", count, count == 1 ? "field" : "fields");
  }

  [[noreturn]] void throw_too_long() const {
    throw_at(path_, record_line_,
             fmt::format("the record is longer than {} MiB", kMaxTextRecord >> 20),
             "is a quote before it never closed?");
  }

  // `before`: the part of the block that is valid.
  [[noreturn]] void throw_bad_utf8(std::string_view before) const {
    throw_at(path_, lines_before_ + std::count(before.begin(), before.end(), '\n') + 1,
             "the text is not valid UTF-8", encoding_hint(path_, compression_));
  }

  const std::string& path_;
  const Compression compression_;
  const char delimiter_;
  const std::size_t columns_;
  Utf8Check utf8_;
  State state_ = State::start;
  bool just_closed_ = false;  // the last byte was a closing quote
  bool after_cr_ = false;     // the last byte was a CR outside quotes
  std::optional<Newline> newline_;
  std::size_t fields_ = 1;
  std::int64_t content_ = 0;  // bytes of the record without its newline
  std::int64_t records_ = 0;
  std::int64_t line_ = 1;
  std::int64_t record_line_ = 1;
  std::int64_t lines_before_ = 0;  // LFs of the blocks before
};

CsvLayout check(TextReader& reader, const std::string& path, Compression compression,
                const std::string& wanted) {
  std::string block(kBlock, '\0');
  std::size_t size = 0;
  while (size < kBlock) {  // the header needs a whole block
    const std::size_t count = reader.read(block.data() + size, kBlock - size);
    if (count == 0) break;
    size += count;
  }
  std::string_view text(block.data(), size);
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);
  CsvLayout layout = read_header(text, wanted);
  Checker checker(path, compression, layout.delimiter, layout.columns.size());
  while (!text.empty()) {
    checker.feed(text);
    text = std::string_view(block.data(), reader.read(block.data(), kBlock));
  }
  layout.rows = checker.finish();
  return layout;
}

}  // namespace

CsvLayout check_csv(const std::string& path, Compression compression, const std::string& wanted) {
  TextReader reader(path, compression);
  try {
    return check(reader, path, compression, wanted);
  } catch (const Error&) {
    // Damaged compressed data may look like bad CSV; its checksum, at the end, tells them apart.
    std::string rest(kBlock, '\0');
    while (reader.read(rest.data(), rest.size()) > 0) {
    }
    throw;
  }
}

}  // namespace gsa::prompts
