#include "hub/http.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <curl/curl.h>
#include <exception>
#include <filesystem>
#include <system_error>

#include <fmt/format.h>

#include "base/error.h"
#include "base/sigpipe.h"
#include "base/text.h"
#include "hub/url.h"

namespace gsa::hub {
namespace {
using Clock = std::chrono::steady_clock;

// How often to check for cancellation and timeouts while nothing arrives.
constexpr std::chrono::milliseconds kPollInterval{50};
constexpr long kReceiveBuffer = 256L * 1024;

// libcurl's global state, made at the first use and kept until the process ends.
void init_libcurl() {
  static const CURLcode result = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (result != CURLE_OK) {
    throw Error(fmt::format("libcurl does not start: {}", curl_easy_strerror(result)));
  }
}

// The state of the C callbacks. `thrown` carries an exception past libcurl.
struct Transfer {
  const Request& request;
  Answer answer;
  bool headers_given = false;
  bool stopped = false;  // the caller did not want the body
  std::exception_ptr thrown;
  Clock::time_point last_byte = Clock::now();

  // False if the caller does not want the body.
  bool give_headers() {
    if (headers_given) return !stopped;
    headers_given = true;
    stopped = request.on_headers && !request.on_headers(answer);
    return !stopped;
  }
};

void take_header(Transfer& transfer, std::string_view line) {
  line = trim(line);
  if (line.starts_with("HTTP/")) {  // a status line: the one before was "100 Continue"
    transfer.answer.headers.clear();
    const std::size_t space = std::min(line.find(' '), line.size());
    std::from_chars(line.data() + space + (space < line.size() ? 1 : 0), line.data() + line.size(),
                    transfer.answer.status);
    return;
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  transfer.answer.headers.emplace_back(to_lower(trim(line.substr(0, colon))),
                                       trim(line.substr(colon + 1)));
}

// For libcurl, any count other than `size` means "stop".
std::size_t on_header(const char* data, std::size_t, std::size_t size, void* object) noexcept {
  auto& transfer = *static_cast<Transfer*>(object);
  try {
    transfer.last_byte = Clock::now();
    take_header(transfer, {data, size});
    return size;
  } catch (...) {
    transfer.thrown = std::current_exception();
    return 0;
  }
}

std::size_t on_body(const char* data, std::size_t, std::size_t size, void* object) noexcept {
  auto& transfer = *static_cast<Transfer*>(object);
  try {
    if (!transfer.give_headers()) return 0;
    if (transfer.request.on_body) transfer.request.on_body({data, size});
    transfer.last_byte =
        Clock::now();  // after the work, so that a slow disk does not count as a slow line
    return size;
  } catch (...) {
    transfer.thrown = std::current_exception();
    return 0;
  }
}

std::string failure_text(CURLcode code, const char* detail) {
  std::string text = *detail != '\0' ? detail : curl_easy_strerror(code);
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  return std::string(trim(text));
}

}  // namespace

std::string Answer::header(std::string_view lower_case_name) const {
  const auto found = std::find_if(headers.begin(), headers.end(), [&](const auto& header) {
    return header.first == lower_case_name;
  });
  return found == headers.end() ? "" : found->second;
}

bool Answer::is_redirect() const {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

struct Http::Handles {
  std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> easy{nullptr, curl_easy_cleanup};
  std::unique_ptr<CURLM, decltype(&curl_multi_cleanup)> multi{curl_multi_init(),
                                                              curl_multi_cleanup};
  std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> headers{nullptr, curl_slist_free_all};
  std::array<char, CURL_ERROR_SIZE> error{};

  template <typename T>
  void set(CURLoption option, T value) const {
    const CURLcode code = curl_easy_setopt(easy.get(), option, value);
    check(code == CURLE_OK, "libcurl takes the option");
  }
  void add_header(const std::string& line) {
    curl_slist* list = curl_slist_append(headers.get(), line.c_str());
    check(list != nullptr, "libcurl has memory for a header");
    if (headers == nullptr) headers.reset(list);  // else the list's head stays the same
  }
  void prepare(const Settings& settings, Transfer& transfer);
  CURLcode run(const Events& events, Transfer& transfer);
};

void Http::Handles::prepare(const Settings& settings, Transfer& transfer) {
  const Request& request = transfer.request;
  // A new handle for each request: an old one keeps its buffer after some failures and then refuses
  // options. Connections stay open, because the multi handle owns them.
  easy.reset(curl_easy_init());
  check(easy != nullptr, "libcurl has memory");
  headers.reset();
  error.front() = '\0';
  add_header("Accept-Encoding: identity");  // size and sum are those of the uncompressed bytes
  if (request.with_token && !settings.token.empty()) {
    add_header("Authorization: Bearer " + settings.token);
  }
  set(CURLOPT_HTTPHEADER, headers.get());
  set(CURLOPT_URL, request.url.c_str());
  set(CURLOPT_USERAGENT, "gsa");
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});  // one file: nothing to multiplex
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);  // a proxy's headers
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_QUICK_EXIT, 1L);  // do not wait for an abandoned name look-up
  set(CURLOPT_BUFFERSIZE, kReceiveBuffer);
  set(CURLOPT_ERRORBUFFER, error.data());
  if (request.head) set(CURLOPT_NOBODY, 1L);
  const std::string range = fmt::format("{}-", request.from_byte);
  if (request.from_byte > 0) set(CURLOPT_RANGE, range.c_str());  // libcurl keeps a copy
  if (!settings.ca_bundle.empty()) {
    std::error_code ignored;  // libcurl reports what is wrong with the path
    const bool folder = std::filesystem::is_directory(settings.ca_bundle, ignored);
    set(folder ? CURLOPT_CAPATH : CURLOPT_CAINFO, settings.ca_bundle.c_str());
  }
  if (!settings.http_proxy.empty() && url_scheme(request.url) == "http") {
    set(CURLOPT_PROXY, settings.http_proxy.c_str());
  }
  set(CURLOPT_HEADERFUNCTION, on_header);
  set(CURLOPT_HEADERDATA, static_cast<void*>(&transfer));
  set(CURLOPT_WRITEFUNCTION, on_body);
  set(CURLOPT_WRITEDATA, static_cast<void*>(&transfer));
}

