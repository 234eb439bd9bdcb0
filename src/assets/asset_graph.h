#pragma once

// The pipeline as a graph of data assets: every raw table, source, model and export, and the inputs
// of each. Pure: no database, no clock.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace gsa::assets {

enum class AssetKind {
  source,       // owned by somebody else; gsa only reads it
  table,        // rebuilt whole
  incremental,  // a table that runs append to
  view,         // a query on its inputs; stores no rows
  ephemeral,    // inlined into the SQL of its readers; never built by itself
  file,         // an export
};
std::string_view name_of(AssetKind kind);

struct AssetColumn {
  std::string name;
  std::string description;
};

// What makes an asset stale when it changes: its SQL, or the options that it reads, by name.
using Code = std::map<std::string, std::string>;

// Rows that change together: those with one value of `column`. Rows of one `of` are in one group if
// no more than `minutes` are between their times and those of rows in between, or if they have the
// same key; an empty key: only by time. All are columns. Rows without an `of` are in no group.
struct KeyGroups {
  std::string column, of, time, key;
  std::int64_t minutes = 0;
};

struct Asset {
  std::string name;
  AssetKind kind = AssetKind::table;
  std::string group;  // "ingestion", "simulation", "staging", "intermediate", "marts", …
  std::string description;
  std::string owner;
  std::vector<std::string> tags;
  std::vector<AssetColumn> columns;
  std::string schema, relation;     // place in the warehouse; empty for a file
  std::string file;                 // that defines it, for people
  std::vector<std::string> inputs;  // names of assets
  // A column: the rows with one value of it are made of the inputs' rows with the same value.
  // Empty: a change of an input may change any row.
  std::string key;
  std::optional<KeyGroups> groups;  // of rows that change with those
  // "2025-12", …; empty: not partitioned. A partition is built from the same partition of every
  // partitioned input, and from the whole of every other input.
  std::vector<std::string> partitions;
  // Columns with one value for all rows. The partitions do not store them; the view over the
  // partitions adds them: "1 as one, 'a' as letter", or empty.
  std::string constant_columns;
  Code code;
};

using AssetSet = std::set<std::size_t>;

// Immutable: any number of threads may share a graph. Assets are numbered in the order in which the
// constructor got them.
class Graph {
 public:
  // Throws Error if two assets share a name, if an input does not exist (with the nearest name as
  // the hint), or if there is a cycle: "a → b → a".
  explicit Graph(std::vector<Asset> assets);

  const std::vector<Asset>& assets() const { return assets_; }
  const Asset& operator[](std::size_t index) const { return assets_[index]; }
  std::size_t size() const { return assets_.size(); }
  std::optional<std::size_t> find(std::string_view name) const;
  std::size_t at(std::string_view name) const;  // throws Error, with the nearest name as the hint

  const std::vector<std::size_t>& inputs(std::size_t index) const { return inputs_[index]; }
  const std::vector<std::size_t>& outputs(std::size_t index) const { return outputs_[index]; }
  // The inputs, with each ephemeral one replaced by its own inputs; ascending, without duplicates.
  const std::vector<std::size_t>& made_inputs(std::size_t index) const {
    return made_inputs_[index];
  }
  // Topological: every asset after its inputs; ties by name.
  const std::vector<std::size_t>& order() const { return order_; }

  // Neither contains `of` itself.
  AssetSet ancestors(const AssetSet& of) const;
  AssetSet descendants(const AssetSet& of) const;

 private:
  std::vector<Asset> assets_;
  std::map<std::string, std::size_t, std::less<>> by_name_;
  std::vector<std::vector<std::size_t>> inputs_, outputs_, made_inputs_;
  std::vector<std::size_t> order_;
};

}  // namespace gsa::assets
