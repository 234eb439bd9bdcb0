#include <filesystem>
#include <memory>

#include <fmt/format.h>

#include "app/option_values.h"
#include "app/options.h"
#include "base/embedded.h"
#include "base/error.h"
#include "base/file.h"

namespace gsa::app {
namespace {

namespace fs = std::filesystem;

int init(const std::string& folder, const pipeline::CommonOptions& common) {
  const fs::path place = common.invocation().path(folder);
  if (fs::exists(place) && (!fs::is_directory(place) || !fs::is_empty(place))) {
    throw Error(fmt::format("{} is there already and not empty", folder),
                "name a new folder: nothing of yours is overwritten");
  }
  const auto files = embedded_dbt();
  for (const EmbeddedFile& file : files) {
    const fs::path path = place / file.path;
    make_folder(path.parent_path());
    write_file(path, file.contents);
  }
  if (!common.quiet) {
    fmt::print(common.out(), "wrote {} files to {}; use them with: gsa run --project {}\n",
               files.size(), folder, folder);
  }
  return 0;
}

}  // namespace

void add_init(Commands& gsa) {
  Action& action = gsa.action;
  const auto folder = std::make_shared<std::string>();
  const auto common = std::make_shared<pipeline::CommonOptions>();
  common->host = &gsa.host;
  CLI::App* command = add_command(
      gsa.app, "init", "Write the built-in dbt project into a folder, to edit and extend",
      "  gsa init models\n  gsa run --project models", *common);
  command->add_option("folder", *folder, "A new or empty folder")
      ->required()
      ->check(not_empty())
      ->type_name("DIR");
  command->callback(
      [folder, common, &action] { action = [folder, common] { return init(*folder, *common); }; });
}

}  // namespace gsa::app
