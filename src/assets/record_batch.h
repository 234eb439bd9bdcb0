#pragma once

// What is to be put on record in schema ops, all at once.

#include <map>
#include <string>
#include <vector>

#include "duck/append.h"
#include "duck/database.h"

namespace gsa::assets {

struct RecordBatch {
  std::map<std::string, std::vector<duck::Row>> rows;  // by table of ops
  std::vector<std::string> statements;                 // for after them

  bool empty() const { return rows.empty() && statements.empty(); }
  void add(RecordBatch later);
  // Within the connection's transaction; of code_versions only what is not on record yet.
  void write(duck::Connection& connection) const;
};

}  // namespace gsa::assets
