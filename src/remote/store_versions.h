#pragma once

// Tables with versions, and which of them readers see.
//
// A relation that readers see is a view over a table of the store. That table has the rows of
// several versions side by side, each a partition. The table `published` says which versions are
// current, and every view reads it: one insert into it is one commit of Iceberg, which switches all
// views at once. Trino resolves all tables of a query together, so no query sees a mixture.
//
// An insert whose answer was lost may have happened or may still happen, so each attempt makes a
// version of its own name. A version that was never published is invisible; sweep() deletes it.
// Deleting a version deletes whole partitions, which costs no more than their metadata.

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "remote/target_settings.h"
#include "remote/trino_session.h"

namespace gsa::remote {

// The versions of each relation that readers see: one of a model, one of each month of a raw table.
using Published = std::map<std::string, std::set<std::string>>;

struct StoreColumn {
  std::string name;
  std::string type;  // Trino's
};

// Names what one attempt of a run writes. No two attempts have the same name, wherever they run,
// and the name tells whose it is and when its run began. The landing place puts "__" before it.
std::string attempt_name(const std::string& owner, std::chrono::system_clock::time_point begun,
                         const std::string& run, int number);

// Whether what has this name, and is not published, is of no use to anyone: it is the owner's,
// whose next run begins now, or a day old.
bool is_left(const std::string& name, const std::string& owner,
             std::chrono::system_clock::time_point now);

class Versions {
 public:
  Versions(Session& session, Places places);

  // Makes the schemas and the table `published` if they are missing.
  void prepare();
  // As of the last publication; empty before the first. Call it before publish() and show().
  Published published();
  // Publishes these in one commit. Throws Error, and publishes nothing, if another process has
  // published since published() was called.
  void publish(const Published& all);

  // Inserts the rows of a query with these columns as a version of the relation; returns their
  // number.
  std::int64_t insert(const std::string& relation, const std::vector<StoreColumn>& columns,
                      const std::string& query, const std::string& version);
  // The rows of these versions as a query. insert() was called for the relation with these columns.
  std::string rows(const std::string& relation, const std::vector<StoreColumn>& columns,
                   const std::set<std::string>& versions) const;
  // A version in the store whose name begins so, so that its rows need not be inserted again.
  std::optional<std::string> find(const std::string& relation,
                                  const std::vector<StoreColumn>& columns,
                                  const std::string& prefix);
  // The files of a version, as Trino names them.
  std::vector<std::string> files(const std::string& relation,
                                 const std::vector<StoreColumn>& columns,
                                 const std::string& version);
  // Tells Trino how many values the columns have, for its plans.
  void analyze(const std::string& relation, const std::vector<StoreColumn>& columns);

  // Makes the view of a relation of the store. If its columns change, the view shows rows of the
  // old table until publish() and of the new one from then on.
  void show(const std::string& relation, const std::vector<StoreColumn>& columns,
            const std::vector<StoreColumn>& before = {});
  // Makes a view of this SQL, which reads other views.
  void show(const std::string& relation, const std::string& sql);
  // Drops the view of a relation that is no longer published.
  void hide(const std::string& relation);

  // Deletes what no reader can need: versions that are not of the last two publications (readers of
  // the last but one may still be there), and tables of the landing place. Spares what another
  // process may be about to publish: names that do not begin with `own` and are younger than a day.
  void sweep(const std::string& own);

 private:
  std::string store_table(const std::string& relation,
                          const std::vector<StoreColumn>& columns) const;
  std::string qualified(const std::string& table) const;
  bool is_current(std::int64_t publication);
  std::vector<std::string> tables_of(const std::string& catalog, const std::string& schema);
  void need_table(const std::string& relation, const std::vector<StoreColumn>& columns);
  std::string shown_rows(const std::string& relation, const std::vector<StoreColumn>& columns,
                         const std::string& selected) const;

  Session& session_;
  const Places places_;
  std::int64_t publication_ = 0;              // the last one that published() saw
  std::set<std::string> made_;                // tables that exist
  std::map<std::string, std::string> marks_;  // of views, which tell their SQL
  std::mutex making_;
};

}  // namespace gsa::remote
