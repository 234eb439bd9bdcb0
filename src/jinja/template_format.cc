#include "jinja/template_format.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "base/characters.h"
#include "base/error.h"

namespace gsa::jinja {
namespace {

constexpr int kMaxWidth = 10'000;  // of a field, and of the digits after the point

struct Spec {
  std::string fill = " ";
  char align = '\0';  // < > ^ = or none: numbers right, text left
  char sign = '-';    // '-', '+' or ' '
  bool alternative = false;
  bool comma = false;
  int width = 0;
  int precision = -1;
  char type = '\0';
};

bool is_one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }

// Reads digits at `at`; 0 if there are none.
int read_int(std::string_view text, std::size_t& at) {
  int value = 0;
  for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at) {
    value = value * 10 + (text[at] - '0');
    if (value > kMaxWidth) throw Error(fmt::format("a width above {}", kMaxWidth));
  }
  return value;
}

std::string pad(std::string_view text, const Spec& spec, char natural_align) {
  const auto length = static_cast<int>(count_characters(text));
  const int missing = std::max(spec.width - length, 0);
  const char align = spec.align == '\0' ? natural_align : spec.align;
  int left = align == '<' ? 0 : align == '^' ? missing / 2 : missing;
  std::string out;
  if (align == '=') {  // pads between the sign and the digits
    if (!text.empty() && is_one_of(text.front(), "+- ")) {
      out += text.front();
      text.remove_prefix(1);
    }
    left = missing;
  }
  for (int i = 0; i < left; ++i) out += spec.fill;
  out += text;
  for (int i = left; i < missing; ++i) out += spec.fill;
  return out;
}

std::string group_thousands(const std::string& digits) {
  const std::size_t whole = std::min(digits.find_first_not_of("0123456789"), digits.size());
  std::string out;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && i < whole && (whole - i) % 3 == 0) out += ',';
    out += digits[i];
  }
  return out;
}

std::string format_magnitude(double magnitude, const Spec& spec) {
  const bool plain = spec.type == '\0';
  if (plain && spec.precision < 0) return format_float(magnitude);
  const int precision = spec.precision < 0 ? 6 : spec.precision;
  switch (spec.type) {
    case 'e':
      return fmt::format("{:.{}e}", magnitude, precision);
    case 'E':
      return fmt::format("{:.{}E}", magnitude, precision);
    case 'f':
    case 'F':
      return fmt::format("{:.{}f}", magnitude, precision);
    case '%':
      return fmt::format("{:.{}f}%", magnitude * 100, precision);
    case 'G':
      return fmt::format("{:.{}G}", magnitude, std::max(precision, 1));
    case 'g':
      return fmt::format("{:.{}g}", magnitude, std::max(precision, 1));
    default: {  // no type: like g, but whole numbers keep a ".0"
      std::string digits = fmt::format("{:.{}g}", magnitude, std::max(precision, 1));
      const bool whole = digits.find_first_not_of("0123456789") == std::string::npos;
      return whole ? digits + ".0" : digits;
    }
  }
}

std::string format_magnitude(std::uint64_t magnitude, const Spec& spec) {
  switch (spec.type) {
    case 'x':
      return (spec.alternative ? "0x" : "") + fmt::format("{:x}", magnitude);
    case 'X':
      return (spec.alternative ? "0X" : "") + fmt::format("{:X}", magnitude);
    case 'o':
      return (spec.alternative ? "0o" : "") + fmt::format("{:o}", magnitude);
    case 'b':
      return (spec.alternative ? "0b" : "") + fmt::format("{:b}", magnitude);
    default:
      return std::to_string(magnitude);
  }
}

std::string format_number(const Value& value, const Spec& spec) {
  const bool floating =
      value.kind() == Value::Kind::floating || is_one_of(spec.type, std::string_view("eEfFgG%"));
  std::string digits;
  bool negative = false;
  if (floating) {
    const double number = value.as_double();
    negative = std::signbit(number);
    digits = format_magnitude(std::fabs(number), spec);
  } else {
    const std::int64_t number = value.as_integer();
    negative = number < 0;
    const auto bits = static_cast<std::uint64_t>(number);
    digits = format_magnitude(negative ? 0 - bits : bits, spec);
  }
  if (spec.comma) digits = group_thousands(digits);
  if (negative) {
    digits.insert(0, 1, '-');
  } else if (spec.sign != '-') {
    digits.insert(0, 1, spec.sign);
  }
  return pad(digits, spec, '>');
}

