#pragma once

// How to reach Trino, from the words of dbt's profile and the vars of the project.

#include <string>

#include "dbt/project.h"
#include "trino/connection_settings.h"

namespace gsa::remote {

// Of an output of type trino, as dbt-trino reads it: method (none, ldap, jwt), host, port, user,
// password, jwt_token, http_scheme, cert, roles, session_properties, http_headers, timezone. Throws
// Error that names the target and the key.
trino::ConnectionSettings connection_settings(const dbt::Target& target);

// Where the tables are.
struct Places {
  std::string catalog, schema;  // of the views that readers see: the profile's
  std::string store;            // the schema of the tables behind them, in the same catalog
  std::string landing;          // "hive.gsa_landing": where files of raw tables become tables
  std::string lake;             // where files go: a folder or s3://BUCKET/PREFIX
  std::string lake_uri;         // how Trino names it, if by another name; else empty
};

// By the vars trino_lake, trino_lake_uri and trino_landing. Throws Error if trino_lake is missing.
Places places_of(const dbt::Project& project);

}  // namespace gsa::remote
