#include "loadgen/faults/fault_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <set>

#include "common/loopback.hpp"
#include "common/text/json.hpp"
#include "loadgen/options.hpp"

namespace sagactl {
namespace {

constexpr Duration node_patience = 5s;  // for a node to say its name

// The node at a URL; "" when it does not say so.
std::string node_at(const Url& url, HttpClientOptions http) {
  http.timeout = std::min(http.timeout, node_patience);
  const auto answer = HttpClient(url, http).get("/health");
  if (!answer) return {};
  const Json health = read_json(answer->body);
  const auto id = health.is_object() ? health.find("nodeId") : health.end();
  return health.is_object() && id != health.end() && id->is_string() ? id->get<std::string>() : std::string();
}

bool names_node(const Fault& fault) {
  return fault.action != FaultAction::run && fault.target.kind == FaultTarget::Kind::node;
}

std::string joined_names(const std::map<std::string, std::uint16_t>& ports) {
  std::string text;
  for (const auto& [name, port] : ports) text += (text.empty() ? "" : ", ") + name;
  return text.empty() ? "none says its name and runs on this machine" : text;
}

Error not_a_target(const Fault& fault, const std::string& why) {
  return {ErrorCode::invalid, fmt::format("--fault '{}': {}; nothing was sent", fault.text(), why)};
}

// Other nodes that the process of this one serves.
std::string neighbours(const std::string& node, const std::map<std::string, std::uint16_t>& ports) {
  const auto own = listeners_at(ports.at(node));
  std::string others;
  for (const auto& [name, port] : ports) {
    if (name == node) continue;
    const auto theirs = listeners_at(port);
    const bool shared = std::any_of(own.begin(), own.end(), [&](const ProcessRef& process) {
      return std::find(theirs.begin(), theirs.end(), process) != theirs.end();
    });
    if (shared) others += (others.empty() ? "" : ", ") + name;
  }
  return others;
}

// How long the measured load takes, where the options say it.
std::optional<Duration> length_of_load(const LoadOptions& options) {
  if (!options.stages.empty()) return stages_length(options.stages);
  if (options.duration) return options.duration;
  if (!options.rate) return std::nullopt;
  if (options.arrival != ArrivalKind::constant && options.orders) return std::nullopt;
  constexpr Duration rate_alone = 10s;
  if (!options.orders) return rate_alone;
  return Duration(static_cast<std::int64_t>(static_cast<double>(*options.orders) / *options.rate * 1e6));
}

}  // namespace

Result<void> find_nodes(std::vector<Fault>& faults, const std::vector<std::string>& urls,
                        const HttpClientOptions& http) {
  if (std::none_of(faults.begin(), faults.end(), names_node)) return {};
  std::map<std::string, std::uint16_t> ports;
  for (const std::string& text : std::set<std::string>(urls.begin(), urls.end())) {
    const auto url = parse_node_url(text);
    if (!url || !url->socket.empty() || !is_loopback_host(url->host)) continue;
    if (const std::string node = node_at(*url, http); !node.empty()) ports.emplace(node, url->port);
  }
  for (Fault& fault : faults) {
    if (!names_node(fault)) continue;
    const auto found = ports.find(fault.target.name);
    if (found == ports.end())
      return not_a_target(fault,
                          fmt::format("'{}' is none of the nodes at --url that run on this machine ({}); another "
                                      "process is named by pid, pidfile, command or port, or is a container",
                                      fault.target.name, joined_names(ports)));
    if (const std::string others = neighbours(fault.target.name, ports); !others.empty())
      return not_a_target(fault,
                          fmt::format("{} shares its process with {}: name it as port {} to hit them all, or start "
                                      "each node as a process of its own (sagactl serve --node-id)",
                                      fault.target.name, others, found->second));
    fault.target.number = found->second;
  }
  return {};
}

Result<void> check_faults(const LoadOptions& options) {
  const FaultPlan& plan = options.faults;
  if (plan.faults.size() > faults_max || plan.proxy.size() > faults_max)
    return Error{ErrorCode::invalid, fmt::format("more than {} faults of one kind", faults_max)};
  const auto length = length_of_load(options);
  if (!length) return {};
  const auto late = [&](const char* flag, const std::string& fault) {
    return Error{ErrorCode::invalid, fmt::format("{} '{}' would begin when the load has ended: it takes {}", flag,
                                                 fault, format_duration(*length))};
  };
  for (const Fault& fault : plan.faults)
    if (fault.at >= *length) return late("--fault", fault.text());
  for (const ProxyFault& fault : plan.proxy)
    if (fault.from >= *length) return late("--proxy-fault", fault.text());
  return {};
}

Result<std::unique_ptr<FaultRun>> FaultRun::prepare(const LoadOptions& options, const std::vector<Url>& urls,
                                                    std::vector<LoadAddress>& addresses, const LoadShare* share) {
  if (!options.faults.any()) return std::unique_ptr<FaultRun>();
  std::unique_ptr<FaultRun> run(new FaultRun());
  if (!options.faults.faults.empty()) {
    std::vector<Fault> faults = options.faults.faults;
    const HttpClientOptions http{.timeout = options.timeout, .connect = options.connect};
    if (auto found = find_nodes(faults, options.targets, http); !found) return found.error();
    auto driver = FaultDriver::prepare(faults);
    if (!driver) return driver.error();
    run->driver_ = std::move(*driver);
  }
  if (!options.faults.proxy.empty()) {
    std::vector<ProxyTarget> targets;
    for (std::size_t i = 0; i < addresses.size(); ++i)
      targets.push_back({addresses[i], urls[i].text(), !urls[i].tls && !options.http2});
    if (share == nullptr) {
      if (auto places = targets_of_faults(options.faults.proxy, targets); !places) return places.error();
      return run;
    }
    // Each share has choices of its own.
    auto proxy = FaultProxy::start(options.faults.proxy, options.seed + share->index, targets);
    if (!proxy) return proxy.error();
    run->proxy_ = std::move(*proxy);
    for (std::size_t i = 0; i < addresses.size(); ++i) addresses[i] = run->proxy_->address(i);
  }
  return run;
}

void FaultRun::begin(std::int64_t start_ns) {
  if (std::exchange(has_begun_, true)) return;
  if (driver_) driver_->begin(start_ns);
  if (proxy_) proxy_->begin(start_ns);
}

std::vector<FaultMark> FaultRun::end() {
  std::vector<FaultMark> marks;
  if (driver_) marks = driver_->end();
  if (!proxy_) return marks;
  for (FaultMark& mark : proxy_->end()) marks.push_back(std::move(mark));
  return marks;
}

}  // namespace sagactl
