#include "api/number_loading.h"

namespace gsa::api {
namespace {

// A list of this many numbers stays in the first-level cache, so reading by code costs no time.
constexpr std::size_t kShortList = 256;
// The codes of a longer list have two bytes: worth it only for numbers of eight.
constexpr std::size_t kLongList = 65'536;

template <typename T>
std::uint64_t bits_of(T number) {
  if constexpr (std::is_same_v<T, double>) {
    return std::bit_cast<std::uint64_t>(number);
  } else {
    return static_cast<std::uint64_t>(std::int64_t{number});
  }
}

// Nulls of narrow types become those of the list.
template <typename T>
std::vector<std::conditional_t<std::is_same_v<T, double>, double, std::int64_t>> listed(
    const std::vector<T>& list) {
  if constexpr (std::is_same_v<T, double>) {
    return list;
  } else {
    std::vector<std::int64_t> wide;
    for (const T number : list) {
      wide.push_back(number == NumberColumn::kNull<T> ? NumberColumn::kNull<std::int64_t>
                                                      : std::int64_t{number});
    }
    return wide;
  }
}

}  // namespace

template <typename T>
bool ListingNumbers<T>::add(T number) {
  if (!codes_.empty() && bits_of(list_[codes_.back()]) == bits_of(number)) {
    codes_.push_back(codes_.back());
    return true;
  }
  const auto found = code_of_.find(bits_of(number));
  if (found != code_of_.end()) {
    codes_.push_back(found->second);
    return true;
  }
  if (list_.size() == most_) return false;
  const auto code = static_cast<std::uint16_t>(list_.size());
  code_of_.emplace(bits_of(number), code);
  list_.push_back(number);
  codes_.push_back(code);
  return true;
}

template <typename T>
void ListingNumbers<T>::stop_listing() {
  lists_ = false;
  plain_.reserve(rows_);
  for (const std::uint16_t code : codes_) plain_.push_back(list_[code]);
  codes_ = {};
  list_ = {};
  code_of_ = {};
}

template <typename T>
void ListingNumbers<T>::append(const T* numbers, std::size_t rows) {
  std::size_t at = 0;
  while (lists_ && at < rows) {
    if (add(numbers[at])) {
      ++at;
    } else {
      stop_listing();
    }
  }
  plain_.insert(plain_.end(), numbers + at, numbers + rows);
}

template <typename T>
void ListingNumbers<T>::finish(NumberColumn& column) {
  using Wide = std::conditional_t<std::is_same_v<T, double>, double, std::int64_t>;
  if (!lists_) {
    column.numbers = std::move(plain_);
  } else if (list_.size() <= kShortList) {
    column.numbers =
        ListedNumbers<std::uint8_t, Wide>{{codes_.begin(), codes_.end()}, listed(list_)};
  } else {
    column.numbers = ListedNumbers<std::uint16_t, Wide>{std::move(codes_), listed(list_)};
  }
}

NumberLoading::NumberLoading(NumberColumn& column, std::string_view type, std::size_t rows)
    : column_(&column) {
  if (type == "double") {
    listing_.emplace<ListingNumbers<double>>(kLongList, rows);
  } else if (type == "bigint") {
    listing_.emplace<ListingNumbers<std::int64_t>>(kLongList, rows);
  } else if (type == "integer") {
    listing_.emplace<ListingNumbers<std::int32_t>>(kShortList, rows);
  } else if (type == "smallint") {
    column.numbers.emplace<std::vector<std::int16_t>>().reserve(rows);
  } else {
    column.numbers.emplace<std::vector<std::int8_t>>().reserve(rows);
  }
}

void NumberLoading::append(const duck::Chunk& chunk, std::size_t at) {
  const std::size_t rows = chunk.rows();
  std::visit(
      [&](auto& listing) {
        using Listing = std::decay_t<decltype(listing)>;
        if constexpr (std::is_same_v<Listing, ListingNumbers<std::int32_t>>) {
          listing.append(chunk.column<std::int32_t>(at), rows);
        } else if constexpr (std::is_same_v<Listing, ListingNumbers<std::int64_t>>) {
          listing.append(chunk.column<std::int64_t>(at), rows);
        } else if constexpr (std::is_same_v<Listing, ListingNumbers<double>>) {
          listing.append(chunk.column<double>(at), rows);
        } else if (auto* narrow = std::get_if<std::vector<std::int8_t>>(&column_->numbers)) {
          const auto* read = chunk.column<std::int8_t>(at);
          narrow->insert(narrow->end(), read, read + rows);
        } else {
          auto& wider = std::get<std::vector<std::int16_t>>(column_->numbers);
          const auto* read = chunk.column<std::int16_t>(at);
          wider.insert(wider.end(), read, read + rows);
        }
      },
      listing_);
}

void NumberLoading::finish() {
  std::visit(
      [&](auto& listing) {
        if constexpr (!std::is_same_v<std::decay_t<decltype(listing)>, std::monostate>) {
          listing.finish(*column_);
        }
      },
      listing_);
  listing_ = std::monostate{};
}

bool share_codes(const CodeColumn& codes, NumberColumn& column) {
  const auto* numbers = std::get_if<std::vector<std::int8_t>>(&column.numbers);
  const auto* narrow = std::get_if<std::vector<std::uint8_t>>(&codes.codes);
  if (numbers == nullptr || narrow == nullptr || numbers->size() != narrow->size()) return false;
  std::vector<std::int8_t> number_of(codes.values.size());
  std::vector<bool> is_known(codes.values.size());
  for (std::size_t row = 0; row < numbers->size(); ++row) {
    const std::uint8_t code = (*narrow)[row];
    if (!is_known[code]) number_of[code] = (*numbers)[row];
    is_known[code] = true;
    if (number_of[code] != (*numbers)[row]) return false;
  }
  NumbersByCode by_code{{narrow->data()}, {number_of.begin(), number_of.end()}};
  for (std::size_t code = 0; code < number_of.size(); ++code) {
    if (number_of[code] != NumberColumn::kNull<std::int8_t>) continue;
    by_code.list[code] = NumberColumn::kNull<std::int64_t>;
  }
  column.numbers = std::move(by_code);
  return true;
}

std::size_t NumberColumn::bytes() const {
  return std::visit(
      [](const auto& column) -> std::size_t {
        using Column = std::decay_t<decltype(column)>;
        const auto of = [](const auto& list) { return list.capacity() * sizeof(list[0]); };
        if constexpr (std::is_same_v<Column, std::int64_t>) {
          return 0;
        } else if constexpr (std::is_same_v<Column, NumbersByCode>) {
          return of(column.list);
        } else if constexpr (kIsListed<Column>) {
          return of(column.codes) + of(column.list);
        } else {
          return of(column);
        }
      },
      numbers);
}

}  // namespace gsa::api
