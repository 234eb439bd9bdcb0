#include "prompts/row_set.h"

#include <bit>
#include <string_view>

#include <fmt/format.h>

#include "base/error.h"
#include "duck/function.h"

namespace gsa::prompts {
namespace {

using duck::Arguments;
using duck::Output;
using duck::Type;

bool has_bit(std::string_view bits, std::int64_t row) {
  const auto byte = static_cast<std::size_t>(row / 8);
  return row >= 0 && byte < bits.size() &&
         ((static_cast<unsigned char>(bits[byte]) >> (row % 8)) & 1U) != 0;
}

std::string hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 15U];
  }
  return text;
}

}  // namespace

RowSet::RowSet(std::int64_t rows) : bits_(static_cast<std::size_t>((rows + 7) / 8), '\0') {}

RowSet::RowSet(duck::Connection& connection, const std::string& select, std::int64_t rows)
    : RowSet(rows) {
  const duck::Result found = connection.query(select);
  for (std::size_t r = 0; r < found.rows(); ++r) add(found.int64(r, 0));
}

void RowSet::add(std::int64_t row) {
  const auto byte = static_cast<std::size_t>(row / 8);
  check(row >= 0 && byte < bits_.size(), "the row is one of the source's");
  bits_[byte] = static_cast<char>(static_cast<unsigned char>(bits_[byte]) | (1U << (row % 8)));
}

std::int64_t RowSet::size() const {
  std::int64_t rows = 0;
  for (const char bits : bits_) rows += std::popcount(static_cast<unsigned char>(bits));
  return rows;
}

std::string RowSet::contains(const std::string& row) const {
  return fmt::format("gsa_in_rows(from_hex('{}'), {})", hex(bits_), row);
}

void register_row_set(duck::Connection& connection) {
  duck::register_function(
      connection, {"gsa_in_rows",
                   {Type::of(duck::TypeId::blob), Type::of(duck::TypeId::bigint)},
                   Type::of(duck::TypeId::boolean),
                   [](const Arguments& in, Output& out) {
                     const duck::Texts bits = in.texts(0);
                     const auto* rows = in.column<std::int64_t>(1);
                     auto* found = out.data<bool>();
                     for (std::size_t r = 0; r < in.rows(); ++r) {
                       found[r] =
                           !bits.is_null(r) && !in.is_null(1, r) && has_bit(bits[r], rows[r]);
                     }
                   }});
}

}  // namespace gsa::prompts
