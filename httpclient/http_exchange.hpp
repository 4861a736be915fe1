// One request and its answer on a connection.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <string>

#include "common/result.hpp"
#include "httpclient/client_connection.hpp"
#include "httpclient/http_client.hpp"
#include "httpclient/url.hpp"

namespace sagactl {

// The request as it goes over the line.
std::string request_text(const HttpRequest& request, const Url& base);

struct Exchanged {
  Result<HttpResponse> response;
  bool reusable = false;  // the connection is good for another exchange
};

// Sends `text` and reads the answer. Every error is `unknown_outcome`: something was sent.
boost::asio::awaitable<Exchanged> exchange(ClientConnection& connection, const std::string& text, std::size_t body_max);

}  // namespace sagactl
