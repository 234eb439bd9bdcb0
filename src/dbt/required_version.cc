#include "dbt/required_version.h"

#include <algorithm>
#include <regex>
#include <tuple>
#include <vector>

#include <fmt/format.h>

#include "base/text.h"

namespace gsa::dbt {
namespace {

using Version = std::tuple<int, int, int>;
constexpr int kMajor = 1;
constexpr int kMinor = 11;

struct Requirement {
  std::string operation;
  Version version;
};

Requirement read_requirement(const std::string& text, const Yaml& at) {
  // Text after the numbers names a release before or after them in the same series. Six digits
  // suffice for any version and fit an int.
  static const std::regex kSpecifier(
      R"(\s*(>=|<=|>|<|=|)\s*(\d{1,6})\.(\d{1,6})\.(\d{1,6})[-+0-9A-Za-z.]*\s*)");
  std::smatch found;
  if (!std::regex_match(text, found, kSpecifier)) {
    throw at.error(fmt::format("'{}' is not a version of dbt", trim(text)),
                   "write three numbers, such as \">=1.10.0\"");
  }
  return {found[1].str(),
          {std::stoi(found[2].str()), std::stoi(found[3].str()), std::stoi(found[4].str())}};
}

bool meets(const Version& version, const Requirement& required) {
  if (required.operation == ">=") return version >= required.version;
  if (required.operation == "<=") return version <= required.version;
  if (required.operation == ">") return version > required.version;
  if (required.operation == "<") return version < required.version;
  return version == required.version;
}

}  // namespace

void check_required_version(const Yaml& required, const std::string& project) {
  std::vector<std::string> texts =
      required.is_list() ? required.strings() : split(required.string(), ',');
  std::vector<Requirement> all;
  std::vector<int> patches = {0};  // one at each bound and one after it: nothing changes in between
  for (const std::string& text : texts) {
    all.push_back(read_requirement(text, required));
    const int patch = std::get<2>(all.back().version);
    patches.insert(patches.end(), {patch, patch + 1});
  }
  const bool is_met = std::any_of(patches.begin(), patches.end(), [&](int patch) {
    return std::all_of(all.begin(), all.end(), [&](const Requirement& one) {
      return meets({kMajor, kMinor, patch}, one);
    });
  });
  if (is_met) return;
  for (std::string& text : texts) text = trim(text);
  throw required.error(fmt::format("the project '{}' requires dbt {}, but gsa follows dbt {}.{}",
                                   project, join(texts, ", "), kMajor, kMinor),
                       "widen require-dbt-version unless the project needs another version");
}

}  // namespace gsa::dbt
