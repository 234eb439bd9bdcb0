#include "dbt/sha256.h"

#include <array>
#include <openssl/evp.h>

#include <fmt/format.h>

#include "base/error.h"

namespace gsa::dbt {

std::string sha256_of(const std::string& text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> sum{};
  unsigned int size = 0;
  check(EVP_Digest(text.data(), text.size(), sum.data(), &size, EVP_sha256(), nullptr) == 1,
        "a sum of text can be taken");
  std::string digits;
  for (unsigned int i = 0; i < size; ++i) digits += fmt::format("{:02x}", sum.at(i));
  return digits;
}

}  // namespace gsa::dbt
