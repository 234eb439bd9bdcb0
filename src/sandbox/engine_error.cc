#include "sandbox/engine_error.h"

#include <new>

#include <fmt/format.h>

#include "base/text.h"
#include "duck/sql_error.h"

namespace gsa::sandbox {
namespace {

// Everything from here on in an error of DuckDB is for its developers.
constexpr std::string_view kTraces[] = {"Stack Trace:", "This error signals an assertion failure",
                                        "stack_trace"};

bool is_internal(std::string_view text) {
  for (const std::string_view trace : kTraces) {
    if (text.find(trace) != std::string_view::npos) return true;
  }
  return text.find("database has been invalidated") != std::string_view::npos;
}

std::string first_line(std::string_view text) {
  return std::string(trim(text.substr(0, text.find('\n'))));
}

bool is_of_path(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
         std::string_view("/._-+~@%").find(c) != std::string_view::npos;
}

Failure of_sql_error(const duck::SqlError& error, std::string_view sql, bool ran_out) {
  using Kind = duck::SqlErrorKind;
  if (error.kind() == Kind::disk_full) {
    return {FailureKind::out_of_memory, "the query needs more disk space than it may use",
            "aggregate or filter earlier, or sort fewer rows"};
  }
  if (error.kind() == Kind::out_of_memory || ran_out ||
      error.message().find("bad_alloc") != std::string::npos) {
    return lack_of_memory();
  }
  if (error.kind() == Kind::interrupted) return {FailureKind::cancelled, "the query was cancelled"};
  if (error.kind() == Kind::internal || error.kind() == Kind::invalidated) {
    const std::string& text = error.message();  // "DuckDB failed with an internal error: …"
    const std::size_t colon = text.find(": ");
    return engine_failed(
        without_paths(colon == std::string::npos ? text : text.substr(colon + 2), sql));
  }
  if (is_internal(error.summary())) return engine_failed(without_paths(error.message(), sql));
  Failure failure(FailureKind::sql, without_paths(error.message(), sql),
                  without_paths(error.hint(), sql));
  failure.line = error.line();
  failure.column = error.column();
  return failure;
}

}  // namespace

Failure engine_failed(std::string_view what) {
  const std::string why = first_line(what);
  return {FailureKind::crashed,
          why.empty() ? "DuckDB failed on this query" : "DuckDB failed on this query: " + why,
          "this is a bug in the engine: rewrite the query"};
}

Failure lack_of_memory() {
  return {FailureKind::out_of_memory, "the query needs more memory than it may use",
          "aggregate or filter earlier, or sort fewer rows"};
}

Failure failure_of(const std::exception_ptr& error, std::string_view sql, bool ran_out) {
  try {
    std::rethrow_exception(error);
  } catch (const Failure& failure) {
    return failure;
  } catch (const duck::SqlError& failure) {
    return of_sql_error(failure, sql, ran_out);
  } catch (const Error& failure) {
    return {FailureKind::sql, without_paths(failure.message(), sql), failure.hint()};
  } catch (const std::bad_alloc&) {
    return lack_of_memory();
  } catch (...) {
    return ran_out ? lack_of_memory() : engine_failed();
  }
}

std::string without_paths(std::string_view text, std::string_view sql) {
  std::string clean;
  for (std::size_t at = 0; at < text.size();) {
    const bool begins = text[at] == '/' && (at == 0 || !is_of_path(text[at - 1]));
    std::size_t end = at;
    while (begins && end < text.size() && is_of_path(text[end])) ++end;
    const std::string_view path = text.substr(at, end - at);
    const bool is_path = path.size() > 1 && path.find('/', 1) != std::string_view::npos;
    if (is_path && sql.find(path) == std::string_view::npos) {
      clean += "…";
      at = end;
    } else {
      clean += text[at++];
    }
  }
  return clean;
}

}  // namespace gsa::sandbox
