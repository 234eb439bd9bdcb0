#pragma once

// The rows of the source's files as one SELECT: Parquet is read in place, neighbouring files of
// text are first read into one temporary table, so that every row has its number without a sort.
// Uses one connection.

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "duck/database.h"
#include "prompts/parquet_files.h"
#include "prompts/source.h"
#include "prompts/source_columns.h"
#include "prompts/source_values.h"
#include "prompts/temp_table.h"
#include "prompts/values.h"

namespace gsa::prompts {

// Runs long SQL on the ingestion's connection; the caller may show progress meanwhile. `rows` is 0
// where their number is not known.
using RunQuery =
    std::function<void(const std::string& label, std::int64_t rows, const std::string& sql)>;

// The generation settings of raw_prompts, in its order, as names for a select list.
inline constexpr std::string_view kSettingColumns =
    "generation_seed, step, cfg, sampler, width, height";

// Which columns of the source are wanted.
enum class SourceColumns {
  prompts,       // prompt and settings
  observations,  // and image_name VARCHAR, user_name VARCHAR, asked_at TIMESTAMP (UTC), image_nsfw
                 // FLOAT, seed_key UBIGINT; a source must have user_name and timestamp
};

// Values of a column that are not read.
struct OddValues {
  std::string target;     // the field: "generation_seed"
  std::string column;     // its name in the source
  std::string_view what;  // "no whole number of 64 bits"
  std::int64_t count = 0;
  std::string place;    // of the first: "a.csv, row 3"
  std::string example;  // the first, clipped
};

class SourceRows {
 public:
  // Reads text files whole, and of Parquet files the metadata. Throws Error with file and place.
  // `files` must outlive this.
  SourceRows(duck::Connection& connection, const RunQuery& run,
             const std::vector<SourceFile>& files, SourceColumns wanted);

  std::int64_t rows() const { return rows_; }

  // What the user should know of how files were read, whole sentences.
  const std::vector<std::string>& notes() const { return notes_; }

  // select prompt_id (BIGINT, 0 to rows() - 1), prompt, and the other columns, in prompt_id order.
  std::string select() const;

  // What stands in the files and is not read, a kind each that there is. Reads columns again.
  std::vector<OddValues> odd_values();
  // How many times are counted in which unit since 1970.
  std::map<TimeUnit, std::int64_t> time_units();
  // Times after this are none: microseconds since 1970.
  std::int64_t latest_us() const { return latest_us_; }

  // After a query over select() failed: throws an Error that names the file at fault, or returns
  // where no file is at fault.
  void blame(const duck::SqlError& failure);

 private:
  struct FieldList;
  struct Part {
    std::span<const SourceFile> files = {};
    std::vector<std::int64_t> first_rows = {};  // of each file, the number of its first row
    std::string from = {};                      // what to select from
    std::string row = {};                       // the number of the row in it
    std::string columns = {};                   // prompt and the others, as a select list
    std::int64_t rows = 0;
    std::vector<Oddity> odd = {};
    std::string odd_from = {};   // what the conditions of `odd` are asked of; has at_row
    std::string time_unit = {};  // of the row's time, over `from`; empty where no time is a number
    std::vector<NamedColumn> named = {};  // of Parquet that is read in place: what `columns` reads
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
  void add_odd_values(const Part& part, std::vector<OddValues>& found);
  void blame_column(const std::vector<NamedColumn>& columns, const SourceFile& file);
  const TempTable& add_table();

  duck::Connection& connection_;
  SourceColumns wanted_;
  std::int64_t latest_us_ = latest_time_us();
  std::vector<TempTable> tables_;
  std::vector<Part> parts_;
  std::vector<std::string> notes_;
  std::int64_t rows_ = 0;
};

}  // namespace gsa::prompts
