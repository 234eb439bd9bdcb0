#pragma once

// A template's text, and how rendered text remembers where it came from.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gsa::jinja {

// 1-based; columns count characters. `file` as it was given to Template::parse.
struct Place {
  std::string file;
  int line = 0;
  int column = 0;
};

class TemplateSource {
 public:
  TemplateSource(std::string text, std::string file);  // line ends become \n
  const std::string& text() const { return text_; }
  const std::string& file() const { return file_; }
  Place place(std::size_t offset) const;
  std::string_view line(int number) const;  // without its end

 private:
  std::string text_;
  std::string file_;
  std::vector<std::size_t> lines_;  // where each begins
};
using TemplateSourcePtr = std::shared_ptr<const TemplateSource>;

// From `begin` in the rendered text to the next piece. Verbatim pieces are the template's own text
// from `offset` on; all of another piece was written by the expression at `offset`.
struct Piece {
  std::size_t begin;
  TemplateSourcePtr source;
  std::size_t offset;
  bool verbatim;
};
using Origin = std::vector<Piece>;  // ascending begin

}  // namespace gsa::jinja
