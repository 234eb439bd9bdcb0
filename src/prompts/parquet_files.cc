#include "prompts/parquet_files.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"

namespace gsa::prompts {
namespace {

// Up to this many files are read one by one.
constexpr std::size_t kFew = 16;
// Files of a group. Queries over all files of a group stay small.
constexpr std::size_t kMostOfGroup = 2000;

std::string sql_list(std::span<const SourceFile> files) {
  std::vector<std::string> paths;
  for (const SourceFile& file : files) paths.push_back(sql_path(file));
  return fmt::format("[{}]", join(paths, ", "));
}

std::string read_parquet_of(const std::string& paths, bool binary_as_string) {
  return fmt::format("read_parquet({}, binary_as_string = {}, hive_partitioning = false)", paths,
                     binary_as_string);
}

struct Footer {
  std::int64_t rows = 0;
  std::string columns;  // a hash of their names and types
};

// The footers of the files, in their order.
std::vector<Footer> read_footers(duck::Connection& connection, std::span<const SourceFile> files) {
  std::vector<Footer> footers(files.size());
  const std::string list = sql_list(files);
  const duck::Result rows = connection.query(fmt::format(
      "select file_name, num_rows from parquet_file_metadata({}) order by file_name", list));
  const duck::Result columns = connection.query(fmt::format(
      "select file_name, md5(string_agg(concat_ws('|', name, type, type_length, num_children, "
      "converted_type, scale, precision, logical_type, repetition_type = 'REPEATED'), chr(10) "
      "order by place)) from (select *, row_number() over () as place from parquet_schema({})) "
      "group by file_name order by file_name",
      list));
  check(rows.rows() == files.size() && columns.rows() == files.size(), "a footer for each file");
  std::vector<std::size_t> order(files.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return files[a].absolute < files[b].absolute; });
  for (std::size_t i = 0; i < order.size(); ++i) {
    footers[order[i]] = {rows.int64(i, 1), columns.text(i, 1)};
  }
  return footers;
}

ParquetFiles one_file(const SourceFile& file, std::int64_t rows, bool binary_as_string) {
  return {std::span(&file, 1), read_parquet(file, binary_as_string), "file_row_number", {0}, rows};
}

// "(list)[n]": the element for the row's file.
std::string by_file(const std::vector<std::string>& elements, const char* type) {
  return fmt::format("([{}]::{}[])[file_index::bigint + 1]", join(elements, ", "), type);
}

ParquetFiles several_files(std::span<const SourceFile> files, std::span<const Footer> footers,
                           bool binary_as_string) {
  ParquetFiles group{files, read_parquet_of(sql_list(files), binary_as_string), "", {}, 0};
  std::vector<std::string> first_rows;
  for (const Footer& footer : footers) {
    group.first_rows.push_back(group.rows);
    first_rows.push_back(fmt::format("{}", group.rows));
    group.rows += footer.rows;
  }
  group.row = by_file(first_rows, "bigint") + " + file_row_number";
  return group;
}

}  // namespace

std::string read_parquet(const SourceFile& file, bool binary_as_string) {
  return read_parquet_of(sql_path(file), binary_as_string);
}

std::vector<ParquetFiles> group_parquet_files(duck::Connection& connection,
                                              std::span<const SourceFile> files,
                                              bool binary_as_string) {
  std::vector<ParquetFiles> groups;
  if (files.size() <= kFew) {
    for (const SourceFile& file : files) {
      groups.push_back(
          one_file(file,
                   connection.query_int64(fmt::format(
                       "select num_rows from parquet_file_metadata({})", sql_path(file))),
                   binary_as_string));
    }
    return groups;
  }
  for (std::size_t begin = 0; begin < files.size(); begin += kMostOfGroup) {
    const auto part = files.subspan(begin, std::min(kMostOfGroup, files.size() - begin));
    const std::vector<Footer> footers = read_footers(connection, part);
    for (std::size_t at = 0; at < part.size();) {
      std::size_t end = at + 1;
      while (end < part.size() && footers[end].columns == footers[at].columns) ++end;
      groups.push_back(end == at + 1 ? one_file(part[at], footers[at].rows, binary_as_string)
                                     : several_files(part.subspan(at, end - at),
                                                     std::span(footers).subspan(at, end - at),
                                                     binary_as_string));
      at = end;
    }
  }
  return groups;
}

std::string hive_sql(const ParquetFiles& group, const std::string& key) {
  std::vector<std::string> values;
  for (const SourceFile& file : group.files) {
    const auto found = std::find_if(file.hive.rbegin(), file.hive.rend(),
                                    [&](const HiveKey& one) { return one.name == key; });
    const bool is_null = found == file.hive.rend() || !found->value;
    values.push_back(is_null ? "null" : sql_quote(*found->value));
  }
  const bool all_same = std::all_of(values.begin(), values.end(),
                                    [&](const std::string& value) { return value == values[0]; });
  return all_same ? values[0] + "::varchar" : by_file(values, "varchar");
}

}  // namespace gsa::prompts
