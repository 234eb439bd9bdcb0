#pragma once

// MD5 sums, which dbt uses in identifiers. Not for secrets.

#include <string>

namespace gsa::dbt {

std::string md5_of(const std::string& text);  // 32 digits

}  // namespace gsa::dbt