std::string format_text(std::string text, const Spec& spec) {
  if (spec.precision >= 0) {
    const std::vector<std::string_view> letters = characters(text);
    if (static_cast<std::size_t>(spec.precision) < letters.size()) {
      std::string cut;
      for (int i = 0; i < spec.precision; ++i) cut += letters[static_cast<std::size_t>(i)];
      text = std::move(cut);
    }
  }
  return pad(text, spec, '<');
}

class PercentFormat {
 public:
  PercentFormat(std::string_view format, const List& values, const Dict* named)
      : format_(format), values_(values), named_(named) {}

  std::string run() {
    std::string out;
    bool by_name = false;
    while (at_ < format_.size()) {
      if (format_[at_] != '%') {
        out += format_[at_++];
        continue;
      }
      ++at_;
      const Value* named = read_name();
      by_name = by_name || named != nullptr;
      Spec spec = read_spec();
      if (at_ >= format_.size()) throw Error("the format ends after a %", "%% prints a %");
      const char type = format_[at_++];
      out += type == '%' ? "%" : convert(type, named != nullptr ? *named : next_value(), spec);
    }
    if (!by_name && named_ == nullptr && used_ < values_.size()) {
      throw Error(fmt::format("the format uses {} of {} values", used_, values_.size()));
    }
    return out;
  }

 private:
  const Value* read_name() {
    if (at_ >= format_.size() || format_[at_] != '(') return nullptr;
    const std::size_t close = format_.find(')', at_);
    if (close == std::string_view::npos) throw Error("'%(' is not closed");
    const std::string_view name = format_.substr(at_ + 1, close - at_ - 1);
    at_ = close + 1;
    if (named_ == nullptr) throw Error("a format with %(name) needs a dict");
    const Value* value = named_->find(name);
    if (value == nullptr) throw Error(fmt::format("the dict has no key '{}'", name));
    return value;
  }

  Spec read_spec() {
    Spec spec;
    bool zero = false;
    for (; at_ < format_.size() && is_one_of(format_[at_], "-+ 0#"); ++at_) {
      const char flag = format_[at_];
      if (flag == '-') spec.align = '<';
      if (flag == '+' || (flag == ' ' && spec.sign == '-')) spec.sign = flag;
      if (flag == '0') zero = true;
      if (flag == '#') spec.alternative = true;
    }
    spec.width = read_int(format_, at_);
    if (at_ < format_.size() && format_[at_] == '.') spec.precision = read_int(format_, ++at_);
    if (zero && spec.align == '\0') {
      spec.fill = "0";
      spec.align = '=';
    }
    return spec;
  }

  const Value& next_value() {
    if (used_ >= values_.size()) throw Error("the format needs more values than it was given");
    return values_[used_++];
  }

  static std::string convert(char type, const Value& value, Spec spec) {
    if (is_one_of(type, "sr")) {
      if (spec.align == '\0' || spec.align == '=') spec.align = '>';
      spec.fill = " ";
      return format_text(type == 's' ? value.str() : value.repr(), spec);
    }
    if (type == 'c' && value.is_string()) return format_text(value.str(), spec);
    if (!is_one_of(type, "diufFeEgGxXo")) {
      throw Error(fmt::format("'%{}' is not a conversion", type), "%s prints any value");
    }
    if (!value.is_number()) {
      throw Error(fmt::format("%{} needs a number, got {}", type, value.type_name()),
                  "%s prints any value");
    }
    spec.type = type;
    if (!is_one_of(type, "diu")) return format_number(value, spec);
    spec.type = 'd';
    spec.precision = -1;
    if (value.kind() != Value::Kind::floating) return format_number(value, spec);
    const double whole = std::trunc(value.as_double());
    if (!(std::fabs(whole) < 0x1p63)) throw Error("the number does not fit in 64 bits");
    return format_number(static_cast<std::int64_t>(whole), spec);
  }

  std::string_view format_;
  const List& values_;
  const Dict* named_;
  std::size_t at_ = 0;
  std::size_t used_ = 0;
};

