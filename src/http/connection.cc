#include "http/connection.h"

#include <exception>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fmt/format.h>

#include "base/error.h"
#include "http/address.h"
#include "http/wire.h"

namespace gsa::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// A body up to this size is copied behind its head, so that one packet can carry both.
constexpr std::size_t kSmallBody = 16'384;
// Events written to a stream at a time.
constexpr std::size_t kEventsAtOnce = 64;
Response busy() {
  Response response =
      error_response(503, "busy", "the server is overloaded", "try again in a moment");
  response.headers.add("Retry-After", "1");
  return response;
}

WorkerPool::Kind kind_of(Work work) {
  switch (work) {
    case Work::cancel:
      return WorkerPool::Kind::cancel;
    case Work::quick:
      return WorkerPool::Kind::quick;
    case Work::lengthy:
      return WorkerPool::Kind::lengthy;
    case Work::normal:
      break;
  }
  return WorkerPool::Kind::normal;
}

Response no_route(const Request& request, const Router::Match& match) {
  if (match.allowed.empty()) {
    return error_response(404, "not_found", fmt::format("there is no {}", request.path));
  }
  std::string allowed;
  for (const std::string& method : match.allowed) {
    allowed += (allowed.empty() ? "" : ", ") + method;
  }
  Response response =
      request.method == "OPTIONS"
          ? Response::no_content()
          : error_response(405, "method_not_allowed",
                           fmt::format("{} does not accept {}", request.path, request.method),
                           fmt::format("it accepts {}", allowed));
  response.headers.add("Allow", allowed);
  return response;
}

// Leaves the topic however send_events() ends.
class Joined {
 public:
  Joined(Shared& shared, std::shared_ptr<Topic> topic, Connection* connection)
      : shared_(shared), topic_(std::move(topic)), connection_(connection) {
    shared_.join(topic_, connection_);
  }
  ~Joined() { shared_.leave(topic_, connection_); }
  Joined(const Joined&) = delete;
  Joined& operator=(const Joined&) = delete;

 private:
  Shared& shared_;
  std::shared_ptr<Topic> topic_;
  Connection* connection_;
};

}  // namespace

Connection::Connection(Shared& shared, tcp::socket socket)
    : shared_(shared), socket_(std::move(socket)), signal_(shared.io) {
  error_code ignored;  // the client may have gone already
  const tcp::endpoint peer = socket_.remote_endpoint(ignored);
  const tcp::endpoint local = socket_.local_endpoint(ignored);
  peer_ = read_address(peer.address().to_string()).value_or("");
  local_ = with_port(read_address(local.address().to_string()).value_or(""), local.port());
  ignored = socket_.non_blocking(true, ignored);
  ignored = socket_.set_option(tcp::no_delay(true), ignored);
}

void Connection::start() {
  shared_.connections.insert(shared_from_this());
  shared_.enter_open(peer_);
  asio::co_spawn(shared_.io, run(), asio::detached);
}

void Connection::refuse() {
  is_refused_ = true;
  start();
}

Connection::Task Connection::run() {
  const std::shared_ptr<Connection> self = shared_from_this();
  try {
    bool goes_on = true;
    while (goes_on) {
      if (is_refused_) {
        goes_on = co_await refuse_client();
      } else {
        goes_on = co_await serve_one();
      }
      finish_request();
      exchange_.reset();
    }
    if (wants_lingering_) co_await linger();
  } catch (const std::exception&) {  // out of memory or sockets: affects only this client
  }
  finish_request();
  close();
  shared_.connections.erase(self);
}

Connection::Answer Connection::refuse_client() {
  keep_alive_ = false;
  wants_lingering_ = true;
  const Request none;
  begin_request(none, nullptr);
  Response refusal = busy();
  co_return co_await respond(none, std::move(refusal));
}

