#include "prompts/event_parquet.h"

#include <algorithm>
#include <string>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "prompts/event_walker.h"
#include "prompts/hive.h"
#include "prompts/parquet_blame.h"
#include "prompts/parquet_files.h"
#include "prompts/source_columns.h"

namespace gsa::prompts {
namespace {

// Groups of more files than this are read into a table, if their files together are no larger than
// that.
constexpr std::size_t kFewFiles = 16;
constexpr std::int64_t kSmallBytes = 256 << 20;
// Rows whose values tell what is in a column.
constexpr std::int64_t kLooked = 10'000;

// A column of the files, or a member of its structs that is no struct.
struct Leaf {
  EventTree::Id id;
  std::string name;
  EventColumnSql column;
};

class ParquetEvents {
 public:
  ParquetEvents(duck::Connection& connection, const ParquetFiles& group)
      : connection_(connection), part_{group.files} {
    part_.first_rows = group.first_rows;
    part_.rows = group.rows;
    part_.from = group.from;
    part_.row_number = group.row;
    for (const Column& column : described_columns(connection, group.from)) {
      add(EventTree::kRoot, column.name, {column.sql, column.type}, 1);
    }
    for (const Leaf& leaf : leaves_) {
      part_.named.push_back({leaf.name, leaf.column.sql});
    }
    add_folders(group);
    decode_texts();
  }

  // Reads all rows into the table.
  void stage(const RunQuery& run, const TempTable& table) {
    std::vector<std::string> list;
    for (std::size_t i = 0; i < leaves_.size(); ++i) {
      list.push_back(fmt::format("{} as p{}", column(leaves_[i]).sql, i));
    }
    run(fmt::format("reading {} files", with_thousands(std::ssize(part_.files))), part_.rows,
        table.create_as(fmt::format("select {} from {}", join(list, ", "), part_.from)));
    part_.columns.clear();
    for (std::size_t i = 0; i < leaves_.size(); ++i) {
      part_.columns.emplace(leaves_[i].id,
                            EventColumnSql{fmt::format("p{}", i), leaves_[i].column.type});
    }
    part_.from = table.name();
    part_.row_number = "rowid";
  }

  // Adds the keys of objects that are texts in the columns.
  void read_texts() {
    for (const Leaf* leaf : texts_with_objects()) read_objects(*leaf);
  }

  EventPart take() { return std::move(part_); }

 private:
  EventColumnSql& column(const Leaf& leaf) { return part_.columns.at(leaf.id); }

  void add(EventTree::Id parent, const std::string& name, EventColumnSql column, int level) {
    const EventTree::Id id = part_.tree.meet(parent, EventTree::kNone, name);
    if (id == EventTree::kNone) return;
    if (column.type == "JSON") column = {column.sql + "::varchar", "VARCHAR"};
    part_.columns.emplace(id, column);
    if (is_struct_type(column.type) && level < EventTree::kMostLevels) {
      for (const Column& field : struct_fields(connection_, column.type)) {
        add(id, field.name,
            {fmt::format("struct_extract({}, {})", column.sql, sql_quote(field.name)), field.type},
            level + 1);
      }
      return;
    }
    part_.tree.add_column(id);
    leaves_.push_back({id, format_event_path(part_.tree.path(id)), std::move(column)});
  }

  // Adds the keys of the files' folders, unless the files have such a column.
  void add_folders(const ParquetFiles& group) {
    for (const SourceFile& file : group.files) {
      for (const HiveKey& key : file.hive) {
        const auto known = std::find_if(leaves_.begin(), leaves_.end(), [&](const Leaf& leaf) {
          return to_lower(leaf.name) == to_lower(format_event_key(key.name));
        });
        if (known == leaves_.end()) {
          add(EventTree::kRoot, key.name, {hive_sql(group, key.name), "VARCHAR"}, 1);
        }
      }
    }
  }

