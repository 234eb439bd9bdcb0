#include "api/run_request.h"

#include "api/api_error.h"
#include "api/json_reader.h"

namespace gsa::api {
namespace {

constexpr std::int64_t kMostPrompts = 2'000'000'000, kMostUsers = 100'000'000;
constexpr std::int64_t kMostSeed = (std::int64_t{1} << 53) - 1;  // exact in a browser
constexpr std::size_t kMostSelectors = 100;

std::optional<std::int64_t> maybe_integer(ObjectReader& reader, std::string_view key,
                                          std::int64_t min, std::int64_t max) {
  if (reader.find(key) == nullptr) return std::nullopt;
  return reader.integer(key, min, max, min);
}

}  // namespace

RunRequest read_run_request(std::string_view json) {
  const boost::json::object object = parse_object(json);
  ObjectReader reader(object, "");
  RunRequest request;
  request.prompts = maybe_integer(reader, "prompts", 1, kMostPrompts);
  request.users = maybe_integer(reader, "users", 1, kMostUsers);
  request.seed = maybe_integer(reader, "seed", 0, kMostSeed);
  request.source = reader.text("source");
  if (const auto behavior = reader.text("behavior")) {
    if (*behavior != "simulated" && *behavior != "observed") {
      throw bad_request("behavior must be simulated or observed, not '" + *behavior + "'");
    }
    request.observed = *behavior == "observed";
  }
  const auto month = reader.text("month");
  if (month && month->empty()) {
    throw bad_request("month must be written 2025-12, or 2025-10..2025-12, not ''");
  }
  request.month = month.value_or("");
  request.select = reader.texts("select", kMostSelectors);
  request.exclude = reader.texts("exclude", kMostSelectors);
  request.full_refresh = reader.boolean("full_refresh", false);
  reader.done();
  return request;
}

}  // namespace gsa::api
