#include "lake/s3_store.h"

#include <algorithm>
#include <charconv>

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"
#include "lake/byte_sum.h"
#include "lake/s3_download.h"
#include "lake/s3_upload.h"
#include "lake/source_file.h"
#include "lake/xml_tree.h"

namespace gsa::lake {
namespace {

PutResult compare(const S3Object& there, const SourceFile& source, const std::string& sha256,
                  const std::string& address) {
  if (there.bytes == source.bytes() && there.sha256 == sha256) return PutResult::was_there;
  const std::string hint = "remove it first, or choose another key";
  const std::string file = source.path().string();
  if (there.bytes == source.bytes() && there.sha256.empty()) {
    throw Error(fmt::format("{} has no sum to compare with {}, and no file is ever replaced",
                            address, file),
                hint);
  }
  throw Error(fmt::format("{} is another file than {}, and is never replaced", address, file),
              hint);
}

}  // namespace

std::optional<std::int64_t> whole_number_of(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

S3Object object_of(const WireAnswer& answer) {
  S3Object object;
  std::string bytes = answer.header("content-length");
  if (answer.status == 206) {  // "bytes 5-9/10"
    const std::string range = answer.header("content-range");
    bytes = range.substr(std::min(range.find('/'), range.size() - 1) + 1);
  }
  object.bytes = whole_number_of(bytes).value_or(-1);
  object.etag = answer.header("etag");
  object.sha256 = to_lower(answer.header(kSumHeader));
  return object;
}

S3Store::S3Store(const Location& location, const S3Settings& settings,
                 const std::string& engine_base)
    : Store(engine_base), client_(location, settings) {}

// An answer to HEAD has no body, so a failure has neither code nor words, and a bucket that is not
// there looks like a key that is not. So the same is asked again by GET.
std::optional<S3Object> S3Store::look_at(const std::string& key, const std::string& what,
                                         const StoreEvents& events) {
  check_key(key);
  S3Request request{.what = what,
                    .method = "HEAD",
                    .key = key,
                    .expected = {301, 302, 307, 308, 400, 401, 403, 404}};
  const WireAnswer head = client_.ask(request, events);
  bucket_seen_ = bucket_seen_ || head.is_good();
  if (head.is_good()) return object_of(head);
  if (head.status == 404 && bucket_seen_) return std::nullopt;
  request.method = "GET";
  request.range = "0-0";
  request.expected = {404, 416};
  const WireAnswer got = client_.ask(request, events);
  const S3Failure failure = client_.failure(got);
  if (got.status == 404 && failure.code != "NoSuchKey") throw client_.error(request, failure);
  bucket_seen_ = true;
  if (got.status == 404) return std::nullopt;
  // Only GET is allowed, or the object came just now.
  if (got.status == 416) return S3Object{.bytes = 0, .sha256 = to_hex(byte_sum(""))};
  return object_of(got);
}

std::optional<std::int64_t> S3Store::size(const std::string& key, const StoreEvents& events) {
  const auto object = look_at(key, "cannot look at", events);
  return object ? std::optional(object->bytes) : std::nullopt;
}

PutResult S3Store::put(const std::filesystem::path& file, const std::string& key,
                       const StoreEvents& events) {
  const SourceFile source(file);
  const std::string what = fmt::format("cannot put {} to", file.string());
  const auto there = look_at(key, what, events);
  const std::int64_t part_bytes = part_bytes_for(source.bytes(), client_.settings().part_bytes);
  const FileSums sums = source.sums(part_bytes, events.stop);
  const std::string sha256 = to_hex(sums.sha256);
  if (there) return compare(*there, source, sha256, client_.place(key));
  const UploadEnd end = S3Upload(client_, key, what, source, sums, events).run(takes_conditions_);
  if (end == UploadEnd::stored && sums.parts.size() == 1) return PutResult::stored;
  const auto now = look_at(key, what, events);
  if (end == UploadEnd::taken) {
    if (now) return compare(*now, source, sha256, client_.place(key));
    throw client_.error({.what = what, .key = key},
                        {.message = "the storage had another file there, which is gone now"});
  }
  if (now && now->bytes == source.bytes()) return PutResult::stored;
  remove(key, events);
  throw client_.error({.what = what, .key = key},
                      {.message = "the storage made another file of the parts"});
}

void S3Store::get(const std::string& key, const std::filesystem::path& file,
                  const StoreEvents& events) {
  check_key(key);
  S3Download(client_, key, file, events).run();
}

void S3Store::remove(const std::string& key, const StoreEvents& events) {
  check_key(key);
  const S3Request request{
      .what = "cannot remove", .method = "DELETE", .key = key, .expected = {404}};
  const S3Failure failure = client_.failure(client_.ask(request, events));
  if (failure.code == "NoSuchBucket") throw client_.error(request, failure);
}

std::vector<StoredFile> S3Store::list(const std::string& prefix, const StoreEvents& events) {
  check_key_prefix(prefix);
  std::vector<StoredFile> found;
  std::string next;
  do {
    // Keys come percent-encoded, because XML cannot hold all characters.
    S3Request request{
        .what = "cannot list",
        .query = {
            {"list-type", "2"}, {"encoding-type", "url"}, {"prefix", client_.full_key(prefix)}}};
    if (!next.empty()) request.query.emplace_back("continuation-token", next);
    const std::string before = next;
    take_page(client_.ask(request, events), found, next);
    if (!next.empty() && next == before) {
      throw client_.error(request, {.message = "the storage repeats the same page"});
    }
  } while (!next.empty());
  bucket_seen_ = true;
  std::sort(found.begin(), found.end(),
            [](const StoredFile& a, const StoredFile& b) { return a.key < b.key; });
  return found;
}

void S3Store::take_page(const WireAnswer& page, std::vector<StoredFile>& found,
                        std::string& next) const {
  const S3Request request{.what = "cannot list"};
  const auto root = parse_xml(page.body);
  if (!root || root->name != "ListBucketResult") {
    throw client_.error(request, {.message = "the answer is not that of S3 storage"});
  }
  const bool encoded = root->text_of("EncodingType") == "url";
  const std::string top = client_.full_key("");
  for (const XmlElement& element : root->children) {
    if (element.name != "Contents") continue;
    std::string key = element.text_of("Key");
    if (encoded) key = percent_decode(key);
    const auto bytes = whole_number_of(trim(element.text_of("Size")));
    if (!key.starts_with(top) || !bytes) {
      throw client_.error(request, {.message = "the answer is not that of S3 storage"});
    }
    key.erase(0, top.size());
    // Some tools mark folders by an empty object whose key ends with a slash.
    if (!key.empty() && !key.ends_with('/')) {
      found.push_back({.key = std::move(key), .bytes = *bytes});
    }
  }
  next.clear();
  if (root->text_of("IsTruncated") != "true") return;
  next = root->text_of("NextContinuationToken");
  if (next.empty()) {
    throw client_.error(request,
                        {.message = "the storage says that a listing goes on, but not where"});
  }
}

}  // namespace gsa::lake
