#pragma once

// The users whom a warehouse was told to forget, by one-way hashes of their keys: no name is kept,
// and still every later run knows their rows.
//
// A key is what the source says, or its SHA-256 where users are hashed (--hash-users). Both give
// the same hash here, so that a user stays forgotten when the option changes. A simulated user has
// no key; its number stands for it.

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "base/finding.h"

namespace gsa {

class ForgottenUsers {
 public:
  ForgottenUsers() = default;
  explicit ForgottenUsers(std::set<std::string> hashes) : hashes_(std::move(hashes)) {}

  bool empty() const { return hashes_.empty(); }
  void add(const std::string& hash) { hashes_.insert(hash); }
  // SQL: whether the user with this key, a text in SQL, is one of them. False for null.
  std::string have(std::string_view key) const;
  // Changes whenever the users do.
  std::string fingerprint() const;
  bool operator==(const ForgottenUsers&) const = default;

 private:
  std::set<std::string> hashes_;
};

// What a run says of the rows of a source that it leaves out.
Finding forgotten_rows(std::int64_t count);

// SQL: the hash by which the user of a key is forgotten. `is_hashed`: the key is a SHA-256 already.
std::string forgotten_hash(std::string_view key, bool is_hashed);

// SQL: what stands for the key of a simulated user.
std::string simulated_user_key(std::string_view user_id);

}  // namespace gsa
