#pragma once

// Assets as text, for `gsa assets`.

#include <string>

#include "base/terminal.h"
#include "dbt/project.h"
#include "duck/database.h"
#include "pipeline/asset_states.h"

namespace gsa::app {

enum class AssetListFormat { table, json, markdown };

// A row an asset, in an order in which each comes after its inputs.
std::string asset_list(const pipeline::AssetOverview& overview, AssetListFormat format);

// All that is known of one asset. Throws Error where there is none of that name. `out` is where
// the text goes.
std::string asset_report(const pipeline::AssetOverview& overview, const dbt::Project& project,
                         duck::Connection& connection, const std::string& name,
                         const TextOutput& out);

}  // namespace gsa::app
