#pragma once

// A reader's query, its answer or failure, and their form on the socket to a worker (channel.h).

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "duck/query_json.h"
#include "sandbox/channel.h"

namespace gsa::sandbox {

struct Query {
  std::string sql;
  std::size_t max_rows = 1000;
  std::size_t max_bytes = std::size_t{8} << 20;  // of rows as JSON
  std::chrono::milliseconds time{30'000};        // stopped after that
};

struct Answer {
  std::int64_t publication = 0;  // of the snapshot that it read
  duck::JsonRows rows;
};

enum class FailureKind {
  refused,        // not allowed; the message says what and why
  sql,            // DuckDB rejects it
  timeout,        // it took longer than Query::time
  cancelled,      //
  out_of_memory,  // more than the query's share of memory or disk
  crashed,        // the engine failed or its process ended
  busy,           // the limit on concurrent queries is reached
  unavailable,    // no process can be started
};

// Why a query has no answer. Its texts are safe to show to the reader: no stack trace, and no path
// that the query did not name.
class Failure : public Error {
 public:
  Failure(FailureKind kind, std::string message, std::string hint = "")
      : Error(std::move(message), std::move(hint)), kind_(kind) {}
  FailureKind kind() const { return kind_; }

  std::optional<int> line, column;  // in the query, from 1

 private:
  FailureKind kind_;
};

// The first text of a frame.
namespace word {
inline constexpr const char* kStart = "start";          // to the worker, with its settings
inline constexpr const char* kOpen = "open";            // to the worker, with a snapshot as a file
inline constexpr const char* kQuery = "query";          // to the worker
inline constexpr const char* kInterrupt = "interrupt";  // to the worker
inline constexpr const char* kProbe = "probe";          // to the worker, for tests (probe.h)
inline constexpr const char* kReady = "ready";          // from the worker: the last step is done
inline constexpr const char* kAnswer = "answer";
inline constexpr const char* kFailure = "failure";
}  // namespace word

// Parses the whole text as a number; null if it is not one.
std::optional<std::int64_t> number_in(const std::string& text);

Frame frame_of(const Query& query);
std::optional<Query> query_of(const Frame& frame);

// `retires`: the worker takes no more queries.
Frame frame_of(const duck::JsonRows& rows, bool retires);
Frame frame_of(const Failure& failure, bool retires);

struct Reply {
  std::optional<duck::JsonRows> rows;
  std::optional<Failure> failure;  // exactly one of the two is set
  bool retires = false;
};
std::optional<Reply> reply_of(Frame&& frame);

}  // namespace gsa::sandbox
