// One run as its agent has it: a part that is sent on a thread of its own, and its status.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>

#include "loadgen/agents/entry_file.hpp"
#include "loadgen/agents/figures_codec.hpp"
#include "loadgen/agents/options_codec.hpp"

namespace sagactl {

// What is the agent's own.
struct AgentMachine {
  ConnectOptions connect;  // how it reaches the servers under test
  // The same for Kafka; null: it cannot. Errors as those of StartKafka.
  std::function<StartKafka(const KafkaAddress& address)> kafka = {};
  Scratch scratch = {};
};

// Thread-safe.
class AgentRun final : public PhaseGate {
 public:
  static constexpr std::size_t piece_max = std::size_t{4} << 20;  // bytes of entries at once

  // Starts preparing immediately.
  AgentRun(RunDescription description, const AgentMachine& machine);
  ~AgentRun() override;

  const std::string& led_by() const { return led_by_; }
  const std::string& run() const { return run_; }
  Timestamp since() const { return since_; }

  PartStatus status() const;
  // `conflict` when the part does not wait for this phase, or when its start time has passed.
  Result<void> begin_phase(std::size_t phase, const PhaseStart& start);
  // Ends the load early: as the stop of run_load.
  void stop();
  Result<std::string> entries(std::uint64_t from) const { return entries_->read(from, piece_max); }
  bool is_over() const;  // finished or failed

  void prepared(const std::vector<std::string>& targets) override;
  std::optional<PhaseStart> wait_for(std::size_t phase, const std::stop_token& stop) override;
  void ended(std::size_t phase, const PhaseNumbers& next) override;

 private:
  void send(const LoadOptions& options, RunPart part);

  const std::string led_by_, run_;
  const Timestamp since_ = wall_clock_now();
  const std::shared_ptr<EntryFile> entries_;
  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  PartStatus status_;
  std::optional<NumberedStart> start_;
  std::stop_source stop_;
  std::thread thread_;
};

}  // namespace sagactl
