#include "base/clock.h"

#include <ctime>

#include <fmt/chrono.h>

namespace gsa {

std::string clock_now() { return fmt::format("{:%H:%M:%S}", fmt::localtime(std::time(nullptr))); }

}  // namespace gsa
