#include "rehearsal/trial_run.hpp"

#include <future>
#include <memory>
#include <thread>

#include "server/adapters/memory/memory_bus.hpp"
#include "server/adapters/memory/memory_store.hpp"
#include "server/adapters/simulated/simulated_gateway.hpp"
#include "server/adapters/system/system_clock.hpp"
#include "server/engine/engine.hpp"
#include "server/engine/engine_thread.hpp"

namespace sagactl {
namespace {

constexpr auto look_every = std::chrono::milliseconds(2);
const Actor operator_of_rehearsals{UserId{}, Role::admin};

// A node that can be stopped and started again over the same store.
class RehearsalNode {
 public:
  explicit RehearsalNode(ParticipantCaller& participants) : participants_(participants) {}
  ~RehearsalNode() { stop(); }

  Result<void> start() {
    EngineOptions options;
    options.node = "rehearsal";
    engine_ = std::make_unique<Engine>(options, *store_, *gateway_, *bus_, *clock_);
    engine_->set_participants(participants_);
    if (auto started = engine_->start(); !started) return started;
    thread_ = std::make_unique<EngineThread>(*engine_, *clock_);
    return {};
  }
  void stop() {
    thread_.reset();
    engine_.reset();
  }

  Result<Receipt> submit(Command command) {
    auto promise = std::make_shared<std::promise<Result<Receipt>>>();
    auto future = promise->get_future();
    engine_->submit(std::move(command), [promise](Result<Receipt> receipt) { promise->set_value(std::move(receipt)); });
    return future.get();
  }
  SteadyTime now() const { return clock_->steady(); }
  std::optional<Saga> saga(SagaId id) {
    const auto flow = store_->flow(order_of(id));
    return flow && *flow ? (*flow)->saga : std::nullopt;
  }

 private:
  ParticipantCaller& participants_;
  std::unique_ptr<Clock> clock_ = make_system_clock();
  std::unique_ptr<MemoryStore> store_ = make_memory_store(*clock_);
  std::unique_ptr<PaymentGateway> gateway_ = make_simulated_gateway({}, *clock_);
  std::unique_ptr<Bus> bus_ = make_memory_bus();
  std::unique_ptr<Engine> engine_;
  std::unique_ptr<EngineThread> thread_;
};

class TrialRun {
 public:
  TrialRun(const DefinitionPointer& definition, const Trial& trial, const TrialInput& input,
           ParticipantCaller& participants)
      : definition_(definition),
        trial_(trial),
        input_(input),
        caller_(*definition, trial, participants),
        node_(caller_) {
    result_.trial = trial;
  }

  TrialResult run(const CountEffects& count, Duration limit) {
    const SteadyTime until = node_.now() + limit;
    const SagaId id = SagaId::fresh();
    auto started = node_.start();
    if (started)
      if (auto receipt = node_.submit(StartSagaRequest{id, operator_of_rehearsals, definition_, input_.of_saga});
          !receipt)
        started = receipt.error();
    if (!started) {
      result_.error = started.error().message;
      return std::move(result_);
    }
    while (!result_.has_ended && node_.now() < until) {
      std::this_thread::sleep_for(look_every);
      result_.saga = node_.saga(id);
      if (result_.saga) look(*result_.saga);
    }
    node_.stop();
    caller_.wait_for_answers();  // else they are not counted
    caller_.deliver_late();
    result_.has_happened = caller_.has_happened();
    if (result_.saga) count_all(*result_.saga, count);
    result_.calls = caller_.seen();
    return std::move(result_);
  }

 private:
  // Does what the operator of this trial does.
  void look(const Saga& saga) {
    if (caller_.wants_stop() && !was_stopped_) {
      was_stopped_ = true;
      node_.stop();
      if (auto again = node_.start(); !again) result_.error = again.error().message;
      return;
    }
    const bool is_undone = goes_back(trial_);
    for (std::size_t i = 0; i < saga.steps.size(); ++i) {
      const bool waits = definition_->steps[i].kind == StepKind::wait && saga.steps[i].status == StepStatus::running;
      if (waits && !(is_undone && comes_after(*definition_, i, trial_.step)))
        answer_wait(saga.id, definition_->steps[i].name);
    }
    const bool is_time = is_undone ? saga.steps[trial_.step].status == StepStatus::succeeded : caller_.wants_cancel();
    if (is_time && saga.status == SagaStatus::started && !was_cancelled_)
      was_cancelled_ =
          node_.submit(CompensateRequest{saga.id, operator_of_rehearsals, "cancelled in the rehearsal"}).ok();
    // A refused undo needs a person, who tries again.
    if (saga.status == SagaStatus::failed && trial_.direction == Direction::compensation && !was_retried_) {
      was_retried_ = node_.submit(RetryRequest{saga.id, operator_of_rehearsals}).ok();
      return;
    }
    result_.has_ended = is_terminal(saga.status) && (!is_undone || was_cancelled_);
  }

  void answer_wait(SagaId saga, const std::string& step) {
    const auto answer = input_.answers.find(step);
    Succeeded done{answer == input_.answers.end() ? std::string() : answer->second};
    (void)node_.submit(AnswerStepRequest{saga, operator_of_rehearsals, step, std::move(done), "rehearsal"});
  }

  void count_all(const Saga& saga, const CountEffects& count) {
    for (std::size_t i = 0; i < definition_->participants.size(); ++i) {
      const auto found = count(saga, i);
      if (!found)
        result_.probe_errors[i] = found.error().message;
      else if (*found)
        result_.in_effect[i] = **found;
    }
  }

  const DefinitionPointer definition_;
  const Trial trial_;
  const TrialInput& input_;
  RehearsalCaller caller_;
  RehearsalNode node_;
  TrialResult result_;
  bool was_stopped_ = false, was_cancelled_ = false, was_retried_ = false;
};

}  // namespace

TrialResult run_trial(const DefinitionPointer& definition, const Trial& trial, const TrialInput& input,
                      ParticipantCaller& participants, const CountEffects& count, Duration limit) {
  return TrialRun(definition, trial, input, participants).run(count, limit);
}

}  // namespace sagactl
