#include "http/router.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"

namespace gsa::http {
namespace {

bool is_parameter(std::string_view segment) {
  return segment.size() > 2 && segment.starts_with('{') && segment.ends_with('}');
}

bool fits(const std::vector<std::string>& pattern, const std::vector<std::string>& path) {
  return std::ranges::equal(pattern, path, [](const auto& expected, const auto& segment) {
    return is_parameter(expected) ? !segment.empty() : expected == segment;
  });
}

// Whether the patterns match the same paths, whatever their names.
bool same_paths(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::ranges::equal(a, b, [](const auto& x, const auto& y) {
    return is_parameter(x) ? is_parameter(y) : x == y;
  });
}

// Orders patterns: at the first segment where only one pattern is literal, that one comes first.
bool more_literal(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  return std::ranges::lexicographical_compare(a, b, {}, is_parameter, is_parameter);
}

}  // namespace

void Router::add(std::string_view method, std::string_view pattern, Handler handler,
                 RouteOptions options) {
  check(pattern.starts_with('/'), "a pattern begins with '/'");
  check(method != "HEAD" && method != "OPTIONS", "HEAD and OPTIONS are answered by themselves");
  const Route& route = routes_.emplace_back(
      Route{std::string(method), std::string(pattern), std::move(handler), std::move(options)});
  Path path;
  if (pattern != "/") path.segments = split(pattern.substr(1), '/');
  Path* entry = nullptr;
  if (std::ranges::none_of(path.segments, is_parameter)) {
    entry = &literal_.try_emplace(route.pattern, std::move(path)).first->second;
  } else {
    auto place = std::ranges::find_if(
        named_, [&](const Path& other) { return same_paths(other.segments, path.segments); });
    if (place == named_.end()) {
      place = named_.insert(
          std::ranges::upper_bound(named_, path.segments, more_literal, &Path::segments), path);
    }
    entry = &*place;
    check(entry->segments == path.segments, "patterns of the same paths have the same names");
  }
  check(std::ranges::find(entry->routes, method, &Route::method) == entry->routes.end(),
        "a method and a path have one handler");
  entry->routes.push_back(&route);
}

void Router::set_fallback(Handler handler, std::string_view except) {
  fallback_ = {"GET", "", std::move(handler), {.immediate = true, .page = true}};
  without_fallback_ = except;
}

const Router::Path* Router::find(const std::string& path,
                                 const std::vector<std::string>& segments) const {
  // A '/' inside a segment was percent-encoded, so it is not a separator.
  const auto literal = literal_.find(path);
  if (literal != literal_.end() && literal->second.segments == segments) return &literal->second;
  const auto named = std::ranges::find_if(
      named_, [&](const Path& entry) { return fits(entry.segments, segments); });
  return named == named_.end() ? nullptr : &*named;
}

Router::Match Router::match(std::string_view method, const std::string& path,
                            const std::vector<std::string>& segments) const {
  Match match;
  const Path* entry = find(path, segments);
  const std::string_view wanted = method == "HEAD" ? "GET" : method;
  if (entry == nullptr) {
    const bool is_below = !segments.empty() && "/" + segments.front() == without_fallback_;
    if (wanted == fallback_.method && !is_below) match.route = &fallback_;
    return match;
  }
  for (const Route* route : entry->routes) {
    if (route->method == wanted) match.route = route;
    match.allowed.push_back(route->method);
    if (route->method == "GET") match.allowed.emplace_back("HEAD");
  }
  match.allowed.emplace_back("OPTIONS");
  if (match.route == nullptr) return match;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const std::string& name = entry->segments[i];
    if (is_parameter(name)) match.parameters.add(name.substr(1, name.size() - 2), segments[i]);
  }
  return match;
}

}  // namespace gsa::http
