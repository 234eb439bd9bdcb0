#include "prompts/event_tree.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/text.h"

namespace gsa::prompts {
namespace {

constexpr std::size_t kShownPath = 80;  // columns of a path in a note

bool needs_escapes(std::string_view key) {
  return std::any_of(key.begin(), key.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\';
  });
}

}  // namespace

EventTree::EventTree() : nodes_(1) {}

EventTree::Id EventTree::find(Id parent, std::string_view key) const {
  const auto found = node(parent).children.find(key);
  return found == node(parent).children.end() ? kNone : found->second;
}

EventTree::Id EventTree::meet(Id parent, Id previous, std::string_view key) {
  if (parent == kNone) return kNone;
  Id id = find(parent, key);
  if (id == kNone) id = add(parent, key);
  if (id == kNone) return kNone;
  (previous == kNone ? node(parent).first : node(previous).next) = id;
  meet(id);
  return id;
}

EventTree::Id EventTree::add(Id parent, std::string_view key) {
  // SQL cannot name a key with a zero byte.
  if (columns_.size() >= kMostColumns || key.find('\0') != std::string_view::npos) {
    if (first_without_room_.empty()) {
      std::vector<EventStep> steps = path(parent);
      steps.push_back({std::string(key)});
      first_without_room_ = format_event_path(steps);
    }
    return kNone;
  }
  const auto id = static_cast<Id>(nodes_.size());
  node(parent).children.emplace(key, id);
  Node& added = nodes_.emplace_back();
  added.key = key;
  if (!needs_escapes(key)) added.quoted = fmt::format("\"{}\"", key);
  added.parent = parent;
  added.level = node(parent).level + 1;
  return id;
}

void EventTree::add_column(Id id) {
  if (node(id).kinds != 0) return;
  node(id).kinds = bit(Kind::null);
  columns_.push_back(id);
}

void EventTree::saw_deep(Id id) {
  if (id != kNone && first_deep_.empty()) first_deep_ = format_event_path(path(id));
}

std::vector<EventStep> EventTree::path(Id id) const {
  std::vector<EventStep> steps;
  for (; id != kRoot; id = node(id).parent) steps.push_back({node(id).key});
  std::reverse(steps.begin(), steps.end());
  return steps;
}

std::string EventTree::describe(Kinds kinds) {
  constexpr std::pair<Kind, std::string_view> kNames[] = {{Kind::string, "string"},
                                                          {Kind::number, "number"},
                                                          {Kind::boolean, "boolean"},
                                                          {Kind::array, "array"},
                                                          {Kind::object, "object"}};
  std::vector<std::string> names;
  for (const auto& [kind, name] : kNames) {
    if ((kinds & bit(kind)) != 0) names.emplace_back(name);
  }
  if (names.empty()) return "null";
  const std::string last = names.back();
  names.pop_back();
  return names.empty() ? last : fmt::format("{} or {}", join(names, ", "), last);
}

std::optional<std::int64_t> EventTree::doubled_in(Id id) const {
  for (; id != kNone; id = node(id).parent) {
    if (node(id).doubled_in >= 0) return node(id).doubled_in;
  }
  return std::nullopt;
}

std::vector<std::string> EventTree::notes() const {
  std::vector<std::string> notes;
  if (!first_without_room_.empty()) {
    notes.push_back(columns_.size() >= kMostColumns
                        ? fmt::format("more than {} columns: left out from {} on",
                                      with_thousands(kMostColumns),
                                      clip(first_without_room_, kShownPath))
                        : fmt::format("left out: {}: its name has a zero byte in it",
                                      clip(first_without_room_, kShownPath)));
  }
  if (!first_deep_.empty()) {
    notes.push_back(fmt::format("objects are entered down to {} levels: {} stands as a whole",
                                kMostLevels, clip(first_deep_, kShownPath)));
  }
  return notes;
}

}  // namespace gsa::prompts
