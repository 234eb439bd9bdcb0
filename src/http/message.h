#pragma once

// What goes in and out of a handler: a request that was read and checked, and the response to it.

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/error.h"

namespace gsa::http {

// Header fields in their order. Names are compared without regard to case.
class Headers {
 public:
  using Field = std::pair<std::string, std::string>;

  void add(std::string_view name, std::string_view value);
  void set(std::string_view name, std::string_view value);  // instead of those of the name
  std::optional<std::string_view> find(std::string_view name) const;  // the first
  std::size_t count(std::string_view name) const;
  const std::vector<Field>& fields() const { return fields_; }

 private:
  std::vector<Field> fields_;
};

// Decoded names and values in their order; a name may come more than once.
class Parameters {
 public:
  using Parameter = std::pair<std::string, std::string>;

  void add(std::string name, std::string value);
  std::optional<std::string_view> find(std::string_view name) const;  // the first
  std::vector<std::string_view> find_all(std::string_view name) const;
  const std::vector<Parameter>& all() const { return parameters_; }

 private:
  std::vector<Parameter> parameters_;
};

struct Request {
  std::string method;                 // "GET"; HEAD reaches the handler of GET as "HEAD"
  std::string target;                 // as it was sent
  std::string authority;              // of a target like "http://HOST/PATH", else ""
  std::string path;                   // decoded, valid UTF-8, without "." and ".."
  std::vector<std::string> segments;  // of the path, decoded each: one may hold a '/'
  Parameters path_parameters;         // "{id}" of the route
  Parameters query;
  Headers headers;
  std::string body;
  std::string peer;   // the client's address, "127.0.0.1"
  std::string local;  // the server's of the connection, "127.0.0.1:8080", "[::1]:8080"
  int version = 11;   // 10 or 11: HTTP/1.0 or HTTP/1.1
  // Requested when the client has gone or the server's time to stop is over. Callbacks on it run on
  // the network's thread: they may not block or throw. A client that closes its sending side counts
  // as gone.
  std::stop_token cancelled = {};
};

// A person's browser asks for a page, and no program for data.
bool wants_page(const Request& request);

// Takes the pieces of a streaming body. Used by the one thread that the body function runs on.
class BodyWriter {
 public:
  virtual ~BodyWriter() = default;
  // Hands on `bytes`, waiting while the client reads slower than this is called. False: the client
  // has gone or has read nothing for too long, and nothing more is wanted.
  virtual bool write(std::string_view bytes) = 0;
};

// Runs on a worker. An exception before the first byte becomes an error response, a later one cuts
// the connection, so that nobody takes the part for the whole.
using BodyFunction = std::function<void(BodyWriter&)>;

struct StaticBody {
  std::string_view bytes;  // outlives the server
};

class Topic;

// The events of a topic, as long as the client stays (event_stream.h).
struct EventBody {
  std::shared_ptr<Topic> topic;
  std::string last_event_id;  // "": from now on
};

struct Response {
  int status = 200;
  // The server adds Date, framing, security headers, and `Cache-Control: no-store` where nothing
  // else is said. Values have no line breaks.
  Headers headers = {};
  std::variant<std::string, StaticBody, BodyFunction, EventBody> body = {};
  std::string failure = {};  // for the log: what is not told to the client

  static Response json(std::string body, int status = 200);
  static Response text(std::string body, std::string_view type = "text/plain; charset=utf-8");
  static Response stream(std::string_view type, BodyFunction body);
  static Response no_content();
};

// {"error":…,"hint":…,"code":…}, hint "" where there is none. `code` is a stable word in
// snake_case.
Response error_response(int status, std::string_view code, std::string_view error,
                        std::string_view hint = "");
// The same for people: a page without a script.
Response error_page(int status, std::string_view error, std::string_view hint);

// An Error with a status of its own, for handlers: 404 for a session that is not there.
class HttpError : public Error {
 public:
  HttpError(int status, std::string code, std::string message, std::string hint = "");
  int status() const { return status_; }
  const std::string& word() const { return word_; }

 private:
  int status_;
  std::string word_;
};

}  // namespace gsa::http
