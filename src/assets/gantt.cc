#include "assets/gantt.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "base/text.h"

namespace gsa::assets {
namespace {

constexpr std::size_t kMaxLines = 60;  // about two screens
constexpr std::size_t kMinWidth = 60;
constexpr std::size_t kMinBar = 10;
constexpr std::string_view kMark = "● ";
constexpr std::size_t kMarkWidth = 2;

struct Interval {
  double begun, ended;
};

// A line of the chart, for one or more steps.
struct Line {
  std::string name;
  std::vector<const StepRecord*> steps;
  bool critical = false;
  std::string note;
  Ink ink = Ink::plain;
  std::vector<Interval> busy = {};  // disjoint, ascending
  double seconds = 0;               // in which any of the steps ran
};

bool is_well(const StepRecord& step) {
  return step.status == StepStatus::success || step.status == StepStatus::fresh;
}

bool is_trouble(const StepRecord& step) {
  return !is_well(step) && step.status != StepStatus::skipped;
}

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

std::string note_of(const StepRecord& step) {
  std::vector<std::string> parts;
  if (step.status != StepStatus::success) parts.emplace_back(name_of(step.status));
  if (!is_well(step) && !step.message.empty()) {
    parts.back() += ": " + first_line(step.message);
  } else {
    if (step.rows) {
      parts.push_back(
          fmt::format("{} {}", with_thousands(*step.rows), *step.rows == 1 ? "row" : "rows"));
    }
    if (!step.reason.empty()) parts.push_back(first_line(step.reason));
  }
  if (step.attempts > 1) parts.push_back(fmt::format("{} attempts", step.attempts));
  return join(parts, ", ");
}

Ink ink_of(const StepRecord& step) {
  switch (step.status) {
    case StepStatus::fail:
    case StepStatus::error:
      return Ink::red;
    case StepStatus::warn:
    case StepStatus::interrupted:
      return Ink::yellow;
    case StepStatus::success:
      return Ink::plain;
    case StepStatus::running:
    case StepStatus::fresh:
    case StepStatus::skipped:
      return Ink::dim;
  }
  return Ink::dim;
}

// Sets `busy` and `seconds`.
void measure(Line& line) {
  std::vector<Interval> all;
  for (const StepRecord* step : line.steps) {
    if (step->begun && step->ended) all.push_back({*step->begun, *step->ended});
  }
  std::sort(all.begin(), all.end(), [](auto a, auto b) { return a.begun < b.begun; });
  line.busy.clear();
  for (const Interval& next : all) {
    if (!line.busy.empty() && next.begun <= line.busy.back().ended) {
      line.busy.back().ended = std::max(line.busy.back().ended, next.ended);
    } else {
      line.busy.push_back(next);
    }
  }
  line.seconds = 0;
  for (const Interval& interval : line.busy) line.seconds += interval.ended - interval.begun;
}

Line line_of(const StepRecord& step) {
  return {label(step.name, step.partition), {&step}, false, note_of(step), ink_of(step)};
}

// Merges lines of checks with the same asset and status into the first of them.
std::vector<Line> with_checks_folded(std::vector<Line> lines) {
  std::map<std::pair<std::string, StepStatus>, std::size_t> first;
  std::vector<Line> folded;
  for (Line& line : lines) {
    const StepRecord& step = *line.steps.front();
    const bool folds = step.kind == "check" && !is_trouble(step);
    const auto found = first.find({step.asset, step.status});
    if (!folds || found == first.end()) {
      if (folds) first[{step.asset, step.status}] = folded.size();
      folded.push_back(std::move(line));
      continue;
    }
    Line& into = folded[found->second];
    into.steps.push_back(&step);
    into.critical = into.critical || line.critical;
    into.name = fmt::format("{} checks", into.steps.size());
    if (!step.asset.empty()) into.name += " of " + step.asset;
    into.note = step.status == StepStatus::success ? "" : name_of(step.status);
  }
  return folded;
}

// If there are too many lines, the least important share the last one.
std::vector<Line> with_shortest_folded(std::vector<Line> lines) {
  if (lines.size() <= kMaxLines) return lines;
  const auto rank = [](const Line& line) {
    return std::tuple(line.critical, is_trouble(*line.steps.front()), line.seconds);
  };
  std::vector<std::size_t> by_rank(lines.size());
  for (std::size_t i = 0; i < by_rank.size(); ++i) by_rank[i] = i;
  std::stable_sort(by_rank.begin(), by_rank.end(),
                   [&](auto a, auto b) { return rank(lines[a]) > rank(lines[b]); });
  std::vector<bool> kept(lines.size());
  for (std::size_t r = 0; r < by_rank.size(); ++r) {
    kept[by_rank[r]] = r + 1 < kMaxLines || lines[by_rank[r]].critical;
  }
  std::vector<Line> shown;
  Line rest;
  std::size_t troubles = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (kept[i]) {
      shown.push_back(std::move(lines[i]));
      continue;
    }
    for (const StepRecord* step : lines[i].steps) {
      rest.steps.push_back(step);
      if (is_trouble(*step)) ++troubles;
    }
  }
  if (rest.steps.empty()) return shown;
  rest.name = fmt::format("{} shorter steps", with_thousands(std::ssize(rest.steps)));
  if (troubles > 0) rest.note = fmt::format("{} of them did not go well", troubles);
  measure(rest);
  shown.push_back(std::move(rest));
  return shown;
}

std::string seconds_text(double seconds) { return fmt::format("{:.2f}", seconds); }

std::string padded(std::string_view text, std::size_t columns) {
  const std::string cut = clip(text, columns);
  return cut + std::string(columns - display_width(cut), ' ');
}

// Lays out the chart's columns and draws into them.
class Chart {
 public:
  Chart(const std::vector<Line>& lines, double seconds, const GanttOptions& options)
      : options_(options), seconds_(seconds) {
    const std::size_t width = std::max(options.width, kMinWidth);
    for (const Line& line : lines) {
      name_ = std::max(name_, display_width(line.name));
      number_ = std::max(number_, seconds_text(line.seconds).size());
      note_ = std::max(note_, display_width(line.note));
    }
    name_ = std::min(name_, width * 3 / 10);
    note_ = std::min(note_, width / 4);
    const std::size_t taken = kMarkWidth + name_ + 2 + 2 + number_ + 2 + note_;
    bar_ = taken + kMinBar < width ? width - taken : kMinBar;
  }

