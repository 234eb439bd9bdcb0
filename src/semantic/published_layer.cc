#include "semantic/published_layer.h"

#include <fmt/format.h>

#include "base/text.h"
#include "semantic/layer_json.h"

namespace gsa::semantic {

std::string publish_sql(const std::optional<Layer>& layer) {
  if (!layer) return "drop table if exists ops.semantic_layer";
  return fmt::format("create or replace table ops.semantic_layer as select {} as layer",
                     sql_quote(to_json(*layer)));
}

std::string published_text(duck::Connection& connection) {
  if (!connection.has_table("ops", "semantic_layer")) return "";
  const duck::Result rows = connection.query("select layer from ops.semantic_layer limit 1");
  return rows.rows() == 0 ? "" : rows.text(0, 0);
}

}  // namespace gsa::semantic
