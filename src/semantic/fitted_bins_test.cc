#include "semantic/fitted_bins.h"

#include <gtest/gtest.h>

#include "semantic/layer_binding.h"
#include "semantic/shop_fixture.h"

namespace gsa::semantic {
namespace {

// The edges of the range `size` in a warehouse whose visits have these clicks.
std::vector<double> edges_of(const std::string& clicks, bool fits = true) {
  duck::Connection connection = shop_warehouse();
  connection.execute("insert into visits select 1, 1, date '2025-01-01', c from (" + clicks +
                     ") t(c)");
  Layer layer = shop_layer();
  bind(layer, connection);
  for (Range& range : layer.ranges) range.fits = fits;
  fit_bins(layer, connection);
  return layer.find_range("size")->edges;
}

TEST(FittedBins, AreOfTheSizeOfTheData) {
  const std::vector<double> written = {0, 1, 1.5, 2};
  EXPECT_EQ(edges_of("select 7 from range(100)"), written);
  EXPECT_EQ(edges_of("select 7 from range(100)", false), written);
  EXPECT_EQ(edges_of("select 700 from range(100)"), (std::vector<double>{0, 1000, 1500, 2000}));
  // One large session does not stretch them.
  EXPECT_EQ(edges_of("select if(i = 0, 70000, 7) from range(100) t(i)"), written);
}

TEST(FittedBins, AreAsWrittenWhereThereIsNothingToFitThemTo) {
  const std::vector<double> written = {0, 1, 1.5, 2};
  EXPECT_EQ(edges_of("select null::integer from range(3)"), written);
  EXPECT_EQ(edges_of("select 0 from range(3)"), written);
  EXPECT_EQ(edges_of("select 700 from range(3)", false), written);
}

}  // namespace
}  // namespace gsa::semantic
