#pragma once

// How to reach a Trino coordinator, as whom, and what each statement's session begins with.

#include <chrono>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace gsa::trino {

struct ConnectionSettings {
  std::string host = "localhost";  // a name or an address; IPv6 with or without brackets
  int port = 8080;                 // 1 to 65535
  bool https = false;

  std::string user = {};       // may be empty only with a token
  std::string password = {};   // basic authentication (dbt's method "ldap"); empty: send none
  std::string jwt_token = {};  // sent as a bearer token; not together with a password
  bool verify_tls = true;      // false accepts any certificate, for tests
  std::filesystem::path ca_file = {};  // a file or folder of certificates; empty: the system's

  // A statement can change the catalog, schema, properties and roles of its Client's session.
  std::string catalog = {}, schema = {};
  std::map<std::string, std::string> session_properties = {};  // names may be "catalog.name"
  std::map<std::string, std::string> roles = {};  // by catalog: a role's name, "ALL" or "NONE"
  std::string timezone = "UTC";
  std::string source = "gsa";  // what Trino's list of queries shows
  std::vector<std::string> client_tags = {};
  std::map<std::string, std::string> http_headers = {};  // sent with every request

  std::chrono::milliseconds connect_timeout{10'000};
  // The longest wait for a byte. Trino answers each request within about a second.
  std::chrono::milliseconds request_timeout{30'000};
  // For how long a request that failed is repeated, from its first attempt on. 0: never repeated.
  std::chrono::milliseconds retry_limit{120'000};
};

// Throws Error that names the setting if one is invalid. Refuses a password, a token or a header
// with credentials over plain http, unless the host is this machine (localhost, 127.0.0.1, ::1): it
// would be readable on the way. Trino itself refuses passwords over http (401 "Password not allowed
// for insecure authentication") and ignores tokens there, but only after they were sent. Header
// values are ASCII, because Trino reads other bytes as Latin-1.
void check_settings(const ConnectionSettings& settings);

bool is_this_machine(const std::string& host);

}  // namespace gsa::trino
