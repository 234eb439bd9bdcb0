#pragma once

// DuckDB's C objects by their names alone: only src/duck sees duckdb.h.

struct _duckdb_connection;  // NOLINT(bugprone-reserved-identifier)
struct _duckdb_data_chunk;  // NOLINT(bugprone-reserved-identifier)
struct _duckdb_vector;      // NOLINT(bugprone-reserved-identifier)
