#pragma once

// The pipeline as a graph of data assets: each raw table, source, model and export, with what it is
// made of. Pure: no database, no clock.

#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace gsa::assets {

enum class AssetKind {
  source,       // somebody else's table: only read
  table,        // made whole
  incremental,  // a table that is added to
  view,         // a query on its inputs, which has no rows of its own
  ephemeral,    // part of the SQL of what reads it: never made by itself
  file,         // an export
};
std::string_view name_of(AssetKind kind);

struct AssetColumn {
  std::string name;
  std::string description;
};

// What, when it changes, makes an asset stale: its SQL, or the options that it reads, by name.
using Code = std::map<std::string, std::string>;

struct Asset {
  std::string name;
  AssetKind kind = AssetKind::table;
  std::string group;  // "ingestion", "simulation", "staging", "intermediate", "marts", …
  std::string description;
  std::string owner;
  std::vector<std::string> tags;
  std::vector<AssetColumn> columns;
  std::string schema, relation;     // where it stands in the warehouse; empty for a file
  std::string file;                 // where it is defined, for people
  std::vector<std::string> inputs;  // names of assets
  // Its partitions, "2025-12"; empty: it has none. A partition is made of the same partition of
  // inputs that have partitions, and of the whole of others.
  std::vector<std::string> partitions;
  // What is the same in every row and so is not stored in the partitions but added by the view on
  // them: "1 as one, 'a' as letter", or nothing.
  std::string constant_columns;
  Code code;
};

using AssetSet = std::set<std::size_t>;

class Graph {
 public:
  // Throws Error for two assets of one name, for an input that there is not, with the nearest name
  // as the hint, and for a cycle: "a → b → a".
  explicit Graph(std::vector<Asset> assets);

  const std::vector<Asset>& assets() const { return assets_; }
  const Asset& operator[](std::size_t index) const { return assets_[index]; }
  std::size_t size() const { return assets_.size(); }
  std::optional<std::size_t> find(std::string_view name) const;
  std::size_t at(std::string_view name) const;  // throws Error, with the nearest name as the hint

  const std::vector<std::size_t>& inputs(std::size_t index) const { return inputs_[index]; }
  const std::vector<std::size_t>& outputs(std::size_t index) const { return outputs_[index]; }
  // The inputs with ephemeral ones replaced by what those are made of, ascending, each once.
  const std::vector<std::size_t>& made_inputs(std::size_t index) const {
    return made_inputs_[index];
  }
  // Every asset after its inputs; of those that are ready, in the order of names.
  const std::vector<std::size_t>& order() const { return order_; }

  // Without `of` itself.
  AssetSet ancestors(const AssetSet& of) const;
  AssetSet descendants(const AssetSet& of) const;

 private:
  std::vector<Asset> assets_;
  std::map<std::string, std::size_t, std::less<>> by_name_;
  std::vector<std::vector<std::size_t>> inputs_, outputs_, made_inputs_;
  std::vector<std::size_t> order_;
};

}  // namespace gsa::assets
