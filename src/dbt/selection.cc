#include "dbt/selection.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "dbt/node_graph.h"

namespace gsa::dbt {
namespace {

const std::vector<std::string> kMethods = {
    "fqn",       "path",    "file",  "tag",    "source", "test_type", "resource_type",
    "test_name", "package", "group", "access", "config", "exposure",  "unit_test"};
// Methods that dbt has and we do not.
const std::vector<std::string> kUnsupported = {
    "state", "result", "source_status", "metric", "semantic_model", "saved_query", "version"};

bool contains(const std::vector<std::string>& list, const std::string& name) {
  return std::find(list.begin(), list.end(), name) != list.end();
}

bool is_digits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string method_without_name(const std::string& value) {
  if (value.find('/') != std::string::npos) return "path";
  for (const char* end : {".sql", ".yml", ".yaml", ".csv", ".py"}) {
    if (to_lower(value).ends_with(end)) return "file";
  }
  return "fqn";
}

}  // namespace

int parse_depth(const std::string& digits) {
  if (digits.empty()) return kAnyDepth;
  constexpr std::size_t kLongestDepth = 6;  // no graph is a million models deep
  return digits.size() > kLongestDepth ? kAnyDepth : std::stoi(digits);
}

void set_method(SelectionTerm& term, const std::string& method) {
  term.arguments = split(method, '.');
  term.method = term.arguments[0];
  term.arguments.erase(term.arguments.begin());
  if (contains(kUnsupported, term.method)) {
    throw Error(fmt::format("'{}': selection by '{}' is not supported", term.text, term.method),
                "dbt build of dbt-core supports it");
  }
  const bool has_key = !term.arguments.empty() && !term.arguments[0].empty();
  const bool fits = (term.method == "config") == has_key;
  if (contains(kMethods, term.method) && fits) return;
  std::string hint = did_you_mean(method, kMethods);
  if (hint.empty() || term.method == "config") {
    hint = fmt::format("known are: {} and config.KEY",
                       replace_all(join(kMethods, ", "), ", config", ""));
  }
  throw Error(fmt::format("'{}': there is no selection by '{}'", term.text, method), hint);
}

SelectionTerm parse_term(const std::string& text) {
  SelectionTerm term;
  term.text = text;
  std::string_view rest = text;
  if (rest.starts_with('@')) {
    term.with_at = true;
    rest.remove_prefix(1);
  }
  if (const std::size_t plus = rest.find('+');
      plus != std::string_view::npos && is_digits(rest.substr(0, plus))) {
    term.up = parse_depth(std::string(rest.substr(0, plus)));
    rest.remove_prefix(plus + 1);
  }
  if (const std::size_t plus = rest.rfind('+');
      plus != std::string_view::npos && is_digits(rest.substr(plus + 1))) {
    term.down = parse_depth(std::string(rest.substr(plus + 1)));
    rest = rest.substr(0, plus);
  }
  if (term.with_at && term.down) {
    throw Error(fmt::format("'{}': @ already includes what is downstream", text),
                "leave out the + at its end");
  }
  const std::size_t colon = rest.find(':');
  term.is_plain = colon == std::string_view::npos;
  term.value = std::string(term.is_plain ? rest : rest.substr(colon + 1));
  if (term.is_plain) {
    term.method = method_without_name(term.value);
  } else {
    set_method(term, std::string(rest.substr(0, colon)));
  }
  if (term.value.empty()) throw Error(fmt::format("'{}' names nothing to select", text));
  return term;
}

SelectionSpec parse_selection(const std::string& text) {
  SelectionSpec any;
  any.text = text;
  for (const std::string& part : split(text, ' ')) {
    if (trim(part).empty()) continue;
    SelectionSpec all;
    all.kind = SelectionSpec::Kind::all;
    all.text = part;
    all.must_match = true;
    for (const std::string& item : split(part, ',')) {
      SelectionSpec term;
      term.kind = SelectionSpec::Kind::term;
      term.term = parse_term(item);
      term.text = item;
      all.parts.push_back(std::move(term));
    }
    any.parts.push_back(std::move(all));
  }
  return any;
}

}  // namespace gsa::dbt
