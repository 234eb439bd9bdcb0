#pragma once

// The session that statements share. Trino keeps none: each answer tells what a statement changed
// (SET SESSION, USE, SET ROLE, PREPARE, START TRANSACTION …), and each later statement brings all
// of it along.

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "trino/connection_settings.h"

namespace gsa::trino {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct SessionState {
  std::string catalog, schema;
  std::map<std::string, std::string> properties;
  std::map<std::string, std::string> roles;  // by catalog: "ROLE{name}", "ALL" or "NONE"
  std::map<std::string, std::string> prepared_statements;
  std::string transaction_id;  // empty: each statement is a transaction of its own

  explicit SessionState(const ConnectionSettings& settings);

  // The headers of a statement.
  HttpHeaders headers() const;
  // Takes over the changes of an answer, whose header names are in lower case.
  void update(const HttpHeaders& answer);
};

// Values of name=value headers: as forms encode them, a space as "+".
std::string encode_value(std::string_view text);
std::string decode_value(std::string_view text);

}  // namespace gsa::trino
