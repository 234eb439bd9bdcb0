#pragma once

// Fills a part with the bytes of a file: asks for what is missing, follows the redirects, tells a
// good answer from a bad one, and asks again where the line breaks. Each attempt begins at the hub,
// since the signed address of the host that has the bytes is good for an hour only.

#include "hub/events.h"
#include "hub/fetch.h"
#include "hub/http.h"
#include "hub/part_file.h"

namespace gsa::hub {

enum class Outcome {
  whole,    // all bytes are there; their sum is for the caller to check
  changed,  // the hub now has another file of that name: ask for its metadata anew
};

Outcome download(Http& http, const Settings& settings, const HubFile& file,
                 const Metadata& metadata, PartFile& part, const Events& events);

}  // namespace gsa::hub