Connection::Answer Connection::serve_one() {
  is_idle_ = true;
  has_request_ = false;
  idle_since_ = Clock::now();
  if (received_.empty()) received_ = std::string();  // frees the buffer of an idle connection
  allow(is_new_ ? shared_.options.limits.header_time : shared_.options.limits.idle_time);
  while (received_.starts_with("\r\n")) received_.erase(0, 2);  // as RFC 9112 requires
  if (received_.empty()) {
    const bool has_more = co_await more();
    if (!has_more) co_return false;
  }
  is_idle_ = is_new_ = false;
  RequestReader reader({shared_.options.limits.header_bytes, shared_.options.limits.body_bytes});
  allow(shared_.options.limits.header_time);
  const bool has_header = co_await read_header(reader);
  if (!has_header) co_return false;
  co_return co_await dispatch(reader);
}

// True once the header is complete. False if it is invalid: then the client got an error.
Connection::Answer Connection::read_header(RequestReader& reader) {
  while (true) {
    const std::size_t used = reader.feed(received_);
    received_.erase(0, used);
    if (reader.state() != RequestReader::State::header) break;
    const bool has_more = co_await more();
    if (has_more) continue;
    if (is_expired_) {
      Response refusal = error_response(408, "timeout", "the header took too long");
      co_await refuse_request(reader, std::move(refusal));
    }
    co_return false;
  }
  if (reader.state() != RequestReader::State::failed) co_return true;
  Response refusal = reader.refusal();
  co_await refuse_request(reader, std::move(refusal));
  co_return false;
}

Connection::Answer Connection::read_body(RequestReader& reader) {
  if (reader.state() == RequestReader::State::done) co_return true;
  if (reader.wants_continue() && received_.empty()) {
    const bool is_sent = co_await write_text("HTTP/1.1 100 Continue\r\n\r\n");
    if (!is_sent) co_return false;
  }
  allow(shared_.options.limits.body_time);
  while (true) {
    const std::size_t used = reader.feed(received_);
    received_.erase(0, used);
    if (reader.state() != RequestReader::State::body) break;
    const bool has_more = co_await more();
    if (has_more) continue;
    if (is_expired_) {
      Response refusal = error_response(408, "timeout", "the body took too long");
      co_await refuse_request(reader, std::move(refusal));
    }
    co_return false;
  }
  if (reader.state() == RequestReader::State::done) co_return true;
  Response refusal = reader.refusal();
  co_await refuse_request(reader, std::move(refusal));
  co_return false;
}

// Answers a request without running a handler. If the request was not read to its end, closes the
// connection.
Connection::Answer Connection::refuse_request(const RequestReader& reader, Response refusal) {
  has_request_ = true;
  if (!is_in_request_) begin_request(reader.head(), nullptr);
  if (reader.state() != RequestReader::State::done) {
    keep_alive_ = false;
    wants_lingering_ = true;
  }
  co_return co_await respond(reader.head(), std::move(refusal));
}

Connection::Answer Connection::dispatch(RequestReader& reader) {
  reader.set_addresses(peer_, local_);
  const Request& head = reader.head();
  const Router::Match match = shared_.router.match(head.method, head.path, head.segments);
  begin_request(head, match.route);
  keep_alive_ = reader.keep_alive();
  std::optional<Response> refusal = http::refuse(shared_.options.access, head, match.route);
  if (!refusal && match.route == nullptr) refusal = no_route(head, match);
  if (refusal) co_return co_await refuse_request(reader, std::move(*refusal));
  const bool has_body = co_await read_body(reader);
  if (!has_body) co_return false;
  has_request_ = true;
  Request request = reader.take();
  request.path_parameters = match.parameters;
  if (!match.route->options.immediate) {
    co_return co_await run_on_worker(std::move(request), *match.route);
  }
  Response response = call(match.route->handler, request);
  co_return co_await respond(request, std::move(response));
}

