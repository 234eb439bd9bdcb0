#include "dbt/outside_reads.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "dbt/sql_names.h"

namespace gsa::dbt {
namespace {

// Functions whose value differs by call or by day. All except kBareMoments need brackets.
const std::set<std::string, std::less<>> kMoments = {"now",
                                                     "today",
                                                     "random",
                                                     "uuid",
                                                     "uuidv4",
                                                     "uuidv7",
                                                     "setseed",
                                                     "gen_random_uuid",
                                                     "nextval",
                                                     "getenv",
                                                     "txid_current",
                                                     "get_current_timestamp",
                                                     "get_current_time",
                                                     "current_localtime",
                                                     "current_localtimestamp",
                                                     "transaction_timestamp"};
const std::set<std::string, std::less<>> kBareMoments = {
    "current_timestamp", "current_date", "current_time", "localtimestamp", "localtime"};

// Whether a table function reads files.
bool reads_files(std::string_view name) {
  static const std::set<std::string, std::less<>> kOthers = {"glob", "sniff_csv", "st_read",
                                                             "parquet_metadata", "parquet_schema"};
  return name.starts_with("read_") || name.ends_with("_scan") || kOthers.contains(name);
}

// Functions that read a relation named in a text, run a query in a text, or list the database's
// objects.
bool reads_what_nobody_sees(std::string_view name) {
  return name == "query" || name == "query_table" || name.starts_with("duckdb_") ||
         name.starts_with("pragma_");
}

bool is_remote(std::string_view path) {
  constexpr std::array<std::string_view, 8> kSchemes = {"http://", "https://", "s3://", "gs://",
                                                        "gcs://",  "r2://",    "az://", "hf://"};
  return std::any_of(kSchemes.begin(), kSchemes.end(),
                     [&](std::string_view scheme) { return path.starts_with(scheme); });
}

class Reader {
 public:
  explicit Reader(std::string_view sql) : sql_(sql) {}

  OutsideReads read() {
    for (std::size_t i = 0; i < sql_.size(); ++i) {
      if (sql_.is_table_position(i)) take_target(i);
      take_word(i);
    }
    return found_;
  }

 private:
  void take_target(std::size_t i) {
    const bool sure = sql_.is_sure_table_position(i);
    if (sql_.is_string(i)) {
      const std::string path = sql_.unquoted(i);
      // In a list of values, only a text that looks like a file name counts.
      if (sure || path.find('.') != std::string::npos) add_file(path);
      return;
    }
    if (!sql_.is_name(i)) return;
    std::string name = sql_.unquoted(i);
    bool single = true;
    std::size_t next = i + 1;
    for (; sql_.text(next) == "." && sql_.is_name(next + 1); next += 2) {
      name += "." + sql_.unquoted(next + 1);
      single = false;
    }
    if (sql_.text(next) == "(") return;  // a function call
    if (single && sql_.is_cte(name)) return;
    if (single && sql_.text(i).starts_with('"') && name.find('.') != std::string::npos)
      add_file(name);
    const std::string lower = to_lower(name);
    if (lower.starts_with("information_schema.") || lower.starts_with("pg_catalog.")) {
      found_.unseen.insert(lower);
      return;
    }
    found_.tables.insert(name);
  }

  void take_word(std::size_t i) {
    if (!sql_.is_word(i)) return;
    const std::string word = to_lower(sql_.text(i));
    if (i > 0 && (sql_.text(i - 1) == "." || sql_.is_word(i - 1, "as"))) return;
    if (kBareMoments.contains(word)) found_.unseen.insert(word);
    if ((word == "tablesample" || (word == "sample" && sql_.is_word(i - 1, "using"))) &&
        !is_seeded(i)) {
      found_.unseen.insert("a sample");
    }
    if (sql_.text(i + 1) != "(") return;
    if (kMoments.contains(word) || reads_what_nobody_sees(word)) found_.unseen.insert(word + "()");
    if (reads_files(word)) take_paths(word, i + 2);
  }

  bool is_seeded(std::size_t i) const {
    constexpr std::size_t kFar = 12;
    for (std::size_t next = i; next < std::min(i + kFar, sql_.size()); ++next) {
      if (sql_.is_word(next, "repeatable")) return true;
    }
    return false;
  }

  // Adds the texts in the first argument, which begins at `i`.
  void take_paths(const std::string& function, std::size_t i) {
    int depth = 0;
    bool any = false, computed = false;
    for (; i < sql_.size(); ++i) {
      const std::string_view piece = sql_.text(i);
      if (piece == "(" || piece == "[") ++depth;
      if (depth == 0 && (piece == ")" || piece == ",")) break;
      if (piece == ")" || piece == "]") --depth;
      if (sql_.is_string(i)) {
        add_file(sql_.unquoted(i));
        any = true;
      } else if (piece != "[" && piece != "]" && piece != ",") {
        computed = true;
      }
    }
    if (!any || computed) found_.unseen.insert(function + "() of a path that is computed");
  }

  void add_file(const std::string& path) {
    (is_remote(path) ? found_.unseen : found_.files).insert(path);
  }

  SqlNames sql_;
  OutsideReads found_;
};

}  // namespace

OutsideReads outside_reads(std::string_view sql) { return Reader(sql).read(); }

}  // namespace gsa::dbt
