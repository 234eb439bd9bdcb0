#pragma once

// What a query reads beside the relations that its template names by ref() and source(): files,
// tables that are named directly, and what differs from one moment to the next. Read off the text,
// without a database: where it is not certain, this says too much, never too little.

#include <set>
#include <string>
#include <string_view>

namespace gsa::dbt {

struct OutsideReads {
  std::set<std::string> files;   // paths and globs, as written
  std::set<std::string> tables;  // as written, without quotes: "raw_t", "main.raw_t"
  // What may have changed though nobody can see it: "now()", "random()", "https://…".
  std::set<std::string> unseen;
};

OutsideReads outside_reads(std::string_view sql);

}  // namespace gsa::dbt
