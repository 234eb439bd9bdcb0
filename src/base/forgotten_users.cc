#include "base/forgotten_users.h"

#include <vector>

#include <fmt/format.h>

#include "base/hash.h"
#include "base/text.h"

namespace gsa {

std::string forgotten_hash(std::string_view key, bool is_hashed) {
  // Hashed once more, so that the list does not hold the keys of a warehouse with hashed users.
  return is_hashed ? fmt::format("sha256('gsa forgets ' || {})", key)
                   : forgotten_hash(fmt::format("sha256({})", key), true);
}

std::string ForgottenUsers::have(std::string_view key) const {
  if (empty()) return "false";
  std::vector<std::string> hashes;
  for (const std::string& hash : hashes_) hashes.push_back(sql_quote(hash));
  const std::string list = join(hashes, ", ");
  return fmt::format("coalesce({} in ({}) or {} in ({}), false)", forgotten_hash(key, false), list,
                     forgotten_hash(key, true), list);
}

std::string ForgottenUsers::fingerprint() const {
  std::string all;
  for (const std::string& hash : hashes_) all += hash + "\n";
  return fmt::format("{:016x}", stable_hash(all));
}

Finding forgotten_rows(std::int64_t count) {
  return {"rows of forgotten users", "left out", count};
}

std::string simulated_user_key(std::string_view user_id) {
  return fmt::format("('simulated user ' || ({})::varchar)", user_id);
}

}  // namespace gsa
