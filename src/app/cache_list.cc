#include "app/cache_list.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"
#include "base/table.h"
#include "base/text.h"
#include "duck/database.h"

namespace gsa::app {
namespace {

void write_text(std::FILE* out, std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), out) != text.size()) {
    throw Error(fmt::format("cannot write the list: {}", std::strerror(errno)));
  }
}

std::string dataset_of(const hub::CachedFile& cached) {
  const hub::HubFile& file = cached.file;
  return file.owner.empty() ? file.name : file.owner + "/" + file.name;
}

// "fb620fb (main)", "fb620fb", ""
std::string revision_of(const hub::CachedFile& cached) {
  constexpr std::size_t kShortCommit = 7;
  std::string text = cached.commit.substr(0, kShortCommit);
  if (!hub::is_commit(cached.file.revision)) text += fmt::format(" ({})", cached.file.revision);
  return text;
}

std::string state_of(const hub::CachedFile& cached) {
  if (cached.whole()) return "whole";
  if (cached.total_bytes <= 0) return "partial";
  const auto total = static_cast<double>(cached.total_bytes);
  return fmt::format("partial, {:.0f} %", 100 * static_cast<double>(cached.bytes) / total);
}

std::string table(const std::vector<hub::CachedFile>& files, TableStyle style) {
  std::vector<TableWriter::Row> rows;
  for (const hub::CachedFile& cached : files) {
    rows.push_back({dataset_of(cached) + "/" + cached.file.path,
                    format_bytes(static_cast<double>(cached.bytes)), revision_of(cached),
                    state_of(cached), cached.path});
  }
  return format_table(
      {{"file", false}, {"size", true}, {"revision", false}, {"state", false}, {"path", false}},
      rows, style);
}

std::string quoted_or_null(const std::string& text) {
  return text.empty() ? "null" : sql_quote(text);
}

// DuckDB formats the output for programs, as for gsa sql.
void write_rows_of(const std::vector<hub::CachedFile>& files, RowFormat format, std::FILE* out) {
  const duck::Database database(duck::DatabaseOptions{});
  duck::Connection connection = database.connect();
  connection.execute(
      "create table cached (dataset varchar, file varchar, url varchar, revision varchar,"
      " \"commit\" varchar, bytes bigint, total_bytes bigint, whole boolean, path varchar)");
  for (const hub::CachedFile& cached : files) {
    const std::string total = cached.total_bytes < 0 ? "null" : std::to_string(cached.total_bytes);
    connection.execute(fmt::format("insert into cached values ({}, {}, {}, {}, {}, {}, {}, {}, {})",
                                   sql_quote(dataset_of(cached)), sql_quote(cached.file.path),
                                   sql_quote(hub::to_url(cached.file)),
                                   sql_quote(cached.file.revision), quoted_or_null(cached.commit),
                                   cached.bytes, total, cached.whole(), sql_quote(cached.path)));
  }
  const std::string select = "select * from cached";  // the table keeps the order of insertion
  write_rows(connection, select, connection.inspect(select).columns, format, 0,
             [out](std::string_view text) { write_text(out, text); });
}

}  // namespace

std::string dataset_file_at(const hub::CachedFile& cached) {
  const std::string file = dataset_of(cached) + "/" + cached.file.path;
  return cached.commit.empty() ? file : fmt::format("{} at {}", file, revision_of(cached));
}

void write_cache_list(const hub::Settings& settings, RowFormat format, std::FILE* out) {
  const std::vector<hub::CachedFile> files = hub::list_cached(settings);
  if (format == RowFormat::table && files.empty()) {
    write_text(out, fmt::format("{} has no files of datasets\n", settings.cache.string()));
  } else if (format == RowFormat::table) {
    write_text(out, table(files, TableStyle::plain));
  } else if (format == RowFormat::markdown) {
    write_text(out, table(files, TableStyle::markdown));
  } else {
    write_rows_of(files, format, out);
  }
  if (std::fflush(out) != 0) {
    throw Error(fmt::format("cannot write the list: {}", std::strerror(errno)));
  }
}

}  // namespace gsa::app
