// Calls a web server without waiting for it: many requests at once, on a thread of its own, over connections that are
// kept open. http and https.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>

#include "common/result.hpp"
#include "common/time.hpp"
#include "httpclient/http_client.hpp"
#include "httpclient/url.hpp"

namespace sagactl {

struct AsyncHttpOptions {
  Duration timeout = 10s;  // of a whole request: waiting for a connection, connecting, sending and the answer
  std::size_t connections_max = 32;
  std::size_t requests_max = 10'000;  // that are not answered yet, waiting ones included
  std::size_t body_max = 1u << 20;
  std::filesystem::path authorities = {};  // PEM; empty: those that this machine trusts
};

// Any thread may send. Errors of an answer that did not come: `busy` over requests_max, `unavailable` when the request
// was not sent, `unknown_outcome` when the connection broke, the time was up or no HTTP came after it was. An answer of
// any status is a value. Redirects are not followed.
class AsyncHttpClient {
 public:
  using Done = std::function<void(Result<HttpResponse>)>;

  // `invalid` when the authorities cannot be read.
  static Result<std::unique_ptr<AsyncHttpClient>> make(Url base, const AsyncHttpOptions& options = {});
  ~AsyncHttpClient();
  AsyncHttpClient(const AsyncHttpClient&) = delete;
  AsyncHttpClient& operator=(const AsyncHttpClient&) = delete;

  const Url& base() const;
  // Calls `done` once, on the client's thread or before it returns. Headers hold no line ends.
  void send(HttpRequest request, Done done);
  // Answers what is under way as if the time were up, and from then on every request at once. Not called by a `done`.
  // The destructor does it, too.
  void stop();

 private:
  class Core;
  explicit AsyncHttpClient(std::unique_ptr<Core> core);
  std::unique_ptr<Core> core_;
};

}  // namespace sagactl
