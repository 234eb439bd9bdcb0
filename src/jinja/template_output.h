#pragma once

// Collects rendered text, each part with the place that it came from.

#include <string>
#include <string_view>
#include <utility>

#include "jinja/template_source.h"
#include "jinja/value.h"

namespace gsa::jinja {

class Output {
 public:
  // `text` is at `offset` in the source.
  void add_verbatim(const TemplateSourcePtr& source, std::size_t offset, std::string_view text) {
    if (text.empty()) return;
    origin_.push_back({text_.size(), source, offset, true});
    text_ += text;
  }

  // Adds the result of the expression at `offset`. Text that knows its own places keeps them.
  void add_value(const TemplateSourcePtr& source, std::size_t offset, const Value& value) {
    if (!value.is_string()) {
      add_written(source, offset, value.str());
    } else if (const Text& text = value.as_text(); text.origin.empty()) {
      add_written(source, offset, text.text);
    } else {
      for (const Piece& piece : text.origin) {
        origin_.push_back(piece);
        origin_.back().begin += text_.size();
      }
      text_ += text.text;
    }
  }

  Text take() { return {std::move(text_), std::move(origin_)}; }

 private:
  void add_written(const TemplateSourcePtr& source, std::size_t offset, std::string_view text) {
    if (text.empty()) return;
    origin_.push_back({text_.size(), source, offset, false});
    text_ += text;
  }

  std::string text_;
  Origin origin_;
};

}  // namespace gsa::jinja
