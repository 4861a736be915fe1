#include "httpclient/https_check.hpp"

#include <fmt/format.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <exception>
#include <memory>

#include "httpclient/client_connection.hpp"
#include "httpclient/connecting/tls.hpp"

namespace sagactl {

namespace net = boost::asio;

namespace {

constexpr Duration handshake_limit = 1s;

Url as_https(Url url) {
  url.tls = true;
  return url;
}

// One that asks for a certificate, or for another protocol, speaks TLS as well.
bool shows_tls(const Error& refused) {
  const Json& members = refused.members;
  const std::string fault = members.is_object() ? members.value("tls", "") : "";
  return fault == to_string(TlsFault::no_certificate) || fault == to_string(TlsFault::no_protocol);
}

}  // namespace

net::awaitable<bool> speaks_tls(const Url& url) {
  if (url.tls || !url.socket.empty()) co_return false;
  const Url secured = as_https(url);
  const ConnectOptions anybody{.insecure = true};
  const auto tls = make_tls_for(secured, anybody);
  if (!tls) co_return false;
  const auto executor = co_await net::this_coro::executor;
  const auto connection = std::make_shared<ClientConnection>(executor, secured, tls->get());
  net::steady_timer limit(executor, handshake_limit);
  limit.async_wait([connection](const boost::system::error_code& cancelled) {
    if (!cancelled) connection->close();
  });
  const Result<void> opened = co_await connection->open();
  limit.cancel();
  co_return opened || shows_tls(opened.error());
}

bool speaks_tls_now(const Url& url) {
  net::io_context context{1};
  bool speaks = false;
  net::co_spawn(context, speaks_tls(url), [&](std::exception_ptr thrown, bool found) {
    if (thrown) std::rethrow_exception(thrown);
    speaks = found;
  });
  context.run();
  return speaks;
}

// What nginx 1.22, Go 1.26 (net/http) and Apache 2.4 (mod_ssl) answer.
bool expects_https(const HttpResponse& response) {
  constexpr int bad_request = 400;
  if (response.status != bad_request) return false;
  for (const char* said : {"plain HTTP request was sent to HTTPS port", "HTTP request to an HTTPS server",
                           "speaking plain HTTP to an SSL-enabled server port"})
    if (response.body.find(said) != std::string::npos) return true;
  return false;
}

Error wants_https(const Url& url, const std::string& method) {
  return tls_error(
      fmt::format("no answer of {} to {}: the server speaks https; try {}", url.text(), method, as_https(url).text()),
      TlsFault::wanted);
}

}  // namespace sagactl
