#pragma once

// Which encoding a text is probably in that is not UTF-8.

#include <string>

#include "prompts/text_reader.h"

namespace gsa::prompts {

// What to do about it, for an error's hint. Reads the file from end to end.
std::string encoding_hint(const std::string& path, Compression compression);

}  // namespace gsa::prompts
