// Sends requests to the nodes of --url: to the first that answers, with the token for it.
#pragma once

#include <string>
#include <vector>

#include "cli/client/credentials.hpp"
#include "cli/invocation.hpp"
#include "httpclient/http_client.hpp"

namespace sagactl {

// For one thread. A call tries the nodes in order until one answers; later calls start with that one. An answer with an
// error status is an Error (error_of) with a hint what to do; no answer from any node is `unavailable`.
class NodeClient {
 public:
  // Takes the token from --token, else from what `login` stored for the node, else, for a node on this machine, from
  // the data directory.
  static Result<NodeClient> open(const Invocation& invocation);

  Result<Json> get(const std::string& path) { return send({"GET", path, "", {}}); }
  Result<Json> post(const std::string& path, const Json& body) { return send({"POST", path, json_text(body), {}}); }
  Result<Json> put(const std::string& path, const Json& body) { return send({"PUT", path, json_text(body), {}}); }
  Result<Json> del(const std::string& path, const Json& body) { return send({"DELETE", path, json_text(body), {}}); }

  Result<Json> send(const HttpRequest& request);

  // The response, whatever its status.
  Result<HttpResponse> exchange(const HttpRequest& request);

  // The URL of the node that answered last, or of the first.
  std::string url() const { return nodes_[current_].base().text(); }

 private:
  NodeClient() = default;
  bool renew_login();

  const Invocation* invocation_ = nullptr;
  std::vector<HttpClient> nodes_;
  std::vector<std::string> tokens_;  // that each node is sent
  std::vector<bool> logged_in_;      // whether the node's token is from a stored login, which can be renewed
  std::size_t current_ = 0;
};

// What to do when no node answers: names the file, context or variable that --url came from.
std::string advice_when_no_node_answers(const GlobalSettings& settings);

// The base URLs of --url.
Result<std::vector<Url>> node_urls(const GlobalSettings& settings);

// The token for a node, or "" when there is none.
Result<std::string> token_for(const Invocation& invocation, const Url& url);

// The file in which a node on this machine stores the operator's token.
std::filesystem::path operator_token_file(const Invocation& invocation);

}  // namespace sagactl
