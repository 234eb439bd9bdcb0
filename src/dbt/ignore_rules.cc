#include "dbt/ignore_rules.h"

#include <utility>

#include "base/text.h"

namespace gsa::dbt {
namespace {

// Consumes "[a-z]" from `pattern`. False if it is not closed: then [ is an ordinary character.
bool take_class(std::string_view& pattern, char letter, bool& matched) {
  std::string_view rest = pattern.substr(1);
  const bool negated = rest.starts_with('!') || rest.starts_with('^');
  if (negated) rest.remove_prefix(1);
  bool found = false;
  for (bool first = true; !rest.empty() && (first || rest[0] != ']'); first = false) {
    if (rest[0] == '\\' && rest.size() > 1) rest.remove_prefix(1);
    const char from = rest[0];
    rest.remove_prefix(1);
    char to = from;
    if (rest.size() > 1 && rest[0] == '-' && rest[1] != ']') {
      to = rest[1];
      rest.remove_prefix(2);
    }
    found = found || (from <= letter && letter <= to);
  }
  if (rest.empty()) return false;
  matched = found != negated;
  pattern = rest.substr(1);
  return true;
}

// Whether the first letter of `name` matches the first item of `pattern`; consumes that item.
bool take_one(std::string_view name, std::string_view& pattern) {
  if (name.empty()) return false;
  if (pattern[0] == '[') {
    bool matched = false;
    if (take_class(pattern, name[0], matched)) return matched;
  }
  const bool any = pattern[0] == '?';
  if (pattern[0] == '\\' && pattern.size() > 1) pattern.remove_prefix(1);
  const bool matched = any || pattern[0] == name[0];
  pattern.remove_prefix(1);
  return matched;
}

using Parts = std::vector<std::string>;

bool match_parts(const Parts& pattern, std::size_t p, const Parts& path, std::size_t at,
                 std::size_t count) {
  if (p == pattern.size()) return at == count;
  if (pattern[p] == "**") {
    if (p + 1 == pattern.size())
      return at < count;  // everything below the folder, but not the folder itself
    for (std::size_t i = at; i <= count; ++i) {
      if (match_parts(pattern, p + 1, path, i, count)) return true;
    }
    return false;
  }
  return at < count && matches_glob(path[at], pattern[p]) &&
         match_parts(pattern, p + 1, path, at + 1, count);
}

}  // namespace

bool matches_glob(std::string_view name, std::string_view pattern) {
  // After a mismatch the last * takes one more letter; earlier ones need not.
  std::string_view star_name, star_pattern;
  bool star = false;
  while (true) {
    if (pattern.starts_with('*')) {
      pattern.remove_prefix(1);
      star = true;
      star_name = name;
      star_pattern = pattern;
      continue;
    }
    if (pattern.empty() && name.empty()) return true;
    if (!pattern.empty()) {
      std::string_view rest = pattern;
      if (take_one(name, rest)) {
        pattern = rest;
        name.remove_prefix(1);
        continue;
      }
    }
    if (!star || star_name.empty()) return false;
    star_name.remove_prefix(1);
    name = star_name;
    pattern = star_pattern;
  }
}

bool matches_path(const std::string& path, std::string pattern) {
  if (pattern.starts_with("./")) pattern.erase(0, 2);
  while (pattern.ends_with('/')) pattern.pop_back();
  if (pattern == "." || pattern == "**") return true;
  if (pattern.ends_with("/**"))
    pattern.resize(pattern.size() - 3);  // the folder and everything below it
  const Parts parts = split(path, '/'), wanted = split(pattern, '/');
  for (std::size_t count = 1; count <= parts.size(); ++count) {
    if (match_parts(wanted, 0, parts, 0, count)) return true;
  }
  return false;
}

IgnoreRules::IgnoreRules(std::string_view text) {
  for (std::string line : split(text, '\n')) {
    if (line.ends_with('\r')) line.pop_back();
    while (line.ends_with(' ') && !line.ends_with("\\ ")) line.pop_back();
    if (line.empty() || line[0] == '#') continue;
    Rule rule;
    rule.lets_in = line[0] == '!';
    if (rule.lets_in) line.erase(0, 1);
    rule.folders_only = line.ends_with('/');
    if (rule.folders_only) line.pop_back();
    const bool anchored = line.find('/') != std::string::npos;
    if (line.starts_with('/')) line.erase(0, 1);
    if (line.empty()) continue;
    if (!anchored) rule.parts.emplace_back("**");
    for (std::string& part : split(line, '/')) rule.parts.push_back(std::move(part));
    rules_.push_back(std::move(rule));
  }
}

// Looks at the first `count` parts.
bool IgnoreRules::ignores(const std::vector<std::string>& parts, std::size_t count,
                          bool is_folder) const {
  bool ignored = false;
  for (const Rule& rule : rules_) {
    if (rule.folders_only && !is_folder) continue;
    if (match_parts(rule.parts, 0, parts, 0, count)) ignored = !rule.lets_in;
  }
  return ignored;
}

bool IgnoreRules::ignores_file(const std::string& path) const {
  if (rules_.empty()) return false;
  const std::vector<std::string> parts = split(path, '/');
  for (std::size_t count = 1; count < parts.size(); ++count) {
    if (ignores(parts, count, true)) return true;
  }
  return ignores(parts, parts.size(), false);
}

}  // namespace gsa::dbt
