#pragma once

// Builds the raw tables of a run.

#include <string>
#include <vector>

#include "assets/row_sums.h"
#include "assets/run_state.h"
#include "assets/unit.h"
#include "assets/unit_maker.h"
#include "duck/database.h"

namespace gsa::pipeline {

class RunLog;

class RawMaker {
 public:
  RawMaker() = default;
  virtual ~RawMaker() = default;
  RawMaker(const RawMaker&) = delete;
  RawMaker& operator=(const RawMaker&) = delete;

  // A connection that the work may use; Ctrl-C interrupts it.
  virtual const duck::Connection& connection() const = 0;
  // The same if all work is done on it; null: the lanes' are used.
  virtual const duck::Connection* own_connection() const = 0;
  // Call it once before make(), if anything will be built. With `full_refresh`, it takes nothing
  // over from what is published.
  virtual void prepare(bool full_refresh, RunLog& log) = 0;
  // Builds a unit under its current name in the run.
  virtual assets::Made make(const assets::Unit& unit, duck::Connection& connection,
                            const assets::RunState& state, assets::RowSums& sums, RunLog& log) = 0;
  // Statements for the publication of these raw tables.
  virtual std::vector<std::string> records_sql() const { return {}; }
};

}  // namespace gsa::pipeline
