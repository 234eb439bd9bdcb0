#pragma once

// The attributes of OpenTelemetry's spans and log records, which OTLP writes as a list in JSON
// (opentelemetry-proto, common.proto):
//
//   [{"key": "model", "value": {"stringValue": "m"}}, {"key": "n", "value": {"intValue": "2"}}]
//
// and as an object, {"model":"m","n":2}, which paths lead into.

#include <optional>
#include <string>
#include <string_view>

namespace gsa::prompts {

// The object for the list, which is valid JSON; null if it is another list.
std::optional<std::string> attributes_object(std::string_view list);

}  // namespace gsa::prompts