Connection::Answer Connection::run_on_worker(Request request, const Route& route) {
  exchange_ = std::make_shared<Exchange>(std::move(request), shared_.options.limits.stream_window,
                                         [weak = weak_from_this(), &io = shared_.io] {
                                           asio::post(io, [weak] {
                                             if (const auto self = weak.lock()) self->wake();
                                           });
                                         });
  const WorkerPool::Ticket ticket =
      shared_.pool.submit(kind_of(route.options.work),
                          [exchange = exchange_, &route] { exchange->handle(route.handler); });
  const std::shared_ptr<Exchange> exchange = exchange_;
  if (is_at_end_) exchange->cancel();
  if (ticket == 0) {
    shared_.recorder.change([](Metrics& metrics) { ++metrics.busy; });
    Response refusal = busy();
    co_return co_await respond(exchange->request(), std::move(refusal));
  }
  allow_forever();
  reads_ahead_ = true;
  read_on();
  std::optional<Response> response = exchange->take_response();
  while (!response) {
    const bool is_lost = is_closed_ || (is_at_end_ && shared_.pool.withdraw(ticket));
    if (is_lost) co_return false;
    co_await changed();
    response = exchange->take_response();
  }
  const bool goes_on = co_await respond(exchange->request(), std::move(*response));
  reads_ahead_ = false;
  co_return goes_on;
}

Connection::Answer Connection::respond(const Request& request, Response response) {
  if (std::holds_alternative<BodyFunction>(response.body)) {
    co_return co_await respond_stream(request, std::move(response));
  }
  if (std::holds_alternative<EventBody>(response.body)) {
    co_return co_await respond_events(request, std::move(response));
  }
  const auto size_of = [](const Response& of) {
    const auto* text = std::get_if<std::string>(&of.body);
    return text != nullptr ? std::string_view(*text) : std::get<StaticBody>(of.body).bytes;
  };
  const bool may_have_body = response.status != 204 && response.status != 304;
  std::string head =
      head_of(request, response,
              may_have_body ? std::optional(size_of(response).size()) : std::nullopt, false);
  const std::string_view body =
      may_have_body && request.method != "HEAD" ? size_of(response) : std::string_view();
  Buffers buffers;
  if (body.size() <= kSmallBody) {
    head += body;
    buffers.emplace_back(head.data(), head.size());
  } else {
    buffers.emplace_back(head.data(), head.size());
    buffers.emplace_back(body.data(), body.size());
  }
  const bool is_sent = co_await write(std::move(buffers));
  co_return is_sent&& keep_alive_;
}

Connection::Answer Connection::respond_stream(const Request& request, Response response) {
  const bool chunked = request.version == 11;
  keep_alive_ =
      keep_alive_ && chunked;  // otherwise closing the connection marks the end of the body
  const std::string head = head_of(request, response, std::nullopt, chunked);
  if (request.method == "HEAD") {
    const bool is_sent = co_await write_text(head);
    co_return is_sent&& keep_alive_;
  }
  check(exchange_ != nullptr, "a body that is streamed comes from a worker");
  const WorkerPool::Ticket ticket = shared_.pool.submit(
      WorkerPool::Kind::stream,
      [exchange = exchange_, body = std::get<BodyFunction>(std::move(response.body))] {
        exchange->stream(body);
      });
  if (ticket == 0) {
    shared_.recorder.change([](Metrics& metrics) { ++metrics.busy; });
    Response refusal = busy();
    co_return co_await respond(request, std::move(refusal));
  }
  stream_from_ = written_;
  // An exception before the first byte can still become an error response.
  Exchange::Pieces pieces = exchange_->take_pieces();
  while (pieces.bytes.empty() && !pieces.ended) {
    const bool is_lost = is_closed_ || (is_at_end_ && shared_.pool.withdraw(ticket));
    if (is_lost) co_return false;
    co_await changed();
    pieces = exchange_->take_pieces();
  }
  if (pieces.bytes.empty() && pieces.failure) {
    co_return co_await respond(request, std::move(*pieces.failure));
  }
  stream_begun_ = Clock::now();
  const bool has_head = co_await write_text(head);
  bool is_sent = false;
  if (has_head) is_sent = co_await send_pieces(std::move(pieces), chunked);
  stream_begun_.reset();
  if (!is_sent) exchange_->cancel();
  co_return is_sent&& keep_alive_;
}

