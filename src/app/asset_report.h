#pragma once

// Assets as text, for `gsa assets`.

#include <string>

#include "app/asset_states.h"
#include "dbt/project.h"
#include "duck/database.h"

namespace gsa::app {

enum class AssetListFormat { table, json, markdown };

// A row an asset, in an order in which each comes after its inputs.
std::string asset_list(const AssetOverview& overview, AssetListFormat format);

// All that is known of one asset. Throws Error where there is none of that name. `fd` is where the
// text goes.
std::string asset_report(const AssetOverview& overview, const dbt::Project& project,
                         duck::Connection& connection, const std::string& name, int fd);

}  // namespace gsa::app
