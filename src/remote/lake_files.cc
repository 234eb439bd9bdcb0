#include "remote/lake_files.h"

#include <atomic>
#include <system_error>
#include <unistd.h>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"

namespace gsa::remote {
namespace {

namespace fs = std::filesystem;

// What follows the name of a folder in the name of a file below it; empty if it is not below.
std::string below(const std::string& folder, const std::string& uri) {
  std::string base = folder;
  while (base.ends_with('/')) base.pop_back();
  if (!uri.starts_with(base + "/")) return "";
  std::string rest = uri.substr(base.size());
  return rest.substr(rest.find_first_not_of('/'));
}

}  // namespace

LocalFiles::~LocalFiles() {
  std::error_code ignored;
  if (fetched_to_.empty()) return;
  fs::remove_all(fetched_to_, ignored);
  fs::remove(fetched_to_.parent_path(), ignored);  // if it is empty
}

LakeFiles::LakeFiles(lake::Location location, lake::S3Settings settings, std::string engine_base,
                     fs::path scratch, lake::StoreEvents events)
    : location_(std::move(location)),
      settings_(std::move(settings)),
      engine_base_(std::move(engine_base)),
      scratch_(std::move(scratch)),
      events_(std::move(events)) {}

fs::path LakeFiles::new_folder() const {
  static std::atomic<int> number = 0;
  fs::path folder = scratch_ / fmt::format("lake-{}-{}", getpid(), ++number);
  make_folder(folder);
  return folder;
}

void LakeFiles::put(const std::string& key, const std::function<void(const fs::path&)>& write) {
  const std::unique_ptr<lake::Store> store = lake::open_store(location_, settings_, engine_base_);
  if (store->exists(key, events_)) return;
  LocalFiles written;
  written.fetched_to_ = new_folder();
  const fs::path file = written.fetched_to_ / "file";
  write(file);
  store->put(file, key, events_);
}

std::string LakeFiles::uri(const std::string& key) const {
  return lake::open_store(location_, settings_, engine_base_)->uri(key);
}

std::unique_ptr<LocalFiles> LakeFiles::read(const std::vector<std::string>& uris) const {
  auto files = std::make_unique<LocalFiles>();
  lake::Location whole = location_;  // tables may be beside the prefix
  whole.prefix.clear();
  const std::string base = !engine_base_.empty() ? engine_base_ : lake::to_text(location_);
  std::unique_ptr<lake::Store> store;
  for (const std::string& uri : uris) {
    std::string key = location_.is_s3() ? below(lake::to_text(whole), uri) : "";
    if (key.empty()) {
      key = below(base, uri);
      if (!key.empty() && !location_.prefix.empty()) key = location_.prefix + "/" + key;
    }
    if (key.empty()) {
      throw Error(fmt::format("Trino keeps a file at {}, which is not below {}", uri, base),
                  "trino_lake is the place that Trino calls trino_lake_uri; its tables must be "
                  "below it, too");
    }
    if (!location_.is_s3()) {
      files->paths_.push_back(location_.folder / key);
      continue;
    }
    if (!store) {
      store = lake::open_store(whole, settings_);
      files->fetched_to_ = new_folder();
    }
    const fs::path file = files->fetched_to_ / fmt::format("{}.parquet", files->paths_.size());
    store->get(key, file, events_);
    files->paths_.push_back(file);
  }
  return files;
}

}  // namespace gsa::remote
