#pragma once

// The numbers of the summary report: the measures of the saved queries 'summary' and
// 'summary_by_tier' of the project that built the warehouse. Scans once, by the values of the
// second query's dimension; overall sums are the sums of those rows.

#include <map>
#include <string>
#include <vector>

#include "duck/database.h"
#include "semantic/layer.h"

namespace gsa::app {

// Keeps a reference to the connection, and a temporary table on it.
class ReportFigures {
 public:
  explicit ReportFigures(duck::Connection& connection);
  ~ReportFigures();
  ReportFigures(const ReportFigures&) = delete;
  ReportFigures& operator=(const ReportFigures&) = delete;

  const semantic::Chart* overall() const { return overall_; }    // null: none
  const semantic::Chart* by_value() const { return by_value_; }  // null: none
  const semantic::Layer& layer() const { return layer_; }

  // One row with a column per measure; after kGenerations, how many of them are in no session.
  std::string overall_sql() const;
  // One row per value, in their order.
  std::string by_value_sql() const;
  // The shares of rows that know the measures of a chart, for those that some rows do not know.
  std::map<std::string, double> coverage_of(const semantic::Chart* chart) const;

  std::string by_key() const;  // the name of the values
  static std::string key_of(const semantic::Chart& chart, const std::string& measure);
  std::string label_of(const semantic::Chart& chart, const std::string& measure) const;

  static constexpr const char* kGenerations = "generations";

 private:
  void add_bases(const semantic::Chart& chart);
  std::string all_sums() const;
  std::string column(const semantic::Chart& chart, const std::string& name) const;
  void drop() noexcept;

  duck::Connection& connection_;
  semantic::Layer layer_;
  const semantic::Chart* overall_ = nullptr;
  const semantic::Chart* by_value_ = nullptr;
  const semantic::Dimension* by_ = nullptr;
  std::vector<std::size_t> sums_, others_;
};

}  // namespace gsa::app
