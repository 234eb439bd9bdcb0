#include "prompts/event_texts.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"
#include "prompts/csv_header.h"
#include "prompts/csv_rows.h"
#include "prompts/event_walker.h"
#include "prompts/json_events.h"
#include "prompts/text_files.h"

namespace gsa::prompts {
namespace {

using Columns = std::vector<std::pair<std::string, duck::Type>>;

// The keys in the folders of the files, in the order met.
std::vector<std::string> hive_names(std::span<const SourceFile> files) {
  std::vector<std::string> names;
  for (const SourceFile& file : files) {
    for (const HiveKey& key : file.hive) {
      if (std::find(names.begin(), names.end(), key.name) == names.end()) names.push_back(key.name);
    }
  }
  return names;
}

// The file's value of the key; of equal names the innermost. Null if it has none.
const std::string* hive_value(const SourceFile& file, const std::string& name) {
  const auto found = std::find_if(file.hive.rbegin(), file.hive.rend(),
                                  [&](const HiveKey& key) { return key.name == name; });
  return found == file.hive.rend() || !found->value ? nullptr : &*found->value;
}

void set(duck::Output& column, std::size_t row, const std::string* text) {
  if (text == nullptr) {
    column.set_null(row);
  } else {
    column.set_text(row, *text);
  }
}

// event VARCHAR, line UINTEGER, and f0, f1, … for the keys of the folders.
class JsonEventRows : public TextFiles {
 public:
  JsonEventRows(std::span<const SourceFile> files, const RowsPath& path)
      : TextFiles(files), path_(path), hive_(hive_names(files)) {}

  Columns columns() const override {
    Columns all = {{"event", duck::Type::of(duck::TypeId::varchar)},
                   {"line", duck::Type::of(duck::TypeId::uinteger)}};
    for (std::size_t i = 0; i < hive_.size(); ++i) {
      all.emplace_back(fmt::format("f{}", i), duck::Type::of(duck::TypeId::varchar));
    }
    return all;
  }

  void begin() override {
    reader_.reset();
    tree_ = EventTree();
    TextFiles::begin();
  }

  const std::vector<std::string>& hive() const { return hive_; }
  EventTree take_tree() { return std::move(tree_); }

 private:
  void open_file(const SourceFile& file, TextBlocks& blocks) override {
    reader_ = std::make_unique<JsonEvents>(blocks, path_, tree_);
    values_.clear();
    for (const std::string& name : hive_) values_.push_back(hive_value(file, name));
  }

  bool read_row(std::vector<duck::Output>& columns, std::size_t row) override {
    if (!reader_->next(this->row(), event_)) return false;
    columns[0].set_text(row, event_.text);
    columns[1].data<std::uint32_t>()[row] = static_cast<std::uint32_t>(event_.line);
    for (std::size_t i = 0; i < values_.size(); ++i) set(columns[i + 2], row, values_[i]);
    return true;
  }

  void close_file(const SourceFile& /*file*/) override {
    for (std::string& note : reader_->notes()) add_note(std::move(note));
    reader_.reset();
  }

  const RowsPath& path_;
  std::vector<std::string> hive_;
  std::vector<const std::string*> values_;  // of hive_, for the open file
  EventTree tree_;
  std::unique_ptr<JsonEvents> reader_;
  JsonEvent event_;
};

// t0, t1, …: a VARCHAR for each column of the files' headers, and for each key of their folders.
class CsvEventRows : public TextFiles {
 public:
  CsvEventRows(std::span<const SourceFile> files, std::vector<std::string> names)
      : TextFiles(files), names_(std::move(names)) {
    record_.values.resize(names_.size());
  }

  Columns columns() const override {
    Columns all;
    for (std::size_t i = 0; i < names_.size(); ++i) {
      all.emplace_back(column(i), duck::Type::of(duck::TypeId::varchar));
    }
    return all;
  }

  static std::string column(std::size_t index) { return fmt::format("t{}", index); }

  void begin() override {
    reader_.reset();
    tree_ = EventTree();
    nodes_.clear();
    for (const std::string& name : names_) {
      nodes_.push_back(tree_.meet(EventTree::kRoot, EventTree::kNone, name));
      tree_.add_column(nodes_.back());
    }
    TextFiles::begin();
  }

  EventTree take_tree() { return std::move(tree_); }

 private:
  void open_file(const SourceFile& file, TextBlocks& blocks) override {
    reader_ = std::make_unique<CsvRows>(blocks, names_);
    hive_.clear();
    for (const std::string& name : names_) hive_.push_back(hive_value(file, name));
  }

