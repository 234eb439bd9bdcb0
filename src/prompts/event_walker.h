#pragma once

// Reads an event of JSON, notes the paths of its values in a tree, and writes it in such a way that
// DuckDB's JSON functions give its values unchanged:
//
//   half of a surrogate pair       U+FFFD, since DuckDB refuses it
//   a number that no double holds  a string, since DuckDB rounds it: a fraction or an exponent and
//                                  more than 15 digits. Not within lists.
//   a list of OTLP's attributes    an object (otlp_attributes.h)

#include <optional>
#include <string>
#include <string_view>

#include "prompts/event_tree.h"
#include "prompts/json_scanner.h"

namespace gsa::prompts {

class EventWalker {
 public:
  // `tree` may be null. `writes`: whether the scanner captures the event.
  EventWalker(JsonScanner& scanner, EventTree* tree, bool writes)
      : scanner_(scanner), tree_(tree), writes_(writes) {}

  // Reads the members of the object at `node` from after the opening bracket to after the closing
  // one. `level` is that of the members: 1 for those of the event. Returns whether there were any.
  bool walk_members(EventTree::Id node, int level = 1);

 private:
  using Id = EventTree::Id;

  Id read_key(Id node, Id previous);
  void read_value(Id node, int level);
  void read_string(Id node, int level);
  void read_object(Id node, int level);
  void read_list(Id node, int level);
  void read_number();
  void saw(Id node, EventTree::Kind kind) {
    if (tree_ != nullptr) tree_->saw(node, kind);
  }

  JsonScanner& scanner_;
  EventTree* tree_;
  bool writes_;
  std::string key_;
  std::string text_;
};

// Notes the paths within `text` in the tree, below `node` on level `level`, if the text is an
// object of JSON.
void walk_object_text(std::string_view text, EventTree& tree, EventTree::Id node, int level);

// The text as DuckDB's JSON functions can read it; null if it is no object of JSON. Valid as long
// as `text`, and until the next call with `buffer`.
std::optional<std::string_view> readable_object(std::string_view text, std::string& buffer);

}  // namespace gsa::prompts
