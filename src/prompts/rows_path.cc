#include "prompts/rows_path.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <span>

#include <fmt/format.h>

#include "base/characters.h"
#include "base/error.h"
#include "base/text.h"
#include "prompts/event_path.h"
#include "prompts/json_shape.h"

namespace gsa::prompts {
namespace {

using Kind = RowsStep::Kind;

// Keys under which exports and APIs put their rows, in the order of trust.
constexpr std::array<std::string_view, 21> kListNames = {
    "data",    "results",      "items",       "rows",        "records",  "events", "values",
    "entries", "observations", "predictions", "generations", "requests", "jobs",   "runs",
    "spans",   "traces",       "logs",        "hits",        "list",     "result", "history"};

// Where one of these stands beside such a list, the object is an event itself, and the list is a
// part of it.
constexpr std::array<std::string_view, 17> kEventKeys = {
    "prompt",     "model",      "user",      "user_id",    "userid",     "uid",
    "username",   "latency",    "input",     "created",    "created_at", "createdat",
    "request_id", "session_id", "timestamp", "start_time", "messages"};

// What APIs write beside the rows of a page.
constexpr std::array<std::string_view, 24> kPageKeys = {
    "next",  "previous", "prev",   "meta",     "metadata", "pagination",  "page_info",  "pageinfo",
    "page",  "pages",    "object", "has_more", "hasmore",  "next_cursor", "nextcursor", "cursor",
    "total", "count",    "limit",  "offset",   "first_id", "last_id",     "links",      "status"};

// Where OTLP has its spans and log records, in JSON as protobuf writes it.
constexpr std::array<std::array<std::string_view, 3>, 5> kOtlp = {
    {{"resourceSpans", "scopeSpans", "spans"},
     {"resourceSpans", "instrumentationLibrarySpans", "spans"},
     {"resource_spans", "scope_spans", "spans"},
     {"resourceLogs", "scopeLogs", "logRecords"},
     {"resource_logs", "scope_logs", "log_records"}}};

template <std::size_t kSize>
bool is_one_of(std::string_view name, const std::array<std::string_view, kSize>& names) {
  const std::string lower = to_lower(name);
  return std::find(names.begin(), names.end(), lower) != names.end();
}

// Whether the shape has lists of objects below `names`, as far as it goes.
bool nests(const JsonShape& shape, std::span<const std::string_view> names) {
  if (names.empty()) return true;
  const JsonShape* list = shape.find(names.front());
  if (list == nullptr) return false;
  if (list->elements.empty()) return list->kind == JsonScanner::Kind::array;
  return list->elements.front().is_object() && nests(list->elements.front(), names.subspan(1));
}

std::optional<RowsPath> otlp_path(const JsonShape& top) {
  for (const auto& names : kOtlp) {
    if (!nests(top, names)) continue;
    RowsPath path;
    for (const std::string_view name : names) {
      path.push_back({Kind::key, std::string(name)});
      path.push_back({Kind::elements});
    }
    return path;
  }
  return std::nullopt;
}

// What is known of a file when its rows are looked for.
struct Trust {
  bool is_one_object;  // the file has a single object: it is rather a wrapper than an event
  bool takes_empty;    // an empty list may be the one
};

// Whether the rows may be in the object's list `list`, by what stands beside it.
bool may_wrap(const JsonShape& object, std::string_view list, const Trust& trust) {
  return std::all_of(object.members.begin(), object.members.end(), [&](const auto& member) {
    return member.first == list || (trust.is_one_object ? !is_one_of(member.first, kEventKeys)
                                                        : is_one_of(member.first, kPageKeys));
  });
}

// The list of rows in an object, or in an object that it has under such a name, as in
// {"data": {"items": […]}}.
std::optional<RowsPath> listed_path(const JsonShape& object, const Trust& trust, int levels) {
  for (const std::string_view name : kListNames) {
    for (const auto& [key, member] : object.members) {
      if (to_lower(key) != name || !may_wrap(object, key, trust)) continue;
      const bool is_empty = member.kind == JsonScanner::Kind::array && member.elements.empty();
      if (member.is_list_of_objects() || (is_empty && trust.takes_empty)) {
        return RowsPath{{Kind::key, key}, {Kind::elements}};
      }
      if (!member.is_object() || levels == 0) continue;
      if (auto within = listed_path(member, trust, levels - 1)) {
        within->insert(within->begin(), {Kind::key, key});
        return within;
      }
    }
  }
  return std::nullopt;
}

// {"anything": [{…}, …]}
std::optional<RowsPath> only_list(const JsonShape& object) {
  if (object.members.size() != 1) return std::nullopt;
  const auto& [key, member] = object.members.front();
  if (!member.is_list_of_objects()) return std::nullopt;
  return RowsPath{{Kind::key, key}, {Kind::elements}};
}

bool looks_like_id(std::string_view key) {
  constexpr std::int64_t kLong = 24;
  const std::int64_t length = std::ssize(key);
  const std::int64_t digits = std::count_if(key.begin(), key.end(), is_digit);
  return digits * 3 >= length || (length >= kLong && digits * 6 >= length);
}

// {"id 1": {…}, "id 2": {…}}: all values are objects with the same keys, mostly.
bool is_keyed_by_id(const JsonShape& top) {
  constexpr std::size_t kShortest = 6;  // of the only id
  if (top.members.empty()) return false;
  if (top.members.size() == 1 && top.members.front().first.size() < kShortest) return false;
  const JsonShape& first = top.members.front().second;
  for (const auto& [key, member] : top.members) {
    if (!member.is_object() || !looks_like_id(key)) return false;
    const auto shared =
        std::count_if(member.members.begin(), member.members.end(),
                      [&](const auto& one) { return first.find(one.first) != nullptr; });
    if (&member == &top.members.back().second) continue;  // it may be cut off
    if (2 * shared < std::ssize(first.members)) return false;
  }
  return !first.members.empty();
}

class RowsPathReader {
 public:
  explicit RowsPathReader(std::string_view text) : text_(text) {}

