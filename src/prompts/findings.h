#pragma once

// Oddities of a source: which rule handled them, and what the user reads about them.

#include <string>

#include "duck/database.h"
#include "prompts/ingest.h"
#include "prompts/source_rows.h"

namespace gsa::prompts {

// Adds a finding for every check on the rows that were ingested, with count 0 if nothing was found.
void add_findings(duck::Connection& connection, SourceRows& source, const IngestRequest& request,
                  IngestResult& result);

// Adds the notes for the user, one for each finding among them.
void add_notes(const IngestRequest& request, SourceRows& source, IngestResult& result);

// Throws the Error for a source in which no row has a time; `where` names the source.
[[noreturn]] void throw_without_times(duck::Connection& connection, SourceRows& source,
                                      const std::string& where);

}  // namespace gsa::prompts
