#include "tests/simulation/simulated_participants.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/text/json.hpp"
#include "common/text/percent.hpp"

namespace sagactl::simulation {
namespace {

constexpr Duration report_every = 2s;

std::string header_of(const ParticipantCall& call, std::string_view name) {
  for (const auto& [header, value] : call.headers)
    if (header == name) return value;
  return {};
}

std::string after_last(const std::string& text, std::string_view mark) {
  const auto at = text.rfind(mark);
  return at == std::string::npos ? std::string() : percent_decode(text.substr(at + mark.size())).value_or("");
}

ParticipantAnswer status_of(int status) {
  ParticipantAnswer answer;
  answer.status = status;
  answer.body = R"({"reason":"simulated"})";
  return answer;
}

}  // namespace

struct SimulatedParticipants::Request {
  ParticipantCall call;
  std::string key;       // of the step's call
  std::string undo_key;  // of an undo
};

SimulatedParticipants::Effect* SimulatedParticipants::find(const std::string& key) {
  const auto found = effects_.find(key);
  return found == effects_.end() ? nullptr : &found->second;
}

Duration SimulatedParticipants::up_to(Duration most) {
  return Duration{static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(most.count())))};
}

void SimulatedParticipants::handle(const ParticipantCall& call, Done done) {
  if (clock_.steady() < dead_until_[call.participant] || happens(faults.dies)) {
    SteadyTime& until = dead_until_[call.participant];
    if (until <= clock_.steady()) until = clock_.steady() + up_to(20s);
    ParticipantAnswer answer;
    answer.failure = "connection refused";
    answer.was_sent = false;
    return done(answer);
  }
  Request request{call, {}, {}};
  if (call.is_question) {
    request.key = after_last(call.url, call.url.find("/jobs/") != std::string::npos ? "/jobs/" : "key=");
    return handle_question(request, done);
  }
  const Json body = read_json(call.body);
  request.key = text_or_empty(body, "key");
  if (request.key.empty()) request.key = key_of_id_[text_or_empty(body, "id")];
  if (call.call.direction == Direction::action) return handle_do(request, std::move(done));
  request.undo_key = header_of(call, "Idempotency-Key");
  handle_undo(request, std::move(done));
}

// Done once for a key, whatever comes with it again.
void SimulatedParticipants::perform(const std::string& key) {
  Effect& effect = effects_[key];
  if (effect.is_known && !faults.ignores_keys) return;
  if (!effect.is_known) effect.is_refused = happens(faults.refuses) || (effect.is_undone_first && !effect.is_late);
  effect.is_known = true;
  if (effect.is_refused) return;
  effect.in_effect = true;
  ++effect.times;
  effect.id = fmt::format("id-{}", key_of_id_.size() + 1);
  key_of_id_[effect.id] = key;
}

ParticipantAnswer SimulatedParticipants::answer_about(const std::string& key) {
  const Effect& effect = effects_[key];
  if (!effect.is_known) return status_of(404);
  if (effect.is_refused) return status_of(random_.chance(0.5) ? 409 : 422);
  ParticipantAnswer answer = status_of(random_.chance(0.5) ? 200 : 201);
  answer.body = happens(faults.keep_missing) ? "done" : json_text(Json{{"made", {{"id", effect.id}}}});
  return answer;
}

bool SimulatedParticipants::is_unavailable(ParticipantAnswer& answer) {
  if (!happens(faults.unavailable)) return false;
  constexpr int statuses[] = {500, 503, 429, 425, 408};
  answer = status_of(statuses[random_.below(5)]);
  if (happens(0.3)) answer.retry_after = up_to(20s);
  return true;
}

void SimulatedParticipants::answer_in_time(const ParticipantCall& call, Done done, ParticipantAnswer answer) {
  const Duration takes = happens(faults.slow) ? up_to(2 * call.timeout) : up_to(30ms);
  clock_.after(takes, [done = std::move(done), answer = std::move(answer)] { done(answer); });
}

void SimulatedParticipants::handle_do(const Request& request, Done done) {
  ParticipantAnswer answer;
  if (is_unavailable(answer)) return answer_in_time(request.call, std::move(done), std::move(answer));
  if (happens(faults.silent)) return;
  Effect& effect = effects_[request.key];
  if (!effect.is_late_drawn) {
    effect.is_late_drawn = true;
    effect.is_late = happens(faults.late);
    if (effect.is_late) return take_late(request);
  }
  if (effect.is_late && !effect.is_known) return;
  if (const auto job = finished_at_.find(request.key);
      job == finished_at_.end() && (!effect.is_known || faults.ignores_keys)) {
    if (happens(faults.accepts)) {
      const Duration takes = up_to(8s);
      finished_at_[request.key] = clock_.steady() + takes;
      clock_.after(takes, [this, key = request.key] { perform(key); });
    } else {
      perform(request.key);
    }
  }
  const auto job = finished_at_.find(request.key);
  if (job != finished_at_.end() && clock_.steady() < job->second) {
    answer = status_of(202);
    if (happens(0.7)) answer.location = "/jobs/" + percent_encode(request.key);
    if (answer.location.empty() || happens(0.5)) answer.retry_after = up_to(3s);
    return answer_in_time(request.call, std::move(done), std::move(answer));
  }
  if (happens(faults.answer_lost)) return;
  answer_in_time(request.call, std::move(done), answer_about(request.key));
}

// It is done when the time limit of its step may be long over.
void SimulatedParticipants::take_late(const Request& request) {
  clock_.after(up_to(4 * request.call.timeout + 20s), [this, call = request.call, key = request.key] {
    perform(key);
    report_until_acknowledged(call, key, happens(0.5) ? 2 : 1);
  });
}

