#include "lake/fake_bucket.h"

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "base/text.h"
#include "lake/byte_sum.h"
#include "lake/s3_address.h"
#include "lake/xml_tree.h"

namespace gsa::lake {
namespace {

std::string etag_of(std::string_view bytes) {
  return fmt::format("\"{}\"", to_hex(byte_sum(bytes, SumOf::md5)));
}

}  // namespace

std::string FakeRequest::header(const std::string& name) const {
  const auto found = headers.find(name);
  return found == headers.end() ? "" : found->second;
}

std::string FakeRequest::parameter(const std::string& name) const {
  const std::size_t mark = target.find('?');
  if (mark == std::string::npos) return "-";
  for (const std::string& parameter : split(target.substr(mark + 1), '&')) {
    if (!parameter.starts_with(name + "=")) continue;
    return percent_decode(replace_all(parameter.substr(name.size() + 1), "+", "%2B"));
  }
  return "-";
}

FakeAnswer s3_error(int status, const std::string& code, const std::string& message,
                    const std::string& more) {
  return {.status = status,
          .headers = {{"Content-Type", "application/xml"}},
          .body = fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>{}</Code>"
                              "<Message>{}</Message>{}</Error>",
                              code, xml_escape(message), more)};
}

FakeAnswer FakeBucket::answer(const FakeRequest& request) {
  if (const std::string fault = signature_fault(request, options_.signer); !fault.empty()) {
    return s3_error(403, "SignatureDoesNotMatch", fault);
  }
  if (to_hex(byte_sum(request.body)) != request.header("x-amz-content-sha256")) {
    return s3_error(400, "XAmzContentSHA256Mismatch");
  }
  const std::string md5 = request.header("content-md5");
  if (!md5.empty() && md5 != to_base64(byte_sum(request.body, SumOf::md5))) {
    return s3_error(400, "BadDigest");
  }
  std::string path = request.target.substr(0, request.target.find('?'));
  const std::string host = request.header("host");
  if (host.starts_with(options_.name + ".")) path.insert(0, "/" + options_.name);
  const std::string top = "/" + options_.name + "/";
  if (!path.starts_with(top)) return s3_error(404, "NoSuchBucket");
  const std::string key = percent_decode(replace_all(path.substr(top.size()), "+", "%2B"));
  if (key.empty() && request.parameter("list-type") == "2") return list(request);
  if (request.method == "PUT") return put(request, key);
  if (request.method == "POST") return post(request, key);
  if (request.method == "DELETE") return remove(request, key);
  return get(request, key);
}

FakeAnswer FakeBucket::store(const FakeRequest& request, const std::string& key, Object object) {
  if (!request.header("if-none-match").empty()) {
    if (options_.refuses_conditions) return s3_error(501, "NotImplemented");
    if (!options_.ignores_conditions && objects.contains(key)) {
      return s3_error(412, "PreconditionFailed");
    }
  }
  const std::string etag = etag_of(object.bytes);
  objects[key] = std::move(object);
  return {.headers = {{"ETag", etag}}};
}

FakeAnswer FakeBucket::put(const FakeRequest& request, const std::string& key) {
  const std::string id = request.parameter("uploadId");
  if (id == "-") {
    return store(request, key,
                 {.bytes = request.body, .sum = request.header("x-amz-meta-gsa-sha256")});
  }
  const auto upload = uploads.find(id);
  if (upload == uploads.end()) return s3_error(404, "NoSuchUpload");
  upload->second.parts[std::stoi(request.parameter("partNumber"))] = request.body;
  return {.headers = {{"ETag", etag_of(request.body)}}};
}

FakeAnswer FakeBucket::post(const FakeRequest& request, const std::string& key) {
  if (request.parameter("uploads") == "-") return complete(request, key);
  const std::string id = fmt::format("id/{}+=", ++ids_);
  uploads[id] = {.key = key, .sum = request.header("x-amz-meta-gsa-sha256")};
  return {.body = fmt::format("<InitiateMultipartUploadResult><UploadId>{}</UploadId>"
                              "</InitiateMultipartUploadResult>",
                              id)};
}

