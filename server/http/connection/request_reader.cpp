#include "server/http/connection/request_reader.hpp"

#include <algorithm>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <cstring>
#include <optional>
#include <utility>

#include "common/text/text.hpp"

namespace sagactl::http {
namespace beast = boost::beast;
namespace {

constexpr std::size_t first_buffer_bytes = 4096;
constexpr std::size_t headers_max = 100;
// The overhead of chunked encoding, as a factor: a chunk of one byte takes six.
constexpr std::size_t wire_overhead_max = 8;
// The part of a head that is too large in which Origin is searched.
constexpr std::size_t origin_search_bytes_max = std::size_t{128} * 1024;

std::string_view view(beast::string_view text) {
  return {text.data(), text.size()};
}

// Fills a Request while Beast parses the message.
class RequestParser : public beast::http::basic_parser<true> {
 public:
  RequestParser(Request& request, const Limits& limits, const Router* router)
      : request_(&request), router_(router), body_bytes_max_(limits.body_bytes_max) {
    eager(true);
    header_limit(static_cast<std::uint32_t>(limits.header_bytes_max));
    body_limit(body_bytes_max_);
  }

  bool too_many_headers() const { return too_many_headers_; }
  bool bad_target() const { return bad_target_; }
  bool expects_continue() const { return expects_continue_; }
  bool unknown_encoding() const { return transfer_encoding_ && (has_other_encoding_ || !chunked()); }
  bool encoded_by_http_1_0() const { return transfer_encoding_ && version_ < 11; }
  bool has_one_host() const { return hosts_ == 1 || (hosts_ == 0 && version_ < 11); }
  int version() const { return version_; }
  std::size_t body_bytes_max() const { return body_bytes_max_; }

 private:
  using Text = beast::string_view;
  using Code = beast::error_code;

  void on_request_impl(beast::http::verb, Text method, Text target, int version, Code& error) override {
    request_->method_text = view(method);
    request_->method = http::parse_method(request_->method_text);
    version_ = version;
    const bool form_ok = target.starts_with('/') || target.starts_with("http://") || target.starts_with("https://") ||
                         (target == "*" && request_->method == Method::options);
    if (form_ok && request_->set_target(view(target))) return limit_body();
    bad_target_ = true;
    error = beast::http::error::bad_target;
  }
  // The route is known before the length of the body.
  void limit_body() {
    std::vector<std::pair<std::string, std::string>> parameters;
    const Route* route = router_ ? router_->find(request_->method, request_->path, parameters) : nullptr;
    if (!route || route->body_bytes_max == 0) return;
    body_bytes_max_ = route->body_bytes_max;
    body_limit(body_bytes_max_);
  }
  void on_response_impl(int, Text, int, Code& error) override { error = beast::http::error::bad_method; }

  void on_field_impl(beast::http::field field, Text name, Text value, Code& error) override {
    if (is_header_done()) return;  // trailers are ignored
    if (request_->headers.size() >= headers_max) {
      too_many_headers_ = true;
      error = beast::http::error::header_limit;
      return;
    }
    if (field == beast::http::field::transfer_encoding) {
      transfer_encoding_ = true;
      has_other_encoding_ |= !beast::iequals(value, "chunked");
    }
    if (field == beast::http::field::host) ++hosts_;
    if (field == beast::http::field::expect && beast::iequals(value, "100-continue")) expects_continue_ = true;
    Header& header = request_->headers.emplace_back();
    header.name = view(name);
    for (char& c : header.name)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    header.value = view(value);
  }
  void on_header_impl(Code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, Code&) override {
    if (length) request_->body.reserve(static_cast<std::size_t>(*length));
  }
  std::size_t on_body_impl(Text bytes, Code&) override {
    request_->body.append(bytes.data(), bytes.size());
    return bytes.size();
  }
  void on_chunk_header_impl(std::uint64_t, Text, Code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, Text bytes, Code&) override {
    request_->body.append(bytes.data(), bytes.size());
    return bytes.size();
  }
  void on_finish_impl(Code&) override {}

