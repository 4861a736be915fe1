// Sends by an AsyncHttpClient and waits for the response.
#pragma once

#include <future>

#include "httpclient/async_http_client.hpp"

namespace sagactl {

inline Result<HttpResponse> send_and_wait(AsyncHttpClient& client, HttpRequest request) {
  std::promise<Result<HttpResponse>> answered;
  client.send(std::move(request), [&](Result<HttpResponse> response) { answered.set_value(std::move(response)); });
  return answered.get_future().get();
}

inline std::unique_ptr<AsyncHttpClient> client_of(const std::string& url, const AsyncHttpClientOptions& options = {}) {
  return std::move(AsyncHttpClient::make(*parse_http_url(url), options)).value();
}

}  // namespace sagactl
