#pragma once

// The types of arguments, results and columns that C++ gives to DuckDB.

#include <cstdint>
#include <string>
#include <vector>

namespace gsa::duck {

enum class TypeId : std::uint8_t {
  boolean,
  tinyint,
  smallint,
  integer,
  bigint,
  utinyint,
  usmallint,
  uinteger,
  ubigint,
  float32,
  float64,
  date,
  timestamp,
  varchar,
  blob,
  decimal,
  enumeration,
  structure,
};

struct Type {
  TypeId id = TypeId::boolean;
  std::uint8_t width = 0, scale = 0;  // decimal
  std::vector<std::string> values;    // enum, at most 255
  struct Member;
  std::vector<Member> members;  // struct

  static Type of(TypeId id);  // of one that has none of the above
  static Type decimal(std::uint8_t width, std::uint8_t scale);
  static Type enumeration(std::vector<std::string> values);
  static Type structure(std::vector<Member> members);
};

struct Type::Member {
  std::string name;
  Type type;
};

}  // namespace gsa::duck
