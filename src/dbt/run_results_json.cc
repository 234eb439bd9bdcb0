#include "dbt/run_results_json.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "base/text.h"
#include "dbt/node_value.h"

namespace gsa::dbt {
namespace {

using Moment = std::chrono::system_clock::time_point;

std::string status_in_results(const NodeResult& result) {
  if (result.status == Status::pass && result.kind != NodeKind::test) return "success";
  if (result.status == Status::skip) return "skipped";
  return result.status == Status::fresh ? "no-op" : to_string(result.status);
}

// Of the parts of a model the worst counts.
int weight(Status status) {
  constexpr std::array kWorseAndWorse = {Status::fresh, Status::pass, Status::warn,
                                         Status::skip,  Status::fail, Status::error};
  return static_cast<int>(std::find(kWorseAndWorse.begin(), kWorseAndWorse.end(), status) -
                          kWorseAndWorse.begin());
}

bool has_run(const NodeResult& result) {
  return result.status != Status::skip && result.status != Status::fresh;
}

Value message_of(const NodeResult& result) {
  switch (result.status) {
    case Status::pass:
      return result.kind == NodeKind::test ? Value() : Value("OK");
    case Status::warn:
    case Status::fail:
      if (result.is_unit_test()) return Value(result.condition);
      return Value(fmt::format("Got {}, configured to {} if {}",
                               counted(result.failures, "result", "results"),
                               result.status == Status::warn ? "warn" : "fail", result.condition));
    case Status::error:
      return Value(result.hint.empty() ? result.message
                                       : result.message + "\nhint: " + result.hint);
    case Status::skip:
      return text_or_null(result.message);
    case Status::fresh:
      return Value("up to date");
  }
  return {};
}

Value failures_of(const NodeResult& result) {
  const bool counts =
      result.kind == NodeKind::test && has_run(result) && result.status != Status::error;
  if (!counts) return {};
  // Of a unit test dbt counts no rows.
  if (result.is_unit_test()) return Value(result.status == Status::fail ? 1 : 0);
  return Value(result.failures);
}

Moment later(Moment moment, double seconds) {
  return moment +
         std::chrono::duration_cast<Moment::duration>(std::chrono::duration<double>(seconds));
}

Value span(const char* name, Moment from, Moment to) {
  Dict dict;
  dict.set(Value("name"), Value(name));
  dict.set(Value("started_at"), Value(iso_time(from)));
  dict.set(Value("completed_at"), Value(iso_time(to)));
  return Value(std::move(dict));
}

Value timing_of(const NodeResult& result, Moment began) {
  List timing;
  if (has_run(result)) {
    const Moment compiled = later(began, std::min(result.compile_seconds, result.seconds));
    timing.push_back(span("compile", began, compiled));
    timing.push_back(span("execute", compiled, later(began, result.seconds)));
  }
  return Value(std::move(timing));
}

Value response_of(const NodeResult& result) {
  Dict response;
  if (!has_run(result) || result.status == Status::error) return Value(std::move(response));
  response.set(Value("_message"), Value("OK"));
  if (result.rows) response.set(Value("rows_affected"), Value(*result.rows));
  return Value(std::move(response));
}

}  // namespace

void RunResultList::add(const NodeResult& result, Moment began, std::size_t lane) {
  if (result.unique_id.empty()) return;  // no node of the project: how old a source is
  const auto [at, fresh] = by_id_.emplace(result.unique_id, entries_.size());
  if (fresh) {
    entries_.push_back({result, began, lane});
    return;
  }
  Entry& entry = entries_[at->second];
  NodeResult& whole = entry.result;
  entry.began = std::min(entry.began, began);
  if (weight(result.status) > weight(whole.status)) {
    whole.status = result.status;
    whole.message = result.message;
    whole.hint = result.hint;
  }
  whole.seconds += result.seconds;
  whole.compile_seconds += result.compile_seconds;
  if (result.rows) whole.rows = whole.rows.value_or(0) + *result.rows;
}

void RunResultList::take_unit_tests(CompiledCode& compiled) const {
  for (const Entry& entry : entries_) {
    if (!entry.result.is_unit_test() || entry.result.compiled.empty()) continue;
    compiled.insert_or_assign(entry.result.unique_id, entry.result.compiled);
  }
}

Value RunResultList::value(const Entry& entry, const std::map<std::string, Value>& relations,
                           const CompiledCode& compiled) {
  const NodeResult& result = entry.result;
  const auto code = has_run(result) ? compiled.find(result.unique_id) : compiled.end();
  const bool is_seed = result.unique_id.starts_with("seed.");
  Dict dict;
  const auto set = [&](const char* key, Value value) { dict.set(Value(key), std::move(value)); };
  set("status", Value(status_in_results(result)));
  set("timing", timing_of(result, entry.began));
  set("thread_id", Value(fmt::format("Thread-{} (worker)", entry.lane + 1)));
  set("execution_time", Value(has_run(result) ? result.seconds : 0.0));
  set("adapter_response", response_of(result));
  set("message", message_of(result));
  set("failures", failures_of(result));
  set("unique_id", Value(result.unique_id));
  set("compiled", is_seed ? Value() : Value(code != compiled.end()));
  set("compiled_code", code == compiled.end() ? Value() : Value(code->second));
  const auto relation = relations.find(result.unique_id);
  set("relation_name", relation == relations.end() ? Value() : relation->second);
  set("batch_results", Value());
  return Value(std::move(dict));
}

std::string RunResultList::json(const Project& project, const ArtifactRun& run,
                                const CompiledCode& compiled, const Dict& arguments) const {
  std::map<std::string, Value> relations;
  for (const Node& node : project.nodes()) {
    if (node.is_seed() || node.is_unit_test()) continue;
    relations.emplace(node.unique_id, relation_name_of(node, project));
  }
  List results;
  for (const Entry& entry : entries_) results.push_back(value(entry, relations, compiled));
  Dict document;
  document.set(Value("metadata"), Value(artifact_metadata("run-results/v6", run)));
  document.set(Value("results"), Value(std::move(results)));
  document.set(Value("elapsed_time"),
               Value(std::chrono::duration<double>(run.ended - run.began).count()));
  document.set(Value("args"), as_json_value(Value(arguments)));
  return Value(std::move(document)).json();
}

}  // namespace gsa::dbt
