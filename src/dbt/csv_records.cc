#include "dbt/csv_records.h"

namespace gsa::dbt {

void CsvRecords::skip_line_end() {
  left_.remove_prefix(left_.starts_with("\r\n") ? 2 : 1);
  ++next_line_;
}

std::string CsvRecords::field() {
  std::string text;
  bool quoted = left_.starts_with('"');
  if (quoted) left_.remove_prefix(1);
  while (!left_.empty()) {
    if (!quoted && (left_.front() == delimiter_ || at_line_end())) break;
    if (quoted && left_.front() == '"') {
      left_.remove_prefix(1);
      quoted = left_.starts_with('"');
      if (!quoted) continue;  // text after the closing quote belongs to the field
    } else if (quoted && at_line_end()) {
      skip_line_end();
      text += '\n';
      continue;
    }
    text += left_.front();
    left_.remove_prefix(1);
  }
  return text;
}

std::optional<std::vector<std::string>> CsvRecords::next() {
  if (left_.empty()) return std::nullopt;
  line_ = next_line_;
  std::vector<std::string> fields;
  if (!at_line_end()) {
    fields.push_back(field());
    while (!left_.empty() && left_.front() == delimiter_) {
      left_.remove_prefix(1);
      fields.push_back(field());
    }
  }
  if (!left_.empty()) skip_line_end();
  return fields;
}

}  // namespace gsa::dbt