  bool read_row(std::vector<duck::Output>& columns, std::size_t row) override {
    if (!reader_->next(record_)) return false;
    for (std::size_t i = 0; i < names_.size(); ++i) {
      const TextValue& value = record_.values[i];
      set(columns[i], row, value.is_null ? hive_[i] : &value.text);
      if (!value.text.starts_with('{')) continue;
      tree_.begin_event(this->row());
      walk_object_text(value.text, tree_, nodes_[i], 2);
    }
    return true;
  }

  void close_file(const SourceFile& /*file*/) override {
    add_note(reader_->note());
    reader_.reset();
  }

  std::vector<std::string> names_;
  std::vector<EventTree::Id> nodes_;
  std::vector<const std::string*> hive_;  // for each name, the open file's value in its folders
  EventTree tree_;
  std::unique_ptr<CsvRows> reader_;
  TextRecord record_;
};

// The names in the headers of the files, and in their folders.
std::vector<std::string> csv_names(std::span<const SourceFile> files, EventPart& part) {
  std::vector<std::string> names;
  const auto add = [&](const std::string& name) {
    const EventTree::Id id = part.tree.find(EventTree::kRoot, name);
    if (id != EventTree::kNone) return;
    const EventTree::Id added = part.tree.meet(EventTree::kRoot, EventTree::kNone, name);
    if (added == EventTree::kNone) return;
    part.tree.add_column(added);
    names.push_back(name);
  };
  for (const SourceFile& file : files) {
    TextBlocks blocks(file.absolute, file.path, file.compression);
    try {
      const std::string_view text = blocks.next();
      for (const std::string& name : find_event_header(text, file.path).columns) add(name);
    } catch (const Error&) {
      blocks.drain();
      throw;
    }
  }
  for (const std::string& name : hive_names(files)) add(name);
  return names;
}

// Reads the first rows of the stream into the table; the stream is asked for no more.
void stage(duck::Connection& connection, const RunQuery& run, TextFiles& rows,
           const TempTable& table, std::int64_t most_rows, EventPart& part) {
  // When the scope ends, none of DuckDB's threads uses `rows` any more.
  const duck::NamedStream named(rows);
  const std::size_t files = part.files.size();
  try {
    run(files == 1 ? fmt::format("reading {}", part.files.front().path)
                   : fmt::format("reading {} files", with_thousands(std::ssize(part.files))),
        0, table.create_as(fmt::format("select * from {} limit {}", named.sql(), most_rows)));
  } catch (const duck::SqlError&) {
    named.rethrow();
    throw;
  }
  part.from = table.name();
  part.rows = connection.query_int64(fmt::format("select count(*) from {}", table.name()));
  part.first_rows = rows.first_rows();
  part.notes.insert(part.notes.end(), rows.notes().begin(), rows.notes().end());
}

}  // namespace

RowsPath find_rows_path(std::span<const SourceFile> files) {
  constexpr std::size_t kMostLooks = 20;
  for (std::size_t i = 0; i < std::min(files.size(), kMostLooks); ++i) {
    TextBlocks blocks(files[i].absolute, files[i].path, files[i].compression);
    if (auto path = find_rows_path(blocks.next())) return std::move(*path);
  }
  return {};
}

EventPart read_json_events(duck::Connection& connection, const RunQuery& run,
                           std::span<const SourceFile> files, const RowsPath& path,
                           const TempTable& table, std::int64_t most_rows) {
  EventPart part{files};
  JsonEventRows rows(files, path);
  stage(connection, run, rows, table, most_rows, part);
  part.tree = rows.take_tree();
  part.event = EventColumnSql{"event", "VARCHAR"};
  for (std::size_t i = 0; i < rows.hive().size(); ++i) {
    part.add_column(rows.hive()[i], {fmt::format("f{}", i), "VARCHAR"});
  }
  return part;
}

EventPart read_csv_events(duck::Connection& connection, const RunQuery& run,
                          std::span<const SourceFile> files, const TempTable& table,
                          std::int64_t most_rows) {
  EventPart part{files};
  const std::vector<std::string> names = csv_names(files, part);
  part.notes = part.tree.notes();
  CsvEventRows rows(files, names);
  stage(connection, run, rows, table, most_rows, part);
  part.tree = rows.take_tree();
  for (std::size_t i = 0; i < names.size(); ++i) {
    part.columns.emplace(part.tree.find(EventTree::kRoot, names[i]),
                         EventColumnSql{CsvEventRows::column(i), "VARCHAR"});
  }
  return part;
}

}  // namespace gsa::prompts
