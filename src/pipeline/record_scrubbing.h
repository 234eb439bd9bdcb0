#pragma once

// Removes persons from schema ops, which quotes data here and there.

#include <memory>
#include <string>
#include <vector>

#include "duck/database.h"
#include "pipeline/private_texts.h"

namespace gsa::pipeline {

// Statements for the publication's transaction, after the records of its run. Texts that quote one
// of `texts` say kForgotten in its place. The examples of earlier findings and the failing rows of
// earlier checks go whole: they may be anybody's. Adds an SQL function to the database.
std::vector<std::string> scrub_records(duck::Connection& connection,
                                       std::shared_ptr<const PrivateTexts> texts);

}  // namespace gsa::pipeline
