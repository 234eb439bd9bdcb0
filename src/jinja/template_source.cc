#include "jinja/template_source.h"

#include <algorithm>

#include "base/characters.h"
#include "base/text.h"

namespace gsa::jinja {

TemplateSource::TemplateSource(std::string text, std::string file)
    : text_(text.find('\r') == std::string::npos
                ? std::move(text)
                : replace_all(replace_all(text, "\r\n", "\n"), "\r", "\n")),
      file_(std::move(file)),
      lines_{0} {
  for (std::size_t i = 0; i < text_.size(); ++i) {
    if (text_[i] == '\n') lines_.push_back(i + 1);
  }
}

Place TemplateSource::place(std::size_t offset) const {
  offset = std::min(offset, text_.size());
  const auto after = std::upper_bound(lines_.begin(), lines_.end(), offset);
  const auto line = static_cast<std::size_t>(after - lines_.begin());
  const std::size_t begin = lines_[line - 1];
  const std::string_view before = std::string_view(text_).substr(begin, offset - begin);
  return {file_, static_cast<int>(line), static_cast<int>(count_characters(before)) + 1};
}

std::string_view TemplateSource::line(int number) const {
  const auto index = static_cast<std::size_t>(number - 1);
  const std::size_t begin = lines_.at(index);
  const std::size_t end = index + 1 < lines_.size() ? lines_[index + 1] - 1 : text_.size();
  return std::string_view(text_).substr(begin, end - begin);
}

}  // namespace gsa::jinja
