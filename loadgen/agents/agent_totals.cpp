#include "loadgen/agents/agent_totals.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "loadgen/faults/proxy/fault_proxy.hpp"

namespace sagactl {

void add_health(GeneratorHealth& all, const GeneratorHealth& part) {
  const double workers = all.workers + part.workers;
  if (workers > 0) all.cpu_share = (all.cpu_share * all.workers + part.cpu_share * part.workers) / workers;
  all.pacing = all.workers == 0 || part.pacing == all.pacing ? part.pacing : Pacing::sleep;
  all.own_lateness.merge(part.own_lateness);
  all.skipped += part.skipped;
  all.backlog_peak = std::max(all.backlog_peak, part.backlog_peak);
  all.connections_max += part.connections_max;
  all.connections_peak += part.connections_peak;
  all.streams = std::max(all.streams, part.streams);
  all.reconnects += part.reconnects;
  all.workers += part.workers;
  all.cpu_seconds += part.cpu_seconds;
  all.tls.is_used = all.tls.is_used || part.tls.is_used;
  all.tls.insecure = all.tls.insecure || part.tls.insecure;
  all.tls.handshakes.merge(part.tls.handshakes);
  all.tls.resumed += part.tls.resumed;
}

void add_counts(EntryCounts& all, const EntryCounts& part) {
  all.sent += part.sent;
  all.accepted += part.accepted;
  all.duplicates += part.duplicates;
  all.errors += part.errors;
  all.response_us += part.response_us;
  all.statuses.resize(std::max(all.statuses.size(), part.statuses.size()));
  for (std::size_t i = 0; i < part.statuses.size(); ++i) all.statuses[i] += part.statuses[i];
  for (std::size_t i = 0; i < part.response.size(); ++i) all.response[i] += part.response[i];
}

void add_proxy_faults(std::vector<FaultMark>& all, const std::vector<ProxyOfAgent>& proxies,
                      const std::vector<ProxyFault>& faults) {
  for (std::size_t place = 0; place < faults.size(); ++place) {
    FaultMark mark = mark_of(faults[place]);
    std::string unknown;
    for (const ProxyOfAgent& proxy : proxies) {
      if (place >= proxy.faults.size()) {
        unknown += fmt::format("{}{}", unknown.empty() ? "" : ", ", proxy.agent);
        continue;
      }
      const FaultMark& part = proxy.faults[place];
      mark.met += part.met;
      mark.changed += part.changed;
      if (!part.has_begun()) continue;
      mark.began = mark.has_begun() ? std::min(mark.began, part.began) : part.began;
      mark.ended = std::max(mark.ended, part.ended);
    }
    conclude(mark);
    if (!unknown.empty()) mark.outcome += fmt::format("; what the proxy of {} did is not known", unknown);
    all.push_back(std::move(mark));
  }
}

}  // namespace sagactl
