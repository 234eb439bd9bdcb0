#pragma once

// A table of prices, for sources that do not say what a generation cost:
//
//   name: Our contract
//   date: 2026-03
//   currency: EUR
//   prices:
//     - {model: dall-e-3, quality: hd, size: [1024x1024], price: 0.08}
//     - {model: "sdxl*", steps: [1, 30], per: step, price: 0.0001, from: 2026-01-01, to:
//     2026-06-30}
//     - {model: "*", per: second, price: 0.0007}
//
// `model` may have wildcards and ignores case. `steps` are the least and the most; `from` and `to`
// are days (UTC), both included. A price is per image (the default), per step of an image, per
// second of the generation, or per request. The first entry that fits counts.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace gsa::telemetry {

enum class PricedBy { image, step, second, request };

struct Price {
  std::string model = "*";
  std::vector<std::string> sizes = {};  // "1024x1024"; empty: any
  std::string quality = {};             // empty: any
  std::pair<int, int> steps = {0, 0};   // 0, 0: any
  std::string from = {}, to = {};       // "2026-01-01"; empty: always
  PricedBy per = PricedBy::image;
  std::string price;  // a decimal number
};

struct PriceTable {
  std::string name, date, currency;
  std::vector<Price> prices;
};

// `name` is the file in messages. Throws Error with file, line and column.
PriceTable read_prices(const std::string& name, const std::string& text);
const PriceTable& builtin_prices();

// SQL over the columns model, quality VARCHAR, width, height, steps, image_count, latency_ms
// (numbers) and generated_at TIMESTAMP: the cost as DECIMAL(18, 8); null if no entry fits, or if it
// needs a number that is null. A generation whose images are not counted has one.
std::string price_sql(const PriceTable& table);

}  // namespace gsa::telemetry
