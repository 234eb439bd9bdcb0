#include "pipeline/pipeline_options.h"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "base/error.h"

namespace gsa::pipeline {

void refuse_simulated_options(const std::vector<assets::RunOption>& given, Behavior behavior) {
  constexpr std::array<std::string_view, 3> kSimulated = {"--users", "--year", "--month"};
  if (behavior != Behavior::observed && behavior != Behavior::events) return;
  for (const assets::RunOption& option : given) {
    if (std::find(kSimulated.begin(), kSimulated.end(), option.name) == kSimulated.end()) continue;
    throw Error(behavior == Behavior::events
                    ? fmt::format("{} has no meaning for a source of events", option.name)
                    : fmt::format("{} has no meaning with --behavior observed", option.name),
                "users and times are those of the data; --prompts says how many requests to take",
                ErrorCode::usage);
  }
}

}  // namespace gsa::pipeline
