#pragma once

// Makes the bases of metrics: what one measure, with its aggregation and filters, adds up to.

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "semantic/element_reading.h"

namespace gsa::semantic {

class BaseReader {
 public:
  // All must outlive it. Adds the bases to `layer`.
  BaseReader(const dbt::Project& project, const ElementReader& elements, Layer& layer)
      : project_(project), elements_(elements), layer_(layer) {}

  // The index of the base; one that is there already is not added again. Throws Error at the place
  // of an aggregation or filter that cannot be.
  std::size_t base_of(const dbt::MeasureSpec& spec, Level level, const std::string& agg,
                      const std::vector<std::string>& filters);

 private:
  void add_coverage(const dbt::MeasureSpec& spec, Level level,
                    const std::vector<std::string>& filters, std::size_t base);
  std::size_t base_of_rows(Level level, const std::vector<std::string>& conditions,
                           const std::string& place);
  std::vector<std::string> conditions_of(const dbt::MeasureSpec& spec, Level level,
                                         const std::vector<std::string>& filters) const;
  std::size_t add(Base base);
  std::string name_for(const std::string& name, const Base& base);
  void set_aggregation(const dbt::MeasureSpec& spec, const std::string& agg, Base& base) const;

  const dbt::Project& project_;
  const ElementReader& elements_;
  Layer& layer_;
  std::map<std::string, std::string> exprs_;  // of bases, by name
};

}  // namespace gsa::semantic
