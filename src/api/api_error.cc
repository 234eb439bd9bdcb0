#include "api/api_error.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "api/json_writer.h"
#include "duck/sql_error.h"

namespace gsa::api {
namespace {

constexpr const char* kInternal = "internal";

// The visible part of an error, and its status.
struct Told {
  std::string_view code;
  int status;
  std::string message, hint;
};

Told internal() {
  return {kInternal, 500, "something went wrong inside gsa", "the log of the server says more"};
}

Told told(const duck::SqlError& error) {
  switch (error.kind()) {
    case duck::SqlErrorKind::invalidated:
      return {"unavailable", 503, "the warehouse is being opened anew after an error in DuckDB",
              "try again in a moment"};
    case duck::SqlErrorKind::internal:
    case duck::SqlErrorKind::io:
      return internal();
    case duck::SqlErrorKind::disk_full:
      return {kInternal, 500, "the server's disk is full", "make room on it and try again"};
    default:
      return {"bad_request", 400, error.message(), error.hint()};
  }
}

Told told(const std::exception& error) {
  if (const auto* api = dynamic_cast<const ApiError*>(&error)) {
    return {api->word(), api->status(), api->message(), api->hint()};
  }
  if (const auto* sql = dynamic_cast<const duck::SqlError*>(&error)) return told(*sql);
  if (const auto* known = dynamic_cast<const Error*>(&error)) {
    return {"bad_request", 400, known->message(), known->hint()};
  }
  return internal();
}

bool is_quote(char c) { return c == '"' || c == '\'' || c == '`'; }

// Whether a path may begin after this character: not within a word, an address or another path.
bool may_come_before_a_path(char c) {
  return std::isspace(static_cast<unsigned char>(c)) != 0 || is_quote(c) || c == '(' || c == '[' ||
         c == '=' || c == ',' || c == '{' || c == '<';
}

bool ends_a_path(char c) {
  return std::isspace(static_cast<unsigned char>(c)) != 0 || is_quote(c) || c == ')' || c == ']' ||
         c == ',' || c == ';' || c == ':' || c == '}' || c == '>' || c == '|';
}

// The path that begins at `at`; in quotes it may contain spaces.
std::string_view path_at(std::string_view text, std::size_t at) {
  const char before = at == 0 ? ' ' : text[at - 1];
  const std::string_view rest = text.substr(at);
  if (is_quote(before)) return rest.substr(0, rest.find(before));
  const auto end = std::find_if(rest.begin(), rest.end(), ends_a_path);
  return rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
}

}  // namespace

ApiError::ApiError(std::string word, int status, std::string message, std::string hint)
    : Error(std::move(message), std::move(hint)), word_(std::move(word)), status_(status) {}

ApiError bad_request(std::string message, std::string hint) {
  return {"bad_request", 400, std::move(message), std::move(hint)};
}

ApiError not_found(std::string message, std::string hint) {
  return {"not_found", 404, std::move(message), std::move(hint)};
}

std::string without_folders(std::string_view text) {
  std::string kept;
  for (std::size_t at = 0; at < text.size();) {
    const bool may_begin = text[at] == '/' && (at == 0 || may_come_before_a_path(text[at - 1]));
    const std::string_view path = may_begin ? path_at(text, at) : std::string_view();
    const std::size_t last = path.rfind('/');
    // "/api/sql" is an address of this API, "/ 2" a quotient.
    if (path.empty() || last == 0 || path.starts_with("/api/")) {
      kept += text[at++];
      continue;
    }
    kept += path.substr(last + 1);
    at += path.size();
  }
  return kept;
}

std::string error_json(const std::exception& error) {
  const Told what = told(error);
  const auto* api = dynamic_cast<const ApiError*>(&error);
  JsonWriter json;
  json.begin_object();
  json.field("error", without_folders(what.message));
  json.field("hint", without_folders(what.hint));
  json.field("code", what.code);
  if (api != nullptr && api->line) json.field("line", *api->line);
  if (api != nullptr && api->column) json.field("column", *api->column);
  json.end_object();
  return json.take();
}

int status_of(const std::exception& error) { return told(error).status; }

std::string full_text(const std::exception& error) {
  const auto* sql = dynamic_cast<const duck::SqlError*>(&error);
  return sql == nullptr ? error.what() : sql->raw();
}

}  // namespace gsa::api
