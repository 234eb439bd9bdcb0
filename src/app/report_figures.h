#pragma once

// The numbers of the summary report: the measures of the saved queries 'summary' and
// 'summary_by_tier' of the project that built the warehouse. If the second is split by a dimension
// of users, scans once, by its values; overall sums are the sums of those rows.

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "duck/database.h"
#include "semantic/layer.h"

namespace gsa::app {

// Keeps a reference to the connection, and temporary tables on it.
class ReportFigures {
 public:
  // Splits the second saved query by this dimension; by its own if that is empty. Throws
  // Error{usage} if there is no such dimension.
  ReportFigures(duck::Connection& connection, std::string_view by);
  ~ReportFigures();
  ReportFigures(const ReportFigures&) = delete;
  ReportFigures& operator=(const ReportFigures&) = delete;

  const semantic::Chart* overall() const { return overall_; }  // null: none
  const semantic::Chart* by_value() const { return by_value_.get(); }
  const semantic::Layer& layer() const { return layer_; }

  // One row with a column per measure; after kGenerations, how many of them are in no session.
  std::string overall_sql() const;
  // One row per value, in their order.
  std::string by_value_sql() const;
  // If there are more than kMostRows values, which are no times: the same for those with most
  // generations, the largest first, and last a row for all others together. Values are texts. Else
  // "".
  std::string short_by_value_sql() const;
  // The shares of rows that know the measures of a chart, for those that some rows do not know.
  std::map<std::string, double> coverage_of(const semantic::Chart* chart) const;

  std::string by_key() const;  // the name of the values
  const std::string& by_name() const { return by_->name; }
  static std::string key_of(const semantic::Chart& chart, const std::string& measure);
  std::string label_of(const semantic::Chart& chart, const std::string& measure) const;

  static constexpr const char* kGenerations = "generations";
  static constexpr int kMostRows = 21;

 private:
  void choose(std::string_view by);
  void split_by(const semantic::Dimension& dimension);
  void add_bases(const semantic::Chart& chart);
  std::string all_sums() const;
  std::string column(const semantic::Chart& chart, const std::string& name) const;
  std::string measures_by_value() const;
  void drop() noexcept;

  duck::Connection& connection_;
  semantic::Layer layer_;
  const semantic::Chart* overall_ = nullptr;
  std::unique_ptr<semantic::Chart> by_value_;
  const semantic::Dimension* by_ = nullptr;
  std::vector<std::size_t> sums_, others_;
};

}  // namespace gsa::app
