// The ports of a simulated node, each in front of a real one: any call may fail, lose its answer, or be the last one
// that the node makes. The seed decides everything.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "common/random.hpp"
#include "server/ports/bus.hpp"
#include "server/ports/clock.hpp"
#include "server/ports/payment_gateway.hpp"
#include "server/ports/store.hpp"

namespace sagactl::simulation {

// The node's process crashes: thrown through the engine, which is then destroyed.
struct Crash {};

// The faults, as shares of calls.
struct Faults {
  double crash = 0;              // before or after the call
  double store_unavailable = 0;  // nothing is written
  double commit_in_doubt = 0;    // the answer to a commit is lost; half of them are written
  double gateway_unavailable = 0;
  double gateway_silent = 0;  // no answer in time; half of the calls take effect
  double gateway_lost = 0;    // no answer ever; half of the calls take effect
  double gateway_declines = 0.1;
  double gateway_delays_charge = 0;  // a charge takes effect after up to `delay_max`
  double gateway_slow = 0;           // an answer takes up to `delay_max`
  double gateway_answers_twice = 0;
  double gateway_forgets = 0;  // a query does not find a charge for up to `delay_max`
  double gateway_refuses_refunds = 0;
  double bus_unavailable = 0;
};

constexpr Duration delay_max = 40s;  // longer than a step waits for an answer

// Decides about faults, and counts the calls of ports, at one of which a node crashes.
class FaultInjector {
 public:
  FaultInjector(std::uint64_t seed, const Faults& shares) : random(seed), faults(shares) {}

  // Around every port call. `before`: the call has not been made yet.
  void maybe_crash(bool before) {
    if (before) ++calls;
    const std::uint64_t point = calls * 2 - (before ? 1 : 0);
    if (point == crash_at || random.chance(faults.crash)) throw Crash{};
  }
  bool happens(double share) { return random.chance(share); }

  Random random;
  Faults faults;
  std::uint64_t calls = 0;     // by all nodes, so far
  std::uint64_t crash_at = 0;  // point 2k-1 is before call k, point 2k after it; 0: none
};

// The clocks of a node's machine: its time of day is set independently, and its steady clock starts anywhere.
class NodeClock : public Clock {
 public:
  NodeClock(Clock& clock, Duration began) : clock_(clock), began_(began) {}
  Timestamp now() const override { return clock_.now() + ahead_; }
  SteadyTime steady() const override { return clock_.steady() + began_; }
  void after(Duration delay, std::function<void()> work) override { clock_.after(delay, std::move(work)); }

  // Converts a time of its steady clock to the cluster's.
  SteadyTime cluster_time(SteadyTime time) const { return time - began_; }
  void step(Duration by) { ahead_ += by; }
  // Its steady clock runs faster than the cluster's: something takes that long for this node alone.
  void pass(Duration time) { began_ += time; }

 private:
  Clock& clock_;
  Duration began_;
  Duration ahead_{0};
};

class UnreliableStore : public Store {
 public:
  UnreliableStore(Store& store, FaultInjector& injector, NodeClock& clock, Duration batch_window, Duration commit_time)
      : store_(store), injector_(injector), clock_(clock), batch_window_(batch_window), commit_time_(commit_time) {}

  Result<NodeRegistration> register_node(const NodeName& name, const std::string& url, Duration lease) override;
  Result<bool> renew(const Writer& writer, Duration lease) override;
  Result<void> resign(const Writer& writer) override;
  Result<Commit> transact(const Writer& writer, const BatchKeys& keys, Loaded& loaded,
                          const std::function<Changes(Timestamp now)>& decide) override;
  Duration batch_window() const override { return batch_window_; }
  Result<bool> has_event(const NodeName& node, std::int64_t sequence) override;
  Result<std::vector<OrderId>> adopt(const Writer& writer, Owners owners, std::size_t limit) override;
  Result<LeftBehind> left_behind(const Writer& writer, Owners owners) override;
  Result<std::vector<OrderId>> due_flows(std::size_t limit) override;
  Result<std::vector<Backlog>> backlogs(const Writer& writer) override;
  Result<std::vector<Event>> events_after(const NodeName& node, std::int64_t sequence, std::size_t limit) override;
  Result<std::int64_t> published_through(const NodeName& node) override;
  Result<void> set_published(const Writer& writer, const std::vector<Backlog>& backlogs) override;
  Result<PublishedDefinition> publish(const std::string& name, const std::string& text) override;
  Result<bool> retire(const std::string& name) override;
  Result<std::size_t> forget_replays(Duration age, std::size_t limit) override;

