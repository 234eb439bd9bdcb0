#pragma once

// How to reach S3 storage, and as whom.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "base/invocation.h"

namespace gsa::lake {

inline constexpr std::int64_t kMiB = std::int64_t{1} << 20;

struct S3Settings {
  // Such as "https://minio.example:9000"; without a scheme it is https, or http on this machine.
  std::string endpoint = {};  // empty: that of AWS in the region
  std::string region = {};    // empty: us-east-1, which most other storage takes as well
  // The bucket in the path instead of the host's name. Not set: if there is an endpoint, or the
  // bucket's name has dots, which AWS's certificates do not cover.
  std::optional<bool> path_style = {};

  std::string access_key = {}, secret_key = {}, session_token = {};
  std::string credentials_source = {};   // for messages: "the environment"
  std::filesystem::path ca_bundle = {};  // a file or a folder of certificates; empty: the system's

  // Larger files are sent in parts of this size, or of a ten-thousandth of the file if that is
  // more: S3 allows no more parts. AWS allows none below 5 MiB but the last. A part that breaks off
  // is sent again from its beginning.
  std::int64_t part_bytes = 64 * kMiB;
  std::chrono::milliseconds connect_timeout{10'000};
  std::chrono::milliseconds idle_timeout{60'000};  // the longest wait for a byte in any direction
  // For how long a request that failed is repeated, from its last progress on. 0: never.
  std::chrono::milliseconds retry_limit{120'000};
  // How long an interrupted put() waits for its unfinished upload to be removed: Ctrl-C is to end
  // within 0.3 s. Storage keeps, and bills, what could not be removed in time.
  std::chrono::milliseconds abort_limit{250};
};

// Fills what is not set, in the order of AWS's own tools. Credentials are taken as a whole from the
// first place that has some: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN; the
// profile AWS_PROFILE of ~/.aws/credentials; then of ~/.aws/config. The region comes from
// AWS_REGION, AWS_DEFAULT_REGION or the profile, the endpoint from AWS_ENDPOINT_URL_S3,
// AWS_ENDPOINT_URL or the profile, and the certificates from AWS_CA_BUNDLE or the profile. Throws
// Error if a file is unreadable, a profile that was asked for is absent, or half of the
// credentials is.
S3Settings complete_settings(S3Settings settings, const Invocation& invocation);

}  // namespace gsa::lake
