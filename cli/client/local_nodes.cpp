#include "cli/client/local_nodes.hpp"

#include <algorithm>

#include "cli/client/json_answer.hpp"
#include "cli/client/node_client.hpp"
#include "common/loopback.hpp"
#include "httpclient/http_client.hpp"

namespace sagactl {
namespace {

constexpr Duration answer_time_max = 2s;  // so that a node that hangs does not hold up the others

bool answers(const Url& url) {
  HttpClientOptions options;
  options.timeout = answer_time_max;
  const auto response = HttpClient(url, options).get("/health");
  return response && response->ok();
}

}  // namespace

void use_all_local_nodes(Invocation& invocation) {
  if (invocation.settings.url_was_given) return;
  auto client = NodeClient::open(invocation);
  if (!client) return;
  const auto listed = client->get("/nodes");
  if (!listed) return;
  std::vector<std::string> urls = invocation.settings.urls;
  for (const Json& node : json_member(*listed, "nodes")) {
    const auto url = parse_node_url(text_member(node, "url"));
    if (json_member(node, "isLive") != Json(true) || !url || !is_loopback_host(url->host)) continue;
    if (std::ranges::find(urls, url->text()) == urls.end() && answers(*url)) urls.push_back(url->text());
  }
  invocation.settings.urls = std::move(urls);
}

}  // namespace sagactl
