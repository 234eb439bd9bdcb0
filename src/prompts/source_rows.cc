#include "prompts/source_rows.h"

#include <algorithm>
#include <utility>

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

// As the user may see it: short, and without what would disturb a terminal.
std::string printable(std::string_view text, std::size_t width) {
  std::string shown = clip(text, width);
  std::replace_if(
      shown.begin(), shown.end(), [](char c) { return c >= 0 && c < ' '; }, ' ');
  return shown;
}

std::string listed(const std::vector<Column>& columns) {
  constexpr std::size_t kMost = 20, kWidth = 40;
  std::vector<std::string> names;
  for (const Column& column : columns) {
    if (names.size() == kMost) {
      names.push_back(fmt::format("… ({} in all)", columns.size()));
      break;
    }
    names.push_back(printable(column.name, kWidth));
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
  const auto settings = setting_fields(), observations = observation_fields();
  std::vector<Field> all(settings.begin(), settings.end());
  if (wanted == SourceColumns::observations) {
    all.insert(all.end(), observations.begin(), observations.end());
  }
  return all;
}

// Their names as a select list that begins with a comma.
std::string field_names(SourceColumns wanted) {
  std::string list;
  for (const Field& field : fields(wanted)) list += fmt::format(", {}", field.target);
  return list + (wanted == SourceColumns::observations ? ", seed_key" : "");
}

void require_observations(const SourceFile& file, const std::vector<Column>& columns) {
  for (const Field& field : observation_fields()) {
    const Column* found = find_field(columns, field);
    if (field.target != "user_name" && field.target != "asked_at") continue;
    if (found == nullptr) {
      throw Error(fmt::format("{}: no column '{}' among its columns: {}", file.path, field.source,
                              listed(columns)),
                  "without who asked and when, only --behavior simulated is possible");
    }
    if (field.type == "timestamp" && !may_hold_times(found->type)) {
      throw Error(fmt::format("{}: the column '{}' is {}, not a time", file.path, found->name,
                              clip(found->type, 60)));
    }
  }
}

struct FieldList {
  std::string values;              // ", try_cast("Seed" as ubigint) as generation_seed, …"
  std::string raw;                 // ", "Seed" as raw_generation_seed, …": what can be odd
  std::vector<Oddity> odd;         // over raw and values
  std::string time_unit = "null";  // see ValueSql
  std::vector<NamedColumn> named;
};

// Null for what the file lacks.
FieldList field_list(const SourceFile& file, const std::vector<Column>& columns,
                     SourceColumns wanted, std::int64_t latest_us) {
  const bool observed = wanted == SourceColumns::observations;
  if (observed) require_observations(file, columns);
  FieldList list;
  std::string seed_key = "null::ubigint";
  for (const Field& field : fields(wanted)) {
    const Column* column = find_field(columns, field);
    if (column == nullptr) {
      list.values += fmt::format(", null::{} as {}", field.type, field.target);
      continue;
    }
    const ValueSql read = value_sql(field, column->sql, column->type, latest_us);
    list.values += fmt::format(", {} as {}", read.value, field.target);
    if (!read.seed_key.empty()) seed_key = read.seed_key;
    if (!read.time_unit.empty()) list.time_unit = read.time_unit;
    list.named.push_back({column->name, column->sql});
    if (read.odd.empty()) continue;
    const std::string raw = raw_name(field);
    list.raw += fmt::format(", {} as {}", column->sql, raw);
    for (const OddKind& kind : read.odd) {
      list.odd.push_back(
          {std::string(field.target), column->name, kind.what, kind.condition, raw + "::varchar"});
    }
  }
  if (observed) list.values += fmt::format(", {} as seed_key", seed_key);
  return list;
}

// The select list of a table that text is staged in, of rows with the raw columns and the values.
std::string staged_columns(const FieldList& list, SourceColumns wanted) {
  std::string any, members;
  for (std::size_t i = 0; i < list.odd.size(); ++i) {
    const Oddity& odd = list.odd[i];
    any += fmt::format("{}{}", any.empty() ? "" : " or ", odd.condition);
    members += fmt::format("{}'k{}', case when {} then {} end", members.empty() ? "" : ", ", i,
                           odd.condition, odd.text);
  }
  const std::string unfit =
      any.empty() ? "null::varchar"
                  : fmt::format("case when {} then json_object({})::varchar end", any, members);
  return fmt::format("prompt{}, time_unit, {} as unfit", field_names(wanted), unfit);
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
  return Error(fmt::format("{}: the Parquet file is damaged: {}", file.path,
                           clip(message.substr(0, message.find('\n')), 120)),
               "fetch or write the file again");
}

bool is_about_utf8(const duck::SqlError& failure) {
  return failure.message().find("is not valid UTF8") != std::string::npos;
}

// The text in DuckDB's "Invalid string encoding found …: value "…" is not valid UTF8!".
std::string bad_text(const duck::SqlError& failure) {
  const std::string& message = failure.message();
  const std::size_t value = message.find("value \"");
  const std::string text = value == std::string::npos ? "" : message.substr(value + 6);
  return clip(text.substr(0, text.rfind(" is not valid")), 80);
}

std::string read_parquet(const SourceFile& file, bool binary_as_string) {
  return fmt::format("read_parquet({}, binary_as_string = {}, hive_partitioning = false)",
                     sql_path(file), binary_as_string);
}

// What json_type() names, for people.
std::string_view json_kind(std::string_view type) {
  if (type == "OBJECT") return "an object";
  if (type == "ARRAY") return "an array";
  if (type == "BOOLEAN") return "true or false";
  return "a number";
}

// `from` has the file's rows. A column without a value has a type that says nothing.
void refuse_other_types(duck::Connection& connection, const std::string& from,
                        const SourceFile& file, const Column& prompt) {
  if (prompt.type == "VARCHAR" || prompt.type.starts_with("ENUM(")) return;
  if (connection.query_int64(fmt::format("select count({}) from {}", prompt.sql, from)) == 0) {
    return;
  }
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

std::vector<OddValues> SourceRows::odd_values() {
  std::vector<OddValues> found;
  for (const Part& part : parts_) {
    if (!part.odd.empty()) add_odd_values(part, found);
  }
  return found;
}

void SourceRows::add_odd_values(const Part& part, std::vector<OddValues>& found) {
  std::string list, any;
  for (const Oddity& odd : part.odd) {
    list += fmt::format(
        ", count(*) filter ({0}), min(at_row) filter ({0}), arg_min({1}, at_row) filter ({0})",
        odd.condition, odd.text);
    any += fmt::format("{}{}", any.empty() ? "" : " or ", odd.condition);
  }
  const duck::Result counts = connection_.query(
      fmt::format("select {} from {} where {}", list.substr(2), part.odd_from, any));
  constexpr std::size_t kShown = 40;
  for (std::size_t i = 0; i < part.odd.size(); ++i) {
    const Oddity& odd = part.odd[i];
    const std::int64_t count = counts.int64(0, 3 * i);
    if (count == 0) continue;
    const auto same = std::find_if(found.begin(), found.end(), [&](const OddValues& values) {
      return values.target == odd.target && values.what == odd.what;
    });
    if (same != found.end()) {
      same->count += count;
      continue;
    }
    found.push_back({odd.target, odd.column, odd.what, count,
                     fmt::format("{}, row {}", part.file->path, counts.int64(0, 3 * i + 1) + 1),
                     printable(counts.text(0, 3 * i + 2), kShown)});
  }
}

std::map<TimeUnit, std::int64_t> SourceRows::time_units() {
  std::map<TimeUnit, std::int64_t> units;
  for (const Part& part : parts_) {
    if (part.time_unit == "null") continue;
    const duck::Result counts = connection_.query(
        fmt::format("select unit, count(*) from (select {} as unit from {}) where unit is not null "
                    "group by unit",
                    part.time_unit, part.from));
    for (std::size_t row = 0; row < counts.rows(); ++row) {
      units[static_cast<TimeUnit>(counts.int64(row, 0))] += counts.int64(row, 1);
    }
  }
  return units;
}

SourceRows::Part SourceRows::open_parquet(const SourceFile& file) {
  const std::string from = read_parquet(file, true);
  try {
    const std::vector<Column> columns = described_columns(connection_, from);
    const Column& prompt = prompt_column(file, columns);
    refuse_other_types(connection_, from, file, prompt);
    const std::int64_t rows = connection_.query_int64(
        fmt::format("select num_rows from parquet_file_metadata({})", sql_path(file)));
    FieldList list = field_list(file, columns, wanted_, latest_us_);
    list.named.push_back({prompt.name, prompt.sql});
    return {
        &file,
        from,
        "file_row_number",
        fmt::format("{}::varchar as prompt{}", prompt.sql, list.values),
        rows,
        std::move(list.odd),
        fmt::format("(select file_row_number as at_row{}{} from {})", list.raw, list.values, from),
        std::move(list.time_unit),
        std::move(list.named)};
  } catch (const duck::SqlError& failure) {
    if (is_of_the_machine(failure)) throw;
    throw parquet_error(file, failure);
  }
}

const TempTable& SourceRows::add_table() {
  return tables_.emplace_back(connection_, fmt::format("gsa_source_{}", tables_.size()));
}

SourceRows::Part SourceRows::stage(const SourceFile& file, std::vector<Oddity> odd,
                                   std::int64_t rows) {
  const std::string& table = tables_.back().name();
  const std::int64_t read = connection_.query_int64(fmt::format("select count(*) from {}", table));
  if (rows >= 0 && read != rows) {
    throw Error(fmt::format("{}: {} records are in it, but only {} could be read", file.path,
                            with_thousands(rows), with_thousands(read)));
  }
  for (std::size_t i = 0; i < odd.size(); ++i) {
    odd[i].text = fmt::format("(unfit ->> 'k{}')", i);
    odd[i].condition = odd[i].text + " is not null";
  }
  return {&file,
          table,
          "rowid",
          "prompt" + field_names(wanted_),
          read,
          std::move(odd),
          fmt::format("(select rowid as at_row, unfit from {} where unfit is not null)", table),
          "time_unit",
          {}};
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
  const FieldList list = field_list(file, columns, wanted_, latest_us_);
  const TempTable& table = add_table();
  try {
    run(fmt::format("reading {}", file.path), layout.rows,
        table.create_as(fmt::format(
            "select {} from (select {} as prompt{}{}, {}::utinyint as time_unit from {})",
            staged_columns(list, wanted_), prompt.sql, list.raw, list.values, list.time_unit,
            from)));
  } catch (const duck::SqlError& failure) {
    if (is_of_the_machine(failure)) throw;
    throw Error(fmt::format("{}: cannot be read as CSV: {}", file.path,
                            clip(failure.message().substr(0, failure.message().find('\n')), 120)));
  }
  return stage(file, list.odd, layout.rows);
}

SourceRows::Part SourceRows::read_json(const RunQuery& run, const SourceFile& file) {
  const JsonLayout layout = check_json(file.path, file.compression);
  const std::string options = fmt::format(
      "{}, format = '{}', compression = '{}', maximum_object_size = {}, "
      "hive_partitioning = false",
      sql_path(file), layout.array ? "array" : "newline_delimited",
      sql_compression(file.compression), kMaxTextRecord);
  const TempTable& table = add_table();
  FieldList list;
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
    list = field_list(file, columns, wanted_, latest_us_);
    run(fmt::format("reading {}", file.path), layout.objects,
        table.create_as(fmt::format(
            "select {0}, kind from (select {1} ->> '$' as prompt, json_type({1}) as kind{2}{3}, "
            "{4}::utinyint as time_unit from read_json({5}, auto_detect = false, records = true, "
            "columns = {{{6}}}))",
            staged_columns(list, wanted_), prompt.sql, list.raw, list.values, list.time_unit,
            options, join(types, ", "))));
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
  return stage(file, list.odd, layout.array ? -1 : layout.objects);
}

void SourceRows::blame(const duck::SqlError& failure) {
  if (is_of_the_machine(failure)) return;
  for (const Part& part : parts_) {
    if (part.file->kind == FileKind::parquet) blame_column(part);
  }
}

// Throws the error for the first column of the part that cannot be read.
void SourceRows::blame_column(const Part& part) {
  for (const NamedColumn& column : part.named) {
    try {
      connection_.execute(fmt::format("select max({}) from {}", column.sql, part.from));
    } catch (const duck::SqlError& found) {
      if (is_of_the_machine(found)) return;
      if (!is_about_utf8(found)) throw parquet_error(*part.file, found);
      const duck::Result first = connection_.query(
          fmt::format("select min(file_row_number) + 1 from {} where typeof({}) = 'BLOB' and "
                      "try(decode({}::blob)) is null and {} is not null",
                      read_parquet(*part.file, false), column.sql, column.sql, column.sql));
      if (first.is_null(0, 0)) {
        throw Error(fmt::format("{}: the column '{}' is not valid UTF-8: {}", part.file->path,
                                clip(column.name, 40), bad_text(found)));
      }
      throw Error(
          fmt::format("{}, row {}: the column '{}' holds bytes, not text: {}", part.file->path,
                      first.int64(0, 0), clip(column.name, 40), bad_text(found)),
          "write it as text, or leave the column out");
    }
  }
}

}  // namespace gsa::prompts
