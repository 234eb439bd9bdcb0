#include "base/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <fmt/format.h>

namespace gsa {
namespace {

std::string_view sequence(Ink ink) {
  switch (ink) {
    case Ink::plain:
      return "";
    case Ink::bold:
      return "\033[1m";
    case Ink::dim:
      return "\033[2m";
    case Ink::red:
      return "\033[31m";
    case Ink::green:
      return "\033[32m";
    case Ink::yellow:
      return "\033[33m";
    case Ink::cyan:
      return "\033[36m";
  }
  return "";
}

}  // namespace

bool TextOutput::is_terminal() const {
  return isatty(fd()) == 1 && environment_.find("TERM") != "dumb";
}

bool TextOutput::wants_colour() const {
  return is_terminal() && environment_.text("NO_COLOR").empty();
}

std::size_t TextOutput::width() const {
  winsize size{};
  if (ioctl(fd(), TIOCGWINSZ, &size) == 0 && size.ws_col > 0) return size.ws_col;
  return 80;
}

std::string TextOutput::paint(Ink ink, std::string_view text) const {
  if (ink == Ink::plain || !wants_colour()) return std::string(text);
  return fmt::format("{}{}\033[0m", sequence(ink), text);
}

}  // namespace gsa
