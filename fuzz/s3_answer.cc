// An answer of S3 storage, and the files of AWS's tools.

#include <algorithm>

#include "fuzz.h"
#include "lake/aws_profile.h"
#include "lake/s3_address.h"
#include "lake/xml_tree.h"

namespace {

std::size_t depth(const gsa::lake::XmlElement& element) {
  std::size_t deepest = 0;
  for (const auto& child : element.children) deepest = std::max(deepest, depth(child));
  // Whatever is text can be written as XML and read again.
  const auto again = gsa::lake::parse_xml("<a>" + gsa::lake::xml_escape(element.text) + "</a>");
  if (!again || again->text != element.text) __builtin_trap();
  return deepest + 1;
}

}  // namespace

void fuzz_one(std::string_view input) {
  if (const auto root = gsa::lake::parse_xml(input)) {
    if (root->name.empty() || depth(*root) > gsa::lake::kDeepestXml) __builtin_trap();
  }
  const std::string encoded = gsa::lake::percent_encode(input, "/");
  if (gsa::lake::percent_decode(encoded) != input) __builtin_trap();
  gsa::lake::parse_aws_file(input);
}
