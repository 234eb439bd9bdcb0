#include "prompts/csv_header.h"

#include <algorithm>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "base/characters.h"
#include "base/error.h"
#include "base/text.h"

namespace gsa::prompts {
namespace {

constexpr std::string_view kDelimiters = ",\t;|";
constexpr std::int64_t kMostLines = 50;  // searched for the header

struct Line {
  std::size_t begin;
  std::int64_t number;
  std::string_view text;  // without its newline
};

// The first lines of `text` that are not blank. A row of delimiters alone is blank: spreadsheets
// write such rows.
std::vector<Line> first_lines(std::string_view text) {
  std::vector<Line> lines;
  std::size_t at = 0;
  for (std::int64_t number = 1; at < text.size() && number <= kMostLines; ++number) {
    std::size_t end = std::min(text.find_first_of("\r\n", at), text.size());
    const std::string_view line = text.substr(at, end - at);
    if (line.find_first_not_of(" ,\t;|") != std::string_view::npos) {
      lines.push_back({at, number, line});
    }
    if (text.substr(end, 2) == "\r\n") ++end;
    at = end + 1;
  }
  return lines;
}

// The fields of the first record of `text`, without their quotes.
std::vector<std::string> fields_of(std::string_view text, char delimiter) {
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

// The header at `line`. Takes the delimiter that gives a column named `prompt`, or else the one
// that gives most columns.
CsvHeader header_at(std::string_view text, const Line& line, std::string_view delimiters) {
  CsvHeader best{line.begin, line.number, delimiters.front(), {}, false, false, false};
  for (const char delimiter : delimiters) {
    std::vector<std::string> fields = fields_of(text.substr(line.begin), delimiter);
    const bool names_it = std::any_of(fields.begin(), fields.end(), [](const std::string& field) {
      return to_lower(field) == "prompt";
    });
    if (names_it || fields.size() > best.columns.size()) {
      best.delimiter = delimiter;
      best.columns = std::move(fields);
      best.names_prompt = names_it;
    }
    if (names_it) break;
  }
  return best;
}

// The delimiter that a spreadsheet declares in the first line: "sep=;".
std::optional<char> named_delimiter(std::string_view line) {
  line = line.substr(0, line.find_last_not_of(' ') + 1);
  if (line.size() >= 2 && line.front() == '"' && line.back() == '"') {
    line = line.substr(1, line.size() - 2);
  }
  constexpr std::string_view kSep = "sep=";
  if (line.size() != kSep.size() + 1 || to_lower(line.substr(0, kSep.size())) != kSep) {
    return std::nullopt;
  }
  return line.back();
}

// The lines among which the header is, and what may delimit its fields.
struct Beginning {
  std::vector<Line> lines;
  std::string delimiters;
};

Beginning beginning_of_csv(std::string_view text, const std::string& name) {
  Beginning found{first_lines(text), std::string(kDelimiters)};
  if (found.lines.empty()) throw Error(fmt::format("{}: the file is blank", name));
  if (const auto named = named_delimiter(found.lines.front().text);
      named && found.lines.size() > 1) {
    found.delimiters = *named;
    found.lines.erase(found.lines.begin());
  }
  return found;
}

// Whether these may be the names of columns: at least two, all different, none of them a number.
bool may_be_names(const std::vector<std::string>& fields) {
  std::set<std::string> seen;
  for (const std::string& field : fields) {
    const std::string_view bare = std::string_view(field).substr(field.starts_with('-') ? 1 : 0);
    if (!bare.empty() && is_digit(bare.front())) return false;
    if (!seen.insert(to_lower(field)).second) return false;
  }
  return fields.size() > 1;
}

// Whether line `at` may be the header of a table, by the line after it.
bool begins_table(std::string_view text, const Beginning& beginning, std::size_t at) {
  if (at + 1 >= beginning.lines.size()) return false;
  const CsvHeader header = header_at(text, beginning.lines[at], beginning.delimiters);
  return may_be_names(header.columns) &&
         fields_of(text.substr(beginning.lines[at + 1].begin), header.delimiter).size() ==
             header.columns.size();
}

// Whether line `at` is the title of the table after it: one field of several words, or one before
// a blank line.
bool is_title(std::string_view text, const Beginning& beginning, std::size_t at) {
  if (at + 1 >= beginning.lines.size()) return false;
  const Line &line = beginning.lines[at], &next = beginning.lines[at + 1];
  if (header_at(text, line, beginning.delimiters).columns.size() > 1) return false;
  const bool is_apart = next.number > line.number + 1;
  return (is_apart || trim(line.text).find(' ') != std::string_view::npos) &&
         (begins_table(text, beginning, at + 1) || is_title(text, beginning, at + 1));
}

}  // namespace

CsvHeader find_csv_header(std::string_view text, const std::string& name) {
  const auto [lines, delimiters] = beginning_of_csv(text, name);
  std::optional<CsvHeader> guess;
  for (const Line& line : lines) {
    CsvHeader header = header_at(text, line, delimiters);
    const bool is_comment = line.text.starts_with('#');
    if (!header.names_prompt) {
      if (!guess && !is_comment) guess = std::move(header);
      continue;
    }
    header.has_preamble = line.begin != lines.front().begin;
    for (const Line& before : lines) {
      if (before.begin == line.begin) break;
      const bool is_title =
          header.columns.size() > 1 && fields_of(before.text, header.delimiter).size() == 1;
      header.has_comments |= before.text.starts_with('#');
      if (before.text.starts_with('#') || is_title) continue;
      throw Error(fmt::format("{}, line {}: not the header: line {} is the first that names a "
                              "column 'prompt'",
                              name, before.number, line.number),
                  fmt::format("a CSV file begins with its header: tail -n +{}", line.number));
    }
    return header;
  }
  return guess ? *guess : header_at(text, lines.front(), delimiters);
}

CsvHeader find_event_header(std::string_view text, const std::string& name) {
  const Beginning beginning = beginning_of_csv(text, name);
  const std::vector<Line>& lines = beginning.lines;
  std::size_t at = 0;
  bool has_comments = false;
  while (at + 1 < lines.size()) {
    const bool is_comment = lines[at].text.starts_with('#');
    if (!is_comment && !is_title(text, beginning, at)) break;
    has_comments |= is_comment;
    ++at;
  }
  CsvHeader header = header_at(text, lines[at], beginning.delimiters);
  header.has_preamble = at > 0;
  header.has_comments = has_comments;
  for (std::size_t later = at; later < lines.size() && !header.names_prompt; ++later) {
    const CsvHeader other = header_at(text, lines[later], beginning.delimiters);
    // In a line with as many fields, `prompt` is a value.
    if (!other.names_prompt || other.columns.size() == header.columns.size()) continue;
    return find_csv_header(text, name);
  }
  return header;
}

bool is_csv_of_rows(std::string_view text) {
  const Beginning beginning{first_lines(text), std::string(kDelimiters)};
  if (beginning.lines.empty()) return false;
  return header_at(text, beginning.lines.front(), kDelimiters).names_prompt ||
         begins_table(text, beginning, 0);
}

}  // namespace gsa::prompts
