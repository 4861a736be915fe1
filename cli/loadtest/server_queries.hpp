// Asks the server of a profile about its orders: the same requests for a status and for a list.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "cli/invocation.hpp"
#include "httpclient/http_client.hpp"
#include "loadgen/profile/profile.hpp"

namespace sagactl {

// Requests go to the nodes of --url in turn, with --token and those create.headers that are the same for all orders and
// do not describe a body. A request takes at most two seconds. For one thread.
class ServerQueries {
 public:
  ServerQueries(const Invocation& invocation, const Profile& profile);

  bool any() const { return !clients_.empty(); }
  // As HttpClient::send, with `more` headers where there are none of these names. When a node gives no answer, the next
  // one is asked. Of an address only the path counts: credentials go to the nodes of --url and nowhere else.
  Result<HttpResponse> get(const std::string& path_or_address, const HttpHeaders& more = {});

  // The server wants no request before (Retry-After of a 429 or 503).
  std::chrono::steady_clock::time_point not_before() const { return not_before_; }
  bool may_ask() const { return not_before_ <= std::chrono::steady_clock::now(); }

  // Who sees what the server shows: by user, the headers that the log-in gave; one without any where nobody logs in, or
  // where --token sees everything.
  const std::vector<HttpHeaders>& viewers() const { return viewers_; }
  void set_users(std::vector<HttpHeaders> user_headers);

 private:
  Result<HttpResponse> get_from(std::size_t turn, const std::string& path_or_address, const HttpHeaders& more);

  HttpHeaders headers_;
  const bool has_token_;
  std::vector<HttpHeaders> viewers_ = {{}};
  std::vector<HttpClient> clients_;  // one per node
  std::size_t next_ = 0;
  std::chrono::steady_clock::time_point not_before_{};
};

// Why an answer is no use: "GET /orders/17 returned HTTP 401 (the request carried ...)".
std::string useless_answer(const std::string& path, const Result<HttpResponse>& response);

}  // namespace sagactl
