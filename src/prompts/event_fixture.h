#pragma once

// For tests of event rows: opens the files of a test's folder, and gives their columns and values
// as text.

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "prompts/event_rows.h"
#include "prompts/ingest_fixture.h"

namespace gsa::prompts {

class EventFixture : public IngestFixture {
 protected:
  // The names are of files, folders or globs in the test's folder.
  void open(const std::vector<std::string>& names, const std::string& rows_path = "") {
    std::vector<std::string> paths;
    for (const std::string& name : names) paths.push_back(path(name));
    events_.reset();  // drops its tables
    files_ = find_source_files(paths);
    events_ =
        std::make_unique<EventRows>(connection_, run_on(connection_), files_.files, rows_path);
  }
  // Writes a file and opens it.
  void open_text(std::string_view name, std::string_view bytes, const std::string& rows_path = "") {
    write(name, bytes);
    open({std::string(name)}, rows_path);
  }

  // "path type seen" of each column, one a line; without the type if it is VARCHAR.
  std::string columns() const {
    std::vector<std::string> lines;
    for (const EventColumn& column : events_->columns()) {
      std::string line = column.path;
      if (column.type != "VARCHAR") line += " " + column.type;
      if (!column.seen.empty()) line += " " + column.seen;
      lines.push_back(line);
    }
    return join(lines, "\n");
  }
  // The rows of select(), without event_row.
  std::string values(const std::vector<std::string>& paths) {
    return rows(fmt::format("select * exclude (event_row) from ({})", events_->select(paths)));
  }
  std::string numbers() { return rows(events_->select({})); }

  std::string notes() const { return without_folder(join(events_->notes(), "\n")); }
  std::string place(std::int64_t row) const { return without_folder(events_->place_of(row)); }

  // The error that `work` gives.
  template <typename Work>
  std::string refusal(const Work& work) const {
    try {
      work();
    } catch (const Error& error) {
      return without_folder(error.hint().empty() ? error.message()
                                                 : error.message() + "; " + error.hint());
    }
    return "accepted";
  }

  std::string without_folder(const std::string& text) const {
    return replace_all(text, folder_.string() + "/", "");
  }

  SourceFiles files_;
  std::unique_ptr<EventRows> events_;
};

}  // namespace gsa::prompts
