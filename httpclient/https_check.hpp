// Whether a server that was called by http:// speaks https: for the errors of those who wrote the wrong scheme.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "common/result.hpp"
#include "httpclient/http_message.hpp"
#include "httpclient/url.hpp"

namespace sagactl {

// Tries a handshake of TLS on a connection of its own, whoever the server is. Takes at most a second. `url` outlives
// it; for https and a Unix socket it is false.
boost::asio::awaitable<bool> speaks_tls(const Url& url);
// The same on a thread that waits for it.
bool speaks_tls_now(const Url& url);

// Whether the answer is what servers of https say to plain requests.
bool expects_https(const HttpResponse& response);

// `unavailable`, with the address to write: nothing was done of a request to `url`, which is http. Its member `tls` is
// TlsFault::wanted.
Error wants_https(const Url& url, const std::string& method);

}  // namespace sagactl
