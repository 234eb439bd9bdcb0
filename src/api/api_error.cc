#include "api/api_error.h"

#include <utility>

#include "api/json_writer.h"

namespace gsa::api {

ApiError::ApiError(std::string word, int status, std::string message, std::string hint)
    : Error(std::move(message), std::move(hint)), word_(std::move(word)), status_(status) {}

ApiError bad_request(std::string message, std::string hint) {
  return {"bad_request", 400, std::move(message), std::move(hint)};
}

ApiError not_found(std::string message, std::string hint) {
  return {"not_found", 404, std::move(message), std::move(hint)};
}

std::string error_json(const std::exception& error) {
  JsonWriter json;
  json.begin_object();
  if (const auto* known = dynamic_cast<const Error*>(&error)) {
    const auto* api = dynamic_cast<const ApiError*>(known);
    json.field("error", known->message());
    json.field("hint", known->hint());
    json.field("code", api ? std::string_view(api->word()) : "bad_request");
    if (api && api->line) json.field("line", *api->line);
    if (api && api->column) json.field("column", *api->column);
  } else {
    json.field("error", "something went wrong inside gsa");
    json.field("hint", "the log of the server says more");
    json.field("code", "internal");
  }
  json.end_object();
  return json.take();
}

int status_of(const std::exception& error) {
  if (const auto* api = dynamic_cast<const ApiError*>(&error)) return api->status();
  return dynamic_cast<const Error*>(&error) != nullptr ? 400 : 500;
}

}  // namespace gsa::api
