#include "lake/s3_download.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/file.h"

namespace gsa::lake {
namespace {

// "bytes 5-9/10" is 5; -1 if it is none.
std::int64_t first_byte_of(const std::string& content_range) {
  if (!content_range.starts_with("bytes ")) return -1;
  const std::string_view range = std::string_view(content_range).substr(6);
  return whole_number_of(range.substr(0, range.find('-'))).value_or(-1);
}

}  // namespace

S3Download::S3Download(S3Client& client, const std::string& key, const std::filesystem::path& file,
                       const StoreEvents& events)
    : client_(client),
      events_(events),
      request_{.what = "cannot get", .key = key},
      pending_(file) {}

void S3Download::run() {
  RetrySchedule schedule(client_.settings().retry_limit);
  std::int64_t farthest = 0;  // bytes that come again are no progress
  while (const auto failure = attempt()) {
    if (pending_.bytes() > farthest) {
      farthest = pending_.bytes();
      schedule.count_anew();
    }
    client_.retry(request_, *failure, schedule, events_);
  }
  pending_.publish();
}

void S3Download::start_over() {
  pending_.start_over();
  sum_ = ByteSum();
  object_ = {};
}

std::optional<S3Failure> S3Download::attempt() {
  refused_.reset();
  WireRequest wire = client_.wire_request(request_);
  if (pending_.bytes() > 0) {
    wire.range = fmt::format("{}-", pending_.bytes());
    wire.headers.emplace_back("If-Match", object_.etag);
  }
  wire.on_headers = [this](const WireAnswer& answer) { return wants(answer); };
  wire.on_body = [this](std::string_view bytes) { take(bytes); };
  return judge(client_.send(wire, events_.stop));
}

bool S3Download::wants(const WireAnswer& answer) {
  const S3Object offered = object_of(answer);
  const bool rest = answer.status == 206 && pending_.bytes() > 0;
  if (!rest) start_over();  // the storage sends everything
  if (pending_.bytes() == 0) {
    object_ = offered;
  } else if (first_byte_of(answer.header("content-range")) != pending_.bytes() ||
             offered.bytes != object_.bytes || offered.etag != object_.etag) {
    refused_ = S3Failure{.message = "the storage sent other bytes than requested", .retry = true};
    start_over();
  }
  if (object_.bytes < 0) {
    refused_ = S3Failure{.message = "the storage does not say how large the file is"};
  }
  return !refused_;
}

void S3Download::take(std::string_view bytes) {
  sum_.add(bytes);
  pending_.append(bytes);
  if (events_.progress) events_.progress(pending_.bytes(), object_.bytes);
}

std::optional<S3Failure> S3Download::judge(const WireAnswer& answer) {
  if (refused_) return refused_;
  const bool has_all = object_.bytes >= 0 && pending_.bytes() == object_.bytes;
  const bool success = answer.status >= 200 && answer.status < 300;
  if (answer.status == 412 || answer.status == 416) {
    start_over();
    return S3Failure{.message = "the object was replaced meanwhile", .retry = true};
  }
  if (!success || (!answer.failure.empty() && !has_all)) {
    if (object_.etag.empty()) start_over();  // nothing tells whether the rest is of the same object
    return client_.failure(answer);
  }
  if (!has_all) {
    const auto shown = [](std::int64_t bytes) { return format_bytes(static_cast<double>(bytes)); };
    S3Failure failure{.message = fmt::format("the storage sent {} of {}", shown(pending_.bytes()),
                                             shown(object_.bytes)),
                      .retry = true};
    start_over();
    return failure;
  }
  if (!has_right_sum()) {
    start_over();
    return S3Failure{.message = "the bytes do not have the sum that they had when they were put",
                     .retry = true};
  }
  return std::nullopt;
}

bool S3Download::has_right_sum() {
  return object_.sha256.empty() || to_hex(sum_.finish()) == object_.sha256;
}

}  // namespace gsa::lake
