#include "lake/xml_tree.h"

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "base/characters.h"
#include "base/text.h"

namespace gsa::lake {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";

// "&amp;" and the like; null if it is none of XML's own.
bool append_entity(std::string& out, std::string_view name) {
  if (name == "amp") {
    out += '&';
  } else if (name == "lt") {
    out += '<';
  } else if (name == "gt") {
    out += '>';
  } else if (name == "quot") {
    out += '"';
  } else if (name == "apos") {
    out += '\'';
  } else if (name.starts_with('#')) {
    const bool hex = name.starts_with("#x");
    name.remove_prefix(hex ? 2 : 1);
    std::uint32_t code = 0;
    const auto [end, failure] =
        std::from_chars(name.data(), name.data() + name.size(), code, hex ? 16 : 10);
    const bool surrogate = code >= 0xd800 && code <= 0xdfff;
    if (failure != std::errc() || end != name.data() + name.size() || code == 0 ||
        code > 0x10ffff || surrogate) {
      return false;
    }
    append_code_point(out, code);
  } else {
    return false;
  }
  return true;
}

class XmlReader {
 public:
  explicit XmlReader(std::string_view text) : rest_(text) {}

  // Keeps the open elements on a stack of its own, so no input exhausts the program's.
  std::optional<XmlElement> read() {
    if (rest_.starts_with("\xef\xbb\xbf")) rest_.remove_prefix(3);  // a byte order mark
    while (!rest_.empty()) {
      const bool taken = rest_[0] != '<' ? take_text() : take_markup();
      if (!taken) return std::nullopt;
    }
    if (!open_.empty() || !root_) return std::nullopt;
    return std::move(root_);
  }

 private:
  bool take_text() {
    const std::string_view text = rest_.substr(0, rest_.find('<'));
    rest_.remove_prefix(text.size());
    if (open_.empty()) return text.find_first_not_of(kBlanks) == std::string_view::npos;
    return append_text(open_.back().text, text);
  }

  static bool append_text(std::string& out, std::string_view text) {
    while (!text.empty()) {
      const std::size_t ampersand = std::min(text.find('&'), text.size());
      out += text.substr(0, ampersand);
      text.remove_prefix(ampersand);
      if (text.empty()) break;
      const std::size_t end = text.substr(0, kLongestEntity).find(';');
      if (end == std::string_view::npos || !append_entity(out, text.substr(1, end - 1))) {
        return false;
      }
      text.remove_prefix(end + 1);
    }
    return true;
  }

  bool take_markup() {
    if (rest_.starts_with("<?")) return take_until("?>");
    if (rest_.starts_with("<!--")) return take_until("-->");
    if (rest_.starts_with("<![CDATA[")) return take_cdata();
    if (rest_.starts_with("<!")) return false;
    return rest_.starts_with("</") ? take_end() : take_start();
  }

  bool take_until(std::string_view mark) {
    const std::size_t end = rest_.find(mark);
    if (end == std::string_view::npos) return false;
    rest_.remove_prefix(end + mark.size());
    return true;
  }

  bool take_cdata() {
    const std::string_view content = rest_.substr(9);
    const std::size_t end = content.find("]]>");
    if (open_.empty() || end == std::string_view::npos) return false;
    open_.back().text += content.substr(0, end);
    rest_ = content.substr(end + 3);
    return true;
  }

  bool take_end() {
    const std::size_t end = rest_.find('>');
    if (end == std::string_view::npos || open_.empty()) return false;
    const std::string_view name = trim(rest_.substr(2, end - 2));
    if (local(name) != open_.back().name) return false;
    rest_.remove_prefix(end + 1);
    close();
    return true;
  }

  bool take_start() {
    const std::size_t end = end_of_tag();
    if (end == std::string_view::npos) return false;
    std::string_view tag = rest_.substr(1, end - 1);
    const bool empty = tag.ends_with('/');
    if (empty) tag.remove_suffix(1);
    const std::string_view name = local(tag.substr(0, tag.find_first_of(kBlanks)));
    if (name.empty() || root_ || open_.size() == kDeepestXml) return false;
    rest_.remove_prefix(end + 1);
    open_.push_back({.name = std::string(name)});
    if (empty) close();
    return true;
  }

  // Of the ">" that ends it, which is not one inside of quotes.
  std::size_t end_of_tag() const {
    char quote = 0;
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      const char c = rest_[i];
      if (quote != 0) {
        if (c == quote) quote = 0;
      } else if (c == '"' || c == '\'') {
        quote = c;
      } else if (c == '>') {
        return i;
      } else if (c == '<') {
        break;
      }
    }
    return std::string_view::npos;
  }

  static std::string_view local(std::string_view name) {
    const std::size_t colon = name.find(':');
    return colon == std::string_view::npos ? name : name.substr(colon + 1);
  }

  void close() {
    XmlElement done = std::move(open_.back());
    open_.pop_back();
    if (open_.empty()) {
      root_ = std::move(done);
    } else {
      open_.back().children.push_back(std::move(done));
    }
  }

  static constexpr std::size_t kLongestEntity = 16;

  std::string_view rest_;
  std::vector<XmlElement> open_;
  std::optional<XmlElement> root_;
};

}  // namespace

const XmlElement* XmlElement::find(std::string_view child) const {
  const auto found = std::find_if(children.begin(), children.end(),
                                  [&](const XmlElement& each) { return each.name == child; });
  return found == children.end() ? nullptr : &*found;
}

std::string XmlElement::text_of(std::string_view child) const {
  const XmlElement* found = find(child);
  return found == nullptr ? "" : found->text;
}

std::optional<XmlElement> parse_xml(std::string_view text) { return XmlReader(text).read(); }

std::string xml_escape(std::string_view text) {
  std::string out = replace_all(text, "&", "&amp;");
  out = replace_all(out, "<", "&lt;");
  out = replace_all(out, ">", "&gt;");
  return replace_all(out, "\"", "&quot;");
}

}  // namespace gsa::lake