  std::string header() const {
    const std::string end = seconds_text(seconds_) + " s";
    const std::string begin = bar_ > end.size() + 4 ? "0 s" : "";
    return trimmed(std::string(kMarkWidth, ' ') + padded("step", name_) + "  " + begin +
                   std::string(bar_ - std::min(bar_, begin.size() + end.size()), ' ') + end + "  " +
                   fmt::format("{:>{}}", "seconds", number_) + "  " + clip("rows or why", note_));
  }

  std::string row(const Line& line) const {
    const Ink ink = line.ink == Ink::plain && line.critical ? Ink::bold : line.ink;
    const bool timed = !line.busy.empty();
    const std::string number = timed ? seconds_text(line.seconds) : "";
    return trimmed((line.critical ? paint(Ink::cyan, kMark) : std::string(kMarkWidth, ' ')) +
                   paint(ink, padded(line.name, name_)) + "  " + paint(bar_ink(line), bar(line)) +
                   "  " + fmt::format("{:>{}}", number, number_) + "  " +
                   paint(ink, clip(line.note, note_)));
  }

 private:
  std::string paint(Ink ink, std::string_view text) const {
    return options_.paint && !trim(text).empty() ? options_.paint(ink, text) : std::string(text);
  }

  static Ink bar_ink(const Line& line) {
    return line.ink == Ink::plain && line.critical ? Ink::cyan : line.ink;
  }

  static std::string trimmed(std::string line) {
    line.erase(line.find_last_not_of(' ') + 1);
    return line + "\n";
  }