// [[fill]align][sign][#][0][width][,][.precision][type]
Spec parse_spec(std::string_view text) {
  Spec spec;
  std::size_t at = 0;
  const std::vector<std::string_view> letters = characters(text);
  if (letters.size() > 1 && is_one_of(text[letters[0].size()], "<>^=")) {
    spec.fill = letters[0];
    spec.align = text[letters[0].size()];
    at = letters[0].size() + 1;
  } else if (!text.empty() && is_one_of(text[0], "<>^=")) {
    spec.align = text[at++];
  }
  const auto here = [&text, &at](std::string_view set) {
    return at < text.size() && is_one_of(text[at], set);
  };
  if (here("+- ")) spec.sign = text[at++];
  if (here("#")) spec.alternative = text[at++] == '#';
  if (here("0")) {
    if (spec.align == '\0') {
      spec.fill = "0";
      spec.align = '=';
    }
    ++at;
  }
  spec.width = read_int(text, at);
  if (here(",")) spec.comma = text[at++] == ',';
  if (here(".")) spec.precision = read_int(text, ++at);
  if (here("sdfFeEgGxXob%")) spec.type = text[at++];
  if (at < text.size()) throw Error(fmt::format("'{}' is not a format of a field", text));
  return spec;
}

std::string format_field(const Value& value, std::string_view text) {
  if (text.empty()) return value.str();
  const Spec spec = parse_spec(text);
  if (value.is_number() && spec.type != 's') return format_number(value, spec);
  if (spec.type != '\0' && spec.type != 's') {
    throw Error(fmt::format("the format '{}' needs a number, got {}", text, value.type_name()));
  }
  return format_text(value.str(), spec);
}

class BraceFormat {
 public:
  BraceFormat(std::string_view format, const CallArguments& arguments)
      : format_(format), arguments_(arguments) {}

  std::string run() {
    std::string out;
    for (std::size_t at = 0; at < format_.size(); ++at) {
      const char c = format_[at];
      if (c != '{' && c != '}') {
        out += c;
      } else if (at + 1 < format_.size() && format_[at + 1] == c) {
        out += format_[at++];
      } else if (c == '}') {
        throw Error("a single '}' in the format", "write }} for one");
      } else {
        const std::size_t close = format_.find('}', at);
        if (close == std::string_view::npos) {
          throw Error("a '{' of the format is not closed", "write {{ for one");
        }
        out += field(format_.substr(at + 1, close - at - 1));
        at = close;
      }
    }
    return out;
  }

 private:
  std::string field(std::string_view text) {
    const std::size_t colon = std::min(text.find(':'), text.size());
    std::string_view name = text.substr(0, colon);
    const std::string_view spec = colon < text.size() ? text.substr(colon + 1) : "";
    const bool repr = name.ends_with("!r");
    if (repr || name.ends_with("!s")) name.remove_suffix(2);
    const Value& value = find(name);
    return repr ? format_field(Value(value.repr()), spec) : format_field(value, spec);
  }

  const Value& find(std::string_view name) {
    if (!name.empty() && (name[0] < '0' || name[0] > '9')) {
      for (const auto& [key, value] : arguments_.keyword) {
        if (key == name) return value;
      }
      throw Error(fmt::format("format() was given no argument '{}'", name));
    }
    std::size_t index = next_;
    if (name.empty()) {
      ++next_;
    } else {
      std::size_t at = 0;
      index = static_cast<std::size_t>(read_int(name, at));
      if (at < name.size()) throw Error(fmt::format("'{}' is not the name of a field", name));
    }
    (name.empty() ? automatic_ : numbered_) = true;
    if (automatic_ && numbered_) throw Error("the format has both {} and {0}");
    if (index >= arguments_.positional.size()) {
      throw Error(fmt::format("the format needs argument {}, but there are {}", index,
                              arguments_.positional.size()));
    }
    return arguments_.positional[index];
  }

  std::string_view format_;
  const CallArguments& arguments_;
  std::size_t next_ = 0;
  bool automatic_ = false, numbered_ = false;
};

}  // namespace

std::string format_percent(std::string_view format, const List& values, const Dict* named) {
  return PercentFormat(format, values, named).run();
}

std::string format_braces(std::string_view format, const CallArguments& arguments) {
  return BraceFormat(format, arguments).run();
}

}  // namespace gsa::jinja
