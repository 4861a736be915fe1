#include "cli/client/node_client.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "cli/client/connecting.hpp"
#include "cli/client/json_answer.hpp"
#include "cli/configuration/private_file.hpp"
#include "cli/output/display_text.hpp"
#include "common/loopback.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

// "--url", or with its source: "--url (from context shop)".
std::string flag_and_source(const GlobalSettings& settings, const std::string& flag) {
  const auto source = settings.sources.find(flag);
  return "--" + flag + (source == settings.sources.end() ? "" : " (from " + source->second + ")");
}

Error not_let_in(Error error, const Invocation& invocation) {
  const GlobalSettings& settings = invocation.settings;
  const std::filesystem::path token_file = operator_token_file(invocation);
  std::error_code failure;
  if (settings.token.empty() && std::filesystem::status(token_file, failure).type() == std::filesystem::file_type::none)
    return with_hint(std::move(error),
                     fmt::format("{} cannot be read: {}; run this as the user of `sagactl serve`, log in with `sagactl "
                                 "login`, or pass --token",
                                 token_file.string(), failure.message()));
  if (settings.token.empty())
    return with_hint(std::move(error),
                     "log in with `sagactl login`, pass --token, or pass the node's data directory with --data (now " +
                         settings.data + ")");
  const std::string flag = settings.token_file.empty() ? "token" : "token-file";
  error.message += ": the node does not accept the token of " + flag_and_source(settings, flag);
  return with_hint(
      std::move(error),
      "it may have expired, or be of another node; leave it out to use the token of `sagactl login` or, on "
      "this machine, that in the node's data directory (--data, now " +
          settings.data + ")");
}

Error with_advice_for(Error error, const Invocation& invocation) {
  if (error.members.is_object() && error.members.contains("hint")) return error;
  switch (error.code) {
    case ErrorCode::unauthenticated:
      return not_let_in(std::move(error), invocation);
    case ErrorCode::forbidden:
      return with_hint(std::move(error), "this needs an operator or admin: see --token, --data and `sagactl login`");
    case ErrorCode::busy:
      return with_hint(std::move(error), "try again in a moment");
    default:
      return error;
  }
}

// The error of a node has a JSON body; what comes without one is another server's, or a proxy's.
Error not_as_a_node(const Error& error, const std::string& url, const HttpRequest& request) {
  const auto address = parse_node_url(url);
  const bool has_path = address && !address->prefix.empty();
  return with_hint(
      {error.code, fmt::format("{} answered {} {} otherwise than a node: {}", url, request.method,
                               request.path.substr(0, request.path.find('?')), on_one_line(error.message))},
      has_path ? fmt::format("a node has no path in its address, unless a proxy before it wants one: leave "
                             "{} out of --url",
                             address->prefix)
               : "is this the address of a node? Its port is 3000 unless it was started with another "
                 "(--url)");
}

// "localhost" is its port 80, where nobody started a node.
std::string advice_without_port(const GlobalSettings& settings) {
  for (const std::string& text : settings.urls) {
    const auto url = parse_node_url(text);
    const std::uint16_t implied = url && url->tls ? 443 : 80;
    const bool has_port = !url || !url->socket.empty() || url->port != implied ||
                          text.find(fmt::format(":{}", implied)) != std::string::npos;
    if (!has_port)
      return fmt::format("{} names no port, so {} was tried: a node's is 3000 unless it was started with another; ",
                         text, implied);
  }
  return {};
}

constexpr Duration connect_timeout_of_several = 3s;

}  // namespace

std::string advice_when_no_node_answers(const GlobalSettings& settings) {
  const auto found = settings.sources.find("url");
  if (found == settings.sources.end())
    return advice_without_port(settings) + "start a node with `sagactl serve`, or pass its address with --url";
  const std::string& source = found->second;
  const std::string_view context = "context ", variable = "environment variable ";
  std::string change = "change `url` there";
  if (source.starts_with(context))
    change = "change it with `sagactl context set " + source.substr(context.size()) + " --url URL`";
  if (source.starts_with(variable)) change = "change that variable";
  return advice_without_port(settings) + "the address is from " + source + ": start a node there, " + change +
         ", or pass another with --url";
}

std::filesystem::path operator_token_file(const Invocation& invocation) {
  return invocation.data() / "operator.token";
}

Result<std::vector<Url>> node_urls(const GlobalSettings& settings) {
  std::vector<Url> urls;
  for (const std::string& text : settings.urls) {
    auto url = parse_node_url(text);
    if (!url) return Error{ErrorCode::invalid, flag_and_source(settings, "url") + ": " + url.error().message};
    urls.push_back(*url);
  }
  if (urls.empty())
    return Error{ErrorCode::invalid, "--url is empty; write it as http://host:port, several separated by commas"};
  return urls;
}

