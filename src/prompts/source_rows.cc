#include "prompts/source_rows.h"

#include <algorithm>
#include <array>
#include <optional>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "prompts/csv_check.h"
#include "prompts/json_check.h"

namespace gsa::prompts {
namespace {

struct Column {
  std::string name;  // in the file
  std::string sql;   // how SQL names it
  std::string type;  // DuckDB's, "" where any text
};

// A column beside the prompt.
struct Field {
  std::string_view target;
  std::string_view source;  // DiffusionDB's name
  std::string_view type;
};

constexpr std::array<Field, 6> kSettings = {{{"generation_seed", "seed", "uinteger"},
                                             {"step", "step", "usmallint"},
                                             {"cfg", "cfg", "float"},
                                             {"sampler", "sampler", "utinyint"},
                                             {"width", "width", "usmallint"},
                                             {"height", "height", "usmallint"}}};

constexpr std::array<Field, 4> kObservations = {{{"image_name", "image_name", "varchar"},
                                                 {"user_name", "user_name", "varchar"},
                                                 {"asked_at", "timestamp", "timestamp"},
                                                 {"image_nsfw", "image_nsfw", "float"}}};

// The column of that name, any case; one in exactly this case comes first.
const Column* find_column(const std::vector<Column>& columns, std::string_view name) {
  const Column* found = nullptr;
  for (const Column& column : columns) {
    if (column.name == name) return &column;
    if (found == nullptr && to_lower(column.name) == name) found = &column;
  }
  return found;
}

const Column* find_field(const std::vector<Column>& columns, const Field& field) {
  const Column* found = find_column(columns, field.source);
  return found != nullptr ? found : find_column(columns, field.target);
}

// Names as the user may see them: short, and without what would disturb a terminal.
std::string listed(const std::vector<Column>& columns) {
  constexpr std::size_t kMost = 20, kWidth = 40;
  std::vector<std::string> names;
  for (const Column& column : columns) {
    if (names.size() == kMost) {
      names.push_back(fmt::format("… ({} in all)", columns.size()));
      break;
    }
    std::string name = clip(column.name, kWidth);
    std::replace_if(
        name.begin(), name.end(), [](char c) { return c >= 0 && c < ' '; }, ' ');
    names.push_back(std::move(name));
  }
  return join(names, ", ");
}

// A column that its owner may well mean: "prompts", "Prompt_text", "text", "caption".
std::string likely_prompt(const std::vector<Column>& columns) {
  for (const Column& column : columns) {
    const std::string name = to_lower(column.name);
    if (name.find("prompt") != std::string::npos && !name.ends_with("nsfw")) return column.name;
  }
  for (const std::string_view usual : {"text", "caption", "description", "query", "input"}) {
    if (const Column* column = find_column(columns, usual)) return column->name;
  }
  std::vector<std::string> names;
  for (const Column& column : columns) names.push_back(column.name);
  return nearest("prompt", names).value_or("");
}

const Column& prompt_column(const SourceFile& file, const std::vector<Column>& columns) {
  if (const Column* found = find_column(columns, "prompt")) return *found;
  const std::string likely = likely_prompt(columns);
  throw Error(
      fmt::format("{}: no column 'prompt' among its columns: {}", file.path, listed(columns)),
      !likely.empty() ? fmt::format("rename '{}' to 'prompt', if that is it", clip(likely, 40))
      : file.kind == FileKind::csv ? "a CSV file begins with a line that names its columns"
                                   : "");
}

std::vector<Field> fields(SourceColumns wanted) {
  std::vector<Field> all(kSettings.begin(), kSettings.end());
  if (wanted == SourceColumns::observations) {
    all.insert(all.end(), kObservations.begin(), kObservations.end());
  }
  return all;
}

// Their names as a select list that begins with a comma.
std::string field_names(SourceColumns wanted) {
  std::string list;
  for (const Field& field : fields(wanted)) list += fmt::format(", {}", field.target);
  return list;
}

bool is_time(std::string_view type) { return type.starts_with("TIMESTAMP") || type == "DATE"; }

// The column as the field's type, null where it does not fit. A time without a zone is one of UTC.
std::string as_field(const Column& column, const Field& field) {
  if (field.type != "timestamp") return fmt::format("try_cast({} as {})", column.sql, field.type);
  const std::string time =
      is_time(column.type) ? column.sql : fmt::format("try_cast({} as timestamptz)", column.sql);
  return fmt::format("make_timestamp(epoch_us({}))", time);  // null for infinity
}

void require_observations(const SourceFile& file, const std::vector<Column>& columns) {
  for (const Field& field : kObservations) {
    const Column* found = find_field(columns, field);
    if (field.target != "user_name" && field.target != "asked_at") continue;
    if (found == nullptr) {
      throw Error(fmt::format("{}: no column '{}' among its columns: {}", file.path, field.source,
                              listed(columns)),
                  "without who asked and when, only --behavior simulated is possible");
    }
    if (field.type == "timestamp" && !found->type.empty() && found->type != "VARCHAR" &&
        !is_time(found->type)) {
      throw Error(fmt::format("{}: the column '{}' is {}, not a time", file.path, found->name,
                              clip(found->type, 60)));
    }
  }
}

struct FieldList {
  std::string columns;  // ", try_cast("Seed" as uinteger) as generation_seed, …"
  std::string unfit;    // an expression: some value of the row did not fit; empty where all do
};

// Null for what the file lacks.
FieldList field_list(const SourceFile& file, const std::vector<Column>& columns,
                     SourceColumns wanted) {
  if (wanted == SourceColumns::observations) require_observations(file, columns);
  FieldList list;
  for (const Field& field : fields(wanted)) {
    const Column* column = find_field(columns, field);
    if (column == nullptr) {
      list.columns += fmt::format(", null::{} as {}", field.type, field.target);
      continue;
    }
    const std::string value = as_field(*column, field);
    list.columns += fmt::format(", {} as {}", value, field.target);
    const bool always_fits = to_lower(column->type) == field.type || field.type == "varchar" ||
                             (field.type == "timestamp" && is_time(column->type));
    if (!always_fits) {
      list.unfit += fmt::format("{}({} is not null and {} is null)",
                                list.unfit.empty() ? "" : " or ", column->sql, value);
    }
  }
  return list;
}

std::string_view sql_compression(Compression compression) {
  switch (compression) {
    case Compression::gzip:
      return "gzip";
    case Compression::zstd:
      return "zstd";
    case Compression::none:
      break;
  }
  return "uncompressed";
}

std::vector<Column> described_columns(duck::Connection& connection, const std::string& from) {
  const duck::Result result = connection.query(
      fmt::format("select column_name, column_type from (describe select * from {})", from));
  std::vector<Column> columns;
  for (std::size_t row = 0; row < result.rows(); ++row) {
    columns.push_back({result.text(row, 0), sql_name(result.text(row, 0)), result.text(row, 1)});
  }
  return columns;
}

// Failures that are nobody's file's: they go up as they are.
bool is_of_the_machine(const duck::SqlError& failure) {
  return failure.kind() == duck::SqlErrorKind::interrupted ||
         failure.kind() == duck::SqlErrorKind::disk_full ||
         failure.kind() == duck::SqlErrorKind::out_of_memory;
}

Error parquet_error(const SourceFile& file, const duck::SqlError& failure) {
  const std::string& message = failure.message();
  if (message.find("is not valid UTF8") != std::string::npos) {
    const std::size_t value = message.find("value \"");
    const std::string text = value == std::string::npos ? "" : message.substr(value + 6);
    return Error(fmt::format("{}: a prompt is not valid UTF-8: {}", file.path,
                             clip(text.substr(0, text.rfind(" is not valid")), 80)));
  }
  return Error(fmt::format("{}: the Parquet file is damaged: {}", file.path,
                           clip(message.substr(0, message.find('\n')), 120)),
               "fetch or write the file again");
}

// What json_type() names, for people.
std::string_view json_kind(std::string_view type) {
  if (type == "OBJECT") return "an object";
  if (type == "ARRAY") return "an array";
  if (type == "BOOLEAN") return "true or false";
  return "a number";
}

void refuse_other_types(const SourceFile& file, const Column& prompt) {
  if (prompt.type == "VARCHAR" || prompt.type.starts_with("ENUM(")) return;
  throw Error(fmt::format("{}: the column '{}' is {}, not text", file.path, prompt.name,
                          clip(prompt.type, 60)));
}

}  // namespace

SourceRows::SourceRows(duck::Connection& connection, const RunQuery& run,
                       const std::vector<SourceFile>& files, SourceColumns wanted)
    : connection_(connection), wanted_(wanted) {
  for (const SourceFile& file : files) {
    switch (file.kind) {
      case FileKind::parquet:
        parts_.push_back(open_parquet(file));
        break;
      case FileKind::csv:
        parts_.push_back(read_csv(run, file));
        break;
      case FileKind::json:
        parts_.push_back(read_json(run, file));
        break;
    }
    rows_ += parts_.back().rows;
  }
}

std::string SourceRows::select() const {
  std::string sql;
  std::int64_t before = 0;  // rows of the parts before
  for (const Part& part : parts_) {
    sql +=
        fmt::format("{}select {} + {}::bigint as prompt_id, {} from {}",
                    sql.empty() ? "" : "\nunion all ", before, part.row, part.columns, part.from);
    before += part.rows;
  }
  return sql;
}

std::int64_t SourceRows::unfit_rows() {
  std::int64_t rows = 0;
  for (const Part& part : parts_) {
    if (part.unfit.empty()) continue;
    rows += connection_.query_int64(
        fmt::format("select count(*) from {} where {}", part.from, part.unfit));
  }
  return rows;
}

SourceRows::Part SourceRows::open_parquet(const SourceFile& file) {
  const std::string from = fmt::format(
      "read_parquet({}, binary_as_string = true, hive_partitioning = false)", sql_path(file));
  try {
    const std::vector<Column> columns = described_columns(connection_, from);
    const Column& prompt = prompt_column(file, columns);
    refuse_other_types(file, prompt);
    const std::int64_t rows = connection_.query_int64(
        fmt::format("select num_rows from parquet_file_metadata({})", sql_path(file)));
    const FieldList list = field_list(file, columns, wanted_);
    return {&file,
            from,
            "file_row_number",
            fmt::format("{}::varchar as prompt{}", prompt.sql, list.columns),
            list.unfit,
            rows};
  } catch (const duck::SqlError& failure) {
    if (is_of_the_machine(failure)) throw;
    throw parquet_error(file, failure);
  }
}

const TempTable& SourceRows::add_table() {
  return tables_.emplace_back(connection_, fmt::format("gsa_source_{}", tables_.size()));
}

SourceRows::Part SourceRows::stage(const SourceFile& file, std::int64_t rows) {
  const std::string& table = tables_.back().name();
  const std::int64_t read = connection_.query_int64(fmt::format("select count(*) from {}", table));
  if (rows >= 0 && read != rows) {
    throw Error(fmt::format("{}: {} records are in it, but only {} could be read", file.path,
                            with_thousands(rows), with_thousands(read)));
  }
  return {&file, table, "rowid", "prompt" + field_names(wanted_), "unfit", read};
}

// Not in parallel: DuckDB's parallel reader takes a line break inside quotes for the end of a
// record where a piece of the file begins in such a field.
SourceRows::Part SourceRows::read_csv(const RunQuery& run, const SourceFile& file) {
  const CsvLayout layout = check_csv(file.path, file.compression, "prompt");
  std::vector<Column> columns;
  std::vector<std::string> types;
  for (const std::string& name : layout.columns) {
    const std::string sql = fmt::format("c{}", columns.size());
    types.push_back(fmt::format("'{}': 'varchar'", sql));
    columns.push_back({name, sql, ""});
  }
  const Column& prompt = prompt_column(file, columns);
  const std::string from = fmt::format(
      "read_csv({}, auto_detect = false, header = true, delim = {}, quote = '\"', escape = '\"', "
      "parallel = false, max_line_size = {}, compression = '{}', hive_partitioning = false, "
      "columns = {{{}}})",
      sql_path(file), sql_quote(std::string_view(&layout.delimiter, 1)), kMaxTextRecord,
      sql_compression(file.compression), join(types, ", "));
  const FieldList list = field_list(file, columns, wanted_);
  const TempTable& table = add_table();
  try {
    run(fmt::format("reading {}", file.path), layout.rows,
        table.create_as(fmt::format("select {} as prompt{}, {} as unfit from {}", prompt.sql,
                                    list.columns, list.unfit.empty() ? "false" : list.unfit,
                                    from)));
  } catch (const duck::SqlError& failure) {
    if (is_of_the_machine(failure)) throw;
    throw Error(fmt::format("{}: cannot be read as CSV: {}", file.path,
                            clip(failure.message().substr(0, failure.message().find('\n')), 120)));
  }
  return stage(file, layout.rows);
}

SourceRows::Part SourceRows::read_json(const RunQuery& run, const SourceFile& file) {
  const JsonLayout layout = check_json(file.path, file.compression);
  const std::string options = fmt::format(
      "{}, format = '{}', compression = '{}', maximum_object_size = {}, "
      "hive_partitioning = false",
      sql_path(file), layout.array ? "array" : "newline_delimited",
      sql_compression(file.compression), kMaxTextRecord);
  const TempTable& table = add_table();
  try {
    std::vector<Column> columns =
        described_columns(connection_, fmt::format("read_json({})", options));
    // What DuckDB calls the one column where not all values are objects: the reading below tells
    // which is not.
    if (columns.size() == 1 && columns[0].sql == "\"json\"") columns = {{"prompt", "prompt", ""}};
    for (Column& column : columns) column.type.clear();  // all are read as text
    const Column& prompt = prompt_column(file, columns);
    std::vector<std::string> types = {fmt::format("{}: 'json'", sql_quote(prompt.name))};
    for (const Field& field : fields(wanted_)) {
      const Column* column = find_field(columns, field);
      if (column != nullptr) types.push_back(fmt::format("{}: 'varchar'", sql_quote(column->name)));
    }
    const FieldList list = field_list(file, columns, wanted_);
    run(fmt::format("reading {}", file.path), layout.objects,
        table.create_as(fmt::format(
            "select {0} ->> '$' as prompt, json_type({0}) as kind{1}, {4} as unfit "
            "from read_json({2}, auto_detect = false, records = true, columns = {{{3}}})",
            prompt.sql, list.columns, options, join(types, ", "),
            list.unfit.empty() ? "false" : list.unfit)));
  } catch (const duck::SqlError& failure) {
    if (is_of_the_machine(failure)) throw;
    throw json_error(file.path, file.compression, failure);
  }
  const duck::Result odd = connection_.query(fmt::format(
      "select rowid + 1, kind from {} where kind <> 'VARCHAR' and kind <> 'NULL' limit 1",
      table.name()));
  if (odd.rows() > 0) {
    throw Error(fmt::format("{}: the prompt of object {} is {}, not text", file.path,
                            odd.int64(0, 0), json_kind(odd.text(0, 1))));
  }
  return stage(file, layout.array ? -1 : layout.objects);
}

void SourceRows::blame(const duck::SqlError& failure) {
  if (is_of_the_machine(failure)) return;
  for (const Part& part : parts_) {
    if (part.file->kind != FileKind::parquet) continue;
    try {
      connection_.execute(
          fmt::format("select max(columns(*)) from (select {} from {})", part.columns, part.from));
    } catch (const duck::SqlError& found) {
      if (is_of_the_machine(found)) return;
      throw parquet_error(*part.file, found);
    }
  }
}

}  // namespace gsa::prompts
