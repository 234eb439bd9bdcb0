#pragma once

// The raw tables without some of their users, made of the published ones: their source may be gone.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "assets/state.h"
#include "pipeline/raw_maker.h"

namespace gsa::pipeline {

// SQL: which rows of the published tables are of some users.
class RowsOfUsers {
 public:
  explicit RowsOfUsers(const std::vector<std::int64_t>& users);  // at least one
  // The condition for a table with this column: user_id, generation_id or prompt_id.
  std::string by(std::string_view column) const;

 private:
  std::string users_;  // "3, 17"
};

class RemainingRows : public RawMaker {
 public:
  // All arguments must outlive it.
  RemainingRows(const duck::Database& database, const assets::State& state,
                const RowsOfUsers& forgotten)
      : connection_(database.connect()), state_(state), forgotten_(forgotten) {}

  const duck::Connection& connection() const override { return connection_; }
  const duck::Connection* own_connection() const override { return nullptr; }
  void prepare(bool /*full_refresh*/, RunLog& /*log*/) override {}
  assets::Made make(const assets::Unit& unit, duck::Connection& connection,
                    const assets::RunState& state, assets::RowSums& sums, RunLog& log) override;

 private:
  using Metadata = std::map<std::string, std::string>;
  void restate_signals(duck::Connection& connection, Metadata& metadata) const;
  void restate_period(duck::Connection& connection, bool of_events, Metadata& metadata) const;

  duck::Connection connection_;
  const assets::State& state_;
  const RowsOfUsers& forgotten_;
};

}  // namespace gsa::pipeline
