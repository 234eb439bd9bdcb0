#pragma once

// ops.forgotten: whom gsa forget removed, and whom runs leave out from then on.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/forgotten_users.h"
#include "duck/database.h"

namespace gsa::assets {

struct ForgottenRecord {
  std::string hash;          // forgotten_hash() of the user's key
  std::string forgotten_at;  // UTC
  std::int64_t run_id = 0;
  std::map<std::string, std::int64_t> removed;  // rows, by table
  std::string erased_at;  // when the file was written anew without them; empty: bytes remain
  std::string lifted_at;  // by --undo; empty: runs leave the user out
};

// Oldest first.
std::vector<ForgottenRecord> forgotten_records(duck::Connection& connection);
// Those whom runs leave out.
ForgottenUsers forgotten_users(duck::Connection& connection);

// The statement that puts a user on record, within the publication of the last run.
std::string forget_sql(const std::string& hash, const std::map<std::string, std::int64_t>& removed);
// Lets runs take this user in again.
void lift_forgotten(duck::Connection& connection, const std::string& hash);

}  // namespace gsa::assets
