#include "semantic/fitted_bins.h"

#include <cmath>
#include <vector>

#include <fmt/format.h>

#include "semantic/layer_sql.h"

namespace gsa::semantic {
namespace {

// By division where the power is negative, so that 0.3 / 100 is 0.003.
double times_power_of_ten(double number, int power) {
  return power < 0 ? number / std::pow(10.0, -power) : number * std::pow(10.0, power);
}

}  // namespace

void fit_bins(Layer& layer, duck::Connection& connection) {
  constexpr double kSmallest = 0.1, kLargest = 10;
  for (Range& range : layer.ranges) {
    if (!range.fits) continue;
    const duck::Result found = connection.query(
        fmt::format("select quantile_disc({}::double, 0.95) from {} as {}", range.expr,
                    relation_sql(layer.table(range.level)), alias_of(range.level)));
    if (found.rows() == 0 || found.is_null(0, 0)) continue;
    const double p95 = found.float64(0, 0);
    if (p95 <= 0 || (p95 >= kSmallest && p95 <= kLargest)) continue;
    const int power = static_cast<int>(std::floor(std::log10(p95))) + 1;
    for (std::vector<double>* edges : {&range.edges, &range.fine_edges}) {
      for (double& edge : *edges) edge = times_power_of_ten(edge, power);
    }
    if (std::optional<double>& end = range.end; end) end = times_power_of_ten(*end, power);
  }
}

}  // namespace gsa::semantic
