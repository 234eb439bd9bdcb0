#include "prompts/otlp_attributes.h"

#include <algorithm>

#include "base/characters.h"
#include "base/error.h"
#include "base/text.h"
#include "prompts/json_scanner.h"

namespace gsa::prompts {
namespace {

constexpr int kDeepestValue = 8;  // lists and objects within values

bool is_whole(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

// A cheap look at the beginning of a list.
bool may_be_attributes(std::string_view list) {
  for (const std::string_view next : {"[", "{", "\"key\"", ":"}) {
    list = strip_left(list);
    if (!list.starts_with(next)) return false;
    list.remove_prefix(next.size());
  }
  return true;
}

// Reads attributes and writes the object. The functions are false, or throw Error, where something
// else stands; what they wrote means nothing then.
class AttributesReader {
 public:
  explicit AttributesReader(std::string_view text)
      : scanner_(text, "", JsonScanner::Halves::replace) {}

  std::optional<std::string> read() {
    if (!read_attributes(0)) return std::nullopt;
    return std::move(out_);
  }

 private:
  // Calls `read` for each element of a list, or for each key of an object.
  template <typename Read>
  bool for_each(char open, char close, const Read& read) {
    if (scanner_.skip_space() != static_cast<unsigned char>(open)) return false;
    scanner_.advance();
    if (scanner_.skip_space() == static_cast<unsigned char>(close)) {
      scanner_.advance();
      return true;
    }
    while (true) {
      if (!read()) return false;
      const bool goes_on = scanner_.skip_space() == ',';
      if (!goes_on) break;
      scanner_.advance();
    }
    scanner_.expect(close, "an end is expected");
    return true;
  }

  bool read_attributes(int level) {
    if (level == kDeepestValue) return false;
    out_ += '{';
    bool is_first = true;
    const bool fits = for_each('[', ']', [&] {
      if (!is_first) out_ += ',';
      is_first = false;
      return read_attribute(level);
    });
    out_ += '}';
    return fits;
  }

  // {"key": …, "value": …}, the key first.
  bool read_attribute(int level) {
    int members = 0;
    return for_each(
               '{', '}',
               [&] {
                 std::string name;
                 scanner_.read_key(name);
                 if (++members == 1) {
                   std::string key;
                   if (name != "key" || scanner_.read_value(&key) != JsonScanner::Kind::string) {
                     return false;
                   }
                   out_ += json_quote(key) + ':';
                   return true;
                 }
                 return members == 2 && name == "value" && read_value(level);
               }) &&
           members == 2;
  }

  // {"stringValue": …}, or {} for none.
  bool read_value(int level) {
    int members = 0;
    const bool fits = for_each('{', '}', [&] {
      std::string type;
      scanner_.read_key(type);
      return ++members == 1 && read_typed(type, level);
    });
    if (members == 0) out_ += "null";
    return fits;
  }

  bool read_typed(std::string_view type, int level) {
    if (type == "arrayValue") {
      out_ += '[';
      bool is_first = true;
      const bool fits = read_values([&] {
        return for_each('[', ']', [&] {
          if (!is_first) out_ += ',';
          is_first = false;
          return level < kDeepestValue && read_value(level + 1);
        });
      });
      out_ += ']';
      return fits;
    }
    if (type == "kvlistValue") return read_values([&] { return read_attributes(level + 1); });
    std::string text;
    const JsonScanner::Kind kind = scanner_.read_value(&text);
    const bool is_text = kind == JsonScanner::Kind::string;
    if (type == "stringValue" || type == "bytesValue") {
      out_ += json_quote(text);
      return is_text;
    }
    if (type != "intValue" && type != "doubleValue" && type != "boolValue") return false;
    // Protobuf's JSON writes whole numbers of 64 bits as text.
    out_ += is_text && !(type == "intValue" && is_whole(text)) ? json_quote(text) : text;
    return kind != JsonScanner::Kind::object && kind != JsonScanner::Kind::array;
  }

  // {"values": …}
  template <typename Read>
  bool read_values(const Read& read) {
    int members = 0;
    return for_each('{', '}',
                    [&] {
                      std::string name;
                      scanner_.read_key(name);
                      return ++members == 1 && name == "values" && read();
                    }) &&
           members == 1;
  }

  JsonScanner scanner_;
  std::string out_;
};

}  // namespace

std::optional<std::string> attributes_object(std::string_view list) {
  if (!may_be_attributes(list)) return std::nullopt;
  try {
    return AttributesReader(list).read();
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace gsa::prompts
