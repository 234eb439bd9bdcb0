#pragma once

// User behaviour: the funnel from generation to download, cohorts of signups, top spenders.

#include <string>
#include <string_view>

#include "api/fact_store.h"

namespace gsa::api {

std::string funnel(const Snapshot& snapshot, std::string_view request);     // POST /api/funnel
std::string cohorts(const Snapshot& snapshot, std::string_view request);    // POST /api/cohorts
std::string top_users(const Snapshot& snapshot, std::string_view request);  // POST /api/top-users

}  // namespace gsa::api
