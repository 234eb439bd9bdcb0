#pragma once

// How a node of the project ended.

#include <string>

namespace gsa::dbt {

enum class Status {
  pass,   // the test holds, or the model was built
  warn,   // the test found rows, but has severity warn
  fail,   // the test found rows
  error,  // the SQL of the model or test failed
  skip,   // an upstream node failed
  fresh,  // not run, because it is up to date
};
std::string to_string(Status status);  // "pass"

}  // namespace gsa::dbt
