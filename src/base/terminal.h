#pragma once

// A stream for people to read, and what the terminal behind it can do. Only a terminal gets colour
// and progress. NO_COLOR (no-color.org) turns colour off, and TERM=dumb counts as no terminal.

#include <cstdio>
#include <string>
#include <string_view>

#include "base/environment.h"

namespace gsa {

enum class Ink { plain, bold, dim, red, green, yellow, cyan };

// A value; whoever opened the file closes it.
class TextOutput {
 public:
  TextOutput(std::FILE* file, const Environment& environment)
      : file_(file), environment_(environment) {}

  std::FILE* file() const { return file_; }
  int fd() const { return fileno(file_); }
  bool is_terminal() const;
  bool wants_colour() const;
  std::size_t width() const;  // columns; 80 where it is not known
  // `text` in that colour if the stream wants colour, else unchanged.
  std::string paint(Ink ink, std::string_view text) const;

 private:
  std::FILE* file_;
  Environment environment_;
};

}  // namespace gsa
