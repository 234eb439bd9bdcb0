#include "http/static_files.h"

#include <algorithm>
#include <array>
#include <memory>

#include <fmt/format.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/text.h"
#include "http/encoding.h"

namespace gsa::http {
namespace {

struct Variant {
  std::string_view coding;  // "identity": not compressed
  std::string_view bytes;
  std::string tag;
};

// A file with its variants, the preferred one first.
struct Prepared {
  std::vector<Variant> variants;
  std::string type;
  bool immutable = false;

  const Variant& choose(std::string_view accept_encoding) const {
    const Variant* best = &variants.back();
    double most = 0;
    for (const Variant& variant : variants) {
      const double want = wanted(accept_encoding, variant.coding);
      if (want > most) {
        best = &variant;
        most = want;
      }
    }
    return *best;
  }
};

std::shared_ptr<const Prepared> prepare(const StaticFile& file) {
  auto prepared = std::make_shared<Prepared>();
  prepared->type = file.type;
  prepared->immutable = file.immutable;
  const std::uint64_t hash = stable_hash(file.bytes);
  for (const auto& [coding, bytes] : {std::pair("br", file.brotli), std::pair("gzip", file.gzip),
                                      std::pair("identity", file.bytes)}) {
    const bool is_there = !bytes.empty() || std::string_view(coding) == "identity";
    if (is_there) {
      prepared->variants.push_back({coding, bytes, fmt::format("\"{:016x}-{}\"", hash, coding)});
    }
  }
  return prepared;
}

Response answer(const Prepared& file, const Request& request) {
  const Variant& variant = file.choose(request.headers.find("Accept-Encoding").value_or(""));
  Response response;
  response.headers.add("ETag", variant.tag);
  response.headers.add("Cache-Control",
                       file.immutable ? "public, max-age=31536000, immutable" : "no-cache");
  if (file.variants.size() > 1) response.headers.add("Vary", "Accept-Encoding");
  if (matches_tag(request.headers.find("If-None-Match").value_or(""), variant.tag)) {
    response.status = 304;
    return response;
  }
  response.headers.add("Content-Type", file.type);
  if (variant.coding != "identity") response.headers.add("Content-Encoding", variant.coding);
  response.body = StaticBody{variant.bytes};
  return response;
}

// The page for an unknown address. Must not be cached: the next version may have that address.
Response not_found(const Prepared& page, const Request& request) {
  if (!wants_page(request)) {
    return error_response(404, "not_found", fmt::format("there is no {}", request.path));
  }
  const Variant& variant = page.choose(request.headers.find("Accept-Encoding").value_or(""));
  Response response{.status = 404};
  response.headers.add("Content-Type", page.type);
  response.headers.add("Vary", "Accept, Accept-Encoding");
  if (variant.coding != "identity") response.headers.add("Content-Encoding", variant.coding);
  response.body = StaticBody{variant.bytes};
  return response;
}

}  // namespace

std::string content_type_of(std::string_view path) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 12> kTypes = {{
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".json", "application/json"},
      {".map", "application/json"},
      {".webmanifest", "application/manifest+json"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".ico", "image/vnd.microsoft.icon"},
      {".woff2", "font/woff2"},
      {".txt", "text/plain; charset=utf-8"},
      {".yaml", "application/yaml"},
  }};
  for (const auto& [ending, type] : kTypes) {
    if (path.ends_with(ending)) return std::string(type);
  }
  return "application/octet-stream";
}

void add_static_files(Router& router, const std::vector<StaticFile>& files,
                      const std::vector<std::string>& pages, std::string_view index) {
  const auto add = [&](const std::string& path, const std::shared_ptr<const Prepared>& file) {
    router.add("GET", path, [file](const Request& request) { return answer(*file, request); },
               {.immediate = true, .page = true});
  };
  std::shared_ptr<const Prepared> page;
  for (const StaticFile& file : files) {
    const std::shared_ptr<const Prepared> prepared = prepare(file);
    if (file.path == index) page = prepared;
    add(file.path, prepared);
  }
  check(page != nullptr || pages.empty(), "pages have an index file");
  for (const std::string& path : pages) add(path, page);
  if (page == nullptr) return;
  router.set_fallback([page](const Request& request) { return not_found(*page, request); }, "/api");
}

bool matches_tag(std::string_view if_none_match, std::string_view tag) {
  return std::ranges::any_of(split(if_none_match, ','), [&](const std::string& part) {
    std::string_view named = trim(part);
    if (named == "*") return true;
    if (named.starts_with("W/")) named.remove_prefix(2);  // RFC 9110 requires a weak comparison
    return named == tag;
  });
}

}  // namespace gsa::http
