#include "cli/loadtest/faults/fault_flags.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "analysis/report/text_table.hpp"
#include "cli/flag.hpp"
#include "common/text/secret_text.hpp"
#include "httpclient/url.hpp"
#include "loadgen/faults/fault_grammar.hpp"
#include "loadgen/faults/proxy/fault_proxy.hpp"

namespace sagactl {
namespace {

double milliseconds_of(Duration time) {
  return static_cast<double>(time.count()) / 1000;
}

Result<std::vector<ProxyTarget>> proxy_targets(const LoadOptions& options) {
  std::vector<ProxyTarget> targets;
  for (const std::string& text : options.targets) {
    const auto url = parse_node_url(text);
    if (!url) return url.error();
    ProxyTarget& target = targets.emplace_back();
    target.name = url->text();
    target.is_plain = !url->tls && !options.http2;
  }
  return targets;
}

}  // namespace

void add_fault_flags(CLI::App& app, FaultPlan& faults) {
  const auto fault = [&faults](const std::string& text) -> Result<void> {
    auto parsed = parse_fault(text);
    if (!parsed) return parsed.error();
    faults.faults.push_back(std::move(*parsed));
    return {};
  };
  const auto proxy = [&faults](const std::string& text) -> Result<void> {
    auto parsed = parse_proxy_fault(text);
    if (!parsed) return parsed.error();
    faults.proxy.push_back(std::move(*parsed));
    return {};
  };
  add_flag_with(app, "--fault", fault, "FAULT",
                "Inject a fault into a process or container, or run a command, during the load: 'pause node-2 at 10s "
                "for 5s', 'kill pid 4711 at "
                "10s', 'restart port 8085 at 10s for 2s', 'run \"docker kill pg\" at 10s'; may be repeated")
      .repeatable(static_cast<int>(faults_max));
  add_flag_with(app, "--proxy-fault", proxy, "FAULT",
                "Send the load through a proxy that does this: 'delay 200ms of 10% from 5s to 15s', 'cut requests of "
                "5%', 'cut answers of 5%', 'duplicate of 1%', 'answer 503 of 10%'; may be repeated")
      .repeatable(static_cast<int>(faults_max));
}

Result<void> complete_faults(const Invocation& invocation, LoadOptions& options) {
  FaultPlan& plan = options.faults;
  const FaultPlan& of_profile = options.profile.faults;
  plan.faults.insert(plan.faults.end(), of_profile.faults.begin(), of_profile.faults.end());
  plan.proxy.insert(plan.proxy.end(), of_profile.proxy.begin(), of_profile.proxy.end());
  for (Fault& fault : plan.faults) {
    const bool has_file = fault.action != FaultAction::run && fault.target.kind == FaultTarget::Kind::pidfile;
    if (has_file) fault.target.name = invocation.environment.resolve(fault.target.name).string();
  }
  for (ProxyFault& fault : plan.proxy) {
    if (fault.target.empty()) continue;
    const auto url = parse_node_url(fault.target);
    if (!url)
      return Error{ErrorCode::invalid, fmt::format("--proxy-fault '{}': {}", fault.text(), url.error().message)};
    fault.target = url->text();
  }
  return {};
}

Result<Json> fault_plan_json(const LoadOptions& options) {
  const auto targets = proxy_targets(options);
  if (!targets) return targets.error();
  const auto places = targets_of_faults(options.faults.proxy, *targets);
  if (!places) return places.error();
  Json list = Json::array();
  for (const Fault& fault : options.faults.faults)
    list.push_back({{"fault", without_secrets(fault.text())},
                    {"by", "sagactl"},
                    {"atMs", milliseconds_of(fault.at)},
                    {"forMs", fault.length ? Json(milliseconds_of(*fault.length)) : Json(nullptr)}});
  for (const ProxyFault& fault : options.faults.proxy)
    list.push_back({{"fault", fault.text()},
                    {"by", "proxy"},
                    {"atMs", milliseconds_of(fault.from)},
                    {"forMs", fault.to ? Json(milliseconds_of(*fault.to - fault.from)) : Json(nullptr)}});
  std::stable_sort(list.begin(), list.end(), [](const Json& a, const Json& b) { return a["atMs"] < b["atMs"]; });
  return list;
}

std::string fault_plan_text(const Json& plan) {
  if (plan.empty()) return {};
  TextTable table("rrl");
  table.row({"at", "for", "fault"});
  const auto shown = [](const Json& ms) {
    return ms.is_null() ? std::string() : fmt::format("{} s", ms.get<double>() / 1000);
  };
  for (const Json& fault : plan)
    table.row({shown(fault["atMs"]), shown(fault["forMs"]),
               fmt::format("{}{}", fault["by"] == "proxy" ? "proxy: " : "", fault["fault"].get<std::string>())});
  return fmt::format("# faults, from the start of the measured load\n{}\n", table.text(0));
}

}  // namespace sagactl
