#include "loadgen/agents/agent_totals.hpp"

#include <algorithm>

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

}  // namespace sagactl
