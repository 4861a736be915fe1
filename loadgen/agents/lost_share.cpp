#include "loadgen/agents/lost_share.hpp"

#include "loadgen/running/phase_plan.hpp"

namespace sagactl {
namespace {

class LostRequests {
 public:
  LostRequests(const LostShare& lost, const LoadOptions& options, const JourneyPlan& plan,
               const std::function<void(const LedgerEntry&)>& take)
      : lost_(lost), options_(options), plan_(plan), take_(take) {}

  void unit(const LoadUnit& part, std::uint32_t phase, std::int64_t planned_ns) const {
    for (std::uint16_t member = 0; member < part.count; ++member) {
      LedgerEntry entry;
      entry.operation = part.operation + member;
      entry.group = part.group;
      entry.phase = phase;
      entry.target = static_cast<std::uint16_t>(entry.operation % lost_.targets);
      entry.user = user_for(part, entry.operation);
      entry.kind = part.kind;
      entry.outcome = RequestOutcome::indeterminate;
      entry.failure = TransportFailure::agent_lost;
      entry.step = static_cast<std::uint8_t>(plan_.creating_step());
      entry.step_end = plan_.size() == 1 ? StepEnd::last : StepEnd::unanswered;
      entry.member = plan_.size() == 1 ? std::uint16_t{0} : member;
      entry.agent = lost_.agent;
      entry.planned = Timestamp{(planned_ns + lost_.epoch_offset_ns) / 1000};
      entry.done = entry.planned;
      take_(entry);
    }
  }

 private:
  std::uint16_t user_for(const LoadUnit& part, std::uint64_t operation) const {
    const bool by_group = options_.profile.duplicates_by == Profile::DuplicatesBy::key;
    const std::uint64_t of_journey = plan_.has_one_user() ? part.operation : operation;
    return user_of(options_.seed, by_group ? part.group : of_journey, lost_.users);
  }

  const LostShare& lost_;
  const LoadOptions& options_;
  const JourneyPlan& plan_;
  const std::function<void(const LedgerEntry&)>& take_;
};

}  // namespace

void each_lost_request(const LostShare& lost, const LoadOptions& options, const LoadPhase& phase, std::size_t number,
                       const PhaseStart& start, const JourneyPlan& plan,
                       const std::function<void(const LedgerEntry&)>& take) {
  const LostRequests requests(lost, options, plan, take);
  const auto index = static_cast<std::uint32_t>(number);
  UnitSource source(phase, options.seed, start.numbers.operation, start.numbers.group, start.numbers.journey);
  source.limit_journeys(journeys_max(options.profile));
  const std::uint32_t slots = options.rate ? 0 : options.concurrency.value_or(default_concurrency);
  const bool splits = !plan.has_one_user() && splits_groups(phase, slots);
  if (options.rate) {
    const auto times = plan_times(options, phase);
    if (!times) return;
    deal_units(*times, source, [&](const LoadUnit& unit, std::size_t place) {
      const std::int64_t planned_ns = start.start_ns + (*times)[place].count();
      const auto part = lost.share.part_of(unit, splits);
      if (part && planned_ns <= lost.sent_until_ns) requests.unit(*part, index, planned_ns);
    });
    return;
  }
  if (lost.sent_until_ns <= start.start_ns) return;
  while (const auto unit = source.next()) {
    if (unit->operation >= lost.operations_max) return;
    if (const auto part = lost.share.part_of(*unit, splits)) requests.unit(*part, index, start.start_ns);
  }
}

}  // namespace sagactl
