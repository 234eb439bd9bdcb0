#pragma once

// What the terminal can do. Colour and progress appear on a terminal only; NO_COLOR is honoured
// (no-color.org) and TERM=dumb counts as none.

#include <string>
#include <string_view>

namespace gsa {

bool is_terminal(int fd);
bool wants_colour(int fd);
std::size_t terminal_width(int fd);  // columns; 80 where it is not known

enum class Ink { plain, bold, dim, red, green, yellow, cyan };
// `text` in that colour if `fd` wants colour, else unchanged.
std::string paint(int fd, Ink ink, std::string_view text);

}  // namespace gsa
