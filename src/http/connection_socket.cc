// The socket side of a connection: bytes in and out, time limits, closing.

#include <algorithm>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "http/connection.h"

namespace gsa::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

// How long a client may take to read the answer to a request that was not read completely.
constexpr std::chrono::seconds kLingerTime{2};

}  // namespace

Connection::Task Connection::linger() {
  error_code failure;
  failure = socket_.shutdown(tcp::socket::shutdown_send, failure);
  if (failure) co_return;
  received_.clear();
  is_expired_ = false;
  discards_ = true;
  reads_ahead_ = true;
  allow(kLingerTime);
  read_on();
  while (has_client() && !is_expired_ && !shared_.stopping) co_await changed();
}

Connection::Answer Connection::more() {
  const std::size_t before = received_.size();
  read_on();
  while (received_.size() == before && has_client() && !is_expired_ &&
         !(is_idle_ && shared_.stopping)) {
    co_await changed();
  }
  co_return received_.size() > before;
}

Connection::Answer Connection::write(Buffers buffers) {
  is_writing_ = true;
  bool waits = false;
  error_code failure;
  while (!buffers.empty() && !failure) {
    std::size_t sent = socket_.write_some(buffers, failure);
    finished_.bytes_sent += sent;
    written_ += sent;
    while (!buffers.empty() && sent >= buffers.front().size()) {
      sent -= buffers.front().size();
      buffers.erase(buffers.begin());
    }
    if (buffers.empty()) break;
    buffers.front() += sent;
    if (failure && failure != asio::error::would_block) break;
    failure.clear();
    if (!std::exchange(waits, true)) {
      allow(shared_.options.limits.write_time);
      taken_ = taken_bytes();
    }
    co_await socket_.async_wait(tcp::socket::wait_write,
                                asio::redirect_error(asio::use_awaitable, failure));
  }
  is_writing_ = false;
  allow_forever();
  co_return !failure;
}

Connection::Answer Connection::write_text(std::string_view text) {
  Buffers buffers;
  buffers.emplace_back(text.data(), text.size());
  co_return co_await write(std::move(buffers));
}

Connection::Task Connection::changed() {
  error_code ignored;
  signal_.expires_at(Clock::time_point::max());
  co_await signal_.async_wait(asio::redirect_error(asio::use_awaitable, ignored));
}

void Connection::read_on() {
  if (is_reading_ || !has_client()) return;
  is_reading_ = true;
  socket_.async_wait(
      tcp::socket::wait_read,
      [self = shared_from_this()](const error_code& failure) { self->on_readable(failure); });
}

void Connection::on_readable(const error_code& failure) {
  is_reading_ = false;
  error_code ended = failure;
  const std::size_t size =
      failure ? 0 : socket_.read_some(asio::buffer(shared_.read_buffer), ended);
  if (ended == asio::error::would_block) {
    read_on();
    return;
  }
  if (ended) {
    is_at_end_ = true;
    if (exchange_) exchange_->cancel();
  } else if (!discards_) {
    received_.append(shared_.read_buffer.data(), size);
  }
  if (reads_ahead_ && received_.size() < shared_.options.limits.pipelined_bytes) read_on();
  wake();
}

void Connection::look_at_clock(Clock::time_point now) {
  if (now >= heartbeat_due_) wake();
  if (now < deadline_) return;
  if (is_writing_) {
    // The socket becomes writable only after much of the system's buffer is free again, so count
    // the bytes that the client's system has taken.
    const std::size_t before = std::exchange(taken_, taken_bytes());
    if (taken_ - before >= shared_.options.limits.write_bytes) {
      allow(shared_.options.limits.write_time);
      return;
    }
  }
  allow_forever();
  is_expired_ = true;
  shared_.recorder.change([](Metrics& metrics) { ++metrics.timeouts; });
  if (is_writing_) {
    close();
  } else {
    wake();
  }
}

// Bytes that were written but that the client's system has not taken.
int Connection::unread_bytes() {
  int bytes = 0;
  return ioctl(socket_.native_handle(), SIOCOUTQ, &bytes) == 0 ? bytes : 0;
}

void Connection::wind_down() {
  keep_alive_ = false;
  wake();
}

void Connection::cancel() {
  if (exchange_) exchange_->cancel();
  wake();
}

std::optional<double> Connection::stream_rate(Clock::time_point now) {
  if (is_closed_ || !stream_begun_) return std::nullopt;
  const std::chrono::duration<double> time = now - *stream_begun_;
  if (time < shared_.options.limits.stream_patience) return std::nullopt;
  const std::size_t taken = taken_bytes();
  return static_cast<double>(taken - std::min(stream_from_, taken)) / time.count();
}

void Connection::close() {
  if (is_closed_) return;
  is_closed_ = true;
  shared_.leave_open(peer_);
  error_code ignored;  // it is closed in any case
  ignored = socket_.close(ignored);
  if (exchange_) exchange_->cancel();
  wake();
}

void Connection::wake() { signal_.cancel(); }

}  // namespace gsa::http
