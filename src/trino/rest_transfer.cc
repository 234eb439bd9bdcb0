#include "trino/rest_transfer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <curl/curl.h>
#include <new>
#include <system_error>

#include <fmt/format.h>

#include "base/error.h"
#include "base/sigpipe.h"
#include "base/text.h"

namespace gsa::trino {
namespace {
using Clock = std::chrono::steady_clock;

// The longest sleep of a transfer. Bytes, a stop and the next timeout end it earlier.
constexpr std::chrono::milliseconds kLongestPoll{1000};
constexpr long kReceiveBuffer = 256L * 1024;
constexpr long kMostConnections = 2;

// libcurl's global state, made at the first use and kept until the process ends.
void init_libcurl() {
  static const CURLcode result = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (result != CURLE_OK) {
    throw Error(fmt::format("libcurl does not start: {}", curl_easy_strerror(result)));
  }
}

// The state of the C callbacks. They can only fail for lack of memory.
struct Transfer {
  RestAnswer answer;
  bool out_of_memory = false;
  Clock::time_point last_byte = Clock::now();
};

void take_header(RestAnswer& answer, std::string_view line) {
  line = trim(line);
  if (line.starts_with("HTTP/")) {  // a status line: the one before was "100 Continue"
    answer.headers.clear();
    const std::size_t space = std::min(line.find(' '), line.size());
    std::from_chars(line.data() + space + (space < line.size() ? 1 : 0), line.data() + line.size(),
                    answer.status);
    return;
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return;
  answer.headers.emplace_back(to_lower(trim(line.substr(0, colon))), trim(line.substr(colon + 1)));
}

// For libcurl, any count other than `size` means "stop".
std::size_t on_header(const char* data, std::size_t, std::size_t size, void* object) noexcept {
  auto& transfer = *static_cast<Transfer*>(object);
  try {
    transfer.last_byte = Clock::now();
    take_header(transfer.answer, {data, size});
    return size;
  } catch (...) {
    transfer.out_of_memory = true;
    return 0;
  }
}

std::size_t on_body(const char* data, std::size_t, std::size_t size, void* object) noexcept {
  auto& transfer = *static_cast<Transfer*>(object);
  try {
    transfer.last_byte = Clock::now();
    transfer.answer.too_large = transfer.answer.body.size() + size > kLargestAnswer;
    if (transfer.answer.too_large) return 0;
    transfer.answer.body.append(data, size);
    return size;
  } catch (...) {
    transfer.out_of_memory = true;
    return 0;
  }
}

std::string failure_text(CURLcode code, const char* detail) {
  std::string text = *detail != '\0' ? detail : curl_easy_strerror(code);
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  return std::string(trim(text));
}

bool is_bad_tls(CURLcode code, const std::string& text) {
  return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE ||
         (code == CURLE_SSL_CONNECT_ERROR &&
          text.find("wrong version number") != std::string::npos);
}

}  // namespace

std::string RestAnswer::header(std::string_view lower_case_name) const {
  const auto found = std::find_if(headers.begin(), headers.end(), [&](const auto& header) {
    return header.first == lower_case_name;
  });
  return found == headers.end() ? "" : found->second;
}

struct RestTransfer::Handles {
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
  void prepare(const ConnectionSettings& settings, const RestRequest& request, Transfer& transfer);
  void set_headers(const RestRequest& request);
  void set_method(const RestRequest& request) const;
  void set_login(const ConnectionSettings& settings) const;
  CURLcode run(const ConnectionSettings& settings, const RestRequest& request, Transfer& transfer,
               const std::stop_token& stop);
};

void RestTransfer::Handles::set_headers(const RestRequest& request) {
  headers.reset();
  for (const auto& [name, value] : request.headers) {
    // libcurl sends "Name;" as a header without a value.
    add_header(value.empty() ? name + ";" : fmt::format("{}: {}", name, value));
  }
  add_header("Expect:");  // removed: a long statement need not wait for a "100 Continue"
  if (request.method == RestMethod::post) add_header("Content-Type: text/plain; charset=utf-8");
  set(CURLOPT_HTTPHEADER, headers.get());
}

void RestTransfer::Handles::set_method(const RestRequest& request) const {
  if (request.method == RestMethod::post) {
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    // Null would have libcurl read the body from elsewhere.
    const void* body = request.body.empty() ? "" : request.body.data();
    set(CURLOPT_POSTFIELDS, body);
    set(CURLOPT_FRESH_CONNECT, 1L);
  } else if (request.method == RestMethod::del) {
    set(CURLOPT_CUSTOMREQUEST, "DELETE");
  }
}

void RestTransfer::Handles::set_login(const ConnectionSettings& settings) const {
  if (!settings.password.empty()) {
    set(CURLOPT_HTTPAUTH, CURLAUTH_BASIC);
    set(CURLOPT_USERNAME, settings.user.c_str());
    set(CURLOPT_PASSWORD, settings.password.c_str());
  } else if (!settings.jwt_token.empty()) {
    set(CURLOPT_HTTPAUTH, CURLAUTH_BEARER);
    set(CURLOPT_XOAUTH2_BEARER, settings.jwt_token.c_str());
  }
  set(CURLOPT_SSL_VERIFYPEER, settings.verify_tls ? 1L : 0L);
  set(CURLOPT_SSL_VERIFYHOST, settings.verify_tls ? 2L : 0L);
  if (!settings.ca_file.empty()) {
    std::error_code ignored;  // libcurl reports what is wrong with the path
    const bool folder = std::filesystem::is_directory(settings.ca_file, ignored);
    set(folder ? CURLOPT_CAPATH : CURLOPT_CAINFO, settings.ca_file.c_str());
  }
  // A proxy cannot reach this machine under these names, and must not see what is sent to it.
  if (is_this_machine(settings.host)) set(CURLOPT_NOPROXY, "*");
}

void RestTransfer::Handles::prepare(const ConnectionSettings& settings, const RestRequest& request,
                                    Transfer& transfer) {
  // A new handle for each request: an old one keeps its buffer after some failures and then refuses
  // options. Connections stay open, because the multi handle owns them.
  easy.reset(curl_easy_init());
  check(easy != nullptr, "libcurl has memory");
  error.front() = '\0';
  set_headers(request);
  set_method(request);
  set_login(settings);
  set(CURLOPT_URL, request.url.c_str());
  set(CURLOPT_USERAGENT, "gsa");
  set(CURLOPT_ACCEPT_ENCODING, "gzip");
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});  // one request: nothing to multiplex
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);  // a proxy's headers
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_QUICK_EXIT, 1L);  // do not wait for an abandoned name look-up
  set(CURLOPT_BUFFERSIZE, kReceiveBuffer);
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(settings.connect_timeout.count()));
  set(CURLOPT_ERRORBUFFER, error.data());
  set(CURLOPT_HEADERFUNCTION, on_header);
  set(CURLOPT_HEADERDATA, static_cast<void*>(&transfer));
  set(CURLOPT_WRITEFUNCTION, on_body);
  set(CURLOPT_WRITEDATA, static_cast<void*>(&transfer));
}

