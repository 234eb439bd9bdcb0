#pragma once

// What was odd in a source, by which rule it was handled, and what the user is told of it.

#include <string>

#include "duck/database.h"
#include "prompts/ingest.h"
#include "prompts/source_rows.h"

namespace gsa::prompts {

// Adds all that is looked for in what was ingested from the source, found or not.
void add_findings(duck::Connection& connection, SourceRows& source, const IngestRequest& request,
                  IngestResult& result);

// Adds the notes for the user, among them one for each finding.
void add_notes(const IngestRequest& request, SourceRows& source, IngestResult& result);

// Throws the Error for a source none of whose rows has a time; `where` names the source.
[[noreturn]] void throw_without_times(duck::Connection& connection, SourceRows& source,
                                      const std::string& where);

}  // namespace gsa::prompts
