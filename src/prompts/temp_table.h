#pragma once

// The name of a temporary table, which is dropped at the end of the scope. Temporary tables belong
// to one connection, so names clash only within it.

#include <string>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"
#include "duck/database.h"

namespace gsa::prompts {

class TempTable {
 public:
  TempTable(duck::Connection& connection, const std::string& name)
      : connection_(&connection), name_("temp." + sql_name(name)) {}
  ~TempTable() {
    if (connection_ == nullptr) return;
    try {
      connection_->execute(fmt::format("drop table if exists {}", name_));
    } catch (const std::exception&) {
      // In an aborted transaction: the rollback removes the table.
    }
  }
  TempTable(TempTable&& other) noexcept
      : connection_(std::exchange(other.connection_, nullptr)), name_(std::move(other.name_)) {}
  TempTable& operator=(TempTable&&) = delete;
  TempTable(const TempTable&) = delete;
  TempTable& operator=(const TempTable&) = delete;

  const std::string& name() const { return name_; }  // ready for SQL
  std::string create_as(const std::string& select) const {
    return fmt::format("create or replace temp table {} as {}", name_, select);
  }

 private:
  duck::Connection* connection_;
  std::string name_;
};

}  // namespace gsa::prompts
