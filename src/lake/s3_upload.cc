#include "lake/s3_upload.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "base/error.h"
#include "lake/byte_sum.h"
#include "lake/s3_store.h"
#include "lake/xml_tree.h"

namespace gsa::lake {
namespace {
using Clock = std::chrono::steady_clock;

constexpr std::int64_t kMostParts = 10'000;
// How long to wait for the removal of an upload that failed, while nobody waits for us to stop.
constexpr std::chrono::milliseconds kAbortLimit{10'000};

WireBody text_body(const std::string& text) {
  return {.bytes = static_cast<std::int64_t>(text.size()),
          .sha256 = byte_sum(text),
          .read = [&text](char* buffer, std::size_t size, std::int64_t offset) {
            return text.copy(buffer, size, static_cast<std::size_t>(offset));
          }};
}

}  // namespace

std::int64_t part_bytes_for(std::int64_t file_bytes, std::int64_t part_bytes) {
  return std::max(part_bytes, (file_bytes + kMostParts - 1) / kMostParts);
}

S3Upload::S3Upload(S3Client& client, const std::string& key, const std::string& what,
                   const SourceFile& source, const FileSums& sums, const StoreEvents& events)
    : client_(client), key_(key), what_(what), source_(source), sums_(sums), events_(events) {}

UploadEnd S3Upload::run(bool& takes_conditions) {
  if (events_.progress) events_.progress(0, source_.bytes());
  return sums_.parts.size() == 1 ? put_whole(takes_conditions) : put_parts(takes_conditions);
}

WireBody S3Upload::body_of(const FilePart& part) {
  return {.bytes = part.bytes,
          .sha256 = part.sha256,
          .read = [this, &part](char* buffer, std::size_t size, std::int64_t offset) {
            const std::size_t got = source_.read(buffer, size, part.offset + offset);
            const std::int64_t end = part.offset + offset + static_cast<std::int64_t>(got);
            if (end > done_) {
              done_ = end;
              if (events_.progress) events_.progress(done_, source_.bytes());
            }
            return got;
          }};
}

// Sends the request that makes the object appear, on condition that there is none.
UploadEnd S3Upload::finish(S3Request request, const WireHeaders& headers, bool& takes_conditions) {
  while (true) {
    request.headers = headers;
    request.expected = {412};
    if (request.method == "POST") request.expected = {404, 409, 412};
    if (takes_conditions) {
      request.headers.emplace_back("If-None-Match", "*");
      request.expected.push_back(501);
    }
    const WireAnswer answer = client_.ask(request, events_, [this] { source_.check_unchanged(); });
    if (answer.is_good()) return UploadEnd::stored;
    const S3Failure failure = client_.failure(answer);
    if (answer.status == 501 && takes_conditions) {
      takes_conditions = false;
    } else if (failure.code == "NoSuchBucket") {
      throw client_.error(request, failure);
    } else {
      return UploadEnd::taken;
    }
  }
}

UploadEnd S3Upload::put_whole(bool& takes_conditions) {
  const FilePart& part = sums_.parts[0];
  const WireBody body = body_of(part);
  return finish({.what = what_, .method = "PUT", .key = key_, .body = &body},
                {{"Content-MD5", to_base64(part.md5)}, {kSumHeader, to_hex(sums_.sha256)}},
                takes_conditions);
}

UploadEnd S3Upload::put_parts(bool& takes_conditions) {
  begin();
  try {
    std::vector<std::string> etags;
    for (const FilePart& part : sums_.parts) etags.push_back(put_part(etags.size() + 1, part));
    const UploadEnd end = complete(etags, takes_conditions);
    if (end == UploadEnd::taken) abort();
    return end;
  } catch (...) {
    abort();
    throw;
  }
}

void S3Upload::begin() {
  const WireBody nothing = text_body("");
  const S3Request request{.what = what_,
                          .method = "POST",
                          .key = key_,
                          .query = {{"uploads", ""}},
                          .headers = {{kSumHeader, to_hex(sums_.sha256)}},
                          .body = &nothing};
  const auto root = parse_xml(client_.ask(request, events_).body);
  if (root) upload_id_ = root->text_of("UploadId");
  if (upload_id_.empty()) {
    throw client_.error(request, {.message = "the answer is not that of S3 storage"});
  }
}

std::string S3Upload::put_part(std::size_t number, const FilePart& part) {
  const WireBody body = body_of(part);
  const S3Request request{
      .what = what_,
      .method = "PUT",
      .key = key_,
      .query = {{"partNumber", std::to_string(number)}, {"uploadId", upload_id_}},
      .headers = {{"Content-MD5", to_base64(part.md5)}},
      .body = &body};
  const WireAnswer answer = client_.ask(request, events_, [this] { source_.check_unchanged(); });
  const std::string etag = answer.header("etag");
  if (etag.empty()) throw client_.error(request, {.message = "the storage gave a part no ETag"});
  return etag;
}

UploadEnd S3Upload::complete(const std::vector<std::string>& etags, bool& takes_conditions) {
  std::string list = R"(<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">)";
  for (std::size_t i = 0; i < etags.size(); ++i) {
    list += fmt::format("<Part><PartNumber>{}</PartNumber><ETag>{}</ETag></Part>", i + 1,
                        xml_escape(etags[i]));
  }
  list += "</CompleteMultipartUpload>";
  const WireBody body = text_body(list);
  return finish({.what = what_,
                 .method = "POST",
                 .key = key_,
                 .query = {{"uploadId", upload_id_}},
                 .body = &body,
                 .may_fail_late = true},
                {}, takes_conditions);
}

// The storage would keep, and bill, the parts. Asks once: whoever pressed Ctrl-C waits.
void S3Upload::abort() noexcept {
  try {
    const bool stopping = events_.stop.stop_requested();
    WireRequest request = client_.wire_request(
        {.what = what_, .method = "DELETE", .key = key_, .query = {{"uploadId", upload_id_}}});
    request.deadline = Clock::now() + (stopping ? client_.settings().abort_limit : kAbortLimit);
    const WireAnswer answer = client_.send(request, stopping ? std::stop_token() : events_.stop);
    if (answer.is_good() || answer.status == 404) return;
    if (events_.message) {
      events_.message(fmt::format("an unfinished upload to {} stays in the storage: {}",
                                  client_.place(key_), client_.failure(answer).message));
    }
  } catch (...) {  // the caller throws why the upload ended
  }
}

}  // namespace gsa::lake
