#include "loadgen/running/scheme_check.hpp"

#include "httpclient/https_check.hpp"

namespace sagactl {

SchemeCheck::SchemeCheck(const LoadOptions& options, const std::stop_token& stop)
    : options_(options), on_stop_(stop, [this] { source_.request_stop(); }) {}

void SchemeCheck::look(const LoadProgress& now) {
  if (now.totals.errors > 0 && now.totals.accepted + now.totals.duplicates == 0) look();
}

void SchemeCheck::look(const RunResult& load) {
  if (load.requests.sent > 0 && load.requests.accepted + load.requests.duplicates == 0) look();
}

void SchemeCheck::look() {
  if (has_looked_ || options_.connect.proxy) return;
  has_looked_ = true;
  for (const std::string& target : options_.targets) {
    const auto url = parse_node_url(target);
    if (!url || !speaks_tls_now(*url)) continue;
    wrong_ = wants_https(*url, "the load");
    source_.request_stop();
    return;
  }
}

}  // namespace sagactl
