#pragma once

// What dbt's artifacts, target/manifest.json and target/run_results.json, have in common: their
// metadata, and how names, times and values stand in them. Shapes and words are dbt's, so that its
// tools read them.

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/environment.h"
#include "dbt/project.h"

namespace gsa::dbt {

// The command of which the artifacts tell.
struct ArtifactRun {
  std::string invocation_id;
  std::chrono::system_clock::time_point began, ended;
  Environment environment = {};
};

// The members of a large object: a Dict is searched from its beginning at each set().
using Members = std::vector<std::pair<Value, Value>>;

// `schema` is "manifest/v12" or "run-results/v6".
Dict artifact_metadata(std::string_view schema, const ArtifactRun& run);

// "2026-12-01T12:01:18.876048Z"
std::string iso_time(std::chrono::system_clock::time_point time);
double seconds_since_epoch(std::chrono::system_clock::time_point time);

Value text_or_null(const std::string& text);  // null where it is empty
Value list_of_texts(const std::vector<std::string>& texts);
// What JSON can say of it: objects become their text, what is undefined or no number null.
Value as_json_value(const Value& value);
// {show: true, node_color: null}, with what `given` says of these.
Dict docs_value(const Value* given);
// "doc.PROJECT.NAME" of each {{ doc('NAME') }} in a description as it is written.
Value doc_blocks_in(const std::string& description, const std::string& project);

// "models/marts/a.sql" below one of `roots` ("models") -> "marts/a.sql".
std::string path_below(const std::string& file, const std::vector<std::string>& roots);
// The checksum object of a text, which dbt takes without the white space around it.
Value checksum_of(const std::string& text);

bool is_analysis(const Node& node);
// The name of a node without what tells apart two tests of one name.
std::string own_name(const Node& node);
std::string database_of(const Node& node, const Project& project);
std::string schema_of(const Node& node, const Project& project);
std::string alias_of(const Node& node);
// "db"."schema"."name", or null for what stands in no table.
Value relation_name_of(const Node& node, const Project& project);

}  // namespace gsa::dbt
