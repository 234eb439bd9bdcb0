#pragma once

// What a source tells about its users, as DiffusionDB does: one row per image, with the hashed name
// of the user, the minute, and whether the image was blurred. This derives requests and users from
// it.
//
// A request is what one user asked for in one minute: the rows with equal user, prompt, minute and
// settings (step, cfg, sampler, width, height; each image has its own seed). Its id is the smallest
// row number among them, its time the earliest. `deleted_account`, null and similar words
// (values.h) stand for many people, so requests of such unknown users have no user_id.
//
// Rows are left out, and counted once by the first reason that applies, if they have no plausible
// time, if their prompt is null or blank, or if an earlier row of the same user has the same
// image_name.
//
// A sample takes whole users, so that it cuts no session. Definition: every user has a random key
// made from (seed, name), and so has every minute of requests by unknown users. Users, and such
// minutes, are taken whole in the order of their keys until there are N requests. The result does
// not depend on threads, row groups or the order of reading. Cost: reads user and time of all rows,
// and the other columns of little more than the sample's rows.

#include <cstdint>

#include "prompts/source_rows.h"
#include "prompts/temp_table.h"

namespace gsa::prompts {

struct Observed {
  // generation_id INTEGER; user_id INTEGER (null: unknown); generated_at TIMESTAMP; image_count
  // INTEGER; blurred_images INTEGER (null: the source does not tell); asked_before_at TIMESTAMP
  // (when the same user last asked for the same prompt with other settings or seeds; else null);
  // has_settings BOOLEAN (the source gives a seed or a setting, so such a retry is visible)
  TempTable requests;
  // user_id INTEGER (dense from 0, in the order of first_seen and name), user_name VARCHAR,
  // first_seen TIMESTAMP
  TempTable users;

  std::int64_t request_count = 0;
  std::int64_t user_count = 0;
  bool sampled = false;  // some requests of the source are left out
  // Counts of rows, except for the last. For a sample, without_time counts the whole source and the
  // others count the rows that were taken.
  std::int64_t without_time = 0;
  std::int64_t blank = 0;
  std::int64_t repeated_images = 0;
  std::int64_t odd_image_nsfw = 0;    // not in [0, 1], not 2 and not null: taken as not blurred
  std::int64_t unknown_requests = 0;  // without a known user
  // Requests for which the source tells whether images were blurred, and what shows a retry.
  std::int64_t with_blurred = 0;
  std::int64_t with_settings = 0;
};

// Adds gsa_text_hash(varchar) → bigint, the hash of base/hash.h. Call it once per database.
void register_observed_functions(duck::Connection& connection);

// Reads at least `wanted` (> 0) requests, or all if the source has fewer. `source` must have the
// observation columns. Needs the SQL functions of ingest.h.
Observed observe(duck::Connection& connection, const RunQuery& run, const SourceRows& source,
                 std::int64_t wanted, std::uint64_t seed);

}  // namespace gsa::prompts
