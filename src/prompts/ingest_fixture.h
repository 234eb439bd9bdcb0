#pragma once

// For tests of ingestion: gives each its own folder and in-memory database, and ingests in one
// line.

#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "duck/database.h"
#include "prompts/ingest.h"

namespace gsa::prompts {

class IngestFixture : public testing::Test {
 protected:
  IngestFixture() : database_({":memory:", false, 2, ""}), connection_(database_.connect()) {
    std::string name = (std::filesystem::temp_directory_path() / "gsa_ingest_XXXXXX").string();
    folder_ = mkdtemp(name.data());
    register_functions(connection_);
  }
  ~IngestFixture() override {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  std::string path(std::string_view name) const { return (folder_ / name).string(); }

  std::string write(std::string_view name, std::string_view bytes) const {
    std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
    write_file(path(name), bytes);
    return path(name);
  }

  // Writes the rows of `select` to a file; `options` are those of COPY.
  std::string copy(std::string_view select, std::string_view name, std::string_view options) {
    std::filesystem::create_directories(std::filesystem::path(path(name)).parent_path());
    connection_.execute(
        fmt::format("copy ({}) to {} ({})", select, sql_quote(path(name)), options));
    return path(name);
  }

  static RunQuery run_on(duck::Connection& connection) {
    return [&connection](const std::string&, std::int64_t, const std::string& sql) {
      connection.execute(sql);
    };
  }

  IngestResult ingest_paths(const std::vector<std::string>& sources, std::int64_t prompts = 1000,
                            std::uint64_t seed = 1) {
    return ingest_slot(sources, prompts, seed, 0);
  }

  IngestResult ingest_slot(const std::vector<std::string>& sources, std::int64_t prompts,
                           std::uint64_t seed, std::int64_t slot) {
    connection_.execute("drop table if exists raw_prompts");
    IngestRequest request{sources, prompts, seed, "raw_prompts"};
    request.slot = slot;
    return ingest(connection_, request, run_on(connection_));
  }

  // Rows joined by newlines, columns by |, null as NULL.
  std::string rows(const std::string& sql) {
    std::vector<std::string> lines;
    connection_.stream_text(sql, [&](const duck::Connection::TextRow& row) {
      std::vector<std::string> cells;
      for (const auto& cell : row) cells.emplace_back(cell.value_or("NULL"));
      lines.push_back(join(cells, "|"));
      return true;
    });
    return join(lines, "\n");
  }

  std::string table() { return rows("select * from raw_prompts"); }
  std::string prompts() { return rows("select prompt_id, prompt from raw_prompts"); }

  duck::Database database_;
  duck::Connection connection_;
  std::filesystem::path folder_;
};

}  // namespace gsa::prompts
