#pragma once

// The text of a template, and the records that map rendered text back to it.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace gsa::jinja {

// 1-based; columns count characters. `file` is the name given to Template::parse.
struct Place {
  std::string file;
  int line = 0;
  int column = 0;
};

class TemplateSource {
 public:
  TemplateSource(std::string text, std::string file);  // turns line ends into \n
  const std::string& text() const { return text_; }
  const std::string& file() const { return file_; }
  Place place(std::size_t offset) const;
  std::string_view line(int number) const;  // without its newline

 private:
  std::string text_;
  std::string file_;
  std::vector<std::size_t> lines_;  // offset of each line
};
using TemplateSourcePtr = std::shared_ptr<const TemplateSource>;

// A piece of the rendered text, from `begin` to the next piece. A verbatim piece copies the
// template's text from `offset` on; any other piece was written, as a whole, by the expression at
// `offset`.
struct Piece {
  std::size_t begin;
  TemplateSourcePtr source;
  std::size_t offset;
  bool verbatim;
};
using Origin = std::vector<Piece>;  // ascending begin

}  // namespace gsa::jinja
