// The ports of a simulated node, each in front of a real one: any call may fail, lose its answer, or be the last
// that the node makes. All of it is decided by the seed.
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

// The node's process has ended: thrown through the engine, whose memory is then thrown away.
struct Crash {};

// What may go wrong, as shares of calls. All zero: nothing does.
struct Faults {
  double crash = 0;              // before or after the call
  double store_away = 0;         // refused, nothing written
  double commit_in_doubt = 0;    // the answer to a commit is lost; half of them were written
  double gateway_away = 0;
  double gateway_silent = 0;     // no answer in time; half of them took effect
  double gateway_lost = 0;       // no answer ever
  double gateway_declines = 0.1;
  double gateway_held_up = 0;         // a charge takes effect only after a while, up to `held_up_max`
  double gateway_slow = 0;            // an answer comes after a while, up to `held_up_max`
  double gateway_answers_twice = 0;
  double gateway_forgets = 0;         // a charge cannot be found for a while, up to `held_up_max`
  double gateway_refuses_refunds = 0;
  double bus_away = 0;
};

constexpr Duration held_up_max = 40s;  // longer than a step waits for an answer

// Counts a node's calls to its ports, and ends the node at the one it is told to.
class Chance {
 public:
  Chance(std::uint64_t seed, const Faults& wanted) : random(seed), faults(wanted) {}

  // Around every port call. `before`: the call has not been made yet.
  void maybe_crash(bool before) {
    if (before) ++calls;
    const std::uint64_t point = calls * 2 - (before ? 1 : 0);
    if (point == crash_at || random.chance(faults.crash)) throw Crash{};
  }
  bool happens(double share) { return random.chance(share); }

  Random random;
  Faults faults;
  std::uint64_t calls = 0;     // made so far, by all nodes
  std::uint64_t crash_at = 0;  // point 2k-1 is before call k, point 2k after it; 0: nowhere
};

class UnreliableStore : public Store {
 public:
  UnreliableStore(Store& store, Chance& chance, Duration gathers) : store_(store), chance_(chance), gathers_(gathers) {}

  Result<NodeRegistration> register_node(const NodeName& name, const std::string& url, Duration lease) override;
  Result<bool> renew(const Writer& writer, Duration lease) override;
  Result<void> resign(const Writer& writer) override;
  Result<Commit> transact(const Writer& writer, const BatchKeys& keys, Loaded& loaded,
                          const std::function<Changes(Timestamp now)>& decide) override;
  Duration batch_window() const override { return gathers_; }
  Result<bool> has_event(const NodeName& node, std::int64_t sequence) override;
  Result<std::vector<OrderId>> adopt(const Writer& writer, Owners owners, std::size_t limit) override;
  Result<std::vector<OrderId>> due_flows(std::size_t limit) override;
  Result<std::vector<Backlog>> backlogs(const Writer& writer) override;
  Result<std::vector<Event>> events_after(const NodeName& node, std::int64_t sequence, std::size_t limit) override;
  Result<std::int64_t> published_through(const NodeName& node) override;
  Result<void> set_published(const Writer& writer, const std::vector<Backlog>& backlogs) override;
  Result<std::size_t> forget_replays(Duration age, std::size_t limit) override;

 private:
  template <class Call>
  auto unreliably(Call call) -> decltype(call());

  Store& store_;
  Chance& chance_;
  const Duration gathers_;
};

// The clocks of a node's machine: the time of day is set forward and back by itself, and the steady clock begins anywhere.
class NodeClock : public Clock {
 public:
  NodeClock(Clock& clock, Duration began) : clock_(clock), began_(began) {}
  Timestamp now() const override { return clock_.now() + ahead_; }
  SteadyTime steady() const override { return clock_.steady() + began_; }
  void after(Duration delay, std::function<void()> work) override { clock_.after(delay, std::move(work)); }

  // What its steady clock calls `time`, on the world's.
  SteadyTime of_world(SteadyTime time) const { return time - began_; }
  void step(Duration by) { ahead_ += by; }

 private:
  Clock& clock_;
  const Duration began_;
  Duration ahead_{0};
};

// The payment provider: it outlives every node, and remembers what it was asked and what it did.
class Provider {
 public:
  Provider(Clock& clock, Chance& chance) : clock_(clock), chance_(chance) {}

  void charge(const Charge& charge, std::function<void(ChargeAnswer)> done);
  void query(const std::string& key, std::function<void(QueryAnswer)> done);
  void refund(const std::string& key, Money amount, std::function<void(Outcome)> done);

  struct Account {
    Money amount;
    bool charged = false, declined = false, refunded = false;
    SteadyTime found_from;  // queries find it
  };
  // By the key of the charge, or by the shop's where it has one.
  const std::map<std::string, Account>& accounts() const { return accounts_; }

 private:
  // Whether the call is answered, and whether it takes effect if it is not.
  enum class Fate { answered, away, silent, silent_with_effect, lost, lost_with_effect };
  Fate fate();
  // Once, or twice.
  void later(std::function<void()> answer);
  Duration some_time(double share);  // none, or up to `held_up_max`
  void take_charge(const std::string& account, const Charge& charge);

  Clock& clock_;
  Chance& chance_;
  std::map<std::string, Account> accounts_;
};

// One node's line to the provider.
class UnreliableGateway : public PaymentGateway {
 public:
  // `on_crash`: the node died while it dealt with an answer.
  UnreliableGateway(Provider& provider, Chance& chance, std::function<void()> on_crash)
      : provider_(provider), chance_(chance), on_crash_(std::move(on_crash)) {}
  void charge(const Charge& charge, std::function<void(ChargeAnswer)> done) override;
  void query(const EarlierCharge& charge, std::function<void(QueryAnswer)> done) override;
  void refund(const EarlierCharge& charge, Money amount, std::function<void(Outcome)> done) override;

 private:
  template <class Answer>
  std::function<void(Answer)> guarded(std::function<void(Answer)> done);

  Provider& provider_;
  Chance& chance_;
  std::function<void()> on_crash_;
};

// Remembers what has been published, per node, to tell whether anything was left out or out of order.
class UnreliableBus : public Bus {
 public:
  explicit UnreliableBus(Chance& chance) : chance_(chance) {}
  void publish(std::vector<Event> events, std::function<void(Result<void>)> done) override;
  std::function<void()> subscribe(std::function<void(const Event&)>) override { return [] {}; }
  BusState state() const override { return {}; }
  void probe(Timestamp, std::function<void(Result<void>)> done) override { done({}); }

  std::map<NodeName, std::int64_t> through;  // every event up to this has been published
  bool gap = false;                          // an event came before one that it must follow, of its node
  std::vector<std::string> overtaken;        // what came before an event of its aggregate, or of its flow, that it follows

 private:
  void check_order(const Event& event);

  Chance& chance_;
  std::map<std::pair<AggregateType, Uuid>, int> versions_;  // of aggregates, as they came
  std::map<OrderId, Timestamp> newest_;                     // of the flow's events that have come
};

}  // namespace sagactl::simulation
