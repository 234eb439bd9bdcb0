#pragma once

// All rows of a query in memory: for small results. Read large ones with Connection::stream_text.

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace gsa::duck {

class Result {
 public:
  struct Rows;  // as DuckDB holds them
  explicit Result(std::unique_ptr<Rows> rows);
  ~Result();
  Result(Result&&) noexcept;
  Result& operator=(Result&&) noexcept;

  std::size_t rows() const { return rows_; }
  std::size_t columns() const { return names_.size(); }
  const std::string& name(std::size_t column) const { return names_[column]; }
  // Rows changed by an INSERT, UPDATE, DELETE or CREATE TABLE AS; 0 for others.
  std::int64_t rows_changed() const { return rows_changed_; }

  bool is_null(std::size_t row, std::size_t column) const;
  // Any integer, boolean or decimal-with-scale-0 column; throws Bug for another type or null.
  std::int64_t int64(std::size_t row, std::size_t column) const;
  // Any numeric column; null is NaN.
  double float64(std::size_t row, std::size_t column) const;
  // A VARCHAR column (cast others in the query); null is "".
  std::string text(std::size_t row, std::size_t column) const;
  // A MAP(VARCHAR, VARCHAR) column. Null gives an empty map, and a null value "".
  std::map<std::string, std::string> map(std::size_t row, std::size_t column) const;
  // A VARCHAR[] column. Null gives an empty list, and a null element "".
  std::vector<std::string> texts(std::size_t row, std::size_t column) const;
  // A text, number or boolean as text; nullopt is null. Throws Error for other types.
  std::optional<std::string> shown(std::size_t row, std::size_t column) const;

 private:
  std::unique_ptr<Rows> held_;
  std::vector<std::string> names_;
  std::size_t rows_ = 0;
  std::int64_t rows_changed_ = 0;
};

}  // namespace gsa::duck
