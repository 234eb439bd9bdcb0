#include "dbt/md5.h"

#include <array>
#include <openssl/evp.h>

#include <fmt/format.h>

#include "base/error.h"

namespace gsa::dbt {

std::string md5_of(const std::string& text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  check(EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_md5(), nullptr) == 1,
        "a sum of text can be taken");
  std::string hex;
  for (unsigned int i = 0; i < size; ++i) hex += fmt::format("{:02x}", digest.at(i));
  return hex;
}

}  // namespace gsa::dbt