  RowsPath read() {
    RowsPath path;
    if (text_ == ".") return path;
    std::size_t at = 0;
    while (at < text_.size()) {
      const std::string_view rest = text_.substr(at);
      if (rest.starts_with("[]")) {
        path.push_back({Kind::elements});
        at += 2;
        continue;
      }
      if (at > 0) {
        if (rest.front() != '.') fail();
        ++at;
      }
      const std::size_t end = end_of_key(at);
      if (end == at) fail();
      path.push_back(step_of(text_.substr(at, end - at)));
      at = end;
    }
    if (path.empty()) fail();
    // The elements of an array at the top are rows in any case.
    if (path.front().kind == Kind::elements) path.erase(path.begin());
    return path;
  }

 private:
  RowsStep step_of(std::string_view key) const {
    if (key == "*") return {Kind::values};
    try {
      return {Kind::key, parse_event_path(key).front().key};
    } catch (const Error&) {
      fail();
    }
  }

  std::size_t end_of_key(std::size_t at) const {
    if (at >= text_.size() || text_[at] != '"')
      return std::min(text_.find_first_of(".[", at), text_.size());
    std::size_t end = at + 1;
    while (end < text_.size() && text_[end] != '"') end += text_[end] == '\\' ? 2U : 1U;
    if (end >= text_.size()) fail();
    return end + 1;
  }

  [[noreturn]] void fail() const {
    throw Error(fmt::format("not a path of rows: {}", text_),
                "as in results[], data.items[], resourceSpans[].scopeSpans[].spans[], * for the "
                "values of an object, or . for the objects of the file",
                ErrorCode::usage);
  }

  std::string_view text_;
};

}  // namespace

RowsPath parse_rows_path(std::string_view text) { return RowsPathReader(text).read(); }

std::string format_rows_path(const RowsPath& path) {
  if (path.empty()) return ".";
  std::string text;
  for (const RowsStep& step : path) {
    if (step.kind == Kind::elements) {
      text += "[]";
    } else {
      if (!text.empty()) text += '.';
      text += step.kind == Kind::values ? "*" : format_event_key(step.key);
    }
  }
  return text;
}

std::optional<RowsPath> find_rows_path(std::string_view beginning) {
  constexpr int kNested = 2;  // objects around a list
  const JsonBeginning look = look_at_json(beginning);
  const JsonShape& top = look.first;
  if (auto path = otlp_path(top)) return path;
  if (look.in_array) return top.is_object() ? std::optional(RowsPath{}) : std::nullopt;
  if (auto path = listed_path(top, {!look.has_second, false}, kNested)) return path;
  if (look.has_second) return RowsPath{};
  if (auto path = only_list(top)) return path;
  if (is_keyed_by_id(top)) return RowsPath{{Kind::values}};
  if (top.members.empty() || listed_path(top, {true, true}, kNested)) return std::nullopt;
  return RowsPath{};
}

}  // namespace gsa::prompts
