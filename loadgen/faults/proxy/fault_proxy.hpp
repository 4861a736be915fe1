// A proxy on this machine through which a load goes, and which delays, cuts, doubles, throttles and answers.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/result.hpp"
#include "loadgen/faults/fault_mark.hpp"
#include "loadgen/faults/fault_plan.hpp"
#include "loadgen/sending/address.hpp"

namespace sagactl {

struct ProxyTarget {
  LoadAddress address;   // of the server
  std::string name;      // its URL, as in ProxyFault::target
  bool is_plain = true;  // HTTP/1.1 that is not encrypted
};

// Of a fault that has not begun.
FaultMark mark_of(const ProxyFault& fault);
// Says whether the fault was done and what became of it, by when it began and what it met and changed.
void conclude(FaultMark& mark);

// The targets of each fault, by its place. `invalid` for a fault that names none of them, or is about requests where
// they cannot be told apart.
Result<std::vector<std::vector<std::size_t>>> targets_of_faults(const std::vector<ProxyFault>& faults,
                                                                const std::vector<ProxyTarget>& targets);

class FaultProxy {
 public:
  // Listens at one port of 127.0.0.1 for each target that any fault is for, until it is destroyed; a thread of its own
  // serves them. `invalid` as targets_of_faults(); `unavailable` when it cannot listen.
  static Result<std::unique_ptr<FaultProxy>> start(const std::vector<ProxyFault>& faults, std::uint64_t seed,
                                                   const std::vector<ProxyTarget>& targets);
  ~FaultProxy();

  // Where the load reaches the target: the proxy, or the server itself when no fault is for it. The host and the route
  // are those of the target.
  const LoadAddress& address(std::size_t target) const { return addresses_[target]; }

  // The measured load starts at `start_ns` of steady_ns(): faults count from there. Before, all goes through unchanged.
  void begin(std::int64_t start_ns);
  // Closes open connections and the ports, and returns what each fault did.
  std::vector<FaultMark> end();

 private:
  class Server;
  FaultProxy();

  std::unique_ptr<Server> server_;
  std::vector<LoadAddress> addresses_;
};

}  // namespace sagactl