Result<std::string> token_for(const Invocation& invocation, const Url& url) {
  if (!invocation.settings.token.empty()) return invocation.settings.token;
  auto credentials = CredentialStore::load(invocation.environment.config_directory());
  if (!credentials) return credentials.error();
  if (const auto login = credentials->find(url.text())) return login->access_token;
  if (!is_loopback_host(url.host)) return std::string();
  auto text = read_file(operator_token_file(invocation));
  if (!text) return text.error();
  return std::string(trim(text->value_or("")));
}

Result<NodeClient> NodeClient::open(const Invocation& invocation) {
  auto urls = node_urls(invocation.settings);
  if (!urls) return urls.error();
  auto credentials = CredentialStore::load(invocation.environment.config_directory());
  if (!credentials) return credentials.error();
  auto connect = connect_options(invocation);
  if (!connect) return connect.error();
  NodeClient client;
  client.invocation_ = &invocation;
  for (const Url& url : *urls) {
    auto token = token_for(invocation, url);
    if (!token) return token.error();
    client.logged_in_.push_back(invocation.settings.token.empty() && credentials->find(url.text()).has_value());
    HttpClientOptions options;
    client.tokens_.push_back(*token);
    options.token = std::move(*token);
    options.timeout = invocation.settings.timeout;
    options.connect = *connect;
    if (urls->size() > 1) options.address_time = std::min(connect_timeout_of_several, options.timeout);
    client.nodes_.emplace_back(url, std::move(options));
  }
  return client;
}

Result<HttpResponse> NodeClient::exchange(const HttpRequest& request) {
  std::vector<std::string> reasons;
  Json tls_fault;
  for (std::size_t tried = 0; tried < nodes_.size(); ++tried) {
    invocation_->verbose(request.method + " " + url() + request.path);
    auto response = nodes_[current_].send(request);
    if (response) {
      if (response->status == 401 && renew_login()) return nodes_[current_].send(request);
      return response;
    }
    if (response.error().code != ErrorCode::unavailable) return response;
    reasons.push_back(response.error().message);
    if (tls_fault.is_null()) tls_fault = response.error().members;
    current_ = (current_ + 1) % nodes_.size();
  }
  return with_connecting_advice(with_hint(Error{ErrorCode::unavailable, join(reasons, "; "), std::move(tls_fault)},
                                          advice_when_no_node_answers(invocation_->settings)));
}

Result<Json> NodeClient::send(const HttpRequest& request) {
  auto response = exchange(request);
  if (!response) return response.error();
  auto body = response->json();
  if (response->ok()) return body ? body : not_as_a_node(body.error(), url(), request);
  Error refused = error_of(*response);
  const bool is_of_node = body && body->is_object();
  const bool may_be_from_proxy = response->status >= 500 || refused.code == ErrorCode::unauthenticated;
  if (!is_of_node && !may_be_from_proxy) return not_as_a_node(refused, url(), request);
  return with_advice_for(std::move(refused), *invocation_);
}

// An access token is valid for minutes, a refresh token for days: requests a new pair, once per node. Another command
// may renew the same login at the same time; the lock lets one of them do it, because a refresh token can be used only
// once.
bool NodeClient::renew_login() {
  if (!logged_in_[current_]) return false;
  logged_in_[current_] = false;
  const std::string node = url();
  const auto directory = invocation_->environment.config_directory();
  const auto lock = CredentialStore::lock(directory);
  auto credentials = CredentialStore::load(directory);
  if (!lock || !credentials) return false;
  const auto login = credentials->find(node);
  if (!login) return false;
  if (login->access_token != tokens_[current_]) {  // another command has renewed it
    tokens_[current_] = login->access_token;
    nodes_[current_].set_token(login->access_token);
    return true;
  }
  const auto answer = nodes_[current_].post("/auth/refresh", Json{{"refreshToken", login->refresh_token}});
  if (!answer || !answer->ok()) return false;
  const auto pair = answer->json();
  if (!pair || text_member(*pair, "accessToken").empty()) return false;
  const StoredLogin renewed{login->email, text_member(*pair, "accessToken"), text_member(*pair, "refreshToken")};
  credentials->replace(login->refresh_token, renewed);
  nodes_[current_].set_token(renewed.access_token);
  if (const auto saved = credentials->save(); !saved) invocation_->info("sagactl: " + saved.error().message);
  return true;
}

}  // namespace sagactl
