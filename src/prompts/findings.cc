#include "prompts/findings.h"

#include <array>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "prompts/values.h"

namespace gsa::prompts {
namespace {

constexpr const char* kTimeHint =
    "a time is text like 2022-08-11 00:02:00+00:00, a number of seconds, milliseconds, "
    "microseconds "
    "or nanoseconds since 1970, or a timestamp of Parquet";

// For a time that becomes plausible by a factor: which unit was probably mistaken for which.
std::string hint_for_odd_time(duck::Connection& connection, const std::string& time,
                              std::int64_t latest_us) {
  const duck::Result found = connection.query(
      fmt::format("select epoch_us(try_cast({} as timestamp))::double", sql_quote(time)));
  if (found.is_null(0, 0)) return kTimeHint;
  constexpr std::array<std::pair<double, std::string_view>, 4> kFactors = {
      {{1e-6, "a millionth of it"},
       {1e-3, "a thousandth of it"},
       {1e3, "a thousand times as much"},
       {1e6, "a million times as much"}}};
  for (const auto& [factor, words] : kFactors) {
    const double us = found.float64(0, 0) * factor;
    if (us < static_cast<double>(kEarliestTimeUs) || us > static_cast<double>(latest_us)) continue;
    return fmt::format(
        "{} since 1970 is {}: the program that wrote the file mixed up units, such as milliseconds "
        "and seconds",
        words,
        connection
            .query(fmt::format("select make_timestamp({})::date::varchar",
                               static_cast<std::int64_t>(us)))
            .text(0, 0));
  }
  return "";
}

// Finds odd settings in `table`, which has them as the source does.
void find_odd_settings(duck::Connection& connection, const std::string& table,
                       std::vector<Finding>& findings) {
  const duck::Result odd = connection.query(fmt::format(
      "select count(*) filter (cfg < 0), count(*) filter (not isfinite(cfg)), "
      "count(*) filter (width = 0 or height = 0), count(*) filter (sampler not between 1 and 9) "
      "from {}",
      table));
  findings.push_back({"prompts with guidance below 0", "kept", odd.int64(0, 0)});
  findings.push_back(
      {"prompts with guidance that is not a finite number", "read as missing", odd.int64(0, 1)});
  findings.push_back({"prompts with a width or height of 0", "read as missing", odd.int64(0, 2)});
  findings.push_back(
      {"prompts with a sampler that is not 1 to 9", "read as missing", odd.int64(0, 3)});
}

// Adds a finding for each kind of value that could not be read, or one with count 0 if all were
// read.
void find_odd_values(const std::vector<OddValues>& all, bool observed,
                     std::vector<Finding>& findings) {
  for (const OddValues& odd : all) {
    const std::string rule = odd.target == "asked_at" ? "skipped"
                             : odd.target == "generation_seed" && observed
                                 ? "read as missing, except for retries"
                                 : "read as missing";
    findings.push_back({fmt::format("values of '{}' that are {}", odd.column, odd.what), rule,
                        odd.count, odd.column, odd.place, odd.example});
  }
  if (all.empty()) {
    findings.push_back({"values that do not fit their column", "read as missing", 0});
  }
}

// Notes which units the numeric times were read in.
void add_time_notes(SourceRows& source, IngestResult& result) {
  constexpr std::array<std::string_view, 4> kNames = {"seconds", "milliseconds", "microseconds",
                                                      "nanoseconds"};
  for (const auto& [unit, count] : source.time_units()) {
    result.notes.push_back(fmt::format("times that are numbers, read as {} since 1970: {}",
                                       kNames[static_cast<std::size_t>(unit)],
                                       with_thousands(count)));
  }
}

}  // namespace

void throw_without_times(duck::Connection& connection, SourceRows& source,
                         const std::string& where) {
  for (const OddValues& odd : source.odd_values()) {
    if (odd.target != "asked_at") continue;
    throw Error(fmt::format("{}: '{}' in the column '{}' is {}, and no other row has a time",
                            odd.place, odd.example, odd.column, odd.what),
                odd.what == kOddTime
                    ? hint_for_odd_time(connection, odd.example, source.latest_us())
                    : kTimeHint);
  }
  throw Error(fmt::format("{}: no row has a time", where), kTimeHint);
}

void add_findings(duck::Connection& connection, SourceRows& source, const IngestRequest& request,
                  IngestResult& result) {
  std::vector<Finding>& findings = result.findings;
  const std::vector<OddValues> odd = source.odd_values();
  findings.push_back({"rows with an empty prompt", "skipped", result.skipped_empty});
  if (result.observed) {
    const Observed& observed = *result.observed;
    std::int64_t without_time = observed.without_time;
    for (const OddValues& values : odd) {
      if (values.target == "asked_at") without_time -= values.count;
    }
    if (result.forgotten > 0) findings.push_back(forgotten_rows(result.forgotten));
    findings.push_back({"rows without a time", "skipped", without_time});
    findings.push_back(
        {"rows with the image of an earlier row", "skipped", observed.repeated_images});
    findings.push_back({"rows with an image_nsfw that is neither 0 to 1 nor 2",
                        "taken as not blurred", observed.odd_image_nsfw});
    findings.push_back({"requests of deleted or unknown accounts", "kept outside sessions",
                        observed.unknown_requests});
  }
  find_odd_settings(connection, request.table, findings);
  find_odd_values(odd, request.observed, findings);
}

void add_notes(const IngestRequest& request, SourceRows& source, IngestResult& result) {
  const std::string_view one = request.observed ? "request" : "prompt",
                         many = request.observed ? "requests" : "prompts";
  if (result.sampled) {
    result.notes.push_back(fmt::format(
        "{} drawn from the {} rows of the source{}", counted(result.rows, one, many),
        with_thousands(result.rows_in_source), request.observed ? ", whole users" : ""));
  } else if (result.rows < request.prompts) {
    result.notes.push_back(
        fmt::format("the source has {}, fewer than the {} requested: all are used",
                    counted(result.rows, one, many), with_thousands(request.prompts)));
  }
  if (request.observed) add_time_notes(source, result);
  for (const Finding& finding : result.findings) {
    if (finding.count == 0) continue;
    const std::string first =
        finding.place.empty() ? ""
                              : fmt::format(" (first in {}: {})", finding.place, finding.example);
    result.notes.push_back(fmt::format("{}: {}, {}{}", finding.what, with_thousands(finding.count),
                                       finding.rule, first));
  }
}

}  // namespace gsa::prompts
