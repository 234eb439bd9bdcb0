#include "sandbox/query.h"

#include <charconv>
#include <utility>

#include <fmt/format.h>

namespace gsa::sandbox {
namespace {

std::string text_of(const std::optional<int>& number) {
  return number ? fmt::format("{}", *number) : "";
}

std::optional<int> small_number_in(const std::string& text) {
  const auto number = number_in(text);
  return number ? std::optional(static_cast<int>(*number)) : std::nullopt;
}

std::string flag(bool set) { return set ? "1" : "0"; }

constexpr std::size_t kFailureTexts = 7, kAnswerTexts = 4, kColumnTexts = 3;

Reply failed(const Frame& frame, FailureKind kind) {
  Reply reply;
  Failure failure(kind, frame[3], frame[4]);
  failure.line = small_number_in(frame[5]);
  failure.column = small_number_in(frame[6]);
  reply.failure = std::move(failure);
  reply.retires = frame[1] == "1";
  return reply;
}

}  // namespace

std::optional<std::int64_t> number_in(const std::string& text) {
  std::int64_t number = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool is_whole = result.ec == std::errc() && result.ptr == text.data() + text.size();
  return is_whole ? std::optional(number) : std::nullopt;
}

Frame frame_of(const Query& query) {
  return {word::kQuery, query.sql, fmt::format("{}", query.max_rows),
          fmt::format("{}", query.max_bytes)};
}

std::optional<Query> query_of(const Frame& frame) {
  if (frame.size() != 4 || frame[0] != word::kQuery) return std::nullopt;
  const auto rows = number_in(frame[2]), bytes = number_in(frame[3]);
  if (!rows || !bytes) return std::nullopt;
  Query query;
  query.sql = frame[1];
  query.max_rows = static_cast<std::size_t>(*rows);
  query.max_bytes = static_cast<std::size_t>(*bytes);
  return query;
}

Frame frame_of(const duck::JsonRows& rows, bool retires) {
  Frame frame = {word::kAnswer, flag(retires), fmt::format("{}", static_cast<int>(rows.truncated)),
                 rows.rows};
  for (const duck::JsonColumn& column : rows.columns) {
    frame.insert(frame.end(), {column.name, column.type, column.kind});
  }
  return frame;
}

Frame frame_of(const Failure& failure, bool retires) {
  return {
      word::kFailure,         flag(retires),  fmt::format("{}", static_cast<int>(failure.kind())),
      failure.message(),      failure.hint(), text_of(failure.line),
      text_of(failure.column)};
}

std::optional<Reply> reply_of(Frame&& frame) {
  const auto number = frame.size() < kAnswerTexts ? std::nullopt : number_in(frame[2]);
  if (!number || *number < 0) return std::nullopt;
  if (frame[0] == word::kFailure && frame.size() == kFailureTexts &&
      *number <= static_cast<int>(FailureKind::unavailable)) {
    return failed(frame, static_cast<FailureKind>(*number));
  }
  if (frame[0] != word::kAnswer || (frame.size() - kAnswerTexts) % kColumnTexts != 0 ||
      *number > static_cast<int>(duck::Truncation::bytes)) {
    return std::nullopt;
  }
  Reply reply;
  reply.retires = frame[1] == "1";
  duck::JsonRows rows;
  rows.truncated = static_cast<duck::Truncation>(*number);
  rows.rows = std::move(frame[3]);
  for (std::size_t i = kAnswerTexts; i < frame.size(); i += kColumnTexts) {
    rows.columns.push_back({std::move(frame[i]), std::move(frame[i + 1]), std::move(frame[i + 2])});
  }
  reply.rows = std::move(rows);
  return reply;
}

}  // namespace gsa::sandbox
