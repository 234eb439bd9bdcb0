#pragma once

// Finds what a query reads besides the relations that its template names by ref() and source():
// files, tables named directly, and values that change with time. Works on the text, without a
// database. If in doubt it reports too much, never too little.

#include <set>
#include <string>
#include <string_view>

namespace gsa::dbt {

struct OutsideReads {
  std::set<std::string> files;   // paths and globs, as written
  std::set<std::string> tables;  // as written, without quotes: "raw_t", "main.raw_t"
  // Inputs that may change without anybody noticing: "now()", "random()", "https://…".
  std::set<std::string> unseen;
};

OutsideReads outside_reads(std::string_view sql);

}  // namespace gsa::dbt