CURLcode Http::Handles::run(const Events& events, Transfer& transfer) {
  const Request& request = transfer.request;
  while (true) {
    int running = 0;
    const CURLMcode performed = curl_multi_perform(multi.get(), &running);
    check(performed == CURLM_OK, "libcurl performs");
    if (transfer.thrown) std::rethrow_exception(transfer.thrown);
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi.get(), &left)) {
      if (message->msg == CURLMSG_DONE) return message->data.result;
    }
    events.stop_if_cancelled();
    const auto now = Clock::now();
    if ((request.deadline && now >= *request.deadline) ||
        (request.idle_timeout.count() > 0 && now - transfer.last_byte >= request.idle_timeout)) {
      return CURLE_OPERATION_TIMEDOUT;
    }
    curl_multi_poll(multi.get(), nullptr, 0, static_cast<int>(kPollInterval.count()), nullptr);
  }
}

Http::Http(const Settings& settings, const Events& events) : settings_(settings), events_(events) {
  init_libcurl();
  handles_ = std::make_unique<Handles>();
  check(handles_->multi != nullptr, "libcurl has memory");
}

Http::~Http() {
  const SigpipeBlocked blocked;  // closing a TLS connection writes to it
  handles_.reset();
}

Answer Http::send(const Request& request) {
  const SigpipeBlocked blocked;
  Transfer transfer{.request = request, .answer = {}, .thrown = {}};
  handles_->prepare(settings_, transfer);

  struct Added {  // adds to the multi handle, and removes even if something throws
    Added(CURLM* to, CURL* what) : multi(to), easy(what) { curl_multi_add_handle(multi, easy); }
    ~Added() { curl_multi_remove_handle(multi, easy); }
    Added(const Added&) = delete;
    Added& operator=(const Added&) = delete;
    CURLM* multi;
    CURL* easy;
  };
  CURLcode code = CURLE_OK;
  {
    const Added added(handles_->multi.get(), handles_->easy.get());
    code = handles_->run(events_, transfer);
  }
  Answer& answer = transfer.answer;
  if (code == CURLE_OK) transfer.give_headers();  // for an answer without a body
  if (code != CURLE_OK && !transfer.stopped) {
    const bool ours = code == CURLE_OPERATION_TIMEDOUT && handles_->error.front() == '\0';
    const auto seconds = std::chrono::duration<double>(request.idle_timeout).count();
    answer.failure = ours ? fmt::format("no data came for {:g} s", seconds)
                          : failure_text(code, handles_->error.data());
    answer.bad_certificate =
        code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE;
  }
  return answer;
}

}  // namespace gsa::hub