  // The resolution is half a column, which every step gets at least.
  std::string bar(const Line& line) const {
    const std::size_t halves = 2 * bar_;
    const auto place = [&](double at) {
      const double share = seconds_ > 0 ? std::clamp(at / seconds_, 0.0, 1.0) : 0;
      return static_cast<std::size_t>(std::lround(share * static_cast<double>(halves)));
    };
    std::vector<bool> filled(halves);
    for (const Interval& interval : line.busy) {
      const std::size_t from = std::min(place(interval.begun), halves - 1);
      const std::size_t to = std::max(place(interval.ended), from + 1);
      std::fill(filled.begin() + static_cast<std::ptrdiff_t>(from),
                filled.begin() + static_cast<std::ptrdiff_t>(to), true);
    }
    std::string text;
    for (std::size_t c = 0; c < bar_; ++c) {
      const bool left = filled[2 * c], right = filled[2 * c + 1];
      text += left ? (right ? "█" : "▌") : (right ? "▐" : " ");
    }
    return text;
  }

  const GanttOptions& options_;
  double seconds_;
  std::size_t name_ = 4, bar_ = 0, number_ = 7, note_ = 0;
};

std::string legend(const std::vector<StepRecord>& steps, const std::vector<std::size_t>& path,
                   double seconds) {
  double on_path = 0;
  for (const std::size_t i : path) {
    on_path += steps[i].ended.value_or(0) - steps[i].begun.value_or(0);
  }
  return fmt::format("{}critical path: {} of {} steps, {} s of {} s\n", kMark, path.size(),
                     steps.size(), seconds_text(on_path), seconds_text(seconds));
}

// By label; a name without partition stands for all its partitions.
using StepsByLabel = std::multimap<std::string, std::size_t>;

std::optional<std::size_t> later(const std::vector<StepRecord>& steps,
                                 const std::optional<std::size_t>& a, std::size_t b) {
  return !a || steps[b].ended > steps[*a].ended ? b : *a;
}

// Of the steps that step i waited for, the one that ended last.
std::optional<std::size_t> awaited_by(const std::vector<StepRecord>& steps,
                                      const StepsByLabel& by_label, std::size_t i) {
  std::optional<std::size_t> last;
  for (const std::string& waited : steps[i].waited_for) {
    const auto [from, to] = by_label.equal_range(waited);
    for (auto found = from; found != to; ++found) {
      if (found->second < i) last = later(steps, last, found->second);
    }
  }
  if (steps[i].lane <= 0) return last;
  for (std::size_t before = i; before-- > 0;) {
    if (steps[before].lane != steps[i].lane || !steps[before].ended) continue;
    return later(steps, last, before);
  }
  return last;
}

}  // namespace

std::vector<std::size_t> critical_path(const std::vector<StepRecord>& steps) {
  StepsByLabel by_label;
  std::optional<std::size_t> last;
  for (std::size_t i = 0; i < steps.size(); ++i) {
    const StepRecord& step = steps[i];
    if (!step.begun || !step.ended) continue;
    by_label.emplace(step.name, i);
    if (!step.partition.empty()) by_label.emplace(label(step.name, step.partition), i);
    last = later(steps, last, i);
  }
  std::vector<std::size_t> path;
  for (; last; last = awaited_by(steps, by_label, *last)) path.push_back(*last);
  std::reverse(path.begin(), path.end());
  return path;
}

std::string format_gantt(const std::vector<StepRecord>& steps, const GanttOptions& options) {
  if (steps.empty()) return "no step is on record\n";
  double seconds = options.seconds;
  std::vector<Line> lines;
  for (const StepRecord& step : steps) {
    lines.push_back(line_of(step));
    seconds = std::max(seconds, step.ended.value_or(0));
  }
  const std::vector<std::size_t> path = critical_path(steps);
  for (const std::size_t i : path) lines[i].critical = true;
  if (!options.all) lines = with_checks_folded(std::move(lines));
  for (Line& line : lines) measure(line);
  if (!options.all) lines = with_shortest_folded(std::move(lines));

  const Chart chart(lines, seconds, options);
  std::string text = chart.header();
  for (const Line& line : lines) text += chart.row(line);
  if (!path.empty()) text += legend(steps, path, seconds);
  return text;
}

}  // namespace gsa::assets
