#pragma once

// A hub for tests: real HTTP on this machine, one port for the hub and one for the host that it
// sends downloads to ("cdn"), each connection on a thread of its own. It answers as the real one
// does, but for requests that a test gave a Reply: those go wrong as the Reply says.

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

// How a request is answered; what is left as it is, is as it should be.
struct Reply {
  std::function<void()> before = {};  // called first
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers =
      {};                     // instead of those of the name; empty: none
  std::string redirect = {};  // a 307 to this address, and nothing else of the good answer
  bool ignore_range = false;  // 200 and the whole file
  bool refuse_range = false;  // 416, if a range is asked for
  bool change_bytes = false;  // other bytes of the same number
  std::optional<std::int64_t> claim = {};  // the Content-Length
  std::int64_t extra_bytes = 0;            // after the body, counted in the Content-Length
  std::int64_t bytes_per_second = 0;       // 0: as fast as they go
  std::int64_t cut_off_at = -1;            // closes the connection after so many bytes of the body
  bool stall = false;                      // falls silent there instead of closing
  bool close_at_once = false;              // without an answer

  static Reply of(int status, const std::string& error_code = "");
};

struct ReceivedRequest {
  Place place;
  std::string method;
  std::string target;
  std::map<std::string, std::string> headers;  // names in lower case
  std::int64_t body_bytes = 0;                 // sent in answer

  std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? "" : found->second;
  }
};

struct FakeHubOptions {
  bool tls = false;     // of the hub's port; the other one speaks plain HTTP
  bool direct = false;  // the hub gives the bytes itself, with git's sha1, as it does small files
  std::string cdn_address = "127.0.0.1";  // or another of this machine: some clients ignore ports
};

class FakeHub {
 public:
  explicit FakeHub(FakeHubOptions options = {});
  ~FakeHub();  // ends every connection
  FakeHub(const FakeHub&) = delete;
  FakeHub& operator=(const FakeHub&) = delete;

  // Adds the file, or makes it another one at a new commit. `repo` is "OWNER/NAME".
  void set_file(const std::string& repo, const std::string& path, std::string bytes);
  // The next requests to that place are answered so, one each.
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

// An address that refuses connections: of a port that was just given back.
std::string refusing_endpoint();

// Bytes that do not compress and are the same in each run.
std::string made_up_bytes(std::size_t size);

}  // namespace gsa::hub
