#pragma once

// Formats assets as text, for `gsa assets`.

#include <string>

#include "base/terminal.h"
#include "dbt/project.h"
#include "duck/database.h"
#include "pipeline/asset_states.h"

namespace gsa::app {

enum class AssetListFormat { table, json, markdown };

// One row per asset; every asset follows its inputs.
std::string asset_list(const pipeline::AssetOverview& overview, AssetListFormat format);

// Everything known about one asset. Throws Error if no asset has this name. `out` is the
// destination of the text.
std::string asset_report(const pipeline::AssetOverview& overview, const dbt::Project& project,
                         duck::Connection& connection, const std::string& name,
                         const TextOutput& out);

}  // namespace gsa::app
