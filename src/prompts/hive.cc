#include "prompts/hive.h"

#include "base/text.h"
#include "prompts/utf8_check.h"

namespace gsa::prompts {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

// A % without two hexadecimal digits is kept.
std::string decode_percent(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const int high = text[i] == '%' && i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
    const int low = high < 0 ? -1 : hex_digit(text[i + 2]);
    if (low < 0) {
      out += text[i];
    } else {
      out += static_cast<char>(high * 16 + low);
      i += 2;
    }
  }
  return out;
}

bool is_utf8(std::string_view text) {
  Utf8Check check;
  return !check.feed(text) && check.complete();
}

}  // namespace

std::vector<HiveKey> hive_keys(std::string_view path) {
  constexpr std::string_view kNull = "__HIVE_DEFAULT_PARTITION__";
  std::vector<HiveKey> keys;
  std::vector<std::string> parts = split(path, '/');
  parts.pop_back();  // the file
  for (const std::string& part : parts) {
    const std::size_t equals = part.find('=');
    if (equals == std::string::npos || equals == 0) continue;
    HiveKey key{decode_percent(part.substr(0, equals)), decode_percent(part.substr(equals + 1))};
    if (!is_utf8(key.name) || !is_utf8(*key.value)) continue;
    if (key.value->empty() || key.value == kNull) key.value.reset();
    keys.push_back(std::move(key));
  }
  return keys;
}

}  // namespace gsa::prompts
