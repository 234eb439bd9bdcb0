#pragma once

// Which files a dataset of the hub has.

#include <string>
#include <vector>

#include "hub/fetch.h"
#include "hub/hub_file.h"
#include "hub/settings.h"

namespace gsa::hub {

struct Listing {
  std::string commit;              // that the revision is at
  std::vector<std::string> paths;  // of all its files, sorted
};

// Of the dataset and revision of `of`. Offline, what the cache has of it, which a message says.
// Throws Error where the hub does not answer: what happens to be in the cache may be a part.
Listing list_files(const Settings& settings, const HubFile& of, const FetchEvents& events = {});

}  // namespace gsa::hub
