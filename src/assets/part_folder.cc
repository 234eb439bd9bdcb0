#include "assets/part_folder.h"

#include <cerrno>
#include <filesystem>
#include <sys/stat.h>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"

namespace gsa::assets {
namespace {

std::string folder_of(const std::string& target) { return target + ".part"; }

}  // namespace

PartFolder::PartFolder(std::string target) : target_(std::move(target)) {
  remove_part_folder(target_);
  if (::mkdir(folder_of(target_).c_str(), S_IRWXU) != 0) {
    throw Error(fmt::format("cannot make the folder {}: {}", folder_of(target_),
                            std::generic_category().message(errno)));
  }
}

PartFolder::~PartFolder() { remove_part_folder(target_); }

std::string PartFolder::file() const { return folder_of(target_) + "/snapshot.duckdb"; }

void remove_part_folder(const std::string& target) {
  std::error_code ignored;
  std::filesystem::remove_all(folder_of(target), ignored);
}

}  // namespace gsa::assets
