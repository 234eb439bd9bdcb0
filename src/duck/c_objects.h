#pragma once

// DuckDB's C objects by their names alone: only src/duck sees duckdb.h.

// Their names are DuckDB's.
struct _duckdb_connection;  // NOLINT
struct _duckdb_data_chunk;  // NOLINT
struct _duckdb_vector;      // NOLINT
