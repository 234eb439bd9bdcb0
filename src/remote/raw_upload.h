#pragma once

// Raw tables on their way to Trino: from the warehouse to files of Parquet in the lake, a folder
// for each part and version that is never written again, and from there into the store.

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "duck/database.h"
#include "remote/lake_files.h"
#include "remote/store_versions.h"
#include "remote/target_settings.h"
#include "remote/trino_session.h"

namespace gsa::remote {

// A raw table, or a month of one, as it stands now.
struct RawPart {
  std::string partition;  // "2025-12"; empty: the whole table
  std::string version;    // of its data
  std::string query;      // its rows, in portable types
};

class RawUpload {
 public:
  // `said` gets a line for each upload.
  // `attempt` gives a name that no other attempt has.
  RawUpload(Session& session, Versions& versions, Places places, LakeFiles& files,
            std::function<std::string()> attempt, std::function<void(const std::string&)> said);

  // Brings the parts of a table into the store, where it lacks them. Any thread; one upload at a
  // time. Returns the rows of the table as a query for Trino.
  std::string rows(const std::string& table, const std::vector<RawPart>& parts,
                   duck::Connection& connection);
  // The columns and versions of a table that rows() was called for.
  struct Uploaded {
    std::vector<StoreColumn> columns;
    std::set<std::string> versions;
  };
  std::map<std::string, Uploaded> uploaded() const;

 private:
  std::string upload(const std::string& table, const std::vector<StoreColumn>& columns,
                     const RawPart& part, duck::Connection& connection);

  Session& session_;
  Versions& versions_;
  const Places places_;
  LakeFiles& files_;
  const std::function<std::string()> attempt_;
  const std::function<void(const std::string&)> said_;
  mutable std::mutex mutex_;
  std::map<std::string, Uploaded> uploaded_;
};

}  // namespace gsa::remote
