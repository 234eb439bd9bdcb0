#include "pipeline/outside_versions.h"

#include <chrono>
#include <filesystem>
#include <sys/stat.h>

#include <fmt/format.h>

#include "assets/checksum.h"
#include "base/file.h"
#include "base/hash.h"
#include "base/text.h"
#include "dbt/node_graph.h"
#include "dbt/outside_reads.h"

namespace gsa::pipeline {
namespace {

namespace fs = std::filesystem;

// Larger files are compared only by size and times.
constexpr std::int64_t kReadUpTo = std::int64_t{16} << 20;

// The base of relative paths, if it is not the working folder of the process.
std::string folder_of_files(const dbt::Project& project) {
  const fs::path folder = project.files().path_of("");
  std::error_code failed;
  if (folder.empty() || fs::equivalent(folder, fs::current_path(), failed)) return "";
  std::string text = folder.string();
  while (text.size() > 1 && text.ends_with('/')) text.pop_back();
  return text;
}

// The fingerprint of one file; "missing" if it does not exist, "unreadable" if it cannot be read.
std::string fingerprint(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0) return "missing";
  if (info.st_size <= kReadUpTo) {
    try {
      return fmt::format("{}:{:016x}", info.st_size, stable_hash(read_file(path)));
    } catch (const Error&) {
      return "unreadable";
    }
  }
  return fmt::format("{}:{}.{:09}:{}.{:09}", info.st_size, info.st_mtim.tv_sec,
                     info.st_mtim.tv_nsec, info.st_ctim.tv_sec, info.st_ctim.tv_nsec);
}

std::string this_moment() {
  return fmt::format("{}", std::chrono::system_clock::now().time_since_epoch().count());
}

}  // namespace

void prepare_session(duck::Connection& connection, const dbt::Project& project) {
  const std::string folder = folder_of_files(project);
  if (!folder.empty()) {
    connection.execute("set session file_search_path = " + sql_quote(folder));
  }
  for (const std::string& extension : project.target().extensions) {
    try {
      connection.execute("load " + sql_quote(extension));
    } catch (const duck::SqlError& error) {
      throw Error(fmt::format("the extension '{}' of the profile cannot be loaded: {}", extension,
                              error.message()),
                  fmt::format("install it for DuckDB first: install {}", extension));
    }
  }
  for (const auto& [setting, value] : project.target().settings) {
    try {
      connection.execute(fmt::format("set {} = {}", setting, sql_quote(value)));
    } catch (const duck::SqlError& error) {
      throw Error(fmt::format("the setting '{}' of the profile cannot be set: {}", setting,
                              error.message()));
    }
  }
}

OutsideVersions::OutsideVersions(const dbt::Project& project, const assets::State& state,
                                 duck::Connection& connection)
    : project_(project), state_(state), connection_(connection), folder_(folder_of_files(project)) {
  prepare_session(connection, project);
}

void OutsideVersions::add(const dbt::Node& node, const std::string& sql, assets::Code& code) {
  const dbt::OutsideReads reads = dbt::outside_reads(sql);
  for (const std::string& file : reads.files) {
    const auto [at, fresh] = seen_.try_emplace("file " + file);
    if (fresh) at->second = fingerprint_of(file);
    code[at->first] = at->second;
  }
  for (const std::string& table : reads.tables) add_table(node, table, code);
  for (const std::string& unseen : reads.unseen) add_unseen("value of " + unseen, code);
}

void OutsideVersions::add_unseen(const std::string& what, assets::Code& code) {
  const auto [at, fresh] = seen_.try_emplace(what);
  if (fresh) at->second = this_moment();
  code[at->first] = at->second;
}

// Adds an existing table or view that the node does not depend on in the graph.
void OutsideVersions::add_table(const dbt::Node& node, const std::string& name,
                                assets::Code& code) {
  std::vector<std::string> parts = split(name, '.');
  if (parts.size() == 1) parts.insert(parts.begin(), "main");
  if (parts.size() == 3) parts.erase(parts.begin());
  if (parts.size() != 2 || state_.find(parts[0], parts[1]) == nullptr) return;
  const auto is_that = [&](const dbt::Relation& relation) {
    return to_lower(relation.schema) == to_lower(parts[0]) &&
           to_lower(relation.name) == to_lower(parts[1]);
  };
  if (is_that(node.relation)) return;
  const auto index = static_cast<std::size_t>(&node - project_.nodes().data());
  for (const std::size_t input : dbt::ancestors(project_.nodes(), {index})) {
    if (is_that(project_.nodes()[input].relation)) return;
  }
  const auto [at, fresh] = seen_.try_emplace(fmt::format("table {}.{}", parts[0], parts[1]));
  if (fresh) {
    try {
      at->second = assets::contents_of(connection_, sql_name(parts[0]) + "." + sql_name(parts[1]))
                       .data_version;
    } catch (const duck::SqlError& error) {
      if (error.kind() == duck::SqlErrorKind::interrupted) throw;
      at->second = "unreadable";
    }
  }
  code[at->first] = at->second;
}

// The fingerprint of all files that match a path or glob, and of their names.
std::string OutsideVersions::fingerprint_of(const std::string& pattern) {
  std::string all;
  try {
    const duck::Result rows =
        connection_.query("select file from glob(" + sql_quote(pattern) + ") order by file");
    for (std::size_t r = 0; r < rows.rows(); ++r) {
      const std::string found = rows.text(r, 0);
      const bool is_relative = !folder_.empty() && !found.starts_with('/');
      // Uses the name within the project, so that the result does not depend on where gsa was
      // started.
      const bool is_below = !folder_.empty() && found.starts_with(folder_ + "/");
      all += (is_below ? found.substr(folder_.size() + 1) : found) + " " +
             fingerprint(is_relative ? folder_ + "/" + found : found) + "\n";
    }
  } catch (const duck::SqlError& error) {
    if (error.kind() == duck::SqlErrorKind::interrupted) throw;
    return "unreadable";
  }
  return all.empty() ? "missing" : fmt::format("{:016x}", stable_hash(all));
}

}  // namespace gsa::pipeline
