#include "trino/trino_error.h"

#include <fmt/format.h>

namespace gsa::trino {
namespace {

// Where Trino's own "line 1:8: " ends; 0 if the message does not begin so.
std::size_t place_end(const QueryFailure& failure) {
  if (!failure.line || !failure.column) return 0;
  const std::string place = fmt::format("line {}:{}: ", *failure.line, *failure.column);
  return failure.message.starts_with(place) ? place.size() : 0;
}

}  // namespace

QueryError::QueryError(QueryFailure failure, std::string query_id)
    : Error(failure.message),
      failure_(std::move(failure)),
      summary_(failure_.message.substr(place_end(failure_))),
      query_id_(std::move(query_id)) {}

QueryLost::QueryLost(std::string query_id)
    : Error(fmt::format("Trino no longer knows the query {}: its coordinator was restarted, or it "
                        "ended the query because nobody asked for it",
                        query_id)),
      query_id_(std::move(query_id)) {}

}  // namespace gsa::trino
