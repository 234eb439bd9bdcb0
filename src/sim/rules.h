#pragma once

// The constants of the simulation: who the users are, and what happens to their generations. They
// come from the reference dataset (December 2025, 10,000 prompts, 500 users); the calibration test
// compares the results with what was measured there.

#include <array>
#include <cstdint>
#include <string_view>

namespace gsa::sim {

// The enums' order is that of their SQL types: free < pro < enterprise.
enum class Tier : std::uint8_t { free, pro, enterprise };
enum class Region : std::uint8_t { us_west, us_east, europe, asia, other };
enum class Device : std::uint8_t { desktop, mobile, tablet };
enum class Status : std::uint8_t { success, timeout, safety_violation, rate_limited, model_error };
enum class Feedback : std::uint8_t { none, thumbs_up, thumbs_down };
enum class Model : std::uint8_t { v1_4, v1_5, v2_0, v2_1 };

inline constexpr std::array<std::string_view, 3> kTierNames = {"free", "pro", "enterprise"};
inline constexpr std::array<std::string_view, 5> kRegionNames = {"us-west", "us-east", "europe",
                                                                 "asia", "other"};
inline constexpr std::array<std::string_view, 3> kDeviceNames = {"desktop", "mobile", "tablet"};
inline constexpr std::array<std::string_view, 5> kStatusNames = {
    "success", "timeout", "safety_violation", "rate_limited", "model_error"};
inline constexpr std::array<std::string_view, 2> kFeedbackNames = {"thumbs_up", "thumbs_down"};
inline constexpr std::array<std::string_view, 4> kModelNames = {"v1.4", "v1.5", "v2.0", "v2.1"};

// Shares, in the enums' order; each sums to 1.
inline constexpr std::array kTierShares = {0.70, 0.25, 0.05};
inline constexpr std::array kRegionShares = {0.30, 0.25, 0.20, 0.15, 0.10};
inline constexpr std::array kDeviceShares = {0.70, 0.25, 0.05};
inline constexpr std::array kModelShares = {0.05, 0.15, 0.30, 0.50};

// By tier.
inline constexpr std::array<std::uint32_t, 3> kActivityWeights = {1, 3, 8};
inline constexpr std::array kFeedbackShares = {0.10, 0.20, 0.25};
inline constexpr std::array kDownloadShares = {0.40, 0.65, 0.80};
inline constexpr std::array<std::int64_t, 3> kPriceTenths = {10, 9, 8};

// Signups are spread over the days that end with the month; a user stays this long.
inline constexpr std::int64_t kSignupDays = 365;

inline constexpr double kSafetyViolationShare = 0.85;  // share of prompts with a safety keyword
inline constexpr std::int32_t kLongPromptTokens = 75;  // a longer prompt may time out
inline constexpr double kTimeoutShare = 0.15;
inline constexpr double kRateLimitShare = 0.08;  // free tier only
inline constexpr double kModelErrorShare = 0.02;

inline constexpr std::int32_t kTimeoutMs = 30000;
inline constexpr std::int32_t kRefusalMinMs = 100, kRefusalMaxMs = 500;  // safety_violation
inline constexpr std::int32_t kRejectMinMs = 50, kRejectMaxMs = 200;  // rate_limited, model_error
inline constexpr std::int32_t kSuccessMinMs = 200, kSuccessMaxMs = 25000;
inline constexpr double kMsPerToken = 50;
inline constexpr double kLatencySigma = 0.4;  // of the lognormal factor, whose mu is 0

// Shares of 0, 1, 2 (and 3) retries.
inline constexpr std::array kSuccessRetries = {0.85, 0.12, 0.03};
inline constexpr std::array kRateLimitRetries = {0.30, 0.35, 0.25, 0.10};
inline constexpr std::array kFailureRetries = {0.90, 0.10};

inline constexpr double kThumbsUpAfterSuccess = 0.80, kThumbsUpAfterFailure = 0.30;

inline constexpr std::int32_t kLongDownloadTokens = 30, kShortDownloadTokens = 10;
inline constexpr double kLongDownloadBonus = 0.15, kShortDownloadMalus = 0.10;
inline constexpr double kMaxDownloadShare = 0.95;

}  // namespace gsa::sim