CURLcode RestTransfer::Handles::run(const ConnectionSettings& settings, const RestRequest& request,
                                    Transfer& transfer, const std::stop_token& stop) {
  const std::stop_callback wake(stop, [this] { curl_multi_wakeup(multi.get()); });
  while (true) {
    int running = 0;
    const CURLMcode performed = curl_multi_perform(multi.get(), &running);
    check(performed == CURLM_OK, "libcurl performs");
    if (transfer.out_of_memory) throw std::bad_alloc();
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi.get(), &left)) {
      if (message->msg == CURLMSG_DONE) return message->data.result;
    }
    if (stop.stop_requested()) throw Error("interrupted", "", ErrorCode::interrupted);
    const auto now = Clock::now();
    auto end = transfer.last_byte + settings.request_timeout;
    if (request.deadline && *request.deadline < end) end = *request.deadline;
    if (now >= end) {
      transfer.answer.past_deadline = request.deadline && now >= *request.deadline;
      return CURLE_OPERATION_TIMEDOUT;
    }
    const auto wait =
        std::min(std::chrono::ceil<std::chrono::milliseconds>(end - now), kLongestPoll);
    curl_multi_poll(multi.get(), nullptr, 0, static_cast<int>(wait.count()), nullptr);
  }
}

RestTransfer::RestTransfer(const ConnectionSettings& settings) : settings_(settings) {
  init_libcurl();
  handles_ = std::make_unique<Handles>();
  check(handles_->multi != nullptr, "libcurl has memory");
  curl_multi_setopt(handles_->multi.get(), CURLMOPT_MAXCONNECTS, kMostConnections);
}

RestTransfer::~RestTransfer() {
  const SigpipeBlocked blocked;  // closing a TLS connection writes to it
  handles_.reset();
}

RestAnswer RestTransfer::send(const RestRequest& request, const std::stop_token& stop) {
  if (stop.stop_requested()) throw Error("interrupted", "", ErrorCode::interrupted);
  const SigpipeBlocked blocked;
  Transfer transfer;
  handles_->prepare(settings_, request, transfer);

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
    code = handles_->run(settings_, request, transfer, stop);
  }
  RestAnswer& answer = transfer.answer;
  long bytes = 0;
  curl_easy_getinfo(handles_->easy.get(), CURLINFO_REQUEST_SIZE, &bytes);
  answer.sent = bytes > 0;
  if (code != CURLE_OK) {
    const bool ours = code == CURLE_OPERATION_TIMEDOUT && handles_->error.front() == '\0';
    const double seconds = std::chrono::duration<double>(settings_.request_timeout).count();
    answer.failure = ours ? fmt::format("no data came for {:g} s", seconds)
                          : failure_text(code, handles_->error.data());
    answer.bad_tls = is_bad_tls(code, answer.failure);
  }
  return std::move(transfer.answer);
}

}  // namespace gsa::trino
