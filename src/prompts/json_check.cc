#include "prompts/json_check.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "base/text.h"
#include "prompts/csv_check.h"
#include "prompts/encoding_hint.h"

namespace gsa::prompts {
namespace {

constexpr std::size_t kBlock = 1 << 18;  // bytes read at a time

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r'; }

// Reads lines until `stop_after` of them were not blank, or to the end.
class LineCounter {
 public:
  LineCounter(const std::string& path, Compression compression) : reader_(path, compression) {}

  void run(std::int64_t stop_after) {
    std::string block(kBlock, '\0');
    while (const std::size_t size = reader_.read(block.data(), kBlock)) {
      const std::string_view bytes(block.data(), size);
      for (std::size_t at = 0; at < size;) {
        if (!filled_) {
          const char c = bytes[at];
          ++at;
          if (c == '\n') {
            ++line_;
          } else if (!is_space(c)) {
            if (filled_lines_ == 0) first_ = c;
            filled_ = true;
            if (++filled_lines_ == stop_after) return;
          }
          continue;
        }
        at = std::min(bytes.find('\n', at), size);
        if (at < size) {
          filled_ = false;
          ++line_;
          ++at;
        }
      }
    }
  }

  std::int64_t line() const { return line_; }
  std::int64_t filled_lines() const { return filled_lines_; }
  char first() const { return first_; }

 private:
  TextReader reader_;
  bool filled_ = false;  // the current line is not blank
  std::int64_t line_ = 1;
  std::int64_t filled_lines_ = 0;
  char first_ = '\0';  // of the file, white space aside
};

std::optional<std::int64_t> number_after(std::string_view text, std::string_view mark) {
  const std::size_t at = text.find(mark);
  if (at == std::string_view::npos) return std::nullopt;
  std::int64_t number = 0;
  const char* begin = text.data() + at + mark.size();
  const auto [end, failure] = std::from_chars(begin, text.data() + text.size(), number);
  if (failure != std::errc()) return std::nullopt;
  return number;
}

// What follows the place in "… in line 3: unexpected character. \nTry …".
std::string reason_of(std::string_view message) {
  const std::size_t place = message.find(" in ", message.find("\", "));
  const std::size_t colon = message.find(": ", place);
  if (colon == std::string_view::npos) return "";
  std::string_view reason = message.substr(colon + 2);
  reason = reason.substr(0, std::min(reason.find('\n'), reason.find(". ")));
  return std::string(reason.ends_with('.') ? reason.substr(0, reason.size() - 1) : reason);
}

std::string place_of(const std::string& path, Compression compression, std::string_view message,
                     std::int64_t excess) {
  if (const auto line = number_after(message, " in line ")) {
    LineCounter lines(path, compression);
    lines.run(std::max<std::int64_t>(*line - excess, 1));
    return fmt::format("{}, line {}", path, lines.line());
  }
  const auto value = number_after(message, " in record/value ");
  return value ? fmt::format("{}, value {}", path, *value - excess) : path;
}

}  // namespace

JsonLayout check_json(const std::string& path, Compression compression) {
  LineCounter lines(path, compression);
  lines.run(-1);
  const bool array = lines.first() == '[';
  return {array, array ? 0 : lines.filled_lines()};
}

Error json_error(const std::string& path, Compression compression, const duck::SqlError& failure) {
  const std::string& message = failure.message();
  const auto says = [&](std::string_view text) { return message.find(text) != std::string::npos; };
  if (says("maximum_object_size")) {
    return Error(fmt::format("{}: an object is longer than {} MiB", path, kMaxTextRecord >> 20));
  }
  if (says("Malformed JSON")) {
    return Error(fmt::format("{}: not valid JSON: {}", place_of(path, compression, message, 1),
                             reason_of(message)),
                 says("UTF-8") ? encoding_hint(path, compression) : "");
  }
  if (says("Expected OBJECT, but got ")) {
    std::string got =
        reason_of(message).substr(std::string_view("Expected OBJECT, but got ").size());
    got = to_lower(got.substr(0, got.find(':')));
    return Error(fmt::format("{}: not an object but {}", place_of(path, compression, message, 0),
                             got == "array" ? "an array" : "a bare value"));
  }
  return Error(fmt::format("{}: cannot be read as JSON: {}", path,
                           clip(message.substr(0, message.find('\n')), 200)));
}

}  // namespace gsa::prompts
