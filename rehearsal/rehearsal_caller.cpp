#include "rehearsal/rehearsal_caller.hpp"

#include <fmt/format.h>

#include "rehearsal/participant_probe.hpp"

namespace sagactl {
namespace {

ParticipantAnswer no_answer(const ParticipantCall& call) {
  ParticipantAnswer answer;
  answer.failure = fmt::format("no answer within {}", format_duration(call.timeout));
  return answer;
}

ParticipantAnswer status_answer(int status, const std::string& reason) {
  ParticipantAnswer answer;
  answer.status = status;
  answer.body = json_text(Json{{"reason", reason}});
  return answer;
}

}  // namespace

RehearsalCaller::RehearsalCaller(const SagaDefinition& definition, const Trial& trial, ParticipantCaller& participants)
    : definition_(definition), trial_(trial), participants_(participants) {}

RehearsalCaller::~RehearsalCaller() {
  wait_for_answers();
}

bool RehearsalCaller::is_rehearsed(const ParticipantCall& call) const {
  return call.call.step == trial_.step && call.call.direction == trial_.direction && !call.is_question;
}

// When an undo is rehearsed, what comes after the step is not done: the saga goes back from there.
bool RehearsalCaller::is_blocked(const ParticipantCall& call) const {
  if (!goes_back(trial_) || call.call.direction == Direction::compensation) return false;
  for (const std::size_t before : steps_before(definition_, call.call.step))
    if (before == trial_.step) return true;
  return false;
}

void RehearsalCaller::call(ParticipantCall call, std::function<void(ParticipantAnswer)> done) {
  if (is_blocked(call)) {
    ParticipantAnswer answer;
    answer.was_called = false;
    answer.failure = "the saga goes back from here in this trial";
    done(answer);
    return;
  }
  if (!is_rehearsed(call)) {
    // A participant that can be asked is asked instead of called once more.
    const bool is_repetition = call.is_question && call.call.step == trial_.step;
    if (is_repetition && trial_.fault == TrialFault::answer_lost) happened();
    if (is_repetition && trial_.fault == TrialFault::repeated_much_later && !has_happened())
      return advance_clock_and_pass(std::move(call), std::move(done));
    pass(std::move(call), std::move(done));
    return;
  }
  int number = 0;
  {
    const std::lock_guard lock(mutex_);
    number = ++calls_[call.call.execution];
  }
  bring_about(std::move(call), std::move(done), number);
}

// `number`: 1 for the first call of the step, 2 for its repetition.
void RehearsalCaller::bring_about(ParticipantCall call, Done done, int number) {
  switch (trial_.fault) {
    case TrialFault::none:
      break;
    case TrialFault::refused:
      happened();
      if (number == 1 || trial_.direction == Direction::action)
        return answer(call, status_answer(409, "refused in this rehearsal"), done, "refused in its place");
      break;
    case TrialFault::fails_twice:
      if (number <= 2) return answer(call, status_answer(500, "failed in this rehearsal"), done, "failed in its place");
      happened();
      break;
    case TrialFault::answer_lost:
      if (number == 1) return lose_answer(std::move(call), std::move(done), "its answer was lost");
      happened();
      break;
    case TrialFault::never_answered:
      happened();
      return lose_answer(std::move(call), std::move(done), "its answer was lost");
    case TrialFault::called_twice:
      if (number == 1) return call_twice(std::move(call), std::move(done));
      break;
    case TrialFault::delivered_late:
      if (number == 1) return hold_back(std::move(call), done, number);
      break;
    case TrialFault::undo_first:
      return hold_back(std::move(call), done, number);
    case TrialFault::node_stops:
      if (number == 1) {
        ask(call, [this, call](const ParticipantAnswer& answer) {
          record(call, answer, true, false, "the node stopped before it had the answer");
          const std::lock_guard lock(mutex_);
          has_happened_ = wants_stop_ = true;
        });
        return;  // the node that waits for this is gone
      }
      break;
    case TrialFault::repeated_much_later:
      if (number == 1) return lose_answer(std::move(call), std::move(done), "its answer was lost");
      if (number == 2 && !has_happened()) return advance_clock_and_pass(std::move(call), std::move(done));
      break;
    case TrialFault::repeated_after_undo:
      if (number == 1) {
        const std::lock_guard lock(mutex_);
        held_.push_back(call);
      }
      happened();
      break;
  }
  pass(std::move(call), std::move(done));
}

// Until the undo comes first, no repetition gets there either: the saga may repeat the call before it is cancelled.
void RehearsalCaller::hold_back(ParticipantCall call, const Done& done, int number) {
  record(call, no_answer(call), false, true, "held back");
  const ParticipantAnswer silence = no_answer(call);
  {
    const std::lock_guard lock(mutex_);
    if (number == 1) held_.push_back(std::move(call));
    wants_cancel_ = trial_.fault == TrialFault::undo_first;
    has_happened_ = true;
  }
  done(silence);
}

void RehearsalCaller::ask(const ParticipantCall& call, Done answered) {
  {
    const std::lock_guard lock(mutex_);
    ++asked_;
  }
  participants_.call(call, [this, answered = std::move(answered)](ParticipantAnswer answer) {
    answered(std::move(answer));
    // Notified with the lock held: whoever waits for it may destroy this.
    const std::lock_guard lock(mutex_);
    if (--asked_ == 0) answered_.notify_all();
  });
}

void RehearsalCaller::wait_for_answers() {
  std::unique_lock lock(mutex_);
  answered_.wait(lock, [this] { return asked_ == 0; });
}

void RehearsalCaller::pass(ParticipantCall call, Done done, const std::string& note) {
  ask(call, [this, call, done = std::move(done), note](ParticipantAnswer answer) {
    record(call, answer, answer.was_called, true, note);
    done(std::move(answer));
  });
}

void RehearsalCaller::lose_answer(ParticipantCall call, Done done, const std::string& note) {
  ask(call, [this, call, done = std::move(done), note](const ParticipantAnswer& answer) {
    record(call, answer, true, false, note);
    done(no_answer(call));
  });
}

void RehearsalCaller::call_twice(ParticipantCall call, Done done) {
  struct Pair {
    std::mutex mutex;
    int left = 2;
    ParticipantAnswer first;
  };
  auto pair = std::make_shared<Pair>();
  for (int copy = 1; copy <= 2; ++copy)
    ask(call, [this, call, done, pair, copy](const ParticipantAnswer& answer) {
      record(call, answer, true, copy == 1, fmt::format("copy {} of two at once", copy));
      bool is_last = false;
      {
        const std::lock_guard lock(pair->mutex);
        if (copy == 1) pair->first = answer;
        is_last = --pair->left == 0;
      }
      if (!is_last) return;
      happened();
      done(pair->first);
    });
}

void RehearsalCaller::advance_clock_and_pass(ParticipantCall call, Done done) {
  auto advance = advance_request(call, much_later);
  if (!advance) {
    ParticipantAnswer failed;
    failed.failure = advance.error().message;
    return done(failed);
  }
  ask(*advance, [this, call, advance = *advance, done = std::move(done)](const ParticipantAnswer& answer) {
    record(advance, answer, true, false, "its clock was set an hour forward");
    if (answer.status / 100 == 2) happened();
    pass(call, done);
  });
}

void RehearsalCaller::answer(const ParticipantCall& call, ParticipantAnswer answer, const Done& done,
                             const std::string& note) {
  record(call, answer, false, true, note);
  done(std::move(answer));
}

void RehearsalCaller::record(const ParticipantCall& call, const ParticipantAnswer& answer, bool reached_participant,
                             bool reached_node, const std::string& note) {
  const std::lock_guard lock(mutex_);
  seen_.push_back({call, answer, reached_participant, reached_node, note});
}

void RehearsalCaller::happened() {
  const std::lock_guard lock(mutex_);
  has_happened_ = true;
}

void RehearsalCaller::withdraw(SagaId saga) {
  participants_.withdraw(saga);
}

void RehearsalCaller::set_guard(std::function<bool()>) {
  // A trial has one node at a time.
}

bool RehearsalCaller::has_happened() const {
  const std::lock_guard lock(mutex_);
  return has_happened_;
}

bool RehearsalCaller::wants_cancel() const {
  const std::lock_guard lock(mutex_);
  return wants_cancel_;
}

bool RehearsalCaller::wants_stop() const {
  const std::lock_guard lock(mutex_);
  return wants_stop_;
}

void RehearsalCaller::deliver_late() {
  std::vector<ParticipantCall> held;
  {
    const std::lock_guard lock(mutex_);
    held.swap(held_);
  }
  for (const ParticipantCall& call : held) {
    const bool is_repetition = trial_.fault == TrialFault::repeated_after_undo;
    record(call, call_and_wait(call, participants_), true, false,
           is_repetition ? "delivered once more" : "delivered only now");
  }
}

std::vector<SeenCall> RehearsalCaller::seen() const {
  const std::lock_guard lock(mutex_);
  return seen_;
}

}  // namespace sagactl
