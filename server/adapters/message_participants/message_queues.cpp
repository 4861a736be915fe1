#include "server/adapters/message_participants/message_queues.hpp"

#include <fmt/format.h>

#include "common/crypto.hpp"
#include "server/adapters/message_participants/participant_message.hpp"

namespace sagactl {
namespace {

constexpr const char* queues_stop = "this node is stopping";
constexpr Duration target_kept_for = 10min;  // without a call

ParticipantAnswer not_called(const std::string& why) {
  ParticipantAnswer answer;
  answer.failure = why;
  answer.was_sent = answer.was_called = false;
  return answer;
}

bool is_withdrawable(const ParticipantCall& call) {
  return call.call.direction == Direction::action && !call.is_question;
}

}  // namespace

MessageQueues::Target::Target(const ParticipantCall& call, std::uint64_t seed)
    : definition(call.definition->name), participant(call.definition->participants[call.participant]), breaker(seed) {}

MessageQueues::Target& MessageQueues::target_of(const ParticipantCall& call) {
  const ParticipantDefinition& participant = call.definition->participants[call.participant];
  const std::string key = fmt::format("{}\n{}\n{}\n{}", call.definition->name, call.definition->version,
                                      participant.name, participant.topic);
  std::unique_ptr<Target>& target = targets_[key];
  if (!target) target = std::make_unique<Target>(call, random_u64());
  return *target;
}

void MessageQueues::submit(ParticipantCall call, CallDone done, SteadyTime now, QueueWork& work) {
  if (is_stopped_) {
    work.answered.emplace_back(std::move(done), not_called(queues_stop));
    return;
  }
  Target& target = target_of(call);
  target.used_at = now;
  if (target.waiting.size() >= waiting_max_) {
    work.answered.emplace_back(std::move(done), not_called(fmt::format("{} calls to it wait already, and {} run",
                                                                       target.waiting.size(), target.running)));
    return;
  }
  const SteadyTime until = now + call.timeout;
  const SagaId saga = call.call.saga;
  const bool is_action = is_withdrawable(call);
  target.waiting.push_back({std::move(call), std::move(done), until});
  if (is_action) waiting_actions_.emplace(saga, WaitingAction{&target, std::prev(target.waiting.end())});
  if (target.readiness == Readiness::unknown) {
    target.readiness = Readiness::preparing;
    work.to_prepare.push_back(target.participant.topic);
  }
  pump(target, now, work);
}

void MessageQueues::prepared(const std::string& topic, const Result<void>& result, SteadyTime now, QueueWork& work) {
  for (const auto& [key, target] : targets_) {
    if (target->participant.topic != topic || target->readiness != Readiness::preparing) continue;
    target->readiness = result ? Readiness::ready : Readiness::unknown;
    if (result)
      pump(*target, now, work);
    else
      refuse_all(*target, result.error().message, work);
  }
}

MessageQueues::Waiting MessageQueues::dequeue(Target& target, WaitingCalls::iterator call) {
  const auto [first, last] = waiting_actions_.equal_range(call->call.call.saga);
  for (auto it = first; it != last; ++it) {
    if (it->second.call != call) continue;
    waiting_actions_.erase(it);
    break;
  }
  Waiting taken = std::move(*call);
  target.waiting.erase(call);
  return taken;
}

void MessageQueues::refuse(Target& target, WaitingCalls::iterator call, const std::string& why, QueueWork& work) {
  work.answered.emplace_back(dequeue(target, call).done, not_called(why));
}

void MessageQueues::refuse_all(Target& target, const std::string& why, QueueWork& work) {
  while (!target.waiting.empty()) refuse(target, target.waiting.begin(), why, work);
}

void MessageQueues::pump(Target& target, SteadyTime now, QueueWork& work) {
  while (target.readiness == Readiness::ready && !target.waiting.empty() &&
         target.running < target.participant.concurrency)
    begin(target, now, work);
}

void MessageQueues::begin(Target& target, SteadyTime now, QueueWork& work) {
  const auto first = target.waiting.begin();
  if (may_begin_ && !may_begin_()) return refuse(target, first, "this node may not call anybody now", work);
  const bool is_probe = target.breaker.is_open();
  if (!target.breaker.admits(now)) return refuse(target, first, target.breaker.reason(), work);
  std::string id = message_id(first->call);
  if (sent_.contains(id)) {
    // The same call, decided again by a later epoch of this node: its answer is on its way.
    if (is_probe) target.breaker.abandoned();
    return refuse(target, first, "the same call is in progress", work);
  }
  Waiting taken = dequeue(target, first);
  ++target.running;
  const auto deadline = deadlines_.emplace(now + taken.call.timeout, id);
  sent_.emplace(id, Sent{&target, std::move(taken.done), now, is_probe, deadline});
  work.begun.push_back({std::move(taken.call), std::move(id)});
}

MessageQueues::Sent MessageQueues::take(std::unordered_map<std::string, Sent>::iterator sent, SteadyTime now) {
  Sent taken = std::move(sent->second);
  sent_.erase(sent);
  deadlines_.erase(taken.deadline);
  --taken.target->running;
  ++taken.target->calls;
  taken.target->took_total += now - taken.at;
  return taken;
}

void MessageQueues::answered(const std::string& id, SteadyTime now, QueueWork& work) {
  const auto found = sent_.find(id);
  if (found == sent_.end()) return;
  Sent sent = take(found, now);
  if (sent.target->breaker.is_open()) log_closed(sent.target->definition, sent.target->participant.name);
  sent.target->breaker.succeeded(now);
  ParticipantAnswer answer;
  answer.comes_apart = true;
  work.answered.emplace_back(std::move(sent.done), std::move(answer));
  pump(*sent.target, now, work);
}

void MessageQueues::not_sent(const std::string& id, const std::string& why, bool is_refused, SteadyTime now,
                             QueueWork& work) {
  const auto found = sent_.find(id);
  if (found == sent_.end()) return;
  Sent sent = take(found, now);
  if (sent.is_probe) sent.target->breaker.abandoned();
  ParticipantAnswer answer = not_called(why);
  answer.was_called = true;
  if (is_refused) answer.said = Said::refused;
  work.answered.emplace_back(std::move(sent.done), std::move(answer));
  pump(*sent.target, now, work);
}

void MessageQueues::expire(SteadyTime now, QueueWork& work) {
  while (!deadlines_.empty() && deadlines_.begin()->first <= now) {
    Sent sent = take(sent_.find(deadlines_.begin()->second), now);
    Target& target = *sent.target;
    ++target.failures;
    ParticipantAnswer answer;
    answer.failure = fmt::format("no answer within {}", format_duration(target.participant.timeout));
    answer.took = now - sent.at;
    const bool opens = target.breaker.failed(now, "no answer", sent.is_probe);
    work.answered.emplace_back(std::move(sent.done), std::move(answer));
    if (opens) log_opened(target.definition, target.participant.name, target.breaker);
    if (opens) refuse_all(target, target.breaker.reason(), work);
    pump(target, now, work);
  }
  for (const auto& [key, target] : targets_)
    // All have the same time limit, so that the first one is the first that is over it.
    while (!target->waiting.empty() && target->waiting.front().until <= now)
      refuse(*target, target->waiting.begin(),
             fmt::format("it waited for its turn as long as it may; {} calls to it run", target->running), work);
  std::erase_if(targets_, [&](const auto& it) {
    const Target& target = *it.second;
    return target.running == 0 && target.waiting.empty() && target.readiness != Readiness::preparing &&
           now - target.used_at > target_kept_for;
  });
}

void MessageQueues::withdraw(SagaId saga, QueueWork& work) {
  for (auto found = waiting_actions_.find(saga); found != waiting_actions_.end(); found = waiting_actions_.find(saga)) {
    const WaitingAction action = found->second;
    refuse(*action.target, action.call, "the saga does not want it any more", work);
  }
}

void MessageQueues::stop(QueueWork& work) {
  is_stopped_ = true;
  for (const auto& [key, target] : targets_) refuse_all(*target, queues_stop, work);
  for (auto& [id, sent] : sent_) {
    ParticipantAnswer answer;
    answer.failure = queues_stop;
    work.answered.emplace_back(std::move(sent.done), std::move(answer));
  }
  sent_.clear();
  deadlines_.clear();
}

std::vector<ParticipantStats> MessageQueues::stats() const {
  std::map<std::pair<std::string, std::string>, ParticipantStats> sums;
  for (const auto& [key, target] : targets_) {
    ParticipantStats& sum = sums[{target->definition, target->participant.name}];
    sum.definition = target->definition;
    sum.participant = target->participant.name;
    sum.calls += target->calls;
    sum.failures += target->failures;
    sum.running += target->running;
    sum.waiting += target->waiting.size();
    sum.is_open |= target->breaker.is_open();
    sum.took_total += target->took_total;
  }
  std::vector<ParticipantStats> all;
  for (auto& [names, sum] : sums) all.push_back(std::move(sum));
  return all;
}

}  // namespace sagactl