  Request* request_;
  const Router* router_;
  std::size_t body_bytes_max_;
  int version_ = 11;
  int hosts_ = 0;
  bool transfer_encoding_ = false, has_other_encoding_ = false;
  bool expects_continue_ = false;
  bool too_many_headers_ = false;
  bool bad_target_ = false;
};

// The value of a header in the raw bytes of a head; "" when its line is missing or incomplete.
std::string_view raw_header(std::string_view head, std::string_view name) {
  for (std::size_t line = head.find('\n'); line != head.npos; line = head.find('\n', line + 1)) {
    const std::string_view rest = head.substr(line + 1);
    if (rest.size() <= name.size() || rest[name.size()] != ':' || lower(rest.substr(0, name.size())) != name) continue;
    const std::size_t end = rest.find('\n');
    return end == rest.npos ? std::string_view() : trim(rest.substr(name.size() + 1, end - name.size() - 1));
  }
  return {};
}

std::string_view reason_of(const beast::error_code& code) {
  using error = beast::http::error;
  if (code == error::bad_target) return "the request target is malformed";
  if (code == error::bad_method) return "the method is malformed";
  if (code == error::bad_version) return "the protocol version is not HTTP/1.0 or HTTP/1.1";
  if (code == error::bad_field || code == error::bad_value) return "a header is malformed";
  if (code == error::bad_line_ending) return "a line does not end with CR LF";
  if (code == error::bad_content_length || code == error::multiple_content_length)
    return "Content-Length is not one number";
  if (code == error::bad_transfer_encoding) return "Transfer-Encoding is not just chunked";
  if (code == error::bad_chunk || code == error::bad_chunk_extension) return "a chunk of the body is malformed";
  if (code == error::bad_obs_fold) return "a folded header is malformed";
  return "the request is malformed";
}

}  // namespace

class RequestReader::BeastParser {
 public:
  std::optional<RequestParser> message;
};

RequestReader::RequestReader(const Limits& limits, const Router* router)
    : limits_(limits), router_(router), buffer_(first_buffer_bytes), parser_(std::make_unique<BeastParser>()) {
  next();
}

RequestReader::~RequestReader() = default;

void RequestReader::next() {
  request_.headers.clear();
  request_.body.clear();
  request_.query.clear();
  request_.parameters.clear();
  request_.method = Method::get;
  request_.method_text = "GET";
  request_.target.clear();
  request_.path.clear();
  request_.caller.reset();
  request_.route = nullptr;
  parser_->message.emplace(request_, limits_, router_);
  wire_bytes_ = 0;
  head_checked_ = false;
  continue_sent_ = false;
}

// At most a head at its limit: the bytes of a body leave the buffer as they arrive.
std::span<char> RequestReader::space() {
  if (begin_ == end_) begin_ = end_ = 0;
  if (begin_ > 0 && buffer_.size() - end_ < first_buffer_bytes / 4) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    begin_ = 0;
  }
  if (end_ == buffer_.size()) buffer_.resize(buffer_.size() * 2);
  return {buffer_.data() + end_, buffer_.size() - end_};
}

bool RequestReader::has_begun() const {
  return wire_bytes_ > 0 || begin_ != end_;
}
bool RequestReader::keep_alive() const {
  return parser_->message->keep_alive();
}
bool RequestReader::is_http_1_0() const {
  return parser_->message->version() < 11;
}

bool RequestReader::wants_continue() {
  if (!head_checked_ || !parser_->message->expects_continue() || has_more() || !request_.body.empty()) return false;
  return !std::exchange(continue_sent_, true);
}

bool RequestReader::find_origin() {
  if (!request_.header("origin").empty() || parser_->message->is_header_done()) return true;
  begin_ = std::min(begin_, put_from_);  // the bytes consumed before the failure are part of the head
  const std::string_view head(buffer_.data() + begin_, end_ - begin_);
  const std::string_view origin = raw_header(head, "origin");
  if (!origin.empty()) request_.headers.push_back({"origin", std::string(origin)});
  return !origin.empty() || head.find("\r\n\r\n") != head.npos || head.size() >= origin_search_bytes_max;
}

RequestReader::ReadState RequestReader::fail(int status, std::string_view reason) {
  failure_ = {status, reason};
  return ReadState::failed;
}

// Checks that Beast leaves to its user, and heads that two servers in a row could interpret differently (smuggling).
RequestReader::ReadState RequestReader::check_head() {
  const RequestParser& message = *parser_->message;
  head_checked_ = true;
  if (message.unknown_encoding()) return fail(501, "Transfer-Encoding is not just chunked");
  if (message.encoded_by_http_1_0()) return fail(400, "HTTP/1.0 has no Transfer-Encoding");
  if (!message.has_one_host()) return fail(400, "there must be one Host header");
  return ReadState::need_more;
}

RequestReader::ReadState RequestReader::parse() {
  RequestParser& message = *parser_->message;
  // Some clients send a line end after a body.
  while (wire_bytes_ == 0 && begin_ != end_ && (buffer_[begin_] == '\r' || buffer_[begin_] == '\n')) ++begin_;
  if (begin_ == end_) return ReadState::need_more;

  beast::error_code error;
  put_from_ = begin_;
  const std::size_t used = message.put(boost::asio::buffer(buffer_.data() + begin_, end_ - begin_), error);
  begin_ += used;
  wire_bytes_ += used;
  if (message.is_header_done() && !head_checked_ && check_head() == ReadState::failed) return ReadState::failed;
  if (error == beast::http::error::body_limit) return fail(413, "request entity too large");
  if (error == beast::http::error::header_limit) {
    return fail(431, message.too_many_headers() ? "the request has too many headers" : "the headers are too large");
  }
  if (error && error != beast::http::error::need_more) return fail(400, reason_of(error));
  if (message.is_done()) return ReadState::complete;
  if (wire_bytes_ > limits_.header_bytes_max + wire_overhead_max * message.body_bytes_max())
    return fail(413, "request entity too large");
  if (end_ - begin_ >= limits_.header_bytes_max + first_buffer_bytes)
    return message.is_header_done() ? fail(400, "a chunk of the body is malformed")
                                    : fail(431, "the headers are too large");
  return ReadState::need_more;
}

}  // namespace sagactl::http
