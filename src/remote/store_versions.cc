#include "remote/store_versions.h"

#include <algorithm>
#include <chrono>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "assets/step_retries.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/text.h"

namespace gsa::remote {
namespace {

constexpr const char* kPublished = "published";
constexpr const char* kVersion = "gsa_version";

std::string listed(const std::set<std::string>& texts) {
  std::vector<std::string> quoted;
  for (const std::string& text : texts) quoted.push_back(sql_quote(text));
  return join(quoted, ", ");
}

std::string names_of(const std::vector<StoreColumn>& columns) {
  std::vector<std::string> names;
  for (const StoreColumn& column : columns) names.push_back(sql_name(column.name));
  return join(names, ", ");
}

std::int64_t now_micros() {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

Versions::Versions(Session& session, Places places)
    : session_(session), places_(std::move(places)) {}

std::string Versions::qualified(const std::string& table) const {
  return fmt::format("{}.{}.{}", sql_name(places_.catalog), sql_name(places_.store),
                     sql_name(table));
}

// Tables with other columns are other tables.
std::string Versions::store_table(const std::string& relation,
                                  const std::vector<StoreColumn>& columns) const {
  std::string text;
  for (const StoreColumn& column : columns) text += column.name + ' ' + column.type + '\n';
  return fmt::format("{}__{:08x}", relation, stable_hash(text) & 0xffffffffU);
}

void Versions::prepare() {
  for (const std::string& schema : {places_.schema, places_.store}) {
    session_.run(fmt::format("create schema if not exists {}.{}", sql_name(places_.catalog),
                             sql_name(schema)));
  }
  session_.run("create schema if not exists " + places_.landing);
  session_.run(fmt::format(
      "create table if not exists {} (publication bigint, relation varchar, version varchar)",
      qualified(kPublished)));
}

Published Versions::published() {
  Published found;
  publication_ = 0;
  marks_.clear();
  for (const trino::Row& row : session_.fetch(fmt::format(
           "select table_name, comment from system.metadata.table_comments where catalog_name = {} "
           "and schema_name = {}",
           sql_quote(places_.catalog), sql_quote(places_.schema)))) {
    marks_[text_of(row.at(0))] = text_of(row.at(1));
  }
  const std::vector<std::string> tables = tables_of(sql_name(places_.catalog), places_.store);
  if (std::find(tables.begin(), tables.end(), kPublished) == tables.end()) return found;
  for (const trino::Row& row : session_.fetch(
           fmt::format("select publication, relation, version from {0} where publication = (select "
                       "max(publication) from {0})",
                       qualified(kPublished)))) {
    publication_ = row.at(0).to_number<std::int64_t>();
    found[text_of(row.at(1))].insert(text_of(row.at(2)));
  }
  return found;
}

void Versions::publish(const Published& all) {
  const std::int64_t publication = std::max(now_micros(), publication_ + 1);
  std::vector<std::string> rows;
  for (const auto& [relation, versions] : all) {
    for (const std::string& version : versions) {
      rows.push_back(
          fmt::format("({}, {}, {})", publication, sql_quote(relation), sql_quote(version)));
    }
  }
  const std::string insert = fmt::format(
      "insert into {0} select * from (values {1}) as t (publication, relation, version) where "
      "coalesce((select max(publication) from {0}), 0) = {2}",
      qualified(kPublished), join(rows, ", "), publication_);
  // An insert whose answer was lost may have happened; by its condition, it does not happen twice.
  constexpr int kAttempts = 3;
  for (int attempt = 1;; ++attempt) {
    try {
      const std::int64_t inserted = session_.run(insert).update_count.value_or(0);
      if (inserted > 0 || is_current(publication)) break;
    } catch (const assets::TransientError&) {
      if (is_current(publication)) break;
      if (attempt == kAttempts) throw;
      continue;
    }
    throw Error(
        fmt::format("another process has published in {}.{} meanwhile; nothing was published",
                    places_.catalog, places_.schema),
        "run again: what it published is then taken as it is");
  }
  publication_ = publication;
}

bool Versions::is_current(std::int64_t publication) {
  return !session_
              .fetch(fmt::format("select 1 from {} where publication = {} limit 1",
                                 qualified(kPublished), publication))
              .empty();
}

void Versions::need_table(const std::string& relation, const std::vector<StoreColumn>& columns) {
  const std::string table = store_table(relation, columns);
  const std::lock_guard lock(making_);
  if (made_.contains(table)) return;
  std::vector<std::string> described;
  for (const StoreColumn& column : columns) {
    described.push_back(sql_name(column.name) + " " + column.type);
  }
  session_.run(
      fmt::format("create table if not exists {} ({}, {} varchar) with (format = 'PARQUET', "
                  "partitioning = ARRAY['{}'])",
                  qualified(table), join(described, ", "), kVersion, kVersion));
  made_.insert(table);
}

std::int64_t Versions::insert(const std::string& relation, const std::vector<StoreColumn>& columns,
                              const std::string& query, const std::string& version) {
  need_table(relation, columns);
  const trino::StatementInfo done =
      session_.run(fmt::format("insert into {} ({}, {}) select {}, {} from (\n{}\n)",
                               qualified(store_table(relation, columns)), names_of(columns),
                               kVersion, names_of(columns), sql_quote(version), query));
  return done.update_count.value_or(0);
}

std::string Versions::rows(const std::string& relation, const std::vector<StoreColumn>& columns,
                           const std::set<std::string>& versions) const {
  return fmt::format("select {} from {} where {} in ({})", names_of(columns),
                     qualified(store_table(relation, columns)), kVersion,
                     versions.empty() ? "null" : listed(versions));
}

std::optional<std::string> Versions::find(const std::string& relation,
                                          const std::vector<StoreColumn>& columns,
                                          const std::string& prefix) {
  need_table(relation, columns);
  const auto found = session_.fetch(fmt::format(
      "select min(partition.{0}) from {1} where starts_with(partition.{0}, {2})", kVersion,
      qualified(store_table(relation, columns) + "$partitions"), sql_quote(prefix)));
  if (found.at(0).at(0).is_null()) return std::nullopt;
  return text_of(found.at(0).at(0));
}

std::vector<std::string> Versions::files(const std::string& relation,
                                         const std::vector<StoreColumn>& columns,
                                         const std::string& version) {
  std::vector<std::string> found;
  for (const trino::Row& row : session_.fetch(
           fmt::format("select distinct \"$path\" from {} where {} = {} order by 1",
                       qualified(store_table(relation, columns)), kVersion, sql_quote(version)))) {
    found.push_back(text_of(row.at(0)));
  }
  return found;
}

void Versions::analyze(const std::string& relation, const std::vector<StoreColumn>& columns) {
  session_.run("analyze " + qualified(store_table(relation, columns)));
}

std::string Versions::shown_rows(const std::string& relation,
                                 const std::vector<StoreColumn>& columns,
                                 const std::string& selected) const {
  return fmt::format(
      "select {0} from {1} where {2} in (select version from {3} where relation = {4} "
      "and publication = (select max(publication) from {3}))",
      selected, qualified(store_table(relation, columns)), kVersion, qualified(kPublished),
      sql_quote(relation));
}

void Versions::show(const std::string& relation, const std::vector<StoreColumn>& columns,
                    const std::vector<StoreColumn>& before) {
  need_table(relation, columns);
  std::string sql = shown_rows(relation, columns, names_of(columns));
  if (!before.empty() && store_table(relation, before) != store_table(relation, columns)) {
    std::vector<std::string> selected;
    for (const StoreColumn& column : columns) {
      const bool had = std::any_of(before.begin(), before.end(), [&](const StoreColumn& old) {
        return old.name == column.name && old.type == column.type;
      });
      selected.push_back(
          had ? sql_name(column.name)
              : fmt::format("cast(null as {}) as {}", column.type, sql_name(column.name)));
    }
    sql += "\nunion all " + shown_rows(relation, before, join(selected, ", "));
  }
  show(relation, sql);
}

// Only if its text is another: replacing a view that is read is the one thing here that is no
// single commit with the rest.
void Versions::show(const std::string& relation, const std::string& sql) {
  const std::string mark = fmt::format("gsa {:016x}", stable_hash(sql));
  std::string& shown = marks_[relation];
  if (shown == mark) return;
  session_.run(fmt::format("create or replace view {}.{}.{} comment {} security invoker as\n{}",
                           sql_name(places_.catalog), sql_name(places_.schema), sql_name(relation),
                           sql_quote(mark), sql));
  shown = mark;
}

void Versions::hide(const std::string& relation) {
  session_.run(fmt::format("drop view if exists {}.{}.{}", sql_name(places_.catalog),
                           sql_name(places_.schema), sql_name(relation)));
}

std::string attempt_name(const std::string& owner, std::chrono::system_clock::time_point begun,
                         const std::string& run, int number) {
  return fmt::format("{}_{:%Y%m%d%H%M%S}{}_{}", owner,
                     fmt::gmtime(std::chrono::system_clock::to_time_t(begun)), run, number);
}

bool is_left(const std::string& name, const std::string& owner,
             std::chrono::system_clock::time_point now) {
  if (name.starts_with(owner + "_")) return true;
  constexpr std::chrono::hours kLongestRun{24};
  const std::string oldest = attempt_name("", now - kLongestRun, "", 0);
  const std::size_t time = name.find('_');
  return time != std::string::npos && name.substr(time, 15) < oldest.substr(0, 15);
}

void Versions::sweep(const std::string& own) {
  const auto now = std::chrono::system_clock::now();
  std::set<std::string> kept;
  for (const trino::Row& row :
       session_.fetch(fmt::format("select distinct version from {0} where publication in (select "
                                  "distinct publication from "
                                  "{0} order by publication desc limit 2)",
                                  qualified(kPublished)))) {
    kept.insert(text_of(row.at(0)));
  }
  for (const std::string& table : tables_of(sql_name(places_.catalog), places_.store)) {
    if (table == kPublished) continue;
    std::set<std::string> old;
    for (const trino::Row& partition : session_.fetch(fmt::format(
             "select partition.{} from {}", kVersion, qualified(table + "$partitions")))) {
      const std::string version = text_of(partition.at(0));
      // Of a raw table, it begins with the version of the data.
      if (!kept.contains(version) && is_left(version.substr(version.find('.') + 1), own, now)) {
        old.insert(version);
      }
    }
    if (old.empty()) continue;
    session_.run(
        fmt::format("delete from {} where {} in ({})", qualified(table), kVersion, listed(old)));
  }
  const std::size_t dot = places_.landing.find('.');
  const std::string catalog = places_.landing.substr(0, dot);
  for (const std::string& table : tables_of(catalog, places_.landing.substr(dot + 1))) {
    const std::size_t attempt = table.find("__");
    if (attempt == std::string::npos || !is_left(table.substr(attempt + 2), own, now)) continue;
    session_.run(fmt::format("drop table if exists {}.{}", places_.landing, sql_name(table)));
  }
}

std::vector<std::string> Versions::tables_of(const std::string& catalog,
                                             const std::string& schema) {
  std::vector<std::string> tables;
  for (const trino::Row& row : session_.fetch(fmt::format(
           "select table_name from {}.information_schema.tables where table_schema = {} order by 1",
           catalog, sql_quote(schema)))) {
    tables.push_back(text_of(row.at(0)));
  }
  return tables;
}

}  // namespace gsa::remote
