// Talks to the nodes of --url on the user's behalf: the first that answers, with the token that fits.
#pragma once

#include <string>
#include <vector>

#include "cli/client/credentials.hpp"
#include "cli/invocation.hpp"
#include "httpclient/http_client.hpp"

namespace sagactl {

// For one thread. Every call tries the nodes in their order until one answers, and stays with that one. An
// answer that is not ok is an Error (error_of) with a hint about what to do; no answer at all is
// `unavailable`.
class NodeClient {
 public:
  // Reads the token: --token, else what `login` stored for the node, else, for a node on this machine, the
  // operator's in the data directory.
  static Result<NodeClient> open(const Invocation& invocation);

  Result<Json> get(const std::string& path) { return send({"GET", path, "", {}}); }
  Result<Json> post(const std::string& path, const Json& body) { return send({"POST", path, json_text(body), {}}); }
  Result<Json> put(const std::string& path, const Json& body) { return send({"PUT", path, json_text(body), {}}); }
  Result<Json> del(const std::string& path, const Json& body) { return send({"DELETE", path, json_text(body), {}}); }

  Result<Json> send(const HttpRequest& request);

  // The answer whatever its status.
  Result<HttpResponse> exchange(const HttpRequest& request);

  // The node that answered last, or the first.
  std::string url() const { return nodes_[current_].base().text(); }

 private:
  NodeClient() = default;
  bool renew_session();

  const Invocation* invocation_ = nullptr;
  std::vector<HttpClient> nodes_;
  std::vector<std::string> tokens_;  // what each is sent
  std::vector<bool> logged_in_;  // whether the node's token is that of a session, which can be renewed
  std::size_t current_ = 0;
};

// The base URLs of --url.
Result<std::vector<Url>> node_urls(const GlobalSettings& settings);

// The token for a node, or "" when there is none.
Result<std::string> token_for(const Invocation& invocation, const Url& url);

// Is the node on this machine, as far as its name tells?
bool is_local(const Url& url);

// The file in which a node on this machine leaves the operator's credential.
std::filesystem::path operator_token_file(const Invocation& invocation);

}  // namespace sagactl
