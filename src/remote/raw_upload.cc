#include "remote/raw_upload.h"

#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"

namespace gsa::remote {
namespace {

// Trino's name for a type of DuckDB that a portable column has.
std::string trino_type(const std::string& type) {
  if (type == "FLOAT") return "real";
  if (type == "TIMESTAMP") return "timestamp(6)";
  if (type == "SMALLINT") return "integer";  // Iceberg has no smaller ones
  if (type == "BLOB") return "varbinary";
  return to_lower(type);
}

std::string landing_type(const std::string& type) {
  return type == "SMALLINT" ? "smallint" : trino_type(type);
}

}  // namespace

RawUpload::RawUpload(Session& session, Versions& versions, Places places, LakeFiles& files,
                     std::function<std::string()> attempt,
                     std::function<void(const std::string&)> said)
    : session_(session),
      versions_(versions),
      places_(std::move(places)),
      files_(files),
      attempt_(std::move(attempt)),
      said_(std::move(said)) {}

std::string RawUpload::rows(const std::string& table, const std::vector<RawPart>& parts,
                            duck::Connection& connection) {
  const std::lock_guard lock(mutex_);
  check(!parts.empty(), "a raw table has parts");
  auto found = uploaded_.find(table);
  if (found == uploaded_.end()) {
    Uploaded made;
    const duck::Result described = connection.query("describe " + parts.front().query);
    for (std::size_t r = 0; r < described.rows(); ++r) {
      made.columns.push_back({described.text(r, 0), trino_type(described.text(r, 1))});
    }
    bool is_new = false;
    for (const RawPart& part : parts) {
      std::optional<std::string> version = versions_.find(table, made.columns, part.version);
      if (!version) {
        version = upload(table, made.columns, part, connection);
        is_new = true;
      }
      made.versions.insert(*version);
    }
    if (is_new) versions_.analyze(table, made.columns);
    found = uploaded_.emplace(table, std::move(made)).first;
  }
  return versions_.rows(table, found->second.columns, found->second.versions);
}

std::string RawUpload::upload(const std::string& table, const std::vector<StoreColumn>& columns,
                              const RawPart& part, duck::Connection& connection) {
  const std::string folder =
      fmt::format("{}/{}/{}", table, part.partition.empty() ? "all" : part.partition, part.version);
  files_.put(folder + "/part-0.parquet", [&](const std::filesystem::path& file) {
    connection.execute(fmt::format("copy ({}) to {} (format parquet, compression zstd)", part.query,
                                   sql_quote(file.string())));
  });
  const duck::Result described = connection.query("describe " + part.query);
  std::vector<std::string> typed, names;
  for (std::size_t r = 0; r < described.rows(); ++r) {
    names.push_back(sql_name(described.text(r, 0)));
    typed.push_back(names.back() + " " + landing_type(described.text(r, 1)));
  }
  const std::string attempt = attempt_();
  const std::string landed =
      fmt::format("{}.{}", places_.landing, sql_name(fmt::format("{}__{}", table, attempt)));
  const std::string version = part.version + "." + attempt;
  session_.run(fmt::format("create table {} ({}) with (format = 'PARQUET', external_location = {})",
                           landed, join(typed, ", "), sql_quote(files_.uri(folder))));
  const std::int64_t rows = versions_.insert(
      table, columns, fmt::format("select {} from {}", join(names, ", "), landed), version);
  session_.run("drop table if exists " + landed);
  said_(fmt::format("brought {}{} to Trino: {} rows", table,
                    part.partition.empty() ? "" : "[" + part.partition + "]",
                    with_thousands(rows)));
  return version;
}

std::map<std::string, RawUpload::Uploaded> RawUpload::uploaded() const {
  const std::lock_guard lock(mutex_);
  return uploaded_;
}

}  // namespace gsa::remote
