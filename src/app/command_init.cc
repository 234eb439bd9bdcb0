#include <filesystem>
#include <memory>

#include <fmt/format.h>

#include "app/option_values.h"
#include "app/options.h"
#include "base/embedded.h"
#include "base/error.h"
#include "base/file.h"
#include "base/invocation.h"

namespace gsa::app {
namespace {

namespace fs = std::filesystem;

int init(const std::string& folder, bool quiet) {
  if (fs::exists(folder) && (!fs::is_directory(folder) || !fs::is_empty(folder))) {
    throw Error(fmt::format("{} is there already and not empty", folder),
                "name a new folder: nothing of yours is overwritten");
  }
  const auto files = embedded_dbt();
  for (const EmbeddedFile& file : files) {
    const fs::path path = fs::path(folder) / file.path;
    make_folder(path.parent_path());
    write_file(path, file.contents);
  }
  if (!quiet) {
    fmt::print(out_stream(), "wrote {} files to {}; use them with: gsa run --project {}\n",
               files.size(), folder, folder);
  }
  return 0;
}

}  // namespace

void add_init(CLI::App& app, Action& action) {
  const auto folder = std::make_shared<std::string>();
  const auto common = std::make_shared<CommonOptions>();
  CLI::App* command =
      add_command(app, "init", "Write the built-in dbt project into a folder, to edit and extend",
                  "  gsa init models\n  gsa run --project models", *common);
  command->add_option("folder", *folder, "A new or empty folder")
      ->required()
      ->check(not_empty())
      ->type_name("DIR");
  command->callback([folder, common, &action] {
    action = [folder, common] { return init(*folder, common->quiet); };
  });
}

}  // namespace gsa::app
