#pragma once

// SHA-256 sums, by which dbt sees that a file has changed. Not for secrets.

#include <string>

namespace gsa::dbt {

std::string sha256_of(const std::string& text);  // 64 digits

}  // namespace gsa::dbt
