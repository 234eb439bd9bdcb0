#pragma once

// Turns a source of prompts into the table raw_prompts, with these columns:
//
//   prompt_id           integer    slot * rows of the whole source + the row's number in it, from
//                                  0, files in the order of their paths. A prompt has the same id
//                                  in every sample of the source for the same slot. For synthetic
//                                  prompts, slot * prompts + the number of the prompt
//   prompt              varchar    never null, never without a word
//   char_count          integer    characters, as length() counts them
//   token_count         integer    words, at least 1
//   has_safety_keyword  boolean
//   generation_seed     ubigint    this one and those below: null if the source lacks the value
//   step                usmallint  or the type cannot hold it
//   cfg                 float
//   sampler             utinyint
//   width, height       usmallint
//
// The rows are in the order of prompt_id. A row is a prompt of the source. If the source tells what
// users did, a row is one of their requests, with the number, prompt and settings of the request's
// first row (observed.h).

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/finding.h"
#include "base/forgotten_users.h"
#include "duck/database.h"
#include "prompts/observed.h"
#include "prompts/source_rows.h"

namespace gsa::prompts {

// Adds the SQL functions that ingestion uses. Call it once per database.
//   gsa_prompt_features(varchar) → struct(char_count integer, token_count integer,
//                                         has_safety_keyword boolean)
//   gsa_has_words(varchar) → boolean: token_count > 0
//   gsa_sample_key(seed ubigint, row bigint) → ubigint, see sampling.h
//   gsa_text_hash(varchar) → bigint
//   gsa_in_rows(blob, bigint) → boolean
//   gsa_synthetic_prompt(seed ubigint, id bigint) → struct: the columns above without prompt_id
// and the functions of values.h and event_part.h.
void register_functions(duck::Connection& connection);

struct IngestRequest {
  std::vector<std::string> sources;  // {"synthetic"}, or paths and globs
  std::int64_t prompts;   // how many at most; if observed, how many requests at least; > 0
  std::uint64_t seed;     // for the sample or for the synthetic prompts
  std::string table;      // the table to create, as SQL names it: "db"."schema"."name"
  std::string name = {};  // of the source, for people; empty: derived from the files
  bool observed = false;  // take users and times from the source, and sample whole users
  // The month of the prompts, numbered by its distance from 2025-12, which is 0. Every month has
  // prompts and prompt_ids of its own, whichever other months exist. 0 if observed.
  std::int64_t slot = 0;
  // If observed: users whose rows are left out.
  ForgottenUsers forgotten = {};
  // The files of the sources, if the caller has found them already; otherwise ingest() looks for
  // them.
  SourceFiles files = {};
  // If set, wraps the SELECT whose rows become the table. The wrapped SELECT must give the same
  // rows.
  std::function<std::string(const std::string& select)> watch = {};
};

struct IngestResult {
  std::string source;              // "synthetic", "a.parquet", "3 files (a.parquet … c.parquet)"
  std::int64_t rows;               // in the table
  std::int64_t rows_in_source;     // prompts without words included
  std::int64_t skipped_empty;      // null or without words; for a sample, only those that it met
  bool sampled;                    // some prompts of the source are left out
  std::int64_t forgotten = 0;      // rows of the users that were to be left out
  std::vector<Finding> findings;   // every check, whether it found something or not
  std::vector<std::string> notes;  // full sentences for the user
  std::string fingerprint;         // changes whenever a file does; one line per file
  std::unique_ptr<Observed> observed;  // if the request asked for it
};

// Creates the table, or nothing if it throws. Throws Error if the source is not as it should be
// (with file and place), if a file changes meanwhile, and if prompt ids would not fit 32 bits.
// Needs DuckDB's default preserve_insertion_order. Nearly all the time is spent in the queries
// given to `run`; exceptions from `run` pass through. Uses `connection` on this thread only.
IngestResult ingest(duck::Connection& connection, const IngestRequest& request,
                    const RunQuery& run);

}  // namespace gsa::prompts
