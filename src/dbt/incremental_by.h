#pragma once

// How a table model follows changes of its inputs. dbt has no such setting, so it is in meta, as a
// column, or as {field: generation_id, groups: {field: session_id, of: user_id, time: generated_at,
// minutes: 30, key: session_key}}.

#include <cstdint>
#include <optional>
#include <string>

#include "dbt/config.h"

namespace gsa::dbt {

struct IncrementalBy {
  // A column: the rows with a value of it are made of the inputs' rows with the same value.
  std::string field;
  // Other rows change with them: those of the same group. Rows of one `of` are in one group if no
  // more than `minutes` are between their times and those of rows in between, or if they have the
  // same key; an empty key: only by time.
  struct Groups {
    std::string field, of, time, key;  // columns of the model
    std::int64_t minutes = 0;
  };
  std::optional<Groups> groups = {};
};

// Throws Error at the setting's place if it has any other form.
IncrementalBy read_incremental_by(const Setting& setting, const ProjectFiles& files);

}  // namespace gsa::dbt
