#pragma once

// The paths at which events have values, as a tree of their keys, and the kinds of these values.
// Every key of millions of events is looked up here, so a node remembers which one came after it
// the last time: programs write the keys of their events in one order.
//
// A text that is an object of JSON is a value, and its keys are also children. Lists are values;
// what is in them has no path here.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "prompts/event_path.h"
#include "prompts/json_scanner.h"

namespace gsa::prompts {

class EventTree {
 public:
  using Id = std::int32_t;
  using Kind = JsonScanner::Kind;
  static constexpr Id kNone = -1;
  static constexpr Id kRoot = 0;
  static constexpr std::size_t kMostColumns = 2000;
  static constexpr int kMostLevels = 8;  // keys of a path

  EventTree();

  // Values that are met from now on belong to this event; each event has another number.
  void begin_event(std::int64_t number) { event_ = number; }

  // The child of `parent` that came after its child `previous` (kNone: first) the last time, or
  // kNone.
  Id expected(Id parent, Id previous) const {
    if (parent == kNone) return kNone;
    return previous == kNone ? node(parent).first : node(previous).next;
  }
  // A node's key in quotes, as JSON writes it; empty if it would need escapes.
  const std::string& quoted(Id id) const { return node(id).quoted; }
  // Meets the key of a value in the current event. Returns its node, which is kNone if there is no
  // room for more, or `parent` is kNone.
  Id meet(Id parent, Id previous, std::string_view key);
  // The same for the expected child.
  void meet(Id id) {
    Node& met = node(id);
    if (met.event == event_ && met.doubled_in < 0) met.doubled_in = event_;
    met.event = event_;
  }

  // Notes a value at the node; nothing for kNone. Of objects only those without known children are
  // values.
  void saw(Id id, Kind kind) {
    if (id == kNone) return;
    if (node(id).kinds == 0) add_column(id);
    node(id).kinds |= bit(kind);
  }
  // Makes the node a column of which only texts are known.
  void add_column(Id id);
  void saw_object_text(Id id) { node(id).has_object_texts = true; }
  // An object at the node is deeper than kMostLevels.
  void saw_deep(Id id);

  // The nodes with values, in the order met.
  const std::vector<Id>& columns() const { return columns_; }
  Id find(Id parent, std::string_view key) const;
  std::vector<EventStep> path(Id id) const;
  int level(Id id) const { return node(id).level; }
  bool has_object_texts(Id id) const { return node(id).has_object_texts; }
  bool has_lists(Id id) const { return (node(id).kinds & bit(Kind::array)) != 0; }
  using Kinds = std::uint8_t;  // a bit for each Kind
  Kinds kinds(Id id) const { return node(id).kinds; }
  // The first event that has the node's key, or one on the way to it, twice; null if none does.
  std::optional<std::int64_t> doubled_in(Id id) const;
  // Sentences about what has no column.
  std::vector<std::string> notes() const;

  // "string or number": all kinds but null; "null" if there is no other.
  static std::string describe(Kinds kinds);

 private:
  struct Node {
    std::string key;
    std::string quoted;
    Id parent = kNone;
    int level = 0;
    Kinds kinds = 0;
    bool has_object_texts = false;
    Id first = kNone;  // the child that came first the last time
    Id next = kNone;   // the sibling that came next
    std::int64_t event = -1;
    std::int64_t doubled_in = -1;
    std::map<std::string, Id, std::less<>> children;
  };

  static constexpr Kinds bit(Kind kind) {
    return static_cast<Kinds>(1U << static_cast<unsigned>(kind));
  }
  Node& node(Id id) { return nodes_[static_cast<std::size_t>(id)]; }
  const Node& node(Id id) const { return nodes_[static_cast<std::size_t>(id)]; }
  Id add(Id parent, std::string_view key);

  std::vector<Node> nodes_;
  std::vector<Id> columns_;
  std::int64_t event_ = 0;
  std::string first_without_room_;
  std::string first_deep_;
};

}  // namespace gsa::prompts
