#include "app/report_signals.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "base/text.h"

namespace gsa::app {
namespace {

// Wraps it at 100 columns, between words.
std::string wrapped(std::string_view text) {
  constexpr std::size_t kWidth = 100;
  std::string lines;
  std::size_t width = 0;
  for (const std::string& word : split(text, ' ')) {
    const bool fits = width + 1 + word.size() <= kWidth;
    if (width > 0) lines += fits ? ' ' : '\n';
    width = width > 0 && fits ? width + 1 + word.size() : word.size();
    lines += word;
  }
  return lines;
}

}  // namespace

std::vector<SignalOrigins> signal_origins(duck::Connection& connection,
                                          const semantic::Layer& layer) {
  std::vector<const semantic::Dimension*> signals;
  for (const semantic::Dimension& dimension : layer.dimensions) {
    if (dimension.signal) signals.push_back(&dimension);
  }
  std::stable_sort(signals.begin(), signals.end(), [](const auto* a, const auto* b) {
    return a->signal.value().place < b->signal.value().place;
  });
  std::vector<SignalOrigins> found;
  for (const semantic::Dimension* signal : signals) {
    SignalOrigins& of = found.emplace_back();
    of.name = signal->signal.value().name;
    const std::string from =
        fmt::format("{} as {}", semantic::relation_sql(layer.table(signal->level)),
                    semantic::alias_of(signal->level));
    // One origin is the rule, and quick to find.
    const duck::Result ends = connection.query(
        fmt::format("select min({0})::varchar, max({0})::varchar, count(*) - count({0}) from {1}",
                    signal->expr, from));
    if (ends.int64(0, 2) == 0 && ends.is_null(0, 0)) continue;  // no rows
    if (ends.int64(0, 2) == 0 && ends.text(0, 0) == ends.text(0, 1)) {
      of.shares.emplace_back(ends.text(0, 0), 1);
      continue;
    }
    const duck::Result rows = connection.query(fmt::format(
        "select coalesce(({0})::varchar, 'unknown') as origin, count(*) / sum(count(*)) over () as "
        "share from {1} group by 1 order by share desc, origin",
        signal->expr, from));
    for (std::size_t r = 0; r < rows.rows(); ++r) {
      of.shares.emplace_back(rows.text(r, 0), rows.float64(r, 1));
    }
  }
  return found;
}

std::string json_signals(const std::vector<SignalOrigins>& signals) {
  std::vector<std::string> members;
  for (const SignalOrigins& signal : signals) {
    std::vector<std::string> shares;
    for (const auto& [origin, share] : signal.shares) {
      shares.push_back(fmt::format("{}:{:.6g}", json_quote(origin), share));
    }
    members.push_back(fmt::format("{}:{{{}}}", json_quote(signal.name), join(shares, ",")));
  }
  return fmt::format("{{{}}}", join(members, ","));
}

std::string signals_text(const std::vector<SignalOrigins>& signals) {
  std::map<std::string, std::vector<std::string>> by_origin;
  std::vector<std::string> mixed;
  for (const SignalOrigins& signal : signals) {
    if (signal.shares.size() == 1) by_origin[signal.shares.front().first].push_back(signal.name);
    if (signal.shares.size() < 2) continue;
    std::vector<std::string> shares;
    for (const auto& [origin, share] : signal.shares) {
      shares.push_back(fmt::format("{:.1f} % {}", 100 * share, origin));
    }
    mixed.push_back(fmt::format("{} ({})", signal.name, join(shares, ", ")));
  }
  if (mixed.empty() && by_origin.size() == 1 && by_origin.contains("simulated")) return "";
  std::vector<std::string> sentences;
  for (const std::string origin : {"observed", "estimated", "simulated", "unknown"}) {
    const auto found = by_origin.find(origin);
    if (found == by_origin.end()) continue;
    std::string word = origin;
    word[0] = static_cast<char>(word[0] - 'a' + 'A');
    sentences.push_back(fmt::format("{}: {}.", word, join(found->second, ", ")));
  }
  if (!mixed.empty()) {
    sentences.push_back(fmt::format("Of several origins: {}.", join(mixed, ", ")));
  }
  return wrapped(join(sentences, " "));
}

}  // namespace gsa::app
