#pragma once

// The web addresses of a bucket and of what is in it.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lake/s3_settings.h"

namespace gsa::lake {

using S3Query = std::vector<std::pair<std::string, std::string>>;

class S3Address {
 public:
  // Throws Error if endpoint or region are invalid.
  S3Address(const S3Settings& settings, const std::string& bucket);

  // Of a key, or of the bucket if it is "". Percent-encoded as signatures want it: all but letters,
  // digits, "-", ".", "_", "~" and the slashes of the key; parameters sorted, each with a "=".
  std::string url(std::string_view key, S3Query query = {}) const;

  const std::string& origin() const { return origin_; }  // "https://minio.example:9000"
  const std::string& region() const { return region_; }
  bool is_this_machine() const { return is_this_machine_; }

 private:
  std::string region_;
  std::string origin_;  // of the endpoint, without the bucket
  std::string base_;    // of the bucket, without a slash at the end
  bool is_this_machine_ = false;
};

std::string percent_encode(std::string_view text, std::string_view kept = "");
// Undoes what S3 storage does to keys of listings: %2F is "/", and + is a blank.
std::string percent_decode(std::string_view text);

}  // namespace gsa::lake
