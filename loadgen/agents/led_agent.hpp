// One agent of a run, seen from the leader: its status, and its entries as they arrive.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "loadgen/agents/agent_connection.hpp"
#include "loadgen/agents/entry_codec.hpp"
#include "loadgen/ledger/entry_store.hpp"

namespace sagactl {

// Collects the entries of all agents. Thread-safe.
class GatheredEntries {
 public:
  // `creates`: by step, whether it creates the order. `targets`: those that are known already.
  GatheredEntries(const Scratch& scratch, std::vector<bool> creates, std::vector<std::string> targets);

  void set_sample(std::shared_ptr<AcceptedSample> sample) { sample_ = std::move(sample); }
  std::size_t steps() const { return creates_.size(); }
  // The index of a target in targets(); adds it if it is new.
  std::uint16_t target(const std::string& name);
  std::vector<std::string> targets() const;
  LongNames& names() { return orders_.names(); }
  void add(const std::vector<LedgerEntry>& entries);

  // Only after the last add().
  LedgerEntries take_orders() { return orders_.take(); }
  LedgerEntries take_steps() { return steps_.take(); }

 private:
  const std::vector<bool> creates_;
  std::shared_ptr<AcceptedSample> sample_;
  mutable std::mutex mutex_;
  std::vector<std::string> targets_;
  EntryStore orders_, steps_;
};

struct LedAgentSetup {
  Url url;
  HttpClientOptions http;
  std::uint16_t index = 0;  // of Ledger::agents
  std::string run;
  std::function<void()> changed;  // called on the agent's thread when its state has changed
};

class LedAgent {
 public:
  struct State {
    PartStatus status;
    bool has_all = false;              // it is finished, and all its entries are here
    std::string lost;                  // why; "": it is not
    std::int64_t heard_ns = 0;         // the last answer; by this machine's steady_ns(), like the next
    std::int64_t asked_ns = 0;         // the last question
    std::uint64_t last_operation = 0;  // of the entries that are here, the highest

    bool is_lost() const { return !lost.empty(); }
    bool is_over() const { return is_lost() || has_all; }
  };

  explicit LedAgent(LedAgentSetup setup);
  ~LedAgent();
  LedAgent(const LedAgent&) = delete;
  LedAgent& operator=(const LedAgent&) = delete;

  const std::string& name() const { return commands_.name(); }
  const AgentGreeting& greeting() const { return greeting_; }
  const ClockComparison& clock() const { return clock_; }

  // Whether it may be led: the same version, free, and a clock that can be compared.
  Result<void> greet(const std::string& version);
  // Hands the part over; then follow() keeps in touch, until this is destroyed.
  Result<void> hand_over(const std::string& description);
  // `limits` without targets, which the agent names; the entries outlive this.
  void follow(GatheredEntries& entries, const EntryLimits& limits);

  State state() const;
  // `start` by this machine's steady_ns(). An agent that does not take it is lost.
  void begin_phase(std::size_t phase, PhaseStart start);
  void stop();
  // How far its clock moved since greet(); 0 when it cannot be asked.
  std::int64_t clock_drift_ns();

 private:
  void keep_in_touch(const std::stop_token& stop);
  // False: it is lost.
  bool ask();
  Result<void> read_entries(const PartStatus& status);
  void lose(const Error& why);

  const LedAgentSetup setup_;
  AgentConnection commands_;  // of the thread that leads
  AgentConnection contact_;   // of the agent's own thread
  AgentGreeting greeting_;
  ClockComparison clock_;
  bool is_handed_over_ = false;
  GatheredEntries* entries_ = nullptr;
  EntryLimits limits_;
  std::optional<EntryReader> reader_;
  std::vector<std::uint16_t> targets_;  // by the agent's index of a target: its index in the ledger
  std::uint64_t read_bytes_ = 0;
  mutable std::mutex mutex_;
  State state_;
  std::jthread thread_;
};

}  // namespace sagactl
