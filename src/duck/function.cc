#include "duck/function.h"

#include <exception>
#include <memory>

#include <duckdb.h>
#include <fmt/format.h>

#include "base/error.h"
#include "duck/logical_type.h"

namespace gsa::duck {
namespace {

using FunctionHandle = Handle<duckdb_scalar_function, duckdb_destroy_scalar_function>;

// No exception may pass through DuckDB's C code, so this function catches them all.
void call(duckdb_function_info info, duckdb_data_chunk chunk, duckdb_vector vector) {
  const auto* function =
      static_cast<const ScalarFunction*>(duckdb_scalar_function_get_extra_info(info));
  try {
    Output output(vector);
    function->call(Arguments(chunk), output);
  } catch (const std::exception& failure) {
    duckdb_scalar_function_set_error(info, failure.what());
  } catch (...) {
    duckdb_scalar_function_set_error(info, "unknown error");
  }
}

duckdb_type c_type(TypeId id) {
  switch (id) {
    case TypeId::boolean:
      return DUCKDB_TYPE_BOOLEAN;
    case TypeId::tinyint:
      return DUCKDB_TYPE_TINYINT;
    case TypeId::smallint:
      return DUCKDB_TYPE_SMALLINT;
    case TypeId::integer:
      return DUCKDB_TYPE_INTEGER;
    case TypeId::bigint:
      return DUCKDB_TYPE_BIGINT;
    case TypeId::utinyint:
      return DUCKDB_TYPE_UTINYINT;
    case TypeId::usmallint:
      return DUCKDB_TYPE_USMALLINT;
    case TypeId::uinteger:
      return DUCKDB_TYPE_UINTEGER;
    case TypeId::ubigint:
      return DUCKDB_TYPE_UBIGINT;
    case TypeId::float32:
      return DUCKDB_TYPE_FLOAT;
    case TypeId::float64:
      return DUCKDB_TYPE_DOUBLE;
    case TypeId::date:
      return DUCKDB_TYPE_DATE;
    case TypeId::timestamp:
      return DUCKDB_TYPE_TIMESTAMP;
    case TypeId::varchar:
      return DUCKDB_TYPE_VARCHAR;
    case TypeId::blob:
      return DUCKDB_TYPE_BLOB;
    case TypeId::decimal:
      return DUCKDB_TYPE_DECIMAL;
    case TypeId::enumeration:
      return DUCKDB_TYPE_ENUM;
    case TypeId::structure:
      return DUCKDB_TYPE_STRUCT;
  }
  return DUCKDB_TYPE_INVALID;
}

void destroy(void* function) { delete static_cast<ScalarFunction*>(function); }

}  // namespace

LogicalType to_logical(const Type& type) {
  if (type.id == TypeId::decimal) {
    return LogicalType(duckdb_create_decimal_type(type.width, type.scale));
  }
  if (type.id == TypeId::enumeration) {
    std::vector<const char*> names;
    for (const std::string& value : type.values) names.push_back(value.c_str());
    return LogicalType(duckdb_create_enum_type(names.data(), names.size()));
  }
  if (type.id == TypeId::structure) {
    std::vector<LogicalType> owned;
    std::vector<duckdb_logical_type> types;
    std::vector<const char*> names;
    for (const auto& [name, member] : type.members) {
      owned.push_back(to_logical(member));
      types.push_back(owned.back().get());
      names.push_back(name.c_str());
    }
    return LogicalType(duckdb_create_struct_type(types.data(), names.data(), types.size()));
  }
  return LogicalType(duckdb_create_logical_type(c_type(type.id)));
}

Type Type::of(TypeId id) { return {id, 0, 0, {}, {}}; }

Type Type::decimal(std::uint8_t width, std::uint8_t scale) {
  return {TypeId::decimal, width, scale, {}, {}};
}

Type Type::enumeration(std::vector<std::string> values) {
  return {TypeId::enumeration, 0, 0, std::move(values), {}};
}

Type Type::structure(std::vector<Member> members) {
  return {TypeId::structure, 0, 0, {}, std::move(members)};
}

void* Output::bytes() { return duckdb_vector_get_data(vector_); }

Output Output::member(std::size_t index) {
  return Output(duckdb_struct_vector_get_child(vector_, index));
}

void Output::set_text(std::size_t row, std::string_view value) {
  duckdb_vector_assign_string_element_len(vector_, row, value.data(), value.size());
}

void Output::set_null(std::size_t row) {
  duckdb_vector_ensure_validity_writable(vector_);
  duckdb_validity_set_row_invalid(duckdb_vector_get_validity(vector_), row);
}

void register_function(Connection& connection, ScalarFunction function) {
  const FunctionHandle handle(duckdb_create_scalar_function());
  duckdb_scalar_function_set_name(handle.get(), function.name.c_str());
  for (const Type& parameter : function.parameters) {
    duckdb_scalar_function_add_parameter(handle.get(), to_logical(parameter).get());
  }
  duckdb_scalar_function_set_return_type(handle.get(), to_logical(function.result).get());
  duckdb_scalar_function_set_function(handle.get(), call);
  if (!function.is_pure) duckdb_scalar_function_set_volatile(handle.get());
  const std::string name = function.name;
  duckdb_scalar_function_set_extra_info(
      handle.get(), std::make_unique<ScalarFunction>(std::move(function)).release(), destroy);
  if (duckdb_register_scalar_function(connection.get(), handle.get()) == DuckDBError) {
    throw Error(fmt::format("cannot register the SQL function {}", name));
  }
}

}  // namespace gsa::duck
