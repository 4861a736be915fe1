#include "loadgen/sending/journey_plan.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/random.hpp"

namespace sagactl {
namespace {

std::vector<std::size_t> places_of(const Journey& journey, const std::vector<ValueSource>& keep) {
  std::vector<std::size_t> places;
  for (const ValueSource& source : keep) places.push_back(find_kept(journey, source.name)->index);
  return places;
}

// What the answers of a step that creates no order mean: they are as expected or not, and what the step waits for is
// marked as duplicates are.
Profile profile_of_step(const Profile& profile, const JourneyStep& step) {
  Profile of_step;
  of_step.journey = profile.journey;
  of_step.outcome.duplicate.clear();
  of_step.outcome.accepted = step.expect;
  of_step.outcome.rejected = {{400, 499}};
  if (step.until) of_step.outcome.duplicate_markers = {step.until->marker};
  of_step.answer.is_graphql = step.is_graphql;
  return of_step;
}

}  // namespace

StepPlan::StepPlan(const Profile& profile, const std::vector<ValueSource>& keep)
    : answers(profile), values(keep, places_of(profile.journey, keep), answers) {}

JourneyPlan::JourneyPlan(const Profile& profile, std::uint64_t seed) : seed_(seed) {
  const Journey& journey = profile.journey;
  cookies_ = journey.cookies;
  logs_in_ = !journey.log_in.requests.empty();
  values_ = kept_names(journey, KeptScope::journey).size();
  for (const JourneyStep& step : journey.before) add(profile, step);
  creating_ = steps_.size();
  add_creating(profile);
  for (const JourneyStep& step : journey.after) add(profile, step);
  for (std::size_t branch = 0; branch < journey.branches.size(); ++branch)
    turns_.insert(turns_.end(), journey.branches[branch].share, static_cast<std::uint8_t>(branch));
}

void JourneyPlan::finish(StepPlan& step, const StepPause& pause) const {
  step.reads_body = step.answers.reads_body() || step.values.read_body();
  step.pause_least_ns = pause.least.count() * 1000;
  step.pause_most_ns = pause.most.count() * 1000;
  if (cookies_ != CookieUse::none) step.cookies = step.answers.header_place("set-cookie");
}

void JourneyPlan::add_creating(const Profile& profile) {
  auto made = std::make_unique<StepPlan>(profile, profile.journey.create_keep);
  made->name = "create";
  made->creates = true;
  made->is_cause = true;
  finish(*made, profile.journey.create_pause);
  steps_.push_back(std::move(made));
}

void JourneyPlan::add(const Profile& profile, const JourneyStep& step) {
  auto made = std::make_unique<StepPlan>(profile_of_step(profile, step), step.keep);
  made->name = step.name;
  finish(*made, step.pause);
  if (step.until) {
    made->repeats = true;
    made->every_ns = step.until->every.count() * 1000;
    made->at_most_ns = step.until->at_most.count() * 1000;
  }
  made->is_cause = step.method != "GET" && step.method != "OPTIONS";
  if (step.message) add_message(*made, *step.message);
  const auto& branches = profile.journey.branches;
  const auto found = std::find_if(branches.begin(), branches.end(),
                                  [&](const JourneyBranch& branch) { return branch.name == step.branch; });
  if (found != branches.end()) made->branch = static_cast<std::uint8_t>(found - branches.begin());
  steps_.push_back(std::move(made));
}

void JourneyPlan::add_message(StepPlan& made, const MessageStep& step) const {
  made.message = std::make_unique<MessagePlan>(step);
  made.is_cause = step.kind == MessageStep::Kind::produce || !step.send.empty();
  made.message->opened_by = steps_.size();
  for (std::size_t i = 0; i < steps_.size(); ++i)
    if (!step.from.empty() && steps_[i]->name == step.from) made.message->opened_by = i;
}

std::vector<const MessagePlan*> JourneyPlan::messages(bool of_kafka) const {
  std::vector<const MessagePlan*> plans;
  for (const auto& step : steps_)
    if (step->message && step->message->step.is_of_kafka() == of_kafka) plans.push_back(step->message.get());
  return plans;
}

std::vector<LedgerStep> JourneyPlan::ledger_steps() const {
  std::vector<LedgerStep> steps;
  for (const auto& step : steps_) steps.push_back({step->name, step->creates});
  return steps;
}

bool JourneyPlan::reads_body() const {
  return std::any_of(steps_.begin(), steps_.end(), [](const auto& step) { return step->reads_body; });
}

std::optional<std::size_t> JourneyPlan::next(std::size_t from, std::uint8_t branch) const {
  for (std::size_t index = from; index < steps_.size(); ++index)
    if (steps_[index]->branch == any_branch || steps_[index]->branch == branch) return index;
  return std::nullopt;
}

std::uint8_t JourneyPlan::branch_of(std::uint64_t journey) const {
  if (turns_.empty()) return any_branch;
  // The journey's place after the round was shuffled (Fisher and Yates), by following that one place.
  std::uint64_t place = journey % turns_.size();
  Random random(seed_ ^ (journey / turns_.size() * 0x9E3779B97F4A7C15ull));
  for (std::uint64_t last = turns_.size() - 1; last > 0; --last) {
    const std::uint64_t other = random.below(last + 1);
    if (place == last)
      place = other;
    else if (place == other)
      place = last;
  }
  return turns_[place];
}

std::int64_t JourneyPlan::pause_ns(std::size_t step, std::uint64_t journey) const {
  const StepPlan& plan = *steps_[step];
  const std::int64_t span = plan.pause_most_ns - plan.pause_least_ns;
  if (span == 0) return plan.pause_least_ns;
  Random random(seed_ ^ (journey * 0xD1B54A32D192ED03ull) ^ (step << 48));
  return plan.pause_least_ns + static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(span) + 1));
}

std::vector<std::string> unexpected_answers(const JourneyPlan& plan, const Ledger& ledger) {
  std::vector<std::string> texts(plan.size());
  for (const LedgerEntries* entries : {&ledger.entries, &ledger.step_entries}) {
    for (const LedgerEntry& entry : *entries) {
      const bool is_fault = entry.step_end == StepEnd::unexpected || entry.step_end == StepEnd::no_value ||
                            entry.step_end == StepEnd::not_in_time;
      std::string& text = texts[entry.step];
      if (!is_fault || !text.empty()) continue;
      const FirstAnswers& first = plan.step(entry.step).first_answers;
      const bool may_refuse = entry.step_end == StepEnd::unexpected || plan.step(entry.step).message;
      const std::string why = may_refuse ? first.text(FirstAnswers::refusal) : "";
      text = why.empty() ? fmt::format("HTTP {} {}", entry.http_status, first.text(entry.http_status)) : why;
    }
  }
  return texts;
}

}  // namespace sagactl
