#include "tests/mutants/mutant.hpp"

#include "tests/mutants/faulty_ports.hpp"
#include "tests/mutants/faulty_store.hpp"

namespace sagactl::mutants {
namespace {

template <StoreFault (*fault)(Aim)>
void in_store(SharedParts& parts, std::uint64_t seed) {
  parts.database = std::make_unique<FaultyDatabase>(std::move(parts.database), fault(Aim(seed)));
}

template <FaultyLock::Fault fault>
void in_lock(SharedParts& parts, std::uint64_t) {
  parts.lock = std::make_unique<FaultyLock>(std::move(parts.lock), fault);
}

template <FaultyGateway::Fault fault>
void in_gateway(SharedParts& parts, std::uint64_t seed) {
  parts.gateway = std::make_unique<FaultyGateway>(std::move(parts.gateway), fault, Aim(seed));
}

void in_bus(SharedParts& parts, std::uint64_t seed) {
  const NodeName node = "node-" + std::to_string(1 + seed % 3);
  parts.bus = std::make_unique<FaultyBus>(std::move(parts.bus), node);
}

void nowhere(SharedParts&, std::uint64_t) {}

}  // namespace

const std::vector<Mutant>& mutants() {
  static const std::vector<Mutant> all = {
      {"none", nowhere},
      {"own-key", in_store<own_key>},
      {"shared-key", in_store<shared_key>},
      {"lost-order", in_store<lost_order>},
      {"wrong-amount", in_store<wrong_amount>},
      {"double-capture", in_store<double_capture>},
      {"charge-while-compensating", in_store<charge_while_compensating>},
      {"lost-compensation", in_store<lost_compensation>},
      {"skipped-state", in_store<skipped_state>},
      {"lost-payment-event", in_store<lost_payment_event>},
      {"skipped-version", in_store<skipped_version>},
      {"unknown-node", in_store<unknown_node>},
      {"lost-release", in_store<lost_release>},
      {"oversold", in_store<oversold>},
      {"falling-tokens", in_lock<FaultyLock::Fault::falling_tokens>},
      {"early-locks", in_lock<FaultyLock::Fault::early_times>},
      {"deaf-bus", in_bus},
      {"silent-gateway", in_gateway<FaultyGateway::Fault::silent>},
      {"never-declines", in_gateway<FaultyGateway::Fault::never_declines>},
      {"sends-twice", nowhere, ProxyFault::sends_twice},
      {"sends-twice-silently", nowhere, ProxyFault::sends_twice_silently},
      {"wrong-total", nowhere, ProxyFault::wrong_total},
      {"mute", nowhere, ProxyFault::mute},
  };
  return all;
}

const Mutant* find_mutant(std::string_view name) {
  for (const Mutant& mutant : mutants())
    if (mutant.name == name) return &mutant;
  return nullptr;
}

}  // namespace sagactl::mutants