void SimulatedParticipants::report_until_acknowledged(const ParticipantCall& call, const std::string& key, int times) {
  if (times == 0) return;
  StepReply reply{call.call.step,  call.call.direction, call.call.execution,
                  Refused{"late"}, call.call.tries,     call.call.since};
  const Effect& effect = effects_[key];
  if (!effect.is_refused) reply.outcome = Succeeded{json_text(Json{{"id", effect.id}})};
  const auto is_acknowledged = std::make_shared<bool>(false);
  report_(reply, call.call.saga, [is_acknowledged] { *is_acknowledged = true; });
  clock_.after(report_every, [this, call, key, times, is_acknowledged] {
    report_until_acknowledged(call, key, times - (*is_acknowledged ? 1 : 0));
  });
}

void SimulatedParticipants::handle_question(const Request& request, const Done& done) {
  ParticipantAnswer answer;
  if (is_unavailable(answer)) return answer_in_time(request.call, done, std::move(answer));
  if (happens(faults.silent) || happens(faults.answer_lost)) return;
  const auto job = finished_at_.find(request.key);
  const bool is_under_way = job != finished_at_.end() && clock_.steady() < job->second;
  const Effect* effect = find(request.key);
  if (is_under_way || (effect && effect->is_late && !effect->is_known)) {
    answer = status_of(202);
    answer.retry_after = up_to(3s);
    return answer_in_time(request.call, done, std::move(answer));
  }
  answer_in_time(request.call, done, answer_about(request.key));
}

void SimulatedParticipants::handle_undo(const Request& request, Done done) {
  ParticipantAnswer answer;
  if (is_unavailable(answer)) return answer_in_time(request.call, std::move(done), std::move(answer));
  if (happens(faults.silent)) return;
  if (happens(faults.refuses_undo)) return answer_in_time(request.call, std::move(done), status_of(409));
  Effect& effect = effects_[request.key];
  const bool was_in_effect = effect.in_effect;
  if (undo_keys_.insert(request.undo_key).second || faults.ignores_keys) {
    if (!effect.is_known) effect.is_undone_first = true;
    effect.undone += effect.in_effect;
    effect.in_effect = false;
  }
  if (happens(faults.answer_lost)) return;
  const bool is_absent = !was_in_effect && happens(0.5);
  answer_in_time(request.call, std::move(done), status_of(is_absent ? (happens(0.5) ? 404 : 410) : 200));
}

void UnreliableCaller::call(ParticipantCall call, std::function<void(ParticipantAnswer)> done) {
  injector_.maybe_crash(true);
  const std::size_t participant = call.participant;
  const std::uint64_t number = ++calls_;
  const Duration patience = call.timeout;
  waiting_[participant].push_back({std::move(call), std::move(done), clock_.steady(), number});
  clock_.after(patience, [this, is_alive = is_alive_, participant, number] {
    if (!*is_alive) return;
    auto& queue = waiting_[participant];
    const auto late = std::find_if(queue.begin(), queue.end(), [&](const Waiting& it) { return it.number == number; });
    if (late == queue.end()) return;
    Waiting waiting = std::move(*late);
    queue.erase(late);
    refuse(waiting, "too many calls wait");
  });
  // The queue is looked at by a thread of the caller's.
  clock_.after(Duration{static_cast<std::int64_t>(injector_.random.below(500))},
               [this, is_alive = is_alive_, participant] {
                 if (*is_alive) pump(participant);
               });
  injector_.maybe_crash(false);
}

void UnreliableCaller::refuse(Waiting& waiting, const char* why) {
  ParticipantAnswer answer;
  answer.failure = why;
  answer.was_sent = answer.was_called = false;
  waiting.done(answer);
}

void UnreliableCaller::withdraw(SagaId saga) {
  if (drops_withdrawals) return;
  for (auto& [participant, queue] : waiting_) {
    std::deque<Waiting> kept;
    for (Waiting& it : queue) {
      if (it.call.call.saga == saga && it.call.call.direction == Direction::action)
        refuse(it, "withdrawn");
      else
        kept.push_back(std::move(it));
    }
    queue = std::move(kept);
  }
}

void UnreliableCaller::pump(std::size_t participant) {
  auto& queue = waiting_[participant];
  while (!queue.empty()) {
    const ParticipantCall& next = queue.front().call;
    if (running_[participant] >= next.definition->participants[participant].concurrency) return;
    Waiting waiting = std::move(queue.front());
    queue.pop_front();
    if (may_begin_())
      begin(std::move(waiting));
    else
      refuse(waiting, "this node has lost its lease");
  }
}

void UnreliableCaller::begin(Waiting waiting) {
  const std::size_t participant = waiting.call.participant;
  ++running_[participant];
  on_begun_({waiting.handed, clock_.steady(), node_, waiting.call.call, waiting.call.is_question,
             header_of(waiting.call, "Idempotency-Key"), 0});
  const auto is_answered = std::make_shared<bool>(false);
  const auto answer = [this, is_alive = is_alive_, is_answered, participant,
                       done = std::move(waiting.done)](const ParticipantAnswer& it) {
    if (!*is_alive || std::exchange(*is_answered, true)) return;
    --running_[participant];
    done(it);
    pump(participant);
  };
  ParticipantAnswer silence;
  silence.failure = "timed out";
  clock_.after(waiting.call.timeout, [answer, silence] { answer(silence); });
  participants_.handle(waiting.call, answer);
}

}  // namespace sagactl::simulation