  // Bytes without a type are texts if the first ones are.
  void decode_texts() {
    for (Leaf& leaf : leaves_) {
      if (leaf.column.type != "BLOB") continue;
      const duck::Result counts = connection_.query(fmt::format(
          "select count(x), count(try(decode(x))) from (select {} as x from {} limit {})",
          leaf.column.sql, part_.from, kLooked));
      if (counts.int64(0, 0) == 0 || counts.int64(0, 0) != counts.int64(0, 1)) continue;
      leaf.column = {fmt::format("decode({})", leaf.column.sql), "VARCHAR"};
      column(leaf) = leaf.column;
    }
  }

  // The columns with an object of JSON among their first texts or, if these are all null, as the
  // first text that looks so.
  std::vector<const Leaf*> texts_with_objects() {
    std::vector<const Leaf*> texts;
    std::string counts, columns;
    for (const Leaf& leaf : leaves_) {
      if (leaf.column.type != "VARCHAR") continue;
      const char* comma = texts.empty() ? "" : ", ";
      counts += fmt::format("{0}count(x{1}), count(gsa_json_object(x{1}))", comma, texts.size());
      columns += fmt::format("{}{} as x{}", comma, column(leaf).sql, texts.size());
      texts.push_back(&leaf);
    }
    if (texts.empty()) return texts;
    const duck::Result first = connection_.query(fmt::format(
        "select {} from (select {} from {} limit {})", counts, columns, part_.from, kLooked));
    std::vector<const Leaf*> found;
    for (std::size_t i = 0; i < texts.size(); ++i) {
      const std::int64_t known = first.int64(0, 2 * i), objects = first.int64(0, 2 * i + 1);
      if (objects > 0 || (known == 0 && has_late_objects(*texts[i]))) found.push_back(texts[i]);
    }
    return found;
  }

  bool has_late_objects(const Leaf& leaf) {
    if (part_.rows <= kLooked) return false;
    const std::string& text = column(leaf).sql;
    return connection_
               .query(fmt::format("select 1 from (select {} as x from {}) where starts_with(x, "
                                  "'{{') and gsa_json_object(x) is not null limit 1",
                                  text, part_.from))
               .rows() > 0;
  }

  void read_objects(const Leaf& leaf) {
    const int level = part_.tree.level(leaf.id) + 1;
    connection_.stream_chunks(fmt::format("select {}, {} as x from {} where starts_with(x, '{{')",
                                          part_.row_number, column(leaf).sql, part_.from),
                              [&](const duck::Chunk& chunk) {
                                const auto* numbers = chunk.column<std::int64_t>(0);
                                const duck::Texts texts = chunk.texts(1);
                                for (std::size_t row = 0; row < chunk.rows(); ++row) {
                                  part_.tree.begin_event(numbers[row]);
                                  walk_object_text(texts[row], part_.tree, leaf.id, level);
                                }
                                return true;
                              });
  }

  duck::Connection& connection_;
  EventPart part_;
  std::vector<Leaf> leaves_;
};

bool are_small(const ParquetFiles& group) {
  std::int64_t bytes = 0;
  for (const SourceFile& file : group.files) bytes += file.bytes;
  return group.files.size() > kFewFiles && bytes <= kSmallBytes;
}

// Calls `work`. Its SQL errors become errors that name a file, if one caused them.
template <typename Work>
auto blaming(duck::Connection& connection, std::span<const SourceFile> files, const Work& work) {
  try {
    return work();
  } catch (const duck::SqlError& failure) {
    if (is_of_the_machine(failure)) throw;
    blame_footers(connection, files);
    throw parquet_error(files.front(), failure);
  }
}

}  // namespace

std::vector<EventPart> open_parquet_events(duck::Connection& connection, const RunQuery& run,
                                           std::span<const SourceFile> files,
                                           const std::function<const TempTable&()>& add_table) {
  const std::vector<ParquetFiles> groups =
      blaming(connection, files, [&] { return group_parquet_files(connection, files, false); });
  std::vector<EventPart> parts;
  for (const ParquetFiles& group : groups) {
    parts.push_back(blaming(connection, group.files, [&] {
      ParquetEvents events(connection, group);
      if (are_small(group)) events.stage(run, add_table());
      events.read_texts();
      return events.take();
    }));
  }
  return parts;
}

}  // namespace gsa::prompts
