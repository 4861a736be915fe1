// Calls a node, one request at a time, and waits for the answer. Plain http:// only.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/text/json.hpp"
#include "common/result.hpp"
#include "common/time.hpp"
#include "httpclient/url.hpp"

namespace sagactl {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

struct HttpResponse {
  int status = 0;
  HttpHeaders headers;
  std::string body;

  bool ok() const { return status >= 200 && status < 300; }
  std::string_view header(std::string_view name) const;  // the first, in any case of letters; "" without
  Result<Json> json() const;                             // `invalid` when the body is no JSON
  // The body's `message` (joined if it is a list), else `detail`, else `title`, else "HTTP 503".
  std::string message() const;
};

// The Error for an answer that is not ok: its code by the status (401 unauthenticated, 404 not_found, 409 and
// 412 conflict, 429 busy, 503 unavailable, other 4xx invalid, other 5xx unknown_outcome), its message by
// HttpResponse::message, its members the body.
Error error_of(const HttpResponse& response);

struct HttpRequest {
  std::string method = "GET";
  std::string path;     // with its query; the base URL's prefix comes before it
  std::string body;     // sent when not empty
  HttpHeaders headers;  // beside the ones that the client writes by itself
};

struct ServerSentEvent {
  std::string id;
  std::string event = "message";
  std::string data;
};

struct HttpClientOptions {
  std::string token = {};  // bearer token; "" for none
  Duration timeout = 10s;  // of a whole request: connecting, sending and the answer
  std::size_t body_max = 64u << 20;
  // Of connecting to one address. Zero: 3 s for each address of a host that has several, else all of `timeout`.
  Duration address_time{0};
};

// Keeps one connection open between requests and makes a new one when it was closed. For one thread at a
// time.
//
// Errors of every call: `unavailable` when nothing answers there or the name is unknown (nothing was done);
// `unknown_outcome` when the connection broke or the time was up after the request was sent (for GET:
// `unavailable`); `too_large`; `invalid` for what is no HTTP. An answer of any status is a value.
class HttpClient {
 public:
  explicit HttpClient(Url base, HttpClientOptions options = {});
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) noexcept;
  ~HttpClient();

  const Url& base() const;
  void set_token(std::string token);

  Result<HttpResponse> send(const HttpRequest& request);
  Result<HttpResponse> get(std::string_view path);
  Result<HttpResponse> post(std::string_view path, const Json& body);
  Result<HttpResponse> put(std::string_view path, const Json& body);
  Result<HttpResponse> del(std::string_view path, const Json& body = nullptr);  // no body for null

  // Like `send`, but an answer that is not ok is its error_of, and the value is the body's JSON.
  Result<Json> json(const HttpRequest& request);

  // Reads the server-sent events of `path` on a connection of its own until `on_event` says false, `stop` is
  // requested (within a tenth of a second) or the server ends the stream: all three are ok. The time-out
  // counts for connecting and the answer's head, not between events. `last_event_id`, if any, resumes after
  // it.
  Result<void> stream(std::string_view path, const std::function<bool(const ServerSentEvent&)>& on_event,
                      std::stop_token stop = {}, std::string_view last_event_id = {});

 private:
  class Session;
  std::unique_ptr<Session> session_;
};

}  // namespace sagactl
