#include "http/exchange.h"

#include <exception>
#include <utility>

#include "base/error.h"
#include "http/encoding.h"
#include "http/wire.h"

namespace gsa::http {
namespace {

Response response_of(const Error& error) {
  switch (error.code()) {
    case ErrorCode::usage:
      return error_response(400, "bad_request", error.message(), error.hint());
    case ErrorCode::tests_failed:
      return error_response(422, "tests_failed", error.message(), error.hint());
    case ErrorCode::interrupted:
      return error_response(499, "cancelled", error.message(), error.hint());
    case ErrorCode::failed:
      break;
  }
  return error_response(422, "failed", error.message(), error.hint());
}

Response internal_error(std::string_view what) {
  Response response = error_response(500, "internal", "the server failed; its log says why");
  response.failure = what;
  return response;
}

}  // namespace

Response response_of_exception() {
  try {
    throw;
  } catch (const HttpError& error) {
    return error_response(error.status(), error.word(), error.message(), error.hint());
  } catch (const Error& error) {
    return response_of(error);
  } catch (const std::exception& failure) {
    return internal_error(failure.what());
  } catch (...) {
    return internal_error("an exception of no known type");
  }
}

Response call(const Handler& handler, const Request& request) {
  try {
    Response response = handler(request);
    check_headers(response);
    check(!std::holds_alternative<BodyFunction>(response.body),
          "a body that is streamed comes from a worker");
    return response;
  } catch (...) {
    return response_of_exception();
  }
}

Exchange::Exchange(Request request, std::size_t window, std::function<void()> wake)
    : request_(std::move(request)), window_(window), wake_(std::move(wake)) {
  request_.cancelled = stop_.get_token();
}

void Exchange::handle(const Handler& handler) {
  Response response;
  try {
    response = handler(request_);
    check_headers(response);
    compress(response, request_);
  } catch (...) {
    response = response_of_exception();
  }
  {
    const std::lock_guard lock(mutex_);
    response_ = std::move(response);
  }
  wake_();
}

void Exchange::stream(const BodyFunction& body) {
  std::optional<Response> failure;
  try {
    body(*this);
  } catch (...) {
    failure = response_of_exception();
  }
  {
    const std::lock_guard lock(mutex_);
    pieces_.ended = true;
    pieces_.failure = std::move(failure);
  }
  wake_();
}

bool Exchange::write(std::string_view bytes) {
  {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return cancelled_ || pieces_.bytes.size() < window_; });
    if (cancelled_) return false;
    const bool was_empty = pieces_.bytes.empty();
    pieces_.bytes += bytes;
    if (!was_empty || bytes.empty()) return true;  // the network's thread already knows
  }
  wake_();
  return true;
}

std::optional<Response> Exchange::take_response() {
  const std::lock_guard lock(mutex_);
  return std::exchange(response_, std::nullopt);
}

Exchange::Pieces Exchange::take_pieces() {
  Pieces taken;
  {
    const std::lock_guard lock(mutex_);
    taken = std::exchange(pieces_, {});
  }
  changed_.notify_one();
  return taken;
}

void Exchange::cancel() {
  {
    const std::lock_guard lock(mutex_);
    cancelled_ = true;
  }
  changed_.notify_all();
  stop_.request_stop();
}

}  // namespace gsa::http
