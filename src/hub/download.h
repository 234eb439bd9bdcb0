#pragma once

// Fills a part with the bytes of a file: requests the missing bytes, follows redirects, tells good
// answers from bad ones, and retries after a broken line. Each attempt begins at the hub, because
// the signed address of the host that has the bytes is valid for only an hour.

#include "hub/events.h"
#include "hub/fetch.h"
#include "hub/http.h"
#include "hub/part_file.h"

namespace gsa::hub {

enum class Outcome {
  whole,    // all bytes are there; the caller checks their sum
  changed,  // the hub now has another file of that name: ask for its metadata again
};

Outcome download(Http& http, const Settings& settings, const HubFile& file,
                 const Metadata& metadata, PartFile& part, const Events& events);

}  // namespace gsa::hub
