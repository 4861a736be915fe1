// All faults of one load test, from its start to their marks.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "common/result.hpp"
#include "httpclient/http_client.hpp"
#include "loadgen/faults/fault_driver.hpp"
#include "loadgen/faults/proxy/fault_proxy.hpp"
#include "loadgen/schedule/load_share.hpp"

namespace sagactl {

struct LoadOptions;

class FaultRun {
 public:
  // Looks for every target, starts what undoes faults when this program ends, and the proxy. `addresses` are those of
  // `urls`, one for one; those that the proxy stands before become its own: the load goes through it, what comes before
  // and after the load does not. Null when the options have no faults. `share`: of the load that this process sends;
  // null: it sends none, and needs no proxy. `invalid` names the fault whose target is not there or cannot be hit, or
  // that the proxy cannot do there.
  static Result<std::unique_ptr<FaultRun>> prepare(const LoadOptions& options, const std::vector<Url>& urls,
                                                   std::vector<LoadAddress>& addresses, const LoadShare* share);

  // The measured load starts at `start_ns` of steady_ns(). Only the first call counts.
  void begin(std::int64_t start_ns);
  // The load has ended: all is undone and closed when this returns. In the order of the options, those of the proxy
  // last. Further calls return the same. The destructor does it too.
  std::vector<FaultMark> end();

 private:
  FaultRun() = default;

  std::unique_ptr<FaultDriver> driver_;  // null: no faults of processes
  std::unique_ptr<FaultProxy> proxy_;
  bool has_begun_ = false;
};

// Fills in the ports of nodes that faults name: each URL of this machine is asked which node it is. `invalid` for
// one that is not there, with those that are, and for one that shares its process with others.
Result<void> find_nodes(std::vector<Fault>& faults, const std::vector<std::string>& urls,
                        const HttpClientOptions& http);

// `invalid` for faults that the other options rule out: too many, or due when the load has ended.
Result<void> check_faults(const LoadOptions& options);

}  // namespace sagactl
