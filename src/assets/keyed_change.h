#pragma once

// A table that a run makes anew for some values of one of its columns, the key, and leaves as it is
// for all others. Until the publication, the table's hidden relation is a view: the published rows
// of the other values, and the new rows.

#include <string>
#include <vector>

namespace gsa::assets {

struct KeyedChange {
  std::string schema, relation;  // the table
  std::string key;               // its column
  bool has_null = false;         // whether null is one of the values

  // Quoted for SQL: the published table, the hidden view, and two hidden tables, with the values in
  // a column named as the key, and the new rows.
  std::string published() const;
  std::string shown() const;
  std::string values() const;
  std::string rows() const;

  // SELECT of the rows of `relation`, which has the key, that are of these values, or of others.
  std::string affected(const std::string& relation) const;
  std::string unaffected(const std::string& relation) const;

  // The statements that bring the published table to what the view shows, and drop what is hidden.
  std::vector<std::string> publish() const;
};

}  // namespace gsa::assets
