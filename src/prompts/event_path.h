#pragma once

// The way to a value within an event, as mappings write it:
//
//   path  = key *( "." key / index )
//   key   = 1*( letter / digit / "_" / "$" / "-" / byte above 0x7F ) / a string of JSON
//   index = "[" 1*digit "]"              from 0
//
// "input.prompt", "properties.$ai_model", "attributes.\"llm.model_name\"", "tags[0]". A key without
// quotes may also have other characters when it is read, except . [ ] and quotes.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace gsa::prompts {

struct EventStep {
  std::string key;          // of an object, if `index` is negative
  std::int64_t index = -1;  // of a list

  bool is_key() const { return index < 0; }
  bool operator==(const EventStep&) const = default;
};

// Throws Error{usage} that quotes the path.
std::vector<EventStep> parse_event_path(std::string_view text);
std::string format_event_path(std::span<const EventStep> path);
// The key as a path writes it.
std::string format_event_key(std::string_view key);

// The step as part of a JSON pointer (RFC 6901): "/a~1b", "/0".
std::string json_pointer(const EventStep& step);

}  // namespace gsa::prompts
