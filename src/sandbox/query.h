#pragma once

// A reader's query, what comes of it, and how both cross the socket to a worker (channel.h).

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
  std::chrono::milliseconds time{30'000};        // after which it is stopped
};

struct Answer {
  std::int64_t publication = 0;  // of the snapshot that was read
  duck::JsonRows rows;
};

enum class FailureKind {
  refused,        // not allowed, with what and why
  sql,            // DuckDB refuses it
  timeout,        // it took longer than Query::time
  cancelled,      //
  out_of_memory,  // of the query's memory or room on the disk
  crashed,        // the engine failed, or its process ended
  busy,           // as many run as may at a time
  unavailable,    // no process can be started
};

// Why a query has no answer. Its texts are for whoever asked: they have no stack trace, and no path
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
inline constexpr const char* kStart = "start";          // to the worker: its settings
inline constexpr const char* kOpen = "open";            // … : a snapshot, as a file beside it
inline constexpr const char* kQuery = "query";          // …
inline constexpr const char* kInterrupt = "interrupt";  // …
inline constexpr const char* kProbe = "probe";          // … : for tests, see probe.h
inline constexpr const char* kReady = "ready";          // from it: it is as it should be
inline constexpr const char* kAnswer = "answer";
inline constexpr const char* kFailure = "failure";
}  // namespace word

// Of a whole text.
std::optional<std::int64_t> number_in(const std::string& text);

Frame frame_of(const Query& query);
std::optional<Query> query_of(const Frame& frame);

// A worker that `retires` takes no more queries.
Frame frame_of(const duck::JsonRows& rows, bool retires);
Frame frame_of(const Failure& failure, bool retires);

struct Reply {
  std::optional<duck::JsonRows> rows;
  std::optional<Failure> failure;  // one of the two
  bool retires = false;
};
std::optional<Reply> reply_of(Frame&& frame);

}  // namespace gsa::sandbox