Connection::Answer Connection::send_pieces(Exchange::Pieces pieces, bool chunked) {
  while (true) {
    if (!pieces.bytes.empty()) {
      const std::string frame = chunked ? chunk_head(pieces.bytes.size()) : "";
      Buffers buffers = {asio::buffer(frame), asio::buffer(pieces.bytes)};
      if (chunked) buffers.emplace_back("\r\n", 2);
      const bool is_sent = co_await write(std::move(buffers));
      if (!is_sent) co_return false;
    }
    if (pieces.failure) {
      finished_.failure = pieces.failure->failure;
      co_return false;
    }
    if (pieces.ended) break;
    if (is_closed_) co_return false;
    pieces = exchange_->take_pieces();
    if (pieces.bytes.empty() && !pieces.ended) {
      co_await changed();
      pieces = exchange_->take_pieces();
    }
  }
  if (!chunked) co_return true;
  co_return co_await write_text(kLastChunk);
}

Connection::Answer Connection::respond_events(const Request& request, Response response) {
  if (shared_.event_streams >= shared_.options.limits.event_streams) {
    shared_.recorder.change([](Metrics& metrics) { ++metrics.busy; });
    Response refusal = busy();
    co_return co_await respond(request, std::move(refusal));
  }
  keep_alive_ = false;  // closing the connection ends the stream
  const std::string head = head_of(request, response, std::nullopt, false);
  if (request.method == "HEAD") {
    co_await write_text(head);
    co_return false;
  }
  const EventBody body = std::get<EventBody>(std::move(response.body));
  const Joined joined(shared_, body.topic, this);
  reads_ahead_ = true;
  discards_ = true;
  read_on();
  co_await send_events(*body.topic, head, body.last_event_id);
  heartbeat_due_ = Clock::time_point::max();
  co_return false;
}

Connection::Answer Connection::send_events(Topic& topic, const std::string& head,
                                           std::string_view last_event_id) {
  const auto found = topic.position_after(last_event_id);
  std::uint64_t position = found ? *found : topic.end();
  // An id alone is no event, but tells a client where to resume if it is cut off before the first
  // event.
  const bool has_missed = !last_event_id.empty() && !found;
  const std::string begin =
      head + "retry: 2000\n" +
      event_text(topic.id_before(position), has_missed ? "reset" : "", has_missed ? "{}" : "");
  bool is_sent = co_await write_text(begin);
  finish_request();  // the events do not count for its duration
  heartbeat_due_ = Clock::now() + shared_.options.heartbeat;
  while (is_sent && has_client() && !shared_.stopping) {
    const Topic::Slice slice = topic.read(position, kEventsAtOnce);
    if (slice.lost) {
      shared_.recorder.change([](Metrics& metrics) { ++metrics.clients_dropped; });
      co_return false;
    }
    Buffers buffers;
    for (const auto& event : slice.events) buffers.emplace_back(event->data(), event->size());
    position += slice.events.size();
    if (buffers.empty() && Clock::now() >= heartbeat_due_) buffers.emplace_back(":\n\n", 3);
    if (buffers.empty()) {
      co_await changed();
    } else {
      is_sent = co_await write(std::move(buffers));
      heartbeat_due_ = Clock::now() + shared_.options.heartbeat;
    }
  }
  co_return is_sent;
}

std::string Connection::head_of(const Request& request, Response& response,
                                std::optional<std::size_t> length, bool chunked) {
  if (shared_.stopping) keep_alive_ = false;
  finished_.status = response.status;
  finished_.failure = response.failure;
  const Framing framing{.content_length = length,
                        .chunked = chunked,
                        .keep_alive = keep_alive_,
                        .version = request.version,
                        .date = shared_.date};
  return response_head(response, framing, shared_.default_headers);
}

void Connection::begin_request(const Request& request, const Route* route) {
  is_in_request_ = true;
  begun_ = Clock::now();
  finished_ = {.method = request.method,
               .route = route == nullptr ? "" : route->pattern,
               .path = request.path,
               .peer = peer_,
               .status = 499,
               .failure = {}};
}

void Connection::finish_request() {
  if (!std::exchange(is_in_request_, false)) return;
  finished_.duration = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begun_);
  shared_.recorder.record(finished_);
  if (shared_.options.on_finished) shared_.options.on_finished(finished_);
}

}  // namespace gsa::http
