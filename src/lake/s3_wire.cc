#include "lake/s3_wire.h"

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
#include "lake/byte_sum.h"
#include "lake/source_file.h"

namespace gsa::lake {
namespace {
using Clock = std::chrono::steady_clock;

// The longest sleep of a transfer. Bytes, a stop and the next timeout end it earlier.
constexpr std::chrono::milliseconds kLongestPoll{1000};
constexpr long kBuffer = 256L * 1024;
constexpr long kMostConnections = 2;
// Of an answer that is kept in memory: a page of a listing has a thousand keys of at most 1024
// bytes, which may take three characters each.
constexpr std::size_t kLargestAnswer = std::size_t{16} << 20;

// libcurl's global state, made at the first use and kept until the process ends.
void init_libcurl() {
  static const CURLcode result = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (result != CURLE_OK) {
    throw Error(fmt::format("libcurl does not start: {}", curl_easy_strerror(result)));
  }
}

// The state of the C callbacks. `thrown` carries an exception past libcurl.
struct WireTransfer {
  const WireRequest& request;
  WireAnswer answer = {};
  bool headers_given = false;
  bool stopped = false;  // the caller did not want the body
  bool too_large = false;
  std::int64_t sent = 0;  // bytes of the body
  std::exception_ptr thrown = {};
  Clock::time_point last_byte = Clock::now();

  // False if the caller does not want the body.
  bool give_headers() {
    if (headers_given) return !stopped;
    headers_given = true;
    stopped = answer.is_good() && request.on_headers && !request.on_headers(answer);
    return !stopped;
  }
};

void take_header_line(WireAnswer& answer, std::string_view line) {
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
std::size_t on_header_line(const char* data, std::size_t, std::size_t size, void* object) noexcept {
  auto& transfer = *static_cast<WireTransfer*>(object);
  try {
    transfer.last_byte = Clock::now();
    take_header_line(transfer.answer, {data, size});
    return size;
  } catch (...) {
    transfer.thrown = std::current_exception();
    return 0;
  }
}

std::size_t on_received(const char* data, std::size_t, std::size_t size, void* object) noexcept {
  auto& transfer = *static_cast<WireTransfer*>(object);
  try {
    if (!transfer.give_headers()) return 0;
    if (transfer.answer.is_good() && transfer.request.on_body) {
      transfer.request.on_body({data, size});
    } else {
      transfer.too_large = transfer.answer.body.size() + size > kLargestAnswer;
      if (transfer.too_large) return 0;
      transfer.answer.body.append(data, size);
    }
    // After the work, so that a slow disk does not count as a slow line.
    transfer.last_byte = Clock::now();
    return size;
  } catch (...) {
    transfer.thrown = std::current_exception();
    return 0;
  }
}

std::size_t on_wanted(char* buffer, std::size_t, std::size_t size, void* object) noexcept {
  auto& transfer = *static_cast<WireTransfer*>(object);
  try {
    const WireBody& body = *transfer.request.body;
    if (transfer.sent >= body.bytes) return 0;
    const std::size_t wanted = std::min(size, static_cast<std::size_t>(body.bytes - transfer.sent));
    const std::size_t got = body.read(buffer, wanted, transfer.sent);
    transfer.sent += static_cast<std::int64_t>(got);
    transfer.last_byte = Clock::now();
    return got;
  } catch (...) {
    transfer.thrown = std::current_exception();
    return CURL_READFUNC_ABORT;
  }
}

// libcurl goes back to the beginning if a connection that was open breaks before an answer.
int on_rewind(void* object, curl_off_t offset, int origin) noexcept {
  if (origin != SEEK_SET) return CURL_SEEKFUNC_CANTSEEK;
  static_cast<WireTransfer*>(object)->sent = offset;
  return CURL_SEEKFUNC_OK;
}

std::string failure_text_of(CURLcode code, const char* detail) {
  std::string text = *detail != '\0' ? detail : curl_easy_strerror(code);
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; }, ' ');
  return std::string(trim(text));
}

bool is_tls_failure(CURLcode code, const std::string& text) {
  return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE ||
         (code == CURLE_SSL_CONNECT_ERROR &&
          text.find("wrong version number") != std::string::npos);
}

// Adds to the multi handle, and removes even if something throws.
class AddedHandle {
 public:
  AddedHandle(CURLM* multi, CURL* easy) : multi_(multi), easy_(easy) {
    curl_multi_add_handle(multi_, easy_);
  }
  ~AddedHandle() { curl_multi_remove_handle(multi_, easy_); }
  AddedHandle(const AddedHandle&) = delete;
  AddedHandle& operator=(const AddedHandle&) = delete;