FakeAnswer FakeBucket::complete(const FakeRequest& request, const std::string& key) {
  const auto upload = uploads.find(request.parameter("uploadId"));
  if (upload == uploads.end()) return s3_error(404, "NoSuchUpload");
  const auto list = parse_xml(request.body);
  if (!list || list->name != "CompleteMultipartUpload") return s3_error(400, "MalformedXML");
  Object object{.sum = upload->second.sum};
  for (const XmlElement& part : list->children) {
    const auto sent = upload->second.parts.find(std::stoi(part.text_of("PartNumber")));
    if (sent == upload->second.parts.end() || part.text_of("ETag") != etag_of(sent->second)) {
      return s3_error(400, "InvalidPart");
    }
    if (key != lose_part_of || &part != &list->children.back()) object.bytes += sent->second;
  }
  FakeAnswer answer = store(request, key, std::move(object));
  if (answer.status != 200) return answer;
  uploads.erase(upload);
  answer.body = "<CompleteMultipartUploadResult/>";
  return answer;
}

FakeAnswer FakeBucket::remove(const FakeRequest& request, const std::string& key) {
  if (const std::string id = request.parameter("uploadId"); id != "-") {
    if (uploads.erase(id) == 0) return s3_error(404, "NoSuchUpload");
  } else {
    objects.erase(key);
  }
  return {.status = 204};
}

FakeAnswer FakeBucket::get(const FakeRequest& request, const std::string& key) const {
  const auto found = objects.find(key);
  if (found == objects.end()) return s3_error(404, "NoSuchKey", "The key does not exist.");
  const auto& [bytes, sum] = found->second;
  FakeAnswer answer{.headers = {{"ETag", etag_of(bytes)}}, .body = bytes};
  if (!sum.empty()) answer.headers.emplace_back("x-amz-meta-gsa-sha256", sum);
  const std::string condition = request.header("if-match");
  if (!condition.empty() && condition != etag_of(bytes)) return s3_error(412, "PreconditionFailed");
  const std::string range = request.header("range");
  if (range.empty()) return answer;
  const std::size_t first = std::stoull(range.substr(6));  // "bytes=5-"
  if (first >= bytes.size()) return s3_error(416, "InvalidRange");
  std::size_t last = bytes.size() - 1;
  if (!range.ends_with('-'))
    last = std::min<std::size_t>(last, std::stoull(range.substr(range.find('-') + 1)));
  answer.status = 206;
  answer.headers.emplace_back("Content-Range",
                              fmt::format("bytes {}-{}/{}", first, last, bytes.size()));
  answer.body = bytes.substr(first, last - first + 1);
  return answer;
}

FakeAnswer FakeBucket::list(const FakeRequest& request) const {
  const std::string prefix = request.parameter("prefix");
  const std::string after = request.parameter("continuation-token");
  std::string contents, last;
  std::size_t count = 0;
  bool more = false;
  for (const auto& [key, object] : objects) {
    if (!key.starts_with(prefix) || (after != "-" && key <= after.substr(6))) continue;
    more = count++ == options_.page;
    if (more) break;
    // As AWS encodes it.
    const std::string encoded = replace_all(percent_encode(key, "/"), "%20", "+");
    contents += fmt::format("<Contents><Key>{}</Key><Size>{}</Size></Contents>", encoded,
                            object.bytes.size());
    last = key;
  }
  std::string next;
  if (more) {
    next = fmt::format("<NextContinuationToken>{}</NextContinuationToken>",
                       xml_escape("a+/=& " + last));
  }
  return {.body = fmt::format(
              "<?xml version=\"1.0\"?>\n<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/"
              "2006-03-01/\"><EncodingType>url</EncodingType><IsTruncated>{}</IsTruncated>{}{}"
              "</ListBucketResult>",
              more, next, contents)};
}

}  // namespace gsa::lake
