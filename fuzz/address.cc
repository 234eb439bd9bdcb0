// Host headers.

#include "http/address.h"

#include "fuzz.h"

void fuzz_one(std::string_view input) {
  const auto host = gsa::http::read_host(input);
  if (!host) return;
  // Writing and reading the result again must give the same.
  const auto again = gsa::http::read_host(gsa::http::with_port(host->host, host->port));
  if (!again || again->host != host->host || again->port != host->port) __builtin_trap();
}
