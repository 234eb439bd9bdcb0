#include "prompts/text_record.h"

#include "base/text.h"

namespace gsa::prompts {

std::optional<int> rank_of(std::string_view name, const WantedColumn& wanted) {
  if (name == wanted.source) return 0;
  const std::string lower = to_lower(name);
  if (lower == wanted.source) return 1;
  if (name == wanted.target) return 2;
  if (lower == wanted.target) return 3;
  return std::nullopt;
}

}  // namespace gsa::prompts
