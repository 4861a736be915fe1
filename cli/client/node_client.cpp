#include "cli/client/node_client.hpp"

#include <algorithm>

#include "cli/client/json_answer.hpp"
#include "cli/configuration/private_file.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

Error with_advice(Error error, const Invocation& invocation) {
  if (error.members.is_object() && error.members.contains("hint")) return error;
  switch (error.code) {
    case ErrorCode::unauthenticated:
      return with_hint(
          std::move(error),
          "log in with `sagactl login`, give --token, or name the node's data directory with --data (now " +
              invocation.settings.data + ")");
    case ErrorCode::forbidden:
      return with_hint(std::move(error), "this needs an operator: see --token, --data and `sagactl login`");
    case ErrorCode::busy:
      return with_hint(std::move(error), "try again in a moment");
    default:
      return error;
  }
}

constexpr Duration time_for_one_of_several = 3s;

// What happened at each of them.
Error nothing_answers(const std::vector<std::string>& reasons) {
  return with_hint(Error{ErrorCode::unavailable, join(reasons, "; ")},
                   "start a node with `sagactl serve`, or name one with --url");
}

}  // namespace

bool is_local(const Url& url) {
  return url.host == "localhost" || url.host == "::1" || url.host.starts_with("127.");
}

std::filesystem::path operator_token_file(const Invocation& invocation) {
  return invocation.data() / "operator.token";
}

Result<std::vector<Url>> node_urls(const GlobalSettings& settings) {
  std::vector<Url> urls;
  for (const std::string& text : settings.urls) {
    auto url = parse_url(text);
    if (!url) return Error{ErrorCode::invalid, "--url: " + url.error().message};
    urls.push_back(*url);
  }
  if (urls.empty())
    return Error{ErrorCode::invalid, "--url names no node; it is http://host:port, or several with commas"};
  return urls;
}

Result<std::string> token_for(const Invocation& invocation, const Url& url) {
  if (!invocation.settings.token.empty()) return invocation.settings.token;
  auto credentials = CredentialStore::load(invocation.environment.config_directory());
  if (!credentials) return credentials.error();
  if (const auto session = credentials->find(url.text())) return session->access_token;
  if (!is_local(url)) return std::string();
  auto text = read_file(operator_token_file(invocation));
  if (!text) return text.error();
  return std::string(trim(text->value_or("")));
}

Result<NodeClient> NodeClient::open(const Invocation& invocation) {
  auto urls = node_urls(invocation.settings);
  if (!urls) return urls.error();
  auto credentials = CredentialStore::load(invocation.environment.config_directory());
  if (!credentials) return credentials.error();
  NodeClient client;
  client.invocation_ = &invocation;
  for (const Url& url : *urls) {
    auto token = token_for(invocation, url);
    if (!token) return token.error();
    client.logged_in_.push_back(invocation.settings.token.empty() &&
                                credentials->find(url.text()).has_value());
    HttpClientOptions options;
    client.tokens_.push_back(*token);
    options.token = std::move(*token);
    options.timeout = invocation.settings.timeout;
    if (urls->size() > 1) options.address_time = std::min(time_for_one_of_several, options.timeout);
    client.nodes_.emplace_back(url, std::move(options));
  }
  return client;
}

Result<HttpResponse> NodeClient::exchange(const HttpRequest& request) {
  std::vector<std::string> reasons;
  for (std::size_t tried = 0; tried < nodes_.size(); ++tried) {
    invocation_->verbose(request.method + " " + url() + request.path);
    auto response = nodes_[current_].send(request);
    if (response) {
      if (response->status == 401 && renew_session()) return nodes_[current_].send(request);
      return response;
    }
    if (response.error().code != ErrorCode::unavailable) return response;
    reasons.push_back(response.error().message);
    current_ = (current_ + 1) % nodes_.size();
  }
  return nothing_answers(reasons);
}

Result<Json> NodeClient::send(const HttpRequest& request) {
  auto response = exchange(request);
  if (!response) return response.error();
  if (!response->ok()) return with_advice(error_of(*response), *invocation_);
  return response->json();
}

// A session's access token lives for minutes, its refresh token for days: gets a new pair, once. Other commands may be
// doing the same at this moment, with the same refresh token, which is good once.
bool NodeClient::renew_session() {
  if (!logged_in_[current_]) return false;
  logged_in_[current_] = false;
  const std::string node = url();
  const auto directory = invocation_->environment.config_directory();
  const auto lock = CredentialStore::lock(directory);
  auto credentials = CredentialStore::load(directory);
  if (!lock || !credentials) return false;
  const auto session = credentials->find(node);
  if (!session) return false;
  if (session->access_token != tokens_[current_]) {  // another was quicker
    tokens_[current_] = session->access_token;
    nodes_[current_].set_token(session->access_token);
    return true;
  }
  const auto answer = nodes_[current_].post("/auth/refresh", Json{{"refreshToken", session->refresh_token}});
  if (!answer || !answer->ok()) return false;
  const auto pair = answer->json();
  if (!pair || text_member(*pair, "accessToken").empty()) return false;
  const StoredLogin renewed{session->email, text_member(*pair, "accessToken"), text_member(*pair, "refreshToken")};
  credentials->replace(session->refresh_token, renewed);
  nodes_[current_].set_token(renewed.access_token);
  if (const auto saved = credentials->save(); !saved) invocation_->info("sagactl: " + saved.error().message);
  return true;
}

}  // namespace sagactl
