#pragma once

// `gsa forget`: removes users from everything that gsa keeps, and keeps on record, by a one-way
// hash, that runs leave them out.
//
// 1. The raw tables are made anew of the published ones without the users, and then, as in any run,
//    what depends on them. All of it is published in one transaction, together with the record and
//    with scrubbed records of earlier runs. A kill leaves the warehouse as it was.
// 2. Exports on record are written anew, and the snapshot.
// 3. The warehouse's file is written anew, because DuckDB leaves deleted rows in free blocks. If
//    2 or 3 fails or is cut off, ops.forgotten says so, and the next call makes up for it.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "assets/forgotten.h"
#include "base/error.h"
#include "pipeline/run_options.h"

namespace gsa::pipeline {

struct ForgetOptions {
  CommonOptions common;
  // Without a folder and vars, those of the last publication are taken.
  ProjectOptions project;
  RecordOptions record;
  std::vector<std::string> users;  // keys as the source has them, hashed keys, or ids
  bool dry_run = false;
};

struct ForgetReport {
  std::int64_t users = 0;
  std::int64_t already = 0;                  // users who were forgotten before
  std::map<std::string, std::int64_t> rows;  // that go or went, by table
  std::set<std::string> remade;              // tables that are made anew without them
  std::vector<std::string> exports;          // files written anew
  std::vector<std::string> beyond_reach;     // what may still have them
  bool erased = false;                       // the file has no bytes of them
  std::optional<Error> not_erased;           // why not
};

// Throws Error if a user is unknown, or if something that is published could not be made anew;
// nothing has changed then.
ForgetReport forget(const ForgetOptions& options);

// Lets the next runs take these users in again. Returns how many were forgotten. Throws Error if
// one was not, and changes nothing.
std::int64_t take_in_again(const ForgetOptions& options);

}  // namespace gsa::pipeline
