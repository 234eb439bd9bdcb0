#pragma once

// One client's connection on the network's thread, and what all connections share. This header
// shows Asio: it is for connection*.cc and server.cc alone.

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

// Of the network's thread, but for what says otherwise.
struct Shared {
  Shared(boost::asio::io_context& on, Options with, Router of);

  const Options options;
  const Router router;
  Headers default_headers;  // of every response
  Recorder recorder;        // any thread
  boost::asio::io_context& io;
  WorkerPool pool;  // any thread
  std::set<std::shared_ptr<Connection>> connections;
  // Of these the ones that are not closed, and how many of each client's address.
  std::size_t open = 0;
  std::map<std::string, std::size_t> of_peer;
  // The connection that has been without a request for longest: of that address, or of the one
  // with most connections where it is "". Null where all have a request.
  Connection* longest_idle(const std::string& peer) const;
  void enter_open(const std::string& peer);
  void leave_open(const std::string& peer);
  bool stopping = false;
  std::string date;               // of now, for headers
  std::vector<char> read_buffer;  // for whoever reads: nobody keeps bytes in it
  std::size_t event_streams = 0;

  // The clients of a topic, woken together once for any number of events.
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

  void start();                               // until then it does nothing
  void refuse();                              // instead of start(): there are too many
  void look_at_clock(Clock::time_point now);  // closes it where its time is up; heartbeats
  void wind_down();  // the server stops: it ends once the request that runs is answered
  void cancel();     // gives up the request that runs
  void close();
  void wake();  // there may be something new to look at

  const std::string& peer() const { return peer_; }
  // Whether no request has come whole: there is nothing that its end would lose.
  bool is_idle() const { return !is_closed_ && !is_refused_ && !has_request_; }
  Clock::time_point idle_since() const { return idle_since_; }
  // Bytes a second that its client took of the stream that runs; none where none has run for long.
  std::optional<double> stream_rate(Clock::time_point now);

 private:
  using Task = boost::asio::awaitable<void>;
  using Answer = boost::asio::awaitable<bool>;  // false: the connection is to end
  using Buffers = std::vector<boost::asio::const_buffer>;

  // A request from its first byte to the last one of its answer.
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
  Task linger();  // lets the client read the last answer before the connection is closed

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
  boost::asio::steady_timer signal_;  // never fires: cancelling it is what wakes
  std::string peer_, local_;          // addresses
  std::string received_;              // not yet used
  Clock::time_point deadline_ = Clock::time_point::max();
  Clock::time_point heartbeat_due_ = Clock::time_point::max();  // of an event stream
  std::shared_ptr<Exchange> exchange_;  // of the request that runs on a worker
  Finished finished_;                   // of the request that runs
  Clock::time_point begun_;
  Clock::time_point idle_since_ = Clock::now();
  std::optional<Clock::time_point> stream_begun_;
  std::size_t written_ = 0;      // to the socket, in all
  std::size_t stream_from_ = 0;  // of it before the stream
  std::size_t taken_ = 0;  // of it by the client when a write began to wait, or was last looked at
  bool is_refused_ = false;     // there are too many
  bool is_new_ = true;          // no request has come yet
  bool is_idle_ = false;        // between requests
  bool has_request_ = false;    // whole, until its answer has gone
  bool is_in_request_ = false;  // which finish_request() is to record
  bool is_reading_ = false;     // waits for the socket to be readable
  bool is_writing_ = false;
  bool reads_ahead_ = false;  // reads on by itself, to see the client leave
  bool discards_ = false;     // what comes in is of no interest any more
  bool is_at_end_ = false;    // the client sends no more
  bool is_expired_ = false;   // its time was up
  bool is_closed_ = false;
  bool keep_alive_ = true;
  bool wants_lingering_ = false;  // there may be bytes on their way that nobody will read
};

}  // namespace gsa::http
