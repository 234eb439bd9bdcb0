// An answer of Trino, and the headers of a session, one a line as "name: value".

#include <algorithm>

#include "fuzz.h"
#include "trino/result_page.h"
#include "trino/session_state.h"

void fuzz_one(std::string_view input) {
  if (const auto page = gsa::trino::read_page(input)) {
    if (page->info.query_id.empty()) __builtin_trap();
  }
  gsa::trino::SessionState state{gsa::trino::ConnectionSettings()};
  gsa::trino::HttpHeaders headers;
  while (!input.empty()) {
    const std::string_view line = input.substr(0, input.find('\n'));
    const std::size_t colon = line.find(": ");
    if (colon != std::string_view::npos) {
      headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
    }
    input.remove_prefix(std::min(line.size() + 1, input.size()));
  }
  state.update(headers);
  for (const auto& [name, value] : state.properties) {
    if (gsa::trino::decode_value(gsa::trino::encode_value(value)) != value) __builtin_trap();
  }
  for (const auto& [name, value] : state.headers()) {
    if (name.empty() || value.find('\n') != std::string::npos) __builtin_trap();
  }
}
