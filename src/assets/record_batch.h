#pragma once

// Rows and statements for schema ops, to be written together.

#include <map>
#include <string>
#include <vector>

#include "duck/append.h"
#include "duck/database.h"

namespace gsa::assets {

struct RecordBatch {
  std::map<std::string, std::vector<duck::Row>> rows;  // by table of ops
  std::vector<std::string> statements;                 // run after the rows

  bool empty() const { return rows.empty() && statements.empty(); }
  void add(RecordBatch later);
  // Needs an open transaction on the connection. Of code_versions, adds only new ones.
  void write(duck::Connection& connection) const;
};

}  // namespace gsa::assets
