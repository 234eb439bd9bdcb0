#pragma once

// A hub for tests: real HTTP on this machine, with one port for the hub and one for the host that
// it redirects downloads to ("cdn"). Each connection has a thread. It answers like the real hub,
// except for requests that a test scripted a Reply for.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace gsa::hub {

enum class Place { head, get, cdn };  // HEAD and GET at the hub, and anything at the other host

// How to answer a request. Every member left at its default keeps that part of the answer correct.
struct Reply {
  std::function<void()> before = {};  // called first
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers =
      {};                     // replace the headers of the same names; an empty value removes one
  std::string redirect = {};  // answers only a 307 to this address
  bool ignore_range = false;  // 200 and the whole file
  bool refuse_range = false;  // 416 if the request has a range
  bool change_bytes = false;  // other bytes, as many
  std::optional<std::int64_t> claim = {};  // the Content-Length
  std::int64_t extra_bytes = 0;            // after the body, and counted in the Content-Length
  std::int64_t bytes_per_second = 0;       // 0: as fast as possible
  std::int64_t cut_off_at = -1;            // closes the connection after so many bytes of the body
  bool stall = false;                      // stops sending there instead of closing
  bool close_at_once = false;              // without any answer

  static Reply of(int status, const std::string& error_code = "");
};

struct ReceivedRequest {
  Place place;
  std::string method;
  std::string target;
  std::map<std::string, std::string> headers;  // names in lower case
  std::int64_t body_bytes = 0;                 // bytes of body sent in answer

  std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? "" : found->second;
  }
};

struct FakeHubOptions {
  bool tls = false;     // for the hub's port; the other port speaks plain HTTP
  bool direct = false;  // the hub sends the bytes itself, with git's sha1, as for small files
  std::string cdn_address =
      "127.0.0.1";  // or another address of this machine, because some clients ignore ports
};

class FakeHub {
 public:
  explicit FakeHub(FakeHubOptions options = {});
  ~FakeHub();  // closes every connection
  FakeHub(const FakeHub&) = delete;
  FakeHub& operator=(const FakeHub&) = delete;

  // Adds the file, or replaces it in a new commit. `repo` is "OWNER/NAME".
  void set_file(const std::string& repo, const std::string& path, std::string bytes);
  // Answers the next requests to that place with these replies, one each.
  void script(Place place, std::vector<Reply> replies);

  std::string endpoint() const;  // "http://127.0.0.1:PORT"
  std::string cdn_endpoint() const;
  std::string certificate() const;  // PEM, for a CA bundle
  std::string commit() const;       // of "main"
  std::vector<ReceivedRequest> requests() const;
  std::vector<ReceivedRequest> requests(Place place) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// An address that refuses connections: its port has just been released.
std::string refusing_endpoint();

// Bytes that do not compress and are the same in every run.
std::string made_up_bytes(std::size_t size);

}  // namespace gsa::hub
