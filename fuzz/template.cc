// Templates of models and macros, parsed and rendered.

#include "jinja/template.h"

#include "base/error.h"
#include "fuzz.h"

void fuzz_one(std::string_view input) {
  try {
    const auto sql = gsa::jinja::Template::parse(std::string(input), "model.sql");
    gsa::jinja::Scope scope;
    sql.define_macros(scope);
    const gsa::jinja::Rendered rendered = sql.render(scope);
    rendered.place_of(1, 1);
    rendered.place_of(1'000, 1'000);
  } catch (const gsa::Error&) {
  }
}
