#include "cli/commands/system_view.hpp"

#include <algorithm>

#include "cli/client/connecting.hpp"
#include "cli/client/json_answer.hpp"

namespace sagactl {
namespace {

constexpr Duration node_timeout_max = 2s;  // so that one slow node does not stop the live view

NodeView poll_node(HttpClient& node) {
  NodeView view;
  view.url = node.base().text();
  const auto response = node.get("/health/detailed");
  if (!response) {
    view.status = "down";
    return view;
  }
  const Json health = response->json() ? *response->json() : Json(Json::object());
  const Json& parts = json_member(health, "dependencies");
  view.node = text_member(health, "nodeId");
  view.up = response->ok();
  view.status = view.up ? "up" : "not ready";
  for (const auto& [name, part] : parts.items())
    if (text_member(part, "status") == "down") view.status += ", " + name + " down";
  const Json& latency = json_member(json_member(parts, "database"), "latencyMs");
  view.database_ms = latency.is_number() ? latency.get<double>() : 0;
  view.commits = integer_member(json_member(parts, "committer"), "commits");
  view.queue = integer_member(json_member(parts, "committer"), "queueDepth");
  view.unpublished = integer_member(json_member(parts, "bus"), "unpublishedEvents");
  return view;
}

void read_counts(const Json& health, const Json& flows, SystemView& view) {
  const Json& sagas = json_member(health, "sagas");
  view.sagas = integer_member(sagas, "total");
  view.completed = integer_member(sagas, "completed");
  view.compensated = integer_member(sagas, "compensated");
  view.failed = integer_member(sagas, "failed");
  view.orders = integer_member(json_member(health, "orders"), "total");
  view.active = integer_member(flows, "totalActiveFlows");
  view.stuck = integer_member(flows, "stuckFlows");
  view.has_counts = true;
}

}  // namespace

Result<SystemObserver> SystemObserver::open(const Invocation& invocation) {
  const auto urls = node_urls(invocation.settings);
  if (!urls) return urls.error();
  auto client = NodeClient::open(invocation);
  if (!client) return client.error();
  SystemObserver observer(std::move(*client));
  HttpClientOptions options;
  options.timeout = std::min(invocation.settings.timeout, node_timeout_max);
  auto connect = connect_options(invocation);
  if (!connect) return connect.error();
  options.connect = std::move(*connect);
  for (const Url& url : *urls) observer.nodes_.emplace_back(url, options);
  return observer;
}

SystemView SystemObserver::poll() {
  SystemView view;
  for (HttpClient& node : nodes_) {
    view.nodes.push_back(poll_node(node));
    if (!view.nodes.back().up) continue;
    if (const auto metrics = node.get("/metrics"); metrics && metrics->ok())
      add_participants(metrics->body, view.participants);
  }
  const auto health = client_.get("/saga/maintenance/saga-health");
  const auto flows = health ? client_.get("/trace/active-flows?limit=1") : health;
  view.at = wall_clock_now();
  view.measured_at = std::chrono::steady_clock::now();
  error_.reset();
  if (flows)
    read_counts(*health, *flows, view);
  else
    error_ = flows.error();
  return view;
}

std::optional<Rates> rates_between(const std::optional<SystemView>& before, const SystemView& now) {
  if (!before || !before->has_counts || !now.has_counts) return std::nullopt;
  const double seconds = std::chrono::duration<double>(now.measured_at - before->measured_at).count();
  if (seconds <= 0) return std::nullopt;
  const auto ended = [](const SystemView& view) { return view.completed + view.compensated + view.failed; };
  return Rates{static_cast<double>(now.orders - before->orders) / seconds,
               static_cast<double>(ended(now) - ended(*before)) / seconds};
}

}  // namespace sagactl
