#pragma once

// Reads the columns of the facts: the SQL of each column of codes or numbers, in the smallest type
// that fits.

#include <string>
#include <vector>

#include "api/facts.h"
#include "api/number_loading.h"

namespace gsa::api {

// The columns of one level, in the order of a SELECT.
class LevelColumns {
 public:
  // Reads which values and numbers occur.
  LevelColumns(duck::Connection& connection, Level level, Facts& facts);

  // ", a, b": the columns that vary between rows.
  const std::string& sql() const { return sql_; }
  // Appends the columns of a chunk, starting with `first`.
  void append(const duck::Chunk& chunk, std::size_t first);
  void finish();  // after the last row

 private:
  // An expression that gives codes: for a dimension, or for a distinct count.
  struct Coding {
    CodeColumn* column = nullptr;
    std::string sql;                       // the code, null for unknown
    bool lists_all = false;                // show the first values even if they do not occur
    std::size_t listed = 0;                // how many of those
    const Dimension* dimension = nullptr;  // for messages
  };
  struct Number {
    NumberColumn* column = nullptr;
    std::string sql;
    std::string_view type = "double";  // of the SQL
  };
  void find_codings();
  void find_numbers();
  std::size_t number_at(const std::string& sql, bool is_float);
  void add_coding(const std::string& expr, const Dimension* dimension, CodeColumn& column);
  void find_bounds();
  void set_codes(const duck::Result& bounds, std::size_t at, Coding& coding);
  void set_number(const duck::Result& bounds, std::size_t at, Number& number);

  duck::Connection& connection_;
  Level level_;
  Facts& facts_;
  std::string from_;
  std::vector<Coding> codings_;
  std::vector<std::string> types_;  // temporary ones, of the codings
  std::vector<Number> numbers_;
  std::vector<NumberLoading> loadings_;     // of numbers_
  std::vector<std::string> number_sql_;     // of those in facts_.numbers that are of this level
  std::vector<std::size_t> number_places_;  // their indices there
  std::string sql_;
};

// "fct_sessions as s"
std::string from_sql(const Layer& layer, Level level);
// The condition, on g, for generations that are in a session.
std::string in_sessions_sql(const Layer& layer);

}  // namespace gsa::api
