#include "prompts/source_rows.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "duck/row_stream.h"
#include "prompts/parquet_blame.h"
#include "prompts/parquet_files.h"
#include "prompts/source_columns.h"
#include "prompts/text_rows.h"

namespace gsa::prompts {
namespace {

std::vector<Field> fields(SourceColumns wanted) {
  const auto settings = setting_fields(), observations = observation_fields();
  std::vector<Field> all(settings.begin(), settings.end());
  if (wanted == SourceColumns::observations) {
    all.insert(all.end(), observations.begin(), observations.end());
  }
  return all;
}

// With more rows than this, Parquet is read in place, however many files there are.
constexpr std::int64_t kMostStaged = 2'000'000;

// Their names as a select list; begins with a comma.
std::string field_names(SourceColumns wanted) {
  std::string list;
  for (const Field& field : fields(wanted)) list += fmt::format(", {}", field.target);
  return list + (wanted == SourceColumns::observations ? ", seed_key" : "");
}

}  // namespace

struct SourceRows::FieldList {
  std::string values;              // ", try_cast("Seed" as ubigint) as generation_seed, …"
  std::string raw;                 // the columns that may have odd values
  std::vector<Oddity> odd;         // conditions over raw and values
  std::string time_unit = "null";  // see ValueSql
  std::vector<NamedColumn> named;
};

// Gives null for columns that the file lacks.
SourceRows::FieldList SourceRows::field_list(const std::vector<Column>& columns,
                                             SourceColumns wanted, std::int64_t latest_us) {
  const bool observed = wanted == SourceColumns::observations;
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

// The select list of a staging table over rows with the raw columns and the values.
std::string SourceRows::staged_columns(const FieldList& list, SourceColumns wanted) {
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

namespace {

// Adds columns that the folder names have and the files lack.
void add_hive_columns(const ParquetFiles& group, std::vector<Column>& columns) {
  for (const SourceFile& file : group.files) {
    for (const HiveKey& key : file.hive) {
      if (find_column(columns, to_lower(key.name)) != nullptr) continue;
      columns.push_back({key.name, hive_sql(group, key.name), ""});
    }
  }
}

// Checks that a text file with these column names has the required columns.
void check_names(const SourceFile& file, const std::vector<std::string>& names,
                 const std::string& nested, SourceColumns wanted) {
  std::vector<Column> columns;
  for (const std::string& name : names) columns.push_back({name, "", ""});
  for (const HiveKey& key : file.hive) columns.push_back({key.name, "", ""});
  prompt_column(file, columns, nested);
  if (wanted == SourceColumns::observations) require_observations(file, columns);
}

bool is_text(const SourceFile& file) { return file.kind != FileKind::parquet; }

// `from` has the file's rows. The type of a column without values means nothing, so it passes.
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
  for (std::size_t begin = 0; begin < files.size();) {
    std::size_t end = begin + 1;
    while (end < files.size() && is_text(files[begin]) == is_text(files[end])) ++end;
    const auto alike = std::span(files).subspan(begin, end - begin);
    if (is_text(files[begin])) {
      parts_.push_back(read_text(run, alike));
    } else {
      for (const ParquetFiles& group : groups_of(alike)) {
        parts_.push_back(open_parquet(run, group));
      }
    }
    begin = end;
  }
  for (const Part& part : parts_) rows_ += part.rows;
}

std::string SourceRows::select() const {
  std::string sql;
  std::int64_t before = 0;  // rows of the earlier parts
  for (const Part& part : parts_) {
    sql +=
        fmt::format("{}select {} + {}::bigint as prompt_id, {} from {}",
                    sql.empty() ? "" : "\nunion all ", before, part.row, part.columns, part.from);
    before += part.rows;
  }
  if (!left_out_) return sql;
  return fmt::format("select * from ({}) where not {}", sql, left_out_->contains("prompt_id"));
}

std::int64_t SourceRows::leave_out(const ForgottenUsers& users) {
  if (users.empty()) return 0;
  const std::string rows =
      fmt::format("select prompt_id from ({}) where {}", select(), users.have("user_name"));
  left_out_.emplace(connection_, rows, rows_);
  return left_out_->size();
}

std::vector<OddValues> SourceRows::odd_values() {
  std::vector<OddValues> found;
  std::int64_t before = 0;
  for (const Part& part : parts_) {
    if (!part.odd.empty()) add_odd_values(part, before, found);
    before += part.rows;
  }
  return found;
}

void SourceRows::add_odd_values(const Part& part, std::int64_t before,
                                std::vector<OddValues>& found) {
  std::string list, any;
  for (const Oddity& odd : part.odd) {
    list += fmt::format(
        ", count(*) filter ({0}), min(at_row) filter ({0}), arg_min({1}, at_row) filter ({0})",
        odd.condition, odd.text);
    any += fmt::format("{}{}", any.empty() ? "" : " or ", odd.condition);
  }
  if (left_out_) {
    any = fmt::format("({}) and not {}", any,
                      left_out_->contains(fmt::format("({} + at_row)", before)));
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
                     place_of(part, counts.int64(0, 3 * i + 1)),
                     printable(counts.text(0, 3 * i + 2), kShown)});
  }
}

// "a.csv, row 3"
std::string SourceRows::place_of(const Part& part, std::int64_t row) {
  const auto after = std::upper_bound(part.first_rows.begin(), part.first_rows.end(), row);
  const auto file = static_cast<std::size_t>(after - part.first_rows.begin()) - 1;
  return fmt::format("{}, row {}", part.files[file].path, row - part.first_rows[file] + 1);
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

std::vector<ParquetFiles> SourceRows::groups_of(std::span<const SourceFile> files) {
  try {
    return group_parquet_files(connection_, files);
  } catch (const duck::SqlError& failure) {
    if (is_of_the_machine(failure)) throw;
    blame_footers(connection_, files);
    throw;
  }
}

SourceRows::Part SourceRows::open_parquet(const RunQuery& run, const ParquetFiles& group) {
  const SourceFile& file = group.files.front();
  try {
    std::vector<Column> columns = described_columns(connection_, read_parquet(file));
    add_hive_columns(group, columns);
    const Column& prompt = prompt_column(file, columns, nested_prompt(columns));
    refuse_other_types(connection_, group.from, file, prompt);
    if (wanted_ == SourceColumns::observations) require_observations(file, columns);
    FieldList list = field_list(columns, wanted_, latest_us_);
    list.named.push_back({prompt.name, prompt.sql});
    if (group.files.size() > 1 && group.rows <= kMostStaged) return stage(run, group, list, prompt);
    return {group.files,
            group.first_rows,
            group.from,
            group.row,
            fmt::format("{}::varchar as prompt{}", prompt.sql, list.values),
            group.rows,
            std::move(list.odd),
            fmt::format("(select {} as at_row{}{} from {})", group.row, list.raw, list.values,
                        group.from),
            std::move(list.time_unit),
            std::move(list.named)};
  } catch (const duck::SqlError& failure) {
    if (is_of_the_machine(failure)) throw;
    throw parquet_error(file, failure);
  }
}

// Opening many files takes longer than reading them, so they are opened only once.
SourceRows::Part SourceRows::stage(const RunQuery& run, const ParquetFiles& group,
                                   const FieldList& list, const Column& prompt) {
  try {
    return stage(run, {group.files, group.first_rows}, list, prompt.sql + "::varchar", group.from);
  } catch (const duck::SqlError& failure) {
    if (is_of_the_machine(failure)) throw;
    for (const SourceFile& file : group.files) blame_column(connection_, list.named, file);
    throw;
  }
}

// Reads all of `from` into a table. `part` tells which files these are.
SourceRows::Part SourceRows::stage(const RunQuery& run, Part part, const FieldList& list,
                                   const std::string& prompt, const std::string& from) {
  const TempTable& table = add_table();
  const std::size_t files = part.files.size();
  run(files == 1 ? fmt::format("reading {}", part.files.front().path)
                 : fmt::format("reading {} files", with_thousands(std::ssize(part.files))),
      0,
      table.create_as(fmt::format(
          "select {} from (select {} as prompt{}{}, {}::utinyint as time_unit from {})",
          staged_columns(list, wanted_), prompt, list.raw, list.values, list.time_unit, from)));
  part.from = table.name();
  part.row = "rowid";
  part.columns = "prompt" + field_names(wanted_);
  part.rows = connection_.query_int64(fmt::format("select count(*) from {}", table.name()));
  part.odd = list.odd;
  for (std::size_t i = 0; i < part.odd.size(); ++i) {
    part.odd[i].text = fmt::format("(unfit ->> 'k{}')", i);
    part.odd[i].condition = part.odd[i].text + " is not null";
  }
  part.odd_from =
      fmt::format("(select rowid as at_row, unfit from {} where unfit is not null)", table.name());
  part.time_unit = "time_unit";
  return part;
}

const TempTable& SourceRows::add_table() {
  return tables_.emplace_back(connection_, fmt::format("gsa_source_{}", tables_.size()));
}

SourceRows::Part SourceRows::read_text(const RunQuery& run, std::span<const SourceFile> files) {
  std::vector<WantedColumn> wanted = {{"prompt", "prompt"}};
  std::vector<Column> columns;
  for (const Field& field : fields(wanted_)) {
    wanted.push_back({std::string(field.source), std::string(field.target)});
    columns.push_back({wanted.back().source, TextRows::column(wanted.back()), ""});
  }
  TextRows rows(files, wanted,
                [&](const SourceFile& file, const std::vector<std::string>& names,
                    const std::string& nested) { check_names(file, names, nested, wanted_); });
  Part part;
  {
    // When the scope ends, none of DuckDB's threads uses `rows` any more.
    const duck::NamedStream named(rows);
    try {
      part = stage(run, {files}, field_list(columns, wanted_, latest_us_),
                   TextRows::column(wanted.front()), named.sql());
    } catch (const duck::SqlError&) {
      named.rethrow();
      throw;
    }
  }
  part.first_rows = rows.first_rows();
  for (Oddity& odd : part.odd) odd.column = rows.name_of(odd.target).value_or(odd.column);
  notes_.insert(notes_.end(), rows.notes().begin(), rows.notes().end());
  return part;
}

void SourceRows::blame(const duck::SqlError& failure) {
  if (is_of_the_machine(failure)) return;
  for (const Part& part : parts_) {
    for (const SourceFile& file : part.files) blame_column(connection_, part.named, file);
  }
}

}  // namespace gsa::prompts
