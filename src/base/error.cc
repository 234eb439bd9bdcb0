#include "base/error.h"

#include <utility>

#include <fmt/format.h>

namespace gsa {

Error::Error(std::string message, std::string hint, ErrorCode code)
    : message_(std::move(message)), hint_(std::move(hint)), code_(code) {}

Error& Error::add_context(std::string_view where) {
  message_ = fmt::format("{}: {}", where, message_);
  return *this;
}

Bug::Bug(std::string_view what, std::source_location where)
    : message_(fmt::format("{} ({}:{})", what, where.file_name(), where.line())) {}

void check(bool holds, std::string_view what, std::source_location where) {
  if (!holds) throw Bug(what, where);
}

}  // namespace gsa
