#pragma once

// The XML that S3 storage answers with: elements and text. Attributes, comments and processing
// instructions are passed over, and prefixes of names are cut off. A document type is refused: it
// could define entities.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace gsa::lake {

struct XmlElement {
  std::string name = {};
  std::string text = {};  // its own, entities resolved, not trimmed
  std::vector<XmlElement> children = {};

  const XmlElement* find(std::string_view child) const;  // the first of that name, or null
  std::string text_of(std::string_view child) const;     // "" if there is none
};

// Deeper documents are refused: S3's are at most 5 deep.
inline constexpr std::size_t kDeepestXml = 32;

// The root element; null if the text is not one well-formed document. Any bytes are safe, and take
// time in proportion to their number.
std::optional<XmlElement> parse_xml(std::string_view text);

// `text` with &, <, > and " as entities.
std::string xml_escape(std::string_view text);

}  // namespace gsa::lake
