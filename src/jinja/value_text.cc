// The printed form of values: Python's str, repr and json.dumps.

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include "base/characters.h"
#include "base/error.h"
#include "jinja/value.h"

namespace gsa::jinja {
namespace {

constexpr int kMaxPrintedDepth = 100;  // nested lists; a list that contains itself never ends

void append_character(std::string& out, std::string_view character, char quote) {
  const std::uint32_t code = code_point(character);
  switch (code) {
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    case '\\':
      out += "\\\\";
      return;
    default:
      break;
  }
  if (code == static_cast<unsigned char>(quote)) {
    out += '\\';
    out += quote;
  } else if (code < 0x20 || (code >= 0x7f && code <= 0xa0) || code == 0xad) {
    out += fmt::format("\\x{:02x}", code);
  } else {
    out += character;
  }
}

std::string quote_string(std::string_view text) {
  const bool has_single = text.find('\'') != std::string_view::npos;
  const char quote = has_single && text.find('"') == std::string_view::npos ? '"' : '\'';
  std::string out(1, quote);
  for (const std::string_view c : characters(text)) append_character(out, c, quote);
  return out + quote;
}

void append_repr(std::string& out, const Value& value, int depth);

void append_items(std::string& out, const List& items, int depth) {
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) out += ", ";
    append_repr(out, items[i], depth);
  }
}

void append_dict(std::string& out, const Dict& dict, int depth) {
  out += '{';
  bool first = true;
  for (const auto& [key, value] : dict.entries()) {
    if (!first) out += ", ";
    first = false;
    append_repr(out, key, depth);
    out += ": ";
    append_repr(out, value, depth);
  }
  out += '}';
}

void append_repr(std::string& out, const Value& value, int depth) {
  if (depth > kMaxPrintedDepth) throw Error("the value to print is nested too deeply");
  switch (value.kind()) {
    case Value::Kind::none:
      out += "None";
      return;
    case Value::Kind::undefined:
      if (!value.why_undefined().name.empty()) throw UndefinedError(value.why_undefined());
      out += "Undefined";
      return;
    case Value::Kind::boolean:
      out += value.as_bool() ? "True" : "False";
      return;
    case Value::Kind::integer:
      out += std::to_string(value.as_integer());
      return;
    case Value::Kind::floating:
      if (const std::string* written = value.as_written()) {
        out += *written;
      } else {
        out += format_float(value.as_double());
      }
      return;
    case Value::Kind::string:
      out += quote_string(value.as_string());
      return;
    case Value::Kind::list:
      out += '[';
      append_items(out, value.as_list(), depth + 1);
      out += ']';
      return;
    case Value::Kind::tuple:
      out += '(';
      append_items(out, value.as_list(), depth + 1);
      out += value.as_list().size() == 1 ? ",)" : ")";
      return;
    case Value::Kind::dict:
      append_dict(out, value.as_dict(), depth + 1);
      return;
    case Value::Kind::object:
      if (!value.as_object().assignable) {
        out += value.as_object().text;
        return;
      }
      out += "<Namespace ";
      append_dict(out, value.as_object().attributes, depth + 1);
      out += '>';
      return;
  }
}

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  for (const std::string_view c : characters(text)) {
    const std::uint32_t code = code_point(c);
    if (code == '"' || code == '\\') {
      out += '\\';
      out += c;
    } else if (code == '\n' || code == '\r' || code == '\t' || code == '\b' || code == '\f') {
      out += '\\';
      out += code == '\n'   ? 'n'
             : code == '\r' ? 'r'
             : code == '\t' ? 't'
             : code == '\b' ? 'b'
                            : 'f';
    } else if (code >= 0x10000) {
      const std::uint32_t rest = code - 0x10000;
      out += fmt::format("\\u{:04x}\\u{:04x}", 0xd800 + (rest >> 10), 0xdc00 + (rest & 0x3ff));
    } else if (code < 0x20 || code >= 0x7f) {
      out += code == 0x7f ? "\x7f" : fmt::format("\\u{:04x}", code);
    } else {
      out += c;
    }
  }
  out += '"';
}

void append_json(std::string& out, const Value& value, bool sort_keys, int depth);

std::string json_key(const Value& key) {
  if (key.is_string()) return key.as_string();
  if (key.is_number() || key.is_none()) return key.json();
  throw Error(fmt::format("a {} cannot be the key of a JSON object", key.type_name()));
}

void append_json_object(std::string& out, const Dict& dict, bool sort_keys, int depth) {
  std::vector<const std::pair<Value, Value>*> entries;
  for (const auto& entry : dict.entries()) entries.push_back(&entry);
  if (sort_keys) {
    std::stable_sort(entries.begin(), entries.end(),
                     [](const auto* a, const auto* b) { return Value::less(a->first, b->first); });
  }
  out += '{';
  for (const auto* entry : entries) {
    if (entry != entries.front()) out += ", ";
    append_json_string(out, json_key(entry->first));
    out += ": ";
    append_json(out, entry->second, sort_keys, depth);
  }
  out += '}';
}

void append_json(std::string& out, const Value& value, bool sort_keys, int depth) {
  if (depth > kMaxPrintedDepth) throw Error("the value to print is nested too deeply");
  switch (value.kind()) {
    case Value::Kind::none:
      out += "null";
      return;
    case Value::Kind::boolean:
      out += value.as_bool() ? "true" : "false";
      return;
    case Value::Kind::integer:
      out += std::to_string(value.as_integer());
      return;
    case Value::Kind::floating: {
      const double number = value.as_double();
      out += std::isnan(number)   ? "NaN"
             : std::isinf(number) ? (number < 0 ? "-Infinity" : "Infinity")
                                  : format_float(number);
      return;
    }
    case Value::Kind::string:
      append_json_string(out, value.as_string());
      return;
    case Value::Kind::list:
    case Value::Kind::tuple: {
      out += '[';
      bool first = true;
      for (const Value& item : value.as_list()) {
        if (!first) out += ", ";
        first = false;
        append_json(out, item, sort_keys, depth + 1);
      }
      out += ']';
      return;
    }
    case Value::Kind::dict:
      append_json_object(out, value.as_dict(), sort_keys, depth + 1);
      return;
    case Value::Kind::undefined:
      throw UndefinedError(value.why_undefined());
    case Value::Kind::object:
      throw Error(fmt::format("a value of type {} has no JSON form", value.type_name()));
  }
}

}  // namespace

std::string format_float(double value) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value < 0 ? "-inf" : "inf";
  std::array<char, 64> buffer{};
  char* const last = buffer.data() + buffer.size();
  // Python uses an exponent below 1e-4 and from 1e16 on, and the fewest digits in either form.
  const double magnitude = std::fabs(value);
  const bool exponent = value != 0 && (magnitude < 1e-4 || magnitude >= 1e16);
  const auto form = exponent ? std::chars_format::scientific : std::chars_format::fixed;
  std::string text(buffer.data(), std::to_chars(buffer.data(), last, value, form).ptr);
  if (!exponent && text.find('.') == std::string::npos) text += ".0";
  return text;
}

std::string Value::str() const {
  if (is_string()) return as_string();
  if (is_undefined()) {
    if (why_undefined().name.empty()) return "";
    throw UndefinedError(why_undefined());
  }
  return repr();
}

std::string Value::repr() const {
  std::string out;
  append_repr(out, *this, 0);
  return out;
}

std::string Value::json(bool sort_keys) const {
  std::string out;
  append_json(out, *this, sort_keys, 0);
  return out;
}

}  // namespace gsa::jinja
