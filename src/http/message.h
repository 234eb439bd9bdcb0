#pragma once

// The input and output of a handler: a request that was read and checked, and its response.

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

// Header fields in order. Names are compared without case.
class Headers {
 public:
  using Field = std::pair<std::string, std::string>;

  void add(std::string_view name, std::string_view value);
  void set(std::string_view name, std::string_view value);  // replaces all fields of that name
  std::optional<std::string_view> find(std::string_view name) const;  // the first one
  std::size_t count(std::string_view name) const;
  const std::vector<Field>& fields() const { return fields_; }

 private:
  std::vector<Field> fields_;
};

// Decoded names and values in order; a name may occur several times.
class Parameters {
 public:
  using Parameter = std::pair<std::string, std::string>;

  void add(std::string name, std::string value);
  std::optional<std::string_view> find(std::string_view name) const;  // the first one
  std::vector<std::string_view> find_all(std::string_view name) const;
  const std::vector<Parameter>& all() const { return parameters_; }

 private:
  std::vector<Parameter> parameters_;
};

struct Request {
  std::string method;                 // "GET"; HEAD reaches the handler of GET as "HEAD"
  std::string target;                 // as sent
  std::string authority;              // for a target like "http://HOST/PATH", else ""
  std::string path;                   // decoded, valid UTF-8, without "." and ".."
  std::vector<std::string> segments;  // decoded parts of the path; one may contain a '/'
  Parameters path_parameters;         // values for "{id}" in the route
  Parameters query;
  Headers headers;
  std::string body;
  std::string peer;   // the client's address, "127.0.0.1"
  std::string local;  // the server's address on this connection, "127.0.0.1:8080", "[::1]:8080"
  int version = 11;   // 10 or 11: HTTP/1.0 or HTTP/1.1
  // Requested when the client has gone, or when the server stops and its grace period is over.
  // Callbacks on it run on the network's thread and must not block or throw. A client that closes
  // its sending side counts as gone.
  std::stop_token cancelled = {};
};

// Whether a person's browser asks for a page, rather than a program for data.
bool wants_page(const Request& request);

// Receives the pieces of a streaming body. Only the thread of the body function uses it.
class BodyWriter {
 public:
  virtual ~BodyWriter() = default;
  // Passes `bytes` on. Blocks while the client reads more slowly than the body is produced. False:
  // the client has gone, or has read nothing for too long, so stop.
  virtual bool write(std::string_view bytes) = 0;
};

// Runs on a worker. An exception before the first byte becomes an error response; a later one cuts
// the connection, so that nobody takes a part for the whole.
using BodyFunction = std::function<void(BodyWriter&)>;

struct StaticBody {
  std::string_view bytes;  // must outlive the server
};

class Topic;

// The events of a topic, until the client leaves (event_stream.h).
struct EventBody {
  std::shared_ptr<Topic> topic;
  std::string last_event_id;  // "": only new events
};

struct Response {
  int status = 200;
  // The server adds Date, framing, security headers, and `Cache-Control: no-store` unless the
  // handler sets another value. Values must not contain line breaks.
  Headers headers = {};
  std::variant<std::string, StaticBody, BodyFunction, EventBody> body = {};
  std::string failure = {};  // for the log; not shown to the client

  static Response json(std::string body, int status = 200);
  static Response text(std::string body, std::string_view type = "text/plain; charset=utf-8");
  static Response stream(std::string_view type, BodyFunction body);
  static Response no_content();
};

// {"error":…,"hint":…,"code":…}; hint is "" if there is none. `code` is a stable word in
// snake_case.
Response error_response(int status, std::string_view code, std::string_view error,
                        std::string_view hint = "");
// The same for people: a page without a script.
Response error_page(int status, std::string_view error, std::string_view hint);

// An Error with an HTTP status, for handlers: 404 for a session that does not exist.
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
