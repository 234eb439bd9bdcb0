#include "base/csv.h"

#include "base/text.h"

namespace gsa {

void append_csv(std::string& line, std::string_view field) {
  const bool is_quoted = field.empty() ||
                         field.find_first_of(",\"\r\n") != std::string_view::npos ||
                         field.front() == ' ' || field.back() == ' ';
  if (is_quoted) {
    line += '"';
    line += replace_all(field, "\"", "\"\"");
    line += '"';
  } else {
    line += field;
  }
}

}  // namespace gsa
