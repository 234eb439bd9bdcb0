#pragma once

// Writes JSON directly into a string: answers may contain hundreds of thousands of numbers, for
// which a tree of nodes costs more than the query. The writer adds commas; the caller must nest
// correctly.

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace gsa::api {

class JsonWriter {
 public:
  void begin_object();
  void end_object();
  void begin_array();
  void end_array();
  void key(std::string_view name);

  void value(std::string_view text);  // must be valid UTF-8
  void value(const char* text) { value(std::string_view(text)); }
  void value(const std::string& text) { value(std::string_view(text)); }
  void value(bool truth);
  void value(double number);  // with all digits; NaN and infinities become null
  template <std::integral T>
  requires(!std::same_as<T, bool>) void value(T number) {
    integer(static_cast<std::int64_t>(number));
  }
  template <typename T>
  void value(const std::optional<T>& maybe) {
    if (maybe) {
      value(*maybe);
    } else {
      null();
    }
  }
  void null();
  void raw(std::string_view json);  // already JSON

  template <typename T>
  void field(std::string_view name, const T& of) {
    key(name);
    value(of);
  }
  // An array of the items, or of what `of` gives for each.
  template <typename List>
  void list(std::string_view name, const List& items) {
    list(
        name, items, [](const auto& item) -> const auto& { return item; });
  }
  template <typename List, typename Of>
  void list(std::string_view name, const List& items, const Of& of) {
    key(name);
    begin_array();
    for (const auto& item : items) value(of(item));
    end_array();
  }
  // Null if the text is empty.
  void text_or_null(std::string_view name, std::string_view text);

  std::size_t size() const { return text_.size(); }
  std::string take() { return std::move(text_); }

 private:
  void integer(std::int64_t number);
  void separate();
  std::string text_;
  bool needs_comma_ = false;
};

}  // namespace gsa::api
