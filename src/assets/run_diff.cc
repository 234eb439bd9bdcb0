#include "assets/run_diff.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "base/table.h"
#include "base/text.h"

namespace gsa::assets {
namespace {

using Key = std::pair<std::string, std::string>;
constexpr std::string_view kNone = "–";
constexpr std::size_t kMaxCell = 60;  // columns; a long message must not wrap its row

struct KeyedAsset {
  Key key;  // asset, partition
  AssetInRun in_run;
};

std::string state_of(StepStatus status) {
  return status == StepStatus::success ? "made" : std::string(name_of(status));
}

bool is_there(const AssetInRun& asset) { return asset.state == "made" || asset.state == "fresh"; }

// The assets of a run, in the order of its steps.
std::vector<KeyedAsset> assets_in(duck::Connection& connection, std::int64_t run) {
  const std::map<Unit, Materialization> standing = materializations_as_of(connection, run);
  std::vector<KeyedAsset> assets;
  for (const StepRecord& step : steps_of(connection, run)) {
    if (step.kind != "asset") continue;
    AssetInRun asset;
    asset.state = state_of(step.status);
    asset.reason = is_there(asset) ? step.reason : step.message;
    if (step.status == StepStatus::success) asset.seconds = step.seconds;
    if (is_there(asset)) {
      asset.rows = step.rows;
      if (const auto made = standing.find({step.name, step.partition}); made != standing.end()) {
        if (!asset.rows) asset.rows = made->second.rows;
        asset.data_version = made->second.data_version;
        asset.code_version = made->second.code_version;
      }
    }
    assets.push_back({{step.name, step.partition}, std::move(asset)});
  }
  return assets;
}

std::vector<std::string> parts_that_differ(const Code& a, const Code& b) {
  std::set<std::string> parts;
  for (const auto& [one, other] : {std::pair(&a, &b), std::pair(&b, &a)}) {
    for (const auto& [part, value] : *one) {
      const auto found = other->find(part);
      if (found == other->end() || found->second != value) parts.insert(part);
    }
  }
  return {parts.begin(), parts.end()};
}

std::optional<bool> same(const std::string& a, const std::string& b) {
  return a.empty() || b.empty() ? std::nullopt : std::optional(a == b);
}

std::vector<AssetDiff> diff_assets(duck::Connection& connection, std::int64_t a, std::int64_t b) {
  std::vector<AssetDiff> diffs;
  std::map<Key, std::size_t> places;
  const auto place = [&](const Key& key) -> AssetDiff& {
    const auto [found, is_new] = places.emplace(key, diffs.size());
    if (is_new) diffs.push_back({key.first, key.second, {}, {}, {}, {}, {}});
    return diffs[found->second];
  };
  for (KeyedAsset& asset : assets_in(connection, b)) place(asset.key).b = std::move(asset.in_run);
  for (KeyedAsset& asset : assets_in(connection, a)) place(asset.key).a = std::move(asset.in_run);
  for (AssetDiff& diff : diffs) {
    diff.same_content = same(diff.a.data_version, diff.b.data_version);
    diff.same_code = same(diff.a.code_version, diff.b.code_version);
  }
  const std::map<std::string, Code> codes = codes_by_version(connection);
  for (AssetDiff& diff : diffs) {
    const auto of_a = codes.find(diff.a.code_version);
    const auto of_b = codes.find(diff.b.code_version);
    if (diff.same_code != false || of_a == codes.end() || of_b == codes.end()) continue;
    diff.changed_code = parts_that_differ(of_a->second, of_b->second);
  }
  return diffs;
}

// The outcomes of a run's checks, by asset and name. A fresh check has its previous outcome.
std::map<Key, std::string> checks_in(duck::Connection& connection, std::int64_t run) {
  std::set<std::string> fresh;
  for (const StepRecord& step : steps_of(connection, run)) {
    if (step.kind == "check" && step.status == StepStatus::fresh) fresh.insert(step.name);
  }
  std::map<Key, std::string> checks;
  for (const CheckRecord& check : checks_as_of(connection, run)) {
    if (check.run_id != run && !fresh.contains(check.name)) continue;
    checks[{check.asset, check.name}] = name_of(check.status);
  }
  return checks;
}

std::vector<CheckDiff> diff_checks(duck::Connection& connection, std::int64_t a, std::int64_t b) {
  std::map<Key, Key> outcomes;
  for (const auto& [key, status] : checks_in(connection, a)) outcomes[key].first = status;
  for (const auto& [key, status] : checks_in(connection, b)) outcomes[key].second = status;
  std::vector<CheckDiff> diffs;
  for (const auto& [key, statuses] : outcomes) {
    if (statuses.first == statuses.second) continue;
    diffs.push_back({key.second, key.first, statuses.first, statuses.second});
  }
  return diffs;
}

std::string count_text(std::optional<std::int64_t> count) {
  return count ? with_thousands(*count) : std::string(kNone);
}

std::string seconds_or_none(std::optional<double> seconds) {
  return seconds ? fmt::format("{:.2f}", *seconds) : std::string(kNone);
}

// Times are shown in hundredths; a ratio of times below ten milliseconds means nothing.
std::string ratio_text(std::optional<double> a, std::optional<double> b) {
  constexpr double kShortest = 0.01;
  return a && b && *a >= kShortest ? fmt::format("× {:.2f}", *b / *a) : "";
}

std::string difference_text(std::optional<std::int64_t> a, std::optional<std::int64_t> b) {
  if (!a || !b || *a == *b) return "";
  return (*b > *a ? "+" : "") + with_thousands(*b - *a);
}

// "made", "made → fresh"
std::string both(std::string a, std::string b) {
  if (a.empty()) a = kNone;
  if (b.empty()) b = kNone;
  if (a == b) return a == kNone ? "" : a;
  return fmt::format("{} → {}", a, b);
}

std::string code_text(const AssetDiff& diff) {
  if (!diff.same_code) return "";
  if (*diff.same_code) return "same";
  return diff.changed_code.empty() ? "changed" : "changed: " + join(diff.changed_code, ", ");
}

bool is_worth_a_line(const AssetDiff& diff) {
  return diff.a.state != "fresh" || diff.b.state != "fresh" || diff.same_content == false ||
         diff.same_code == false;
}

std::string head_table(const RunDiff& diff) {
  const std::string ratio = ratio_text(diff.a.seconds, diff.b.seconds);
  std::vector<TableWriter::Row> rows = {
      {"started (UTC)", diff.a.started_at, diff.b.started_at},
      {"status", std::string(name_of(diff.a.status)), std::string(name_of(diff.b.status))},
      {"seconds", seconds_or_none(diff.a.seconds),
       seconds_or_none(diff.b.seconds) + (ratio.empty() ? "" : fmt::format(" ({})", ratio))}};
  for (const Change& change : diff.changes) rows.push_back({change.what, change.a, change.b});
  return format_table({{"", false},
                       {fmt::format("run {}", diff.a.id), false},
                       {fmt::format("run {}", diff.b.id), false}},
                      rows);
}

std::string asset_table(const RunDiff& diff) {
  std::vector<TableWriter::Row> rows;
  for (const AssetDiff& asset : diff.assets) {
    if (!is_worth_a_line(asset)) continue;
    const auto& [a, b] = std::tie(asset.a, asset.b);
    const std::string content = !asset.same_content ? "" : *asset.same_content ? "same" : "other";
    rows.push_back({label(asset.asset, asset.partition), both(a.state, b.state),
                    a.seconds || b.seconds ? fmt::format("{} → {}", seconds_or_none(a.seconds),
                                                         seconds_or_none(b.seconds))
                                           : "",
                    ratio_text(a.seconds, b.seconds), both(count_text(a.rows), count_text(b.rows)),
                    difference_text(a.rows, b.rows), content, code_text(asset), b.reason});
  }
  if (rows.empty()) return "";
  return format_table({{"asset", false},
                       {"state", false},
                       {"seconds", true},
                       {"ratio", true},
                       {"rows", true},
                       {"difference", true},
                       {"content", false},
                       {"code", false},
                       {fmt::format("why in run {}", diff.b.id), false}},
                      rows, TableStyle::plain, kMaxCell);
}

std::string check_table(const RunDiff& diff) {
  if (diff.checks.empty()) return "no check has another outcome\n";
  std::vector<TableWriter::Row> rows;
  for (const CheckDiff& check : diff.checks) {
    rows.push_back({check.check, check.asset, both(check.a, check.b)});
  }
  return format_table({{"check", false}, {"asset", false}, {"status", false}}, rows);
}

}  // namespace

RunDiff diff_runs(duck::Connection& connection, const RunRecord& a, const RunRecord& b) {
  RunDiff diff{a, b, {}, {}, {}};
  const auto compare = [&](const char* what, const std::string& of_a, const std::string& of_b) {
    if (of_a != of_b) diff.changes.push_back({what, of_a, of_b});
  };
  const auto number = [](std::optional<std::int64_t> value) {
    return value ? std::to_string(*value) : "";
  };
  compare("command", a.command, b.command);
  compare("options", a.options, b.options);
  compare("gsa version", a.gsa_version, b.gsa_version);
  compare("threads", number(a.threads), number(b.threads));
  diff.assets = diff_assets(connection, a.id, b.id);
  diff.checks = diff_checks(connection, a.id, b.id);
  return diff;
}

std::string format_diff(const RunDiff& diff) {
  std::string text = head_table(diff) + "\n";
  if (const std::string table = asset_table(diff); !table.empty()) text += table;
  const auto quiet = std::ranges::count_if(
      diff.assets, [](const AssetDiff& asset) { return !is_worth_a_line(asset); });
  if (quiet > 0) {
    text += fmt::format("{} fresh in both runs, and the same\n",
                        quiet == 1 ? "1 asset is" : with_thousands(quiet) + " assets are");
  }
  return text + "\n" + check_table(diff);
}

}  // namespace gsa::assets