 private:
  CURLM* multi_;
  CURL* easy_;
};

}  // namespace

std::string WireAnswer::header(std::string_view lower_case_name) const {
  const auto found = std::find_if(headers.begin(), headers.end(), [&](const auto& header) {
    return header.first == lower_case_name;
  });
  return found == headers.end() ? "" : found->second;
}

struct S3Wire::Handles {
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
  void prepare(const S3Settings& settings, const S3Address& address, WireTransfer& transfer);
  void set_headers(const S3Settings& settings, const WireRequest& request);
  void set_method(WireTransfer& transfer) const;
  void sign(const S3Settings& settings, const S3Address& address) const;
  CURLcode run(const S3Settings& settings, WireTransfer& transfer, const std::stop_token& stop);
};

void S3Wire::Handles::set_headers(const S3Settings& settings, const WireRequest& request) {
  headers.reset();
  for (const auto& [name, value] : request.headers) {
    add_header(fmt::format("{}: {}", name, value));
  }
  if (!settings.session_token.empty()) {
    add_header("x-amz-security-token: " + settings.session_token);
  }
  static const std::string nothing = byte_sum("");
  add_header("x-amz-content-sha256: " +
             to_hex(request.body == nullptr ? nothing : request.body->sha256));
  // Else libcurl would send, and S3 would keep, that of a form.
  if (request.body != nullptr) add_header("Content-Type: application/octet-stream");
  set(CURLOPT_HTTPHEADER, headers.get());
}

void S3Wire::Handles::set_method(WireTransfer& transfer) const {
  const WireRequest& request = transfer.request;
  if (request.body != nullptr) {
    // For libcurl it is a POST, whatever the method. A body above 1 MiB then waits until the server
    // wants it ("100 Continue"), or for a second, so that a refusal comes as an answer and not as a
    // broken connection. Smaller ones do not wait. Of a PUT all would, and the header "Expect:"
    // against that would be signed by libcurl 7.88, but not sent.
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body->bytes));
    set(CURLOPT_READFUNCTION, on_wanted);
    set(CURLOPT_READDATA, static_cast<void*>(&transfer));
    set(CURLOPT_SEEKFUNCTION, on_rewind);
    set(CURLOPT_SEEKDATA, static_cast<void*>(&transfer));
    set(CURLOPT_UPLOAD_BUFFERSIZE, kBuffer);
  }
  if (request.method == "HEAD") {
    set(CURLOPT_NOBODY, 1L);
  } else if (request.method != "GET") {
    set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
  if (!request.range.empty()) set(CURLOPT_RANGE, request.range.c_str());
}

void S3Wire::Handles::sign(const S3Settings& settings, const S3Address& address) const {
  const std::string scope = fmt::format("aws:amz:{}:s3", address.region());
  set(CURLOPT_AWS_SIGV4, scope.c_str());  // libcurl keeps copies of texts
  set(CURLOPT_USERNAME, settings.access_key.c_str());
  set(CURLOPT_PASSWORD, settings.secret_key.c_str());
  if (!settings.ca_bundle.empty()) {
    std::error_code ignored;  // libcurl reports what is wrong with the path
    const bool folder = std::filesystem::is_directory(settings.ca_bundle, ignored);
    set(folder ? CURLOPT_CAPATH : CURLOPT_CAINFO, settings.ca_bundle.c_str());
  }
  // A proxy cannot reach this machine under these names, and must not see what is sent to it.
  if (address.is_this_machine()) set(CURLOPT_NOPROXY, "*");
}

