#pragma once

// A dimension over the facts: the code of each user, session or generation, and the value of each
// code. Codes follow the order of display; null is last.

#include <cstdint>
#include <span>
#include <vector>

#include "api/facts.h"
#include "api/metrics_query.h"

namespace gsa::api {

class Axis {
 public:
  Axis(const Facts& facts, const Dimension& dimension);  // both must outlive it

  const Dimension& dimension() const { return *dimension_; }
  Level level() const { return dimension_->level; }
  std::size_t size() const { return size_; }
  Value value(std::size_t code) const;
  bool occurs(std::size_t code) const;  // in the facts, or may
  // Whether it is a granularity of time: day, week, month or hour.
  bool is_time() const { return dimension_->type == DimensionType::time; }

  // `row` is a session, or a generation if that is the dimension's level.
  std::uint32_t code(std::size_t row) const;
  // The code of a user, for a dimension of users.
  std::uint32_t code_of_user(std::size_t user) const;
  // Adds code × stride of each row to `codes`.
  void add_codes(std::span<const std::uint32_t> rows, std::uint32_t stride,
                 std::vector<std::uint32_t>& codes) const;

  // By code: whether the filter, which must be on this dimension, passes it.
  std::vector<std::uint8_t> passing(const Filter& filter) const;

 private:
  template <typename Each>
  void visit(const Each& each) const;

  const Facts* facts_;
  const Dimension* dimension_;
  std::size_t size_ = 0;
  std::vector<std::uint32_t> code_of_day_;  // for day, week and month
  std::vector<Value> values_;               // of the same
};

}  // namespace gsa::api
