#pragma once

// Which files a dataset of the hub has.

#include <string>
#include <vector>

#include "hub/fetch.h"
#include "hub/hub_file.h"
#include "hub/settings.h"

namespace gsa::hub {

struct Listing {
  std::string commit;              // current commit of the revision
  std::vector<std::string> paths;  // all its files, sorted
};

// Lists the files in the dataset and revision of `of`. Offline, lists the cached files and says so
// by a message. Throws Error if the hub does not answer, because the cache may hold only a part.
Listing list_files(const Settings& settings, const HubFile& of, const FetchEvents& events = {});

}  // namespace gsa::hub
