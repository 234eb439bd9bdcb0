#pragma once

// What the terminal can do. Only a terminal gets colour and progress. NO_COLOR (no-color.org) turns
// colour off, and TERM=dumb counts as no terminal.

#include <string>
#include <string_view>

namespace gsa {

bool is_terminal(int fd);
bool wants_colour(int fd);
std::size_t terminal_width(int fd);  // 80 if unknown

enum class Ink { plain, bold, dim, red, green, yellow, cyan };
// `text` in that colour if `fd` wants colour, else unchanged.
std::string paint(int fd, Ink ink, std::string_view text);

}  // namespace gsa
