// The scanner's pieces must join to the whole text, for any text.

#include "base/sql_scanner.h"

#include "dbt/sql_tokens.h"
#include "fuzz.h"

void fuzz_one(std::string_view input) {
  gsa::SqlScanner scanner(input);
  std::size_t size = 0;
  while (const auto piece = scanner.next()) {
    if (piece->text.empty() || piece->text.data() != input.data() + size) __builtin_trap();
    size += piece->text.size();
  }
  if (size != input.size()) __builtin_trap();
  // Normalizing twice must give the same text as normalizing once.
  const std::string tokens = gsa::dbt::normalized_sql(input);
  if (gsa::dbt::normalized_sql(tokens) != tokens) __builtin_trap();
}
