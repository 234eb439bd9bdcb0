#pragma once

// One client's connection, run by the network's thread, and the state that all connections share.
// This header shows Asio, so only connection*.cc and server.cc may include it.

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "http/event_stream.h"
#include "http/exchange.h"
#include "http/request_reader.h"
#include "http/server.h"
#include "http/worker_pool.h"

namespace gsa::http {

using Clock = std::chrono::steady_clock;

class Connection;

// State of the server. Only the network's thread uses it, unless a member says otherwise.
struct Shared {
  Shared(boost::asio::io_context& on, Options with, Router of);

  const Options options;
  const Router router;
  Headers default_headers;  // sent with every response
  Recorder recorder;        // any thread
  boost::asio::io_context& io;
  WorkerPool pool;  // any thread
  std::set<std::shared_ptr<Connection>> connections;
  // How many of these are not closed, in all and for each client address.
  std::size_t open = 0;
  std::map<std::string, std::size_t> of_peer;
  // The connection that has been without a request for longest: among those of `peer`, or if that
  // is "", among those of the address with most connections. Null if all have a request.
  Connection* longest_idle(const std::string& peer) const;
  void enter_open(const std::string& peer);
  void leave_open(const std::string& peer);
  bool stopping = false;
  std::string date;               // the current date, for headers
  std::vector<char> read_buffer;  // scratch space for reading; nobody keeps bytes in it
  std::size_t event_streams = 0;

  // The clients of a topic. However many events there are, they are woken together and only once.
  struct TopicClients {
    Topic::Subscription subscription;
    std::set<Connection*> connections;
  };
  std::map<std::shared_ptr<Topic>, TopicClients> topics;
  void join(const std::shared_ptr<Topic>& topic, Connection* connection);
  void leave(const std::shared_ptr<Topic>& topic, Connection* connection);
};

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(Shared& shared, boost::asio::ip::tcp::socket socket);

  void start();   // does nothing before this
  void refuse();  // instead of start(), if there are too many connections
  void look_at_clock(Clock::time_point now);  // closes an expired connection; sends heartbeats
  void wind_down();                           // the server stops: ends after the current request
  void cancel();                              // gives up the current request
  void close();
  void wake();  // makes the connection look for new work

  const std::string& peer() const { return peer_; }
  // Whether no complete request is pending, so that closing loses nothing.
  bool is_idle() const { return !is_closed_ && !is_refused_ && !has_request_; }
  Clock::time_point idle_since() const { return idle_since_; }
  // Bytes per second that the client takes of the current stream; null if that has not run for
  // long.
  std::optional<double> stream_rate(Clock::time_point now);

 private:
  using Task = boost::asio::awaitable<void>;
  using Answer = boost::asio::awaitable<bool>;  // false: end the connection
  using Buffers = std::vector<boost::asio::const_buffer>;

  // Handling a request, from its first byte to the last byte of its answer.
  Task run();
  Answer refuse_client();
  Answer serve_one();
  Answer read_header(RequestReader& reader);
  Answer read_body(RequestReader& reader);
  Answer dispatch(RequestReader& reader);
  Answer run_on_worker(Request request, const Route& route);
  Answer respond(const Request& request, Response response);
  Answer respond_stream(const Request& request, Response response);
  Answer respond_events(const Request& request, Response response);
  Answer refuse_request(const RequestReader& reader, Response refusal);
  Answer send_pieces(Exchange::Pieces pieces, bool chunked);
  Answer send_events(Topic& topic, const std::string& head, std::string_view last_event_id);
  Task linger();  // lets the client read the last answer before the connection closes

  // The socket.
  Answer more();  // waits for bytes; false: none will come
  Answer write(Buffers buffers);
  Answer write_text(std::string_view text);
  Task changed();  // waits for wake()
  void read_on();
  void on_readable(const boost::system::error_code& failure);

  bool has_client() const { return !is_at_end_ && !is_closed_; }
  int unread_bytes();
  void allow(std::chrono::milliseconds time) { deadline_ = Clock::now() + time; }
  void allow_forever() { deadline_ = Clock::time_point::max(); }
  std::string head_of(const Request& request, Response& response, std::optional<std::size_t> length,
                      bool chunked);
  std::size_t taken_bytes() { return written_ - static_cast<std::size_t>(unread_bytes()); }
  void begin_request(const Request& request, const Route* route);
  void finish_request();

  Shared& shared_;
  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer signal_;  // never fires; cancelling it wakes the waiter
  std::string peer_, local_;          // addresses
  std::string received_;              // received, but not used yet
  Clock::time_point deadline_ = Clock::time_point::max();
  Clock::time_point heartbeat_due_ = Clock::time_point::max();  // for an event stream
  std::shared_ptr<Exchange> exchange_;  // for the request running on a worker
  Finished finished_;                   // record of the current request
  Clock::time_point begun_;
  Clock::time_point idle_since_ = Clock::now();
  std::optional<Clock::time_point> stream_begun_;
  std::size_t written_ = 0;      // bytes written to the socket
  std::size_t stream_from_ = 0;  // bytes written before the stream began
  std::size_t taken_ =
      0;  // bytes that the client had taken when a write began to wait, or at the last check
  bool is_refused_ = false;     // there are too many connections
  bool is_new_ = true;          // no request has arrived yet
  bool is_idle_ = false;        // between requests
  bool has_request_ = false;    // from a complete request to the end of its answer
  bool is_in_request_ = false;  // a request that finish_request() must record
  bool is_reading_ = false;     // waiting until the socket is readable
  bool is_writing_ = false;
  bool reads_ahead_ = false;  // keeps reading to notice when the client leaves
  bool discards_ = false;     // drops incoming bytes
  bool is_at_end_ = false;    // the client sends no more
  bool is_expired_ = false;   // its time limit has passed
  bool is_closed_ = false;
  bool keep_alive_ = true;
  bool wants_lingering_ = false;  // unread bytes may still be on their way
};

}  // namespace gsa::http
