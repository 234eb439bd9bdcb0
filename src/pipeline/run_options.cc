#include "pipeline/run_options.h"

#include <fmt/format.h>

#include "base/clock.h"

namespace gsa::pipeline {

void CommonOptions::say(const std::string& text) const {
  if (!quiet) fmt::print(err(), "{}  {}\n", clock_now(), text);
}

void CommonOptions::note(const std::string& text) const {
  say(fmt::format("{} {}", invocation().err.paint(Ink::yellow, "note:"), text));
}

void CommonOptions::warn(const std::string& text) const {
  fmt::print(err(), "{} {}\n", invocation().err.paint(Ink::yellow, "warning:"), text);
}

}  // namespace gsa::pipeline
