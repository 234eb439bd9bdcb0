#include "hub/digest.h"

#include <algorithm>
#include <array>
#include <openssl/evp.h>

#include <fmt/format.h>

#include "base/error.h"

namespace gsa::hub {

void Digest::Free::operator()(evp_md_ctx_st* context) const { EVP_MD_CTX_free(context); }

SumKind sum_kind(std::string_view etag) {
  const bool hex = std::all_of(etag.begin(), etag.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
  });
  if (hex && etag.size() == 64) return SumKind::sha256;
  if (hex && etag.size() == 40) return SumKind::git_sha1;
  return SumKind::none;
}

Digest::Digest(SumKind kind, std::int64_t size) {
  if (kind == SumKind::none) return;
  context_.reset(EVP_MD_CTX_new());
  check(context_ != nullptr, "libcrypto has memory");
  const EVP_MD* function = kind == SumKind::sha256 ? EVP_sha256() : EVP_sha1();
  check(EVP_DigestInit_ex(context_.get(), function, nullptr) == 1, "libcrypto has the sum");
  if (kind == SumKind::git_sha1) {
    const std::string header = fmt::format("blob {}", size);
    add({header.c_str(), header.size() + 1});  // with its zero
  }
}

void Digest::add(std::string_view bytes) {
  if (!context_) return;
  check(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1, "libcrypto adds");
}

std::string Digest::finish() {
  if (!context_) return "";
  std::array<unsigned char, EVP_MAX_MD_SIZE> sum{};
  unsigned int size = 0;
  check(EVP_DigestFinal_ex(context_.get(), sum.data(), &size) == 1, "libcrypto ends a sum");
  std::string out;
  for (unsigned int i = 0; i < size; ++i) out += fmt::format("{:02x}", sum[i]);
  return out;
}

}  // namespace gsa::hub