void S3Wire::Handles::prepare(const S3Settings& settings, const S3Address& address,
                              WireTransfer& transfer) {
  // A new handle for each request: an old one keeps its buffer after some failures and then refuses
  // options. Connections stay open, because the multi handle owns them.
  easy.reset(curl_easy_init());
  check(easy != nullptr, "libcurl has memory");
  error.front() = '\0';
  set_headers(settings, transfer.request);
  set_method(transfer);
  sign(settings, address);
  set(CURLOPT_URL, transfer.request.url.c_str());
  set(CURLOPT_USERAGENT, "gsa");
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});  // one request: nothing to multiplex
  set(CURLOPT_FOLLOWLOCATION, 0L);  // a redirect leads to another region, and is not signed for it
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);  // a proxy's headers
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_QUICK_EXIT, 1L);  // do not wait for an abandoned name look-up
  set(CURLOPT_BUFFERSIZE, kBuffer);
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(settings.connect_timeout.count()));
  set(CURLOPT_ERRORBUFFER, error.data());
  set(CURLOPT_HEADERFUNCTION, on_header_line);
  set(CURLOPT_HEADERDATA, static_cast<void*>(&transfer));
  set(CURLOPT_WRITEFUNCTION, on_received);
  set(CURLOPT_WRITEDATA, static_cast<void*>(&transfer));
}

CURLcode S3Wire::Handles::run(const S3Settings& settings, WireTransfer& transfer,
                              const std::stop_token& stop) {
  const std::stop_callback wake(stop, [this] { curl_multi_wakeup(multi.get()); });
  const auto& deadline = transfer.request.deadline;
  while (true) {
    int running = 0;
    const CURLMcode performed = curl_multi_perform(multi.get(), &running);
    check(performed == CURLM_OK, "libcurl performs");
    if (transfer.thrown) std::rethrow_exception(transfer.thrown);
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi.get(), &left)) {
      if (message->msg == CURLMSG_DONE) return message->data.result;
    }
    stop_if_requested(stop);
    const auto now = Clock::now();
    auto end = transfer.last_byte + settings.idle_timeout;
    if (deadline && *deadline < end) end = *deadline;
    if (now >= end) return CURLE_OPERATION_TIMEDOUT;
    const auto wait =
        std::min(std::chrono::ceil<std::chrono::milliseconds>(end - now), kLongestPoll);
    curl_multi_poll(multi.get(), nullptr, 0, static_cast<int>(wait.count()), nullptr);
  }
}

S3Wire::S3Wire(const S3Settings& settings, const S3Address& address)
    : settings_(settings), address_(address) {
  init_libcurl();
  handles_ = std::make_unique<Handles>();
  check(handles_->multi != nullptr, "libcurl has memory");
  curl_multi_setopt(handles_->multi.get(), CURLMOPT_MAXCONNECTS, kMostConnections);
}

S3Wire::~S3Wire() {
  const SigpipeBlocked blocked;  // closing a TLS connection writes to it
  handles_.reset();
}

WireAnswer S3Wire::send(const WireRequest& request, const std::stop_token& stop) {
  const SigpipeBlocked blocked;
  WireTransfer transfer{.request = request};
  handles_->prepare(settings_, address_, transfer);
  CURLcode code = CURLE_OK;
  {
    const AddedHandle added(handles_->multi.get(), handles_->easy.get());
    code = handles_->run(settings_, transfer, stop);
  }
  WireAnswer& answer = transfer.answer;
  if (code == CURLE_OK) transfer.give_headers();  // for an answer without a body
  if (transfer.too_large) {
    answer.failure = "the answer is too large for one of S3 storage";
  } else if (code != CURLE_OK && !transfer.stopped) {
    const bool ours = code == CURLE_OPERATION_TIMEDOUT && handles_->error.front() == '\0';
    const double seconds = std::chrono::duration<double>(settings_.idle_timeout).count();
    answer.failure = ours ? fmt::format("no data came for {:g} s", seconds)
                          : failure_text_of(code, handles_->error.data());
    answer.bad_tls = is_tls_failure(code, answer.failure);
  }
  return std::move(transfer.answer);
}

}  // namespace gsa::lake
