// Calls a node and waits for the response, one request at a time. http and https.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "common/result.hpp"
#include "common/text/json.hpp"
#include "common/time.hpp"
#include "httpclient/connecting/connect_options.hpp"
#include "httpclient/event_stream.hpp"
#include "httpclient/http_message.hpp"
#include "httpclient/url.hpp"

namespace sagactl {

struct HttpClientOptions {
  std::string token = {};  // bearer token; "" for none
  Duration timeout = 10s;  // of a whole request: connecting, sending and the response
  std::size_t body_max = 64u << 20;
  // Of connecting to one address. Zero: 3 s for each address of a host that has several, else all of `timeout`.
  Duration address_time{0};
  ConnectOptions connect = {};
};

// Keeps one connection open between requests and replaces it when it was closed. For one thread at a time.
//
// Errors of every call: `unavailable` when nothing answers there or the name cannot be resolved, and nothing was done;
// `unknown_outcome` when the request was sent and has no response, unless it is a GET. Then it is `unavailable` when
// the connection broke or the time was up, `too_large` when the response is, and `invalid` when what came is no HTTP. A
// response of any status is a value.
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

  // Like `send`, but a response that is not ok is its error_of, and the value is the body's JSON.
  Result<Json> json(const HttpRequest& request);

  // Reads the server-sent events of `path` on a connection of its own until `on_event` returns false, `stop` is
  // requested (within a tenth of a second) or the server ends the stream: all three are ok. The timeout is for
  // connecting and the response's head, not between events. `last_event_id`, if any, resumes after it.
  Result<void> stream(std::string_view path, const OnServerSentEvent& on_event, std::stop_token stop = {},
                      std::string_view last_event_id = {});

 private:
  class Blocking;
  std::unique_ptr<Blocking> blocking_;
};

}  // namespace sagactl
