#include "prompts/json_rows.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"

namespace gsa::prompts {
namespace {

constexpr int kNoRank = std::numeric_limits<int>::max();
constexpr std::size_t kMostNames = 10'000;  // that we remember per file
constexpr std::size_t kDeepestPath = 8;     // nesting levels searched for a prompt

}  // namespace

JsonRows::JsonRows(TextBlocks& blocks, const std::vector<WantedColumn>& wanted)
    : scanner_(blocks), wanted_(wanted), ranks_(wanted.size()), kinds_(wanted.size()) {}

bool JsonRows::next(TextRecord& record) {
  if (!scanner_.next_object()) return false;
  read_object(record);
  return true;
}

void JsonRows::read_object(TextRecord& record) {
  record.clear();
  std::fill(ranks_.begin(), ranks_.end(), kNoRank);
  scanner_.begin_record();
  scanner_.advance();
  if (scanner_.skip_space() == '}') {
    scanner_.advance();
  } else {
    while (true) {
      read_member(record);
      const int c = scanner_.skip_space();
      if (c != ',' && c != '}') scanner_.throw_syntax("a ',' or '}' is expected");
      scanner_.advance();
      if (c == '}') break;
    }
  }
  if (ranks_[0] != kNoRank && kinds_[0] != Kind::string && kinds_[0] != Kind::null) {
    const std::string_view kind = kinds_[0] == Kind::number    ? "a number"
                                  : kinds_[0] == Kind::boolean ? "true or false"
                                  : kinds_[0] == Kind::array   ? "an array"
                                                               : "an object";
    throw Error(fmt::format("{}, line {}: the prompt is {}, not text", scanner_.name(),
                            scanner_.record_line(), kind));
  }
  scanner_.end_record();
}

void JsonRows::read_member(TextRecord& record) {
  scanner_.read_key(key_);
  const Meaning& meaning = meaning_of_key();
  if (meaning.value >= 0) {
    read_wanted(meaning, record);
  } else {
    read_value(nullptr);
  }
}

JsonRows::Kind JsonRows::read_value(std::string* out) {
  if (looks_within_ && out == nullptr) {
    const int c = scanner_.skip_space();
    if (c == '{' || c == '[') {
      search_.begin(key_);
      scanner_.pass_container(&search_);
      return c == '{' ? Kind::object : Kind::array;
    }
  }
  return scanner_.read_value(out);
}

const JsonRows::Meaning& JsonRows::meaning_of_key() {
  static constexpr Meaning kUnwanted{-1, kNoRank};
  const auto known = meanings_.find(key_);
  if (known != meanings_.end()) return known->second;
  Meaning meaning = kUnwanted;
  for (std::size_t i = 0; i < wanted_.size(); ++i) {
    const auto rank = rank_of(key_, wanted_[i]);
    if (rank && *rank < meaning.rank) meaning = {static_cast<int>(i), *rank};
  }
  if (meaning.value < 0 && names_.size() >= kMostNames) return kUnwanted;
  names_.push_back(key_);
  return meanings_.emplace(key_, meaning).first->second;
}

// If several keys mean one column, the best name wins, then the first.
void JsonRows::read_wanted(const Meaning& meaning, TextRecord& record) {
  const auto value = static_cast<std::size_t>(meaning.value);
  if (value == 0) looks_within_ = false;
  if (meaning.rank == ranks_[value] && meaning.rank % 2 == 0) {  // the name in exactly this case
    throw Error(fmt::format("{}, line {}: the key '{}' is in the object twice", scanner_.name(),
                            scanner_.record_line(), key_));
  }
  if (meaning.rank >= ranks_[value]) {
    read_value(nullptr);
    return;
  }
  ranks_[value] = meaning.rank;
  TextValue& into = record.values[value];
  into.text.clear();
  kinds_[value] = scanner_.read_value(&into.text);
  into.is_null = kinds_[value] == Kind::null;
}

void JsonRows::PromptSearch::begin(const std::string& key) {
  path_.assign(1, key);
  level_ = 0;
}

void JsonRows::PromptSearch::opened(char bracket) {
  if (++level_ <= kDeepestPath) path_.emplace_back(bracket == '[' ? "[]" : "");
}

void JsonRows::PromptSearch::closed() {
  if (level_-- <= kDeepestPath) path_.pop_back();
}

void JsonRows::PromptSearch::key(const std::string& key) {
  if (level_ > kDeepestPath) return;
  path_.back() = key;
  if (!found_.empty() || to_lower(key) != "prompt") return;
  for (const std::string& step : path_) {
    if (step != "[]" && !found_.empty()) found_ += '.';
    found_ += step;
  }
}

}  // namespace gsa::prompts
