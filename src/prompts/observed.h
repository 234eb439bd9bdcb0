#pragma once

// What a source observed of its users, as DiffusionDB does: one row an image, with the name of the
// user (hashed), the minute, and whether the image was blurred. From that, requests and users.
//
// A request is what one user asked for in one minute: the rows with the same user, prompt, minute
// and settings (step, cfg, sampler, width, height; each image has a seed of its own). Its id is the
// smallest row number among them, its time the earliest. `deleted_account`, null and words like it
// (values.h) stand for many people: requests of such unknown users have no user_id.
//
// Left out, and counted once, under the first that applies: rows without a plausible time, rows
// whose prompt is null or blank, and rows whose image_name an earlier row of the same user has.
//
// A sample takes whole users, so that no session is cut. Definition: every user has a random key
// made from (seed, name), and so has every minute for the requests of unknown users; whole users
// (and such minutes) are taken in the order of their keys until there are N requests. It does not
// depend on threads, row groups or the order of reading. To find them, user and time of all rows
// are read, and everything else of little more than the rows of the sample.

#include <cstdint>

#include "prompts/source_rows.h"
#include "prompts/temp_table.h"

namespace gsa::prompts {

struct Observed {
  // generation_id INTEGER, user_id INTEGER (null: unknown), generated_at TIMESTAMP, image_count
  // INTEGER, blurred_images INTEGER (null: the source does not say), asked_before_at TIMESTAMP
  // (when the same user last asked for the same prompt, if settings or seeds were others; else
  // null), has_settings BOOLEAN (the source gives a seed or a setting, so that such a retry shows)
  TempTable requests;
  // user_id INTEGER (dense from 0, in the order of first_seen and name), user_name VARCHAR,
  // first_seen TIMESTAMP
  TempTable users;

  std::int64_t request_count = 0;
  std::int64_t user_count = 0;
  bool sampled = false;  // some requests of the source are left out
  // Counts of rows, but for the last; of a sample, those without a time are of the whole source and
  // the others of what was taken.
  std::int64_t without_time = 0;
  std::int64_t blank = 0;
  std::int64_t repeated_images = 0;
  std::int64_t odd_image_nsfw = 0;    // neither in [0, 1] nor 2 nor null: taken as not blurred
  std::int64_t unknown_requests = 0;  // without a known user
  // Requests for which the source says whether images were blurred, and what a retry is seen by.
  std::int64_t with_blurred = 0;
  std::int64_t with_settings = 0;
};

// Adds gsa_text_hash(varchar) → bigint, base/hash.h's. Once for a database.
void register_observed_functions(duck::Connection& connection);

// `wanted` > 0 requests at least, unless the source has fewer. `source` has the observations. Needs
// the SQL functions of ingest.h.
Observed observe(duck::Connection& connection, const RunQuery& run, const SourceRows& source,
                 std::int64_t wanted, std::uint64_t seed);

}  // namespace gsa::prompts
