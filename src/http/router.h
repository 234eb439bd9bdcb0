#pragma once

// Finds the handler of a request by method and path. In a pattern such as "/api/sessions/{id}",
// {id} matches one non-empty segment; a literal segment wins over a named one. Build it first; then
// any thread may read it.

#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "http/message.h"

namespace gsa::http {

// Called by several threads at once. May throw Error for what the client can act on, and HttpError
// to choose the status.
using Handler = std::function<Response(const Request&)>;

// The kind of worker that a handler needs. No kind waits for another.
enum class Work {
  cancel,   // stops a running job
  quick,    // needed first by every page
  normal,   // reads the database
  lengthy,  // a user's own query, which may take its full time
};

struct RouteOptions {
  Work work = Work::normal;
  // The handler only reads memory, so it runs on the network's thread without a queue. It must not
  // stream a body.
  bool immediate = false;
  bool open = false;        // works without a token
  bool owner_only = false;  // requires the owner key
  // A page for people, which other sites may link to. Otherwise it is part of the API, which only
  // the server's own pages may call.
  bool page = false;
  std::string body_type = "application/json";  // type of the request bodies that it accepts
};

struct Route {
  std::string method;
  std::string pattern;
  Handler handler;
  RouteOptions options;
};

class Router {
 public:
  // HEAD and OPTIONS need no routes. Throws Bug if another route has the same method and paths.
  void add(std::string_view method, std::string_view pattern, Handler handler,
           RouteOptions options = {});

  // Answers GET if no pattern matches the path, with a page that says so. Runs as an immediate
  // page. Does not apply to paths below `except`, such as "/api".
  void set_fallback(Handler handler, std::string_view except);

  struct Match {
    const Route* route = nullptr;      // null: no match
    std::vector<std::string> allowed;  // the methods of the path; empty: no such path
    Parameters parameters;
  };
  Match match(std::string_view method, const std::string& path,
              const std::vector<std::string>& segments) const;

 private:
  struct Path {  // all routes of one pattern
    std::vector<std::string> segments;
    std::vector<const Route*> routes;
  };
  const Path* find(const std::string& path, const std::vector<std::string>& segments) const;

  std::deque<Route> routes_;  // a deque, because its elements do not move
  std::unordered_map<std::string, Path> literal_;
  std::vector<Path> named_;  // with {…}; more literal ones come first
  Route fallback_;           // without a method: no fallback
  std::string without_fallback_;
};

}  // namespace gsa::http
