#include "base/clock.h"

#include <ctime>

#include <fmt/chrono.h>

namespace gsa {

std::string clock_now() { return fmt::format("{:%H:%M:%S}", fmt::localtime(std::time(nullptr))); }

std::string timestamp_now() {
  return fmt::format("{:%Y-%m-%d %H:%M:%S}", fmt::gmtime(std::time(nullptr)));
}

}  // namespace gsa
