#pragma once

// The rows of the source's files as one SELECT. Parquet is read in place. Neighbouring text files
// are first read into one temporary table, so that every row has its number without a sort. Uses
// one connection; one thread.

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/forgotten_users.h"
#include "duck/database.h"
#include "prompts/parquet_files.h"
#include "prompts/row_set.h"
#include "prompts/source.h"
#include "prompts/source_columns.h"
#include "prompts/source_values.h"
#include "prompts/temp_table.h"
#include "prompts/values.h"

namespace gsa::prompts {

// Runs long SQL on the ingestion's connection; the caller may show progress meanwhile. `rows` is 0
// if unknown.
using RunQuery =
    std::function<void(const std::string& label, std::int64_t rows, const std::string& sql)>;

// The generation settings of raw_prompts, in its order, as names for a select list.
inline constexpr std::string_view kSettingColumns =
    "generation_seed, step, cfg, sampler, width, height";

// Which columns of the source are wanted.
enum class SourceColumns {
  prompts,       // these, and image_name VARCHAR, user_name VARCHAR, asked_at TIMESTAMP (UTC),
                 // image_nsfw
  observations,  // and image_name VARCHAR, user_name VARCHAR, asked_at TIMESTAMP (UTC), image_nsfw
                 // FLOAT, seed_key UBIGINT; a source must have user_name and timestamp
};

// Values of a column that could not be read.
struct OddValues {
  std::string target;     // the field: "generation_seed"
  std::string column;     // its name in the source
  std::string_view what;  // "not a whole number of 64 bits"
  std::int64_t count = 0;
  std::string place;    // of the first one: "a.csv, row 3"
  std::string example;  // the first, clipped
};

class SourceRows {
 public:
  // Reads text files completely, and the metadata of Parquet files. Throws Error with file and
  // place. `files` must outlive this object.
  SourceRows(duck::Connection& connection, const RunQuery& run,
             const std::vector<SourceFile>& files, SourceColumns wanted);

  std::int64_t rows() const { return rows_; }

  // How files were read, as full sentences for the user.
  const std::vector<std::string>& notes() const { return notes_; }

  // select prompt_id (BIGINT, 0 to rows() - 1), prompt, and the other columns, in prompt_id order.
  std::string select() const;
  // From now on select() and odd_values() lack the rows of these users. Returns their number. Needs
  // observations.
  std::int64_t leave_out(const ForgottenUsers& users);

  // The values that are in the files but could not be read, one entry per kind found. Reads columns
  // again.
  std::vector<OddValues> odd_values();
  // How many times are numbers since 1970, by unit.
  std::map<TimeUnit, std::int64_t> time_units();
  // Later times are not accepted: microseconds since 1970.
  std::int64_t latest_us() const { return latest_us_; }

  // Call it after a query over select() failed: throws an Error that names the file that caused it,
  // or returns if no file did.
  void blame(const duck::SqlError& failure);

 private:
  struct FieldList;
  struct Part {
    std::span<const SourceFile> files = {};
    std::vector<std::int64_t> first_rows = {};  // for each file, the number of its first row
    std::string from = {};                      // the FROM clause
    std::string row = {};                       // SQL: the number of a row in it
    std::string columns = {};                   // prompt and the others, as a select list
    std::int64_t rows = 0;
    std::vector<Oddity> odd = {};
    std::string odd_from = {};            // the FROM clause for the conditions of `odd`; has at_row
    std::string time_unit = {};           // SQL: unit of the time; empty if no time is a number
    std::vector<NamedColumn> named = {};  // for Parquet in place: what `columns` reads
  };

  std::vector<ParquetFiles> groups_of(std::span<const SourceFile> files);
  Part open_parquet(const RunQuery& run, const ParquetFiles& group);
  Part stage(const RunQuery& run, const ParquetFiles& group, const FieldList& list,
             const Column& prompt);
  Part stage(const RunQuery& run, Part part, const FieldList& list, const std::string& prompt,
             const std::string& from);
  static FieldList field_list(const std::vector<Column>& columns, SourceColumns wanted,
                              std::int64_t latest_us);
  static std::string staged_columns(const FieldList& list, SourceColumns wanted);
  Part read_text(const RunQuery& run, std::span<const SourceFile> files);
  static std::string place_of(const Part& part, std::int64_t row);
  // `before`: the rows of the earlier parts.
  void add_odd_values(const Part& part, std::int64_t before, std::vector<OddValues>& found);
  const TempTable& add_table();

  duck::Connection& connection_;
  SourceColumns wanted_;
  std::int64_t latest_us_ = latest_time_us();
  std::vector<TempTable> tables_;
  std::vector<Part> parts_;
  std::vector<std::string> notes_;
  std::int64_t rows_ = 0;
  std::optional<RowSet> left_out_;
};

}  // namespace gsa::prompts
