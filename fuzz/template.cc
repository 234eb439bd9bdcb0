// Templates of models and macros, parsed and rendered.

#include "jinja/template.h"

#include "base/error.h"
#include "fuzz.h"

void fuzz_one(std::string_view input) {
  try {
    const auto sql = gsa::dbt::Template::parse(std::string(input), "model.sql");
    gsa::dbt::Scope scope;
    sql.define_macros(scope);
    const gsa::dbt::Rendered rendered = sql.render(scope);
    rendered.place_of(1, 1);
    rendered.place_of(1'000, 1'000);
  } catch (const gsa::Error&) {
  }
}
