// Calls a web server without waiting for it: many requests at once, on a thread of its own, over connections that are
// kept open. http and https.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>

#include "common/result.hpp"
#include "common/time.hpp"
#include "httpclient/http_message.hpp"
#include "httpclient/kept_connections.hpp"
#include "httpclient/url.hpp"

namespace sagactl {

struct AsyncHttpClientOptions {
  Duration timeout = 10s;  // of a whole request: waiting for a connection, connecting, sending and the response
  std::size_t connections_max = 32;
  std::size_t requests_max = 10'000;  // without a response, those that wait for a connection included
  std::size_t body_max = 1u << 20;
  std::filesystem::path authorities = {};  // PEM; empty: those that this machine trusts
  KeptConnections kept = {};
};

// Any thread may send. Errors as those of HttpClient, and `busy` over requests_max. Redirects are not followed.
class AsyncHttpClient {
 public:
  using Done = std::function<void(Result<HttpResponse>)>;

  // `invalid` when the authorities cannot be read.
  static Result<std::unique_ptr<AsyncHttpClient>> make(Url base, const AsyncHttpClientOptions& options = {});
  ~AsyncHttpClient();
  AsyncHttpClient(const AsyncHttpClient&) = delete;
  AsyncHttpClient& operator=(const AsyncHttpClient&) = delete;

  // Calls `done` once, on the client's thread or before it returns.
  void send(HttpRequest request, Done done);
  // Ends what is in progress as if the time were up, and from then on every request at once. Must not be called by a
  // `done`. The destructor calls it.
  void stop();

 private:
  class Core;
  explicit AsyncHttpClient(std::unique_ptr<Core> core);
  std::unique_ptr<Core> core_;
};

}  // namespace sagactl