 private:
  template <class Call>
  auto unreliably(Call call) -> decltype(call());

  Store& store_;
  FaultInjector& injector_;
  NodeClock& clock_;
  const Duration batch_window_, commit_time_;
};

// The payment provider: it outlives every node, and records the calls and their effects.
class SimulatedProvider {
 public:
  SimulatedProvider(Clock& clock, FaultInjector& injector) : clock_(clock), injector_(injector) {}

  void charge(const Charge& charge, std::function<void(ChargeAnswer)> done);
  void query(const std::string& key, std::function<void(QueryAnswer)> done);
  void refund(const std::string& key, Money amount, std::function<void(Outcome)> done);

  struct Account {
    Money amount;
    bool charged = false, declined = false, refunded = false;
    SteadyTime found_from;  // when queries start to find it
  };
  // By the key of the charge, or by the shop's key if there is one.
  const std::map<std::string, Account>& accounts() const { return accounts_; }

 private:
  // Whether a call is answered, and whether it takes effect if not.
  enum class CallResult { answered, unavailable, silent, silent_with_effect, lost, lost_with_effect };
  CallResult draw_result();
  // Calls `answer` once or twice.
  void later(std::function<void()> answer);
  Duration some_time(double share);  // none, or up to `delay_max`
  void take_charge(const std::string& account, const Charge& charge);

  Clock& clock_;
  FaultInjector& injector_;
  std::map<std::string, Account> accounts_;
};

// One node's connection to the provider.
class UnreliableGateway : public PaymentGateway {
 public:
  // `on_crash` is called when the node crashes while it handles an answer.
  UnreliableGateway(SimulatedProvider& provider, FaultInjector& injector, std::function<void()> on_crash)
      : provider_(provider), injector_(injector), on_crash_(std::move(on_crash)) {}
  void charge(const Charge& charge, std::function<void(ChargeAnswer)> done) override;
  void query(const EarlierCharge& charge, std::function<void(QueryAnswer)> done) override;
  void refund(const EarlierCharge& charge, Money amount, std::function<void(Outcome)> done) override;

 private:
  template <class Answer>
  std::function<void(Answer)> guarded(std::function<void(Answer)> done);

  SimulatedProvider& provider_;
  FaultInjector& injector_;
  std::function<void()> on_crash_;
};

// Records what has been published, to detect missing events and a wrong order.
class UnreliableBus : public Bus {
 public:
  explicit UnreliableBus(FaultInjector& injector) : injector_(injector) {}
  void publish(std::vector<Event> events, std::function<void(Result<void>)> done) override;
  std::function<void()> subscribe(std::function<void(const Event&)>, std::function<void()>) override {
    return [] {};
  }
  BusState state() const override { return {}; }
  void probe(Timestamp, std::function<void(Result<void>)> done) override { done({}); }

  std::map<NodeName, std::int64_t> through;  // the sequence up to which events have been published
  bool gap = false;                          // an event of a node was published before an earlier one
  std::vector<std::string> overtaken;        // events of an aggregate or flow that were published before earlier ones

 private:
  void check_order(const Event& event);

  FaultInjector& injector_;
  std::map<std::pair<AggregateType, Uuid>, int> versions_;  // the latest of each aggregate
  std::map<OrderId, Timestamp> newest_;                     // of each flow's published events
};

}  // namespace sagactl::simulation
