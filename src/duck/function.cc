#include "duck/function.h"

#include <exception>
#include <memory>

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

void destroy(void* function) { delete static_cast<ScalarFunction*>(function); }

}  // namespace

LogicalType to_logical(const Type& type) {
  if (type.id == DUCKDB_TYPE_DECIMAL) {
    return LogicalType(duckdb_create_decimal_type(type.width, type.scale));
  }
  if (type.id == DUCKDB_TYPE_ENUM) {
    std::vector<const char*> names;
    for (const std::string& value : type.values) names.push_back(value.c_str());
    return LogicalType(duckdb_create_enum_type(names.data(), names.size()));
  }
  if (type.id == DUCKDB_TYPE_STRUCT) {
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
  return LogicalType(duckdb_create_logical_type(type.id));
}

Type Type::of(duckdb_type id) { return {id, 0, 0, {}, {}}; }

Type Type::decimal(std::uint8_t width, std::uint8_t scale) {
  return {DUCKDB_TYPE_DECIMAL, width, scale, {}, {}};
}

Type Type::enumeration(std::vector<std::string> values) {
  return {DUCKDB_TYPE_ENUM, 0, 0, std::move(values), {}};
}

Type Type::structure(std::vector<Member> members) {
  return {DUCKDB_TYPE_STRUCT, 0, 0, {}, std::move(members)};
}

bool Arguments::is_null(std::size_t column, std::size_t row) const {
  std::uint64_t* validity =
      duckdb_vector_get_validity(duckdb_data_chunk_get_vector(chunk_, column));
  return validity != nullptr && !duckdb_validity_row_is_valid(validity, row);
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
