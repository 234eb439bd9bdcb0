#pragma once

// The tables of schema ops in which every run is on record, for SQL as well as for gsa.
//
//   runs              a row a run, also of one that failed or was killed
//   steps             what a run did, in the order it began: assets, checks, the publication
//   materializations  how an asset, or a partition of one, was made; published or not
//   code_versions     the SQL or options that a code_version stands for
//   checks            a row for each outcome of a check
//   events            a log: what happened, when, to which asset
//   published         the relations that readers see, and the materialization that each is
//
// Times are UTC. A partition is null where an asset has none. A version is 16 hexadecimal digits.

#include "duck/database.h"

namespace gsa::assets {

// Creates schema and tables where they are missing.
void create_records(duck::Connection& connection);

}  // namespace gsa::assets
