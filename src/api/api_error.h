#pragma once

// An error with what HTTP needs besides: the code word of openapi.yaml and the status.

#include <exception>
#include <optional>
#include <string>
#include <string_view>

#include "base/error.h"

namespace gsa::api {

class ApiError : public Error {
 public:
  ApiError(std::string word, int status, std::string message, std::string hint = "");

  const std::string& word() const { return word_; }  // "not_found"
  int status() const { return status_; }             // 404

  // Of a statement of SQL, from 1.
  std::optional<int> line, column;

 private:
  std::string word_;
  int status_;
};

ApiError bad_request(std::string message, std::string hint = "");
ApiError not_found(std::string message, std::string hint = "");

// The body of the answer: {"error", "hint", "code"}. An Error that is no ApiError is a bad_request;
// what is no Error is "internal", without what it says, as are failures of DuckDB and of files.
// While the warehouse is opened anew it is "unavailable" (503). No path of this machine is in it
// but the name of a file.
std::string error_json(const std::exception& error);
int status_of(const std::exception& error);
// All of it, for the server's own log.
std::string full_text(const std::exception& error);

// Of absolute paths in `text` only the last part.
std::string without_folders(std::string_view text);

}  // namespace gsa::api
