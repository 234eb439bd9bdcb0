#pragma once

// An error with the data that HTTP needs: the code word of openapi.yaml and the status.

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

  // Position in an SQL statement, from 1.
  std::optional<int> line, column;

 private:
  std::string word_;
  int status_;
};

ApiError bad_request(std::string message, std::string hint = "");
ApiError not_found(std::string message, std::string hint = "");

// The body of the answer: {"error", "hint", "code"}. An Error that is no ApiError is a bad_request.
// Other exceptions, and failures of DuckDB and of files, are "internal", without their message.
// While the warehouse is being reopened, errors are "unavailable" (503). File paths of this machine
// are reduced to file names.
std::string error_json(const std::exception& error);
int status_of(const std::exception& error);
// The complete message, for the server's own log.
std::string full_text(const std::exception& error);

// `text` with absolute paths reduced to their last part.
std::string without_folders(std::string_view text);

}  // namespace gsa::api
