// Bodies of the API's requests.

#include "api/json_reader.h"

#include "base/error.h"
#include "fuzz.h"

void fuzz_one(std::string_view input) {
  try {
    const auto object = gsa::api::parse_object(input);
    gsa::api::ObjectReader reader(object, "");
    reader.text("id");
    reader.integer("limit", 1, 1'000, 100);
    reader.number("from");
    reader.values("values", 100);
    reader.texts("measures", 100);
    reader.done();
  } catch (const gsa::Error&) {  // the input was refused with a reason
  }
}
