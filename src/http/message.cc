#include "http/message.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"
#include "http/wire.h"

namespace gsa::http {

void Headers::add(std::string_view name, std::string_view value) {
  fields_.emplace_back(name, value);
}

void Headers::set(std::string_view name, std::string_view value) {
  std::erase_if(fields_,
                [&](const Field& field) { return equal_ignoring_case(field.first, name); });
  add(name, value);
}

std::optional<std::string_view> Headers::find(std::string_view name) const {
  const auto found = std::ranges::find_if(
      fields_, [&](const Field& field) { return equal_ignoring_case(field.first, name); });
  if (found == fields_.end()) return std::nullopt;
  return found->second;
}

std::size_t Headers::count(std::string_view name) const {
  return static_cast<std::size_t>(std::ranges::count_if(
      fields_, [&](const Field& field) { return equal_ignoring_case(field.first, name); }));
}

void Parameters::add(std::string name, std::string value) {
  parameters_.emplace_back(std::move(name), std::move(value));
}

std::optional<std::string_view> Parameters::find(std::string_view name) const {
  const auto found = std::ranges::find(parameters_, name, &Parameter::first);
  if (found == parameters_.end()) return std::nullopt;
  return found->second;
}

std::vector<std::string_view> Parameters::find_all(std::string_view name) const {
  std::vector<std::string_view> values;
  for (const auto& [key, value] : parameters_) {
    if (key == name) values.emplace_back(value);
  }
  return values;
}

bool wants_page(const Request& request) {
  const std::string_view accepted = request.headers.find("Accept").value_or("");
  return accepted.find("text/html") != std::string_view::npos ||
         request.headers.find("Sec-Fetch-Mode").value_or("") == "navigate";
}

Response Response::json(std::string body, int status) {
  Response response{.status = status};
  response.headers.add("Content-Type", "application/json");
  response.body = std::move(body);
  return response;
}

Response Response::text(std::string body, std::string_view type) {
  Response response;
  response.headers.add("Content-Type", type);
  response.body = std::move(body);
  return response;
}

Response Response::stream(std::string_view type, BodyFunction body) {
  Response response;
  response.headers.add("Content-Type", type);
  response.body = std::move(body);
  return response;
}

Response Response::no_content() { return {.status = 204}; }

Response error_response(int status, std::string_view code, std::string_view error,
                        std::string_view hint) {
  return Response::json(fmt::format(R"({{"error":{},"hint":{},"code":{}}})", json_quote(error),
                                    json_quote(hint), json_quote(code)),
                        status);
}

Response error_page(int status, std::string_view error, std::string_view hint) {
  const auto escaped = [](std::string_view text) {
    return replace_all(replace_all(std::string(text), "&", "&amp;"), "<", "&lt;");
  };
  Response response{.status = status};
  response.headers.add("Content-Type", "text/html; charset=utf-8");
  response.body = fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n<title>{0}</title>\n"
      "<h1>{0}</h1>\n<p>{1}</p>\n</html>\n",
      escaped(error), escaped(hint));
  return response;
}

HttpError::HttpError(int status, std::string code, std::string message, std::string hint)
    : Error(std::move(message), std::move(hint)), status_(status), word_(std::move(code)) {}

}  // namespace gsa::http
