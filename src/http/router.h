#pragma once

// Which handler a request goes to, by method and path: "/api/sessions/{id}", where {id} stands for
// one segment that is not empty. A literal segment wins over a named one. Made once, then read by
// any thread.

#include <deque>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "http/message.h"

namespace gsa::http {

// Called by several threads at once. It may throw: Error for what the client can do something
// about, HttpError to choose the status.
using Handler = std::function<Response(const Request&)>;

// Which workers a handler runs on. None waits for the handlers of another kind.
enum class Work {
  cancel,   // ends what runs
  quick,    // what every page begins with
  normal,   // reads the database
  lengthy,  // what a user wrote: it may take all of its time
};

struct RouteOptions {
  Work work = Work::normal;
  // The handler only looks into memory: it runs on the network's thread, without a queue. It may
  // not stream a body.
  bool immediate = false;
  bool open = false;        // needs no token
  bool owner_only = false;  // needs the owner key
  // Something to look at: other sites may link to it. Else it is part of the API, which only the
  // server's own pages may call.
  bool page = false;
  std::string body_type = "application/json";  // of the bodies it takes
};

struct Route {
  std::string method;
  std::string pattern;
  Handler handler;
  RouteOptions options;
};

class Router {
 public:
  // HEAD and OPTIONS are answered by themselves. Throws Bug where another route has the same method
  // and the same paths.
  void add(std::string_view method, std::string_view pattern, Handler handler,
           RouteOptions options = {});

  // Answers GET where no pattern fits the path: a page that says so. It runs as an immediate page.
  // Paths below `except`, "/api", have none.
  void set_fallback(Handler handler, std::string_view except);

  struct Match {
    const Route* route = nullptr;      // null: none
    std::vector<std::string> allowed;  // the methods of the path; empty: no such path
    Parameters parameters;
  };
  Match match(std::string_view method, const std::string& path,
              const std::vector<std::string>& segments) const;

 private:
  struct Path {  // the routes of one pattern
    std::vector<std::string> segments;
    std::vector<const Route*> routes;
  };
  const Path* find(const std::string& path, const std::vector<std::string>& segments) const;

  std::deque<Route> routes_;  // which do not move
  std::unordered_map<std::string, Path> literal_;
  std::vector<Path> named_;  // with {…}, the more literal ones first
  Route fallback_;           // without a method: none
  std::string without_fallback_;
};

}  // namespace gsa::http
