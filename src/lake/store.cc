#include "lake/store.h"

#include "lake/folder_store.h"
#include "lake/s3_store.h"

namespace gsa::lake {

std::string Store::uri(const std::string& key) const {
  check_key(key);
  return engine_base_ + (engine_base_.ends_with('/') ? "" : "/") + key;
}

std::unique_ptr<Store> open_store(const Location& location, const S3Settings& settings,
                                  const std::string& engine_base) {
  const std::string base = engine_base.empty() ? to_text(location) : engine_base;
  if (location.is_s3()) return std::make_unique<S3Store>(location, settings, base);
  return std::make_unique<FolderStore>(location, base);
}

}  // namespace gsa::lake
