#include "telemetry/prices.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>

#include <fmt/format.h>

#include "base/characters.h"
#include "base/error.h"
#include "base/text.h"
#include "dbt/project_files.h"
#include "dbt/yaml.h"
#include "telemetry/data_files.h"

namespace gsa::telemetry {
namespace {

using dbt::Yaml;

constexpr std::array<std::pair<std::string_view, PricedBy>, 4> kPer = {
    {{"image", PricedBy::image},
     {"step", PricedBy::step},
     {"second", PricedBy::second},
     {"request", PricedBy::request}}};

// Digits with at most one point, up to 8 behind it.
bool is_price(std::string_view text) {
  constexpr std::size_t kPlaces = 8;
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const std::string_view places =
      point == std::string_view::npos ? std::string_view() : text.substr(point + 1);
  return !whole.empty() && whole.size() <= 9 && places.size() <= kPlaces &&
         std::all_of(whole.begin(), whole.end(), is_digit) &&
         std::all_of(places.begin(), places.end(), is_digit);
}

bool is_day(std::string_view text) {
  return text.size() == 10 && text[4] == '-' && text[7] == '-' &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || c == '-'; });
}

int whole_at(const Yaml& yaml) {
  const std::string text = yaml.string();
  int number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size() || number < 0) {
    throw yaml.error(fmt::format("'{}' is not a number of steps", text));
  }
  return number;
}

std::string day_at(const Yaml& entry, std::string_view key) {
  const auto day = entry.find(key);
  if (!day) return "";
  std::string text = day->string();
  if (!is_day(text)) throw day->error(fmt::format("'{}' is not a day such as 2026-03-31", text));
  return text;
}

Price read_price(const Yaml& entry) {
  entry.expect_keys("a price", {"model", "size", "quality", "steps", "from", "to", "per", "price"});
  Price price;
  if (const auto model = entry.find("model")) price.model = model->string();
  if (const auto sizes = entry.find("size")) price.sizes = sizes->strings();
  price.quality = entry.string_at("quality");
  if (const auto steps = entry.find("steps")) {
    const std::vector<Yaml> ends = steps->items();
    if (ends.size() != 2) throw steps->error("steps are [least, most]");
    price.steps = {whole_at(ends[0]), whole_at(ends[1])};
  }
  price.from = day_at(entry, "from");
  price.to = day_at(entry, "to");
  if (const auto per = entry.find("per")) {
    const std::string word = per->string();
    const auto found =
        std::find_if(kPer.begin(), kPer.end(), [&](const auto& one) { return one.first == word; });
    if (found == kPer.end()) {
      throw per->error(fmt::format("a price is not per '{}'", word),
                       "it is per image, step, second or request");
    }
    price.per = found->second;
  }
  const auto amount = entry.find("price");
  if (!amount) throw entry.error("an entry without a price");
  price.price = amount->string();
  if (!is_price(price.price)) {
    throw amount->error(fmt::format("'{}' is not a price", price.price),
                        "a decimal number with up to 8 places, such as 0.04");
  }
  return price;
}

std::string condition_of(const Price& price) {
  std::vector<std::string> parts;
  if (price.model != "*") {
    // LIKE with the wildcards of the table; its own are escaped.
    std::string pattern;
    for (const char c : to_lower(price.model)) {
      if (c == '%' || c == '_' || c == '\\') pattern += '\\';
      pattern += c == '*' ? '%' : c == '?' ? '_' : c;
    }
    parts.push_back(fmt::format("lower(model) like {} escape '\\'", sql_quote(pattern)));
  }
  if (!price.sizes.empty()) {
    std::vector<std::string> sizes;
    for (const std::string& size : price.sizes) sizes.push_back(sql_quote(to_lower(size)));
    parts.push_back(fmt::format("concat(width, 'x', height) in ({})", join(sizes, ", ")));
  }
  if (!price.quality.empty()) {
    parts.push_back(fmt::format("lower(quality) = {}", sql_quote(to_lower(price.quality))));
  }
  if (price.steps.second > 0) {
    parts.push_back(fmt::format("steps between {} and {}", price.steps.first, price.steps.second));
  }
  if (!price.from.empty()) {
    parts.push_back(fmt::format("generated_at >= date {}", sql_quote(price.from)));
  }
  if (!price.to.empty()) {
    parts.push_back(fmt::format("generated_at < date {} + 1", sql_quote(price.to)));
  }
  return parts.empty() ? "true" : join(parts, " and ");
}

std::string amount_of(const Price& price) {
  const std::string images = "coalesce(image_count, 1)::integer";
  std::string unit = price.price + "::decimal(18, 8)";
  switch (price.per) {
    case PricedBy::image:
      return fmt::format("{} * {}", unit, images);
    case PricedBy::step:
      return fmt::format("{} * {} * steps::integer", unit, images);
    case PricedBy::second:
      return fmt::format("{}::decimal(18, 11) * latency_ms::bigint / 1000", price.price);
    case PricedBy::request:
      break;
  }
  return unit;
}

}  // namespace

PriceTable read_prices(const std::string& name, const std::string& text) {
  const dbt::ProjectFiles files(std::map<std::string, std::string>{{name, text}});
  const Yaml yaml = Yaml::parse(files, name);
  if (!yaml.is_map()) throw yaml.error("a table of prices begins with `prices:`");
  yaml.expect_keys("a table of prices", {"name", "date", "currency", "prices"});
  PriceTable table;
  table.name = yaml.string_at("name");
  table.date = yaml.string_at("date");
  table.currency = yaml.string_at("currency");
  if (table.currency.empty()) throw yaml.error("the prices have no currency");
  const auto prices = yaml.find("prices");
  if (!prices) throw yaml.error("the table has no prices");
  for (const Yaml& entry : prices->items()) table.prices.push_back(read_price(entry));
  return table;
}

const PriceTable& builtin_prices() {
  static const PriceTable table = read_prices("prices.yml", std::string(data_file("prices.yml")));
  return table;
}

std::string price_sql(const PriceTable& table) {
  std::string sql = "try_cast(case";
  for (const Price& price : table.prices) {
    sql += fmt::format("\n    when {} then {}", condition_of(price), amount_of(price));
  }
  return sql + (table.prices.empty() ? " when false then 0" : "") + "\nend as decimal(18, 8))";
}

}  // namespace gsa::telemetry
