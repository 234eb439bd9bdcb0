#pragma once

// The words of the data: tiers, regions, devices, models and currencies are whatever the raw tables
// say. Each kind is a named type of DuckDB, an enumeration whose members gsa takes from the raw
// tables, so that models, contracts and SQL name the type instead of its members. Tables keep their
// members if the type is replaced.
//
// The type `attributes` is not of words, but gsa makes it for the same reason: a struct of the
// other columns of the source (telemetry/attributes.h), or a plain type if there are none.
//
// A run makes models before it publishes, so its connections have the types as temporary ones; the
// publication puts them into the schema main.

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assets/asset_graph.h"
#include "duck/database.h"

namespace gsa::pipeline {

// Also the names of the columns.
inline constexpr std::array<std::string_view, 5> kWordTypes = {"user_tier", "region", "device_type",
                                                               "model_version", "currency"};

inline constexpr std::string_view kAttributesType = "attributes";

// Also for kAttributesType.
bool is_word_type(std::string_view name);

struct WordType {
  std::string name;
  std::vector<std::string> members;  // at least one, in the order in which pages show them
  std::string sql = {};              // of kAttributesType in place of members
};

// The types of the words in these relations, given as names quoted for SQL. The members of an
// enumeration keep their order; other words come by the number of their rows, and currencies by
// that of their costs, with 'unknown' for costs that name none. Words that only generations have
// follow those of users. A column that is missing or has no words has the type with the one member
// 'unknown'. The attributes are as in raw_generations.
std::vector<WordType> read_word_types(duck::Connection& connection, const std::string& raw_users,
                                      const std::string& raw_generations);

// The types of schema main, if they have all the words of these relations, which are rows that join
// the raw tables. Nullopt if they do not, so that the types must be read anew.
std::optional<std::vector<WordType>> published_types_with(duck::Connection& connection,
                                                          const std::string& users,
                                                          const std::string& generations);

// Makes them types of the connection alone.
void create_temporary(duck::Connection& connection, const std::vector<WordType>& types);

// The statements that make the types of schema main these; empty if they are.
std::vector<std::string> replace_word_types_sql(duck::Connection& connection,
                                                const std::vector<WordType>& types);

// For a warehouse with published raw tables: makes the types that its schema main lacks.
void restore_word_types(duck::Connection& connection);

}  // namespace gsa::pipeline
