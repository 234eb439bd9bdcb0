#pragma once

// Guesses the encoding of a text that is not UTF-8.

#include <string>

#include "prompts/text_reader.h"

namespace gsa::prompts {

// The hint of an error: what the user can do. Reads the whole file.
std::string encoding_hint(const std::string& path, Compression compression);

}  // namespace gsa::prompts
