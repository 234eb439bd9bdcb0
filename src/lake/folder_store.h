#pragma once

// A store in a folder of this machine. Keys are paths below it.

#include "lake/store.h"

namespace gsa::lake {

class FolderStore : public Store {
 public:
  FolderStore(const Location& location, const std::string& engine_base);

  PutResult put(const std::filesystem::path& file, const std::string& key,
                const StoreEvents& events) override;
  void get(const std::string& key, const std::filesystem::path& file,
           const StoreEvents& events) override;
  std::optional<std::int64_t> size(const std::string& key, const StoreEvents& events) override;
  std::vector<StoredFile> list(const std::string& prefix, const StoreEvents& events) override;
  void remove(const std::string& key, const StoreEvents& events) override;

 private:
  std::filesystem::path path_of(const std::string& key) const;

  std::filesystem::path folder_;
};

}  // namespace gsa::lake
