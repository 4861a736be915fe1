#include "loadgen/schedule/scenario.hpp"

#include <algorithm>

#include "common/random.hpp"

namespace sagactl {
namespace {

constexpr Duration default_duration = 10s;

// Three products with three to five duplicates each, and five distinct ones, as in the reference suite.
LoadMix mixed_mix(const LoadOptions& options) {
  LoadMix mix;
  mix.groups = 3;
  mix.singles = 5;
  mix.duplicates_min = options.duplicates.value_or(3);
  mix.duplicates_max = options.duplicates.value_or(5);
  mix.products = options.products.value_or(0);
  mix.fail_share = options.fail_share;
  return mix;
}

LoadMix duplicate_mix(const LoadOptions& options) {
  LoadMix mix;
  mix.groups = 1;
  mix.duplicates_min = mix.duplicates_max = options.duplicates.value_or(5);
  mix.products = options.products.value_or(0);
  mix.fail_share = options.fail_share;
  return mix;
}

LoadMix single_mix(double fail_share) {
  LoadMix mix;
  mix.singles = 1;
  mix.fail_share = fail_share;
  return mix;
}

LoadPhase of_units(std::string name, LoadMix mix, std::uint64_t units) {
  LoadPhase phase;
  phase.name = std::move(name);
  phase.mix = mix;
  phase.units = units;
  return phase;
}

// The numbers of the reference suite (contract section 1).
std::vector<LoadPhase> reference_phases(const LoadOptions& options) {
  std::vector<LoadPhase> phases;
  const bool all = options.scenario == ScenarioKind::all;
  if (all || options.scenario == ScenarioKind::duplicate) {
    LoadMix duplicates = duplicate_mix(options);
    duplicates.products = 0;
    duplicates.fail_share = 0;
    phases.push_back(of_units("duplicate", duplicates, options.products.value_or(1)));
    phases.push_back(of_units("payment failure", single_mix(1), 1));
    // The same product once to each node, or three times to a single address.
    const std::size_t nodes = options.targets.size() > 1 ? options.targets.size() : 3;
    duplicates.duplicates_min = duplicates.duplicates_max = static_cast<std::uint32_t>(nodes);
    phases.push_back(of_units("duplicate over nodes", duplicates, 1));
  }
  if (options.scenario == ScenarioKind::individual && options.products) {
    phases.push_back(of_units("individual", single_mix(options.fail_share), *options.products));
  } else if (all || options.scenario == ScenarioKind::individual) {
    phases.push_back(of_units("individual 5", single_mix(options.fail_share), 5));
    phases.push_back(of_units("individual 10", single_mix(options.fail_share), 10));
  }
  if (all || options.scenario == ScenarioKind::mixed) {
    LoadMix duplicates = mixed_mix(options);
    duplicates.singles = 0;
    duplicates.products = 0;
    duplicates.fail_share = 0;
    phases.push_back(of_units("mixed duplicates", duplicates, options.products.value_or(3)));
    phases.push_back(of_units("mixed distinct", single_mix(options.fail_share), 5));
  }
  return phases;
}

// Where products identify duplicates, orders for the hot product are duplicates; elsewhere ProductPlan has its share.
double hot_units(const LoadOptions& options) {
  return options.profile.duplicates_by == Profile::DuplicatesBy::product ? options.hot_share : 0;
}

LoadPhase sized_phase(ScenarioKind scenario, const LoadOptions& options) {
  LoadPhase phase;
  phase.name = to_string(scenario);
  switch (scenario) {
    case ScenarioKind::duplicate:
      phase.mix = duplicate_mix(options);
      break;
    case ScenarioKind::individual:
      phase.mix = single_mix(options.fail_share);
      break;
    case ScenarioKind::mixed:
    case ScenarioKind::all:
      phase.mix = mixed_mix(options);
      break;
  }
  phase.mix.hot_share = hot_units(options);
  return phase;
}

// The same mixes in the requested numbers; `all` gives each scenario a third.
std::vector<LoadPhase> sized_phases(const LoadOptions& options) {
  std::vector<ScenarioKind> scenarios = {options.scenario};
  if (options.scenario == ScenarioKind::all) {
    scenarios = {ScenarioKind::duplicate, ScenarioKind::individual, ScenarioKind::mixed};
  }
  std::vector<LoadPhase> phases;
  const auto parts = static_cast<std::uint64_t>(scenarios.size());
  for (std::uint64_t i = 0; i < parts; ++i) {
    LoadPhase phase = sized_phase(scenarios[i], options);
    if (options.orders) {
      phase.orders = *options.orders / parts + (i < *options.orders % parts ? 1 : 0);
      if (*phase.orders == 0) continue;
    } else if (!options.stages.empty()) {
      phase.duration = stages_length(options.stages);
    } else {
      phase.duration = options.duration.value_or(default_duration) / static_cast<std::int64_t>(parts);
    }
    phases.push_back(phase);
  }
  return phases;
}

}  // namespace

std::vector<LoadPhase> plan_phases(const LoadOptions& options) {
  const bool sized = options.orders || options.duration || options.rate || !options.stages.empty();
  std::vector<LoadPhase> phases = sized ? sized_phases(options) : reference_phases(options);
  if (options.warmup > Duration{0}) {
    LoadPhase warmup = sized_phase(options.scenario, options);
    warmup.name = "warm-up";
    warmup.warmup = true;
    warmup.duration = options.warmup;
    phases.insert(phases.begin(), warmup);
  }
  return phases;
}

UnitSource::UnitSource(const LoadPhase& phase, std::uint64_t seed, std::uint64_t first_operation,
                       std::uint32_t first_group, std::uint32_t first_journey)
    : phase_(phase),
      seed_(seed),
      first_operation_(first_operation),
      first_group_(first_group),
      operation_(first_operation),
      group_(first_group + phase.mix.products),
      journey_(first_journey) {
  if (phase.mix.hot_share > 0) hot_group_ = group_++;
}

// Spreads the share evenly, exact to one order.
bool UnitSource::fail_is_due() const {
  const auto orders = static_cast<double>(operation_ - first_operation_ + 1);
  return static_cast<double>(failures_ + 1) <= phase_.mix.fail_share * orders + 1e-9;
}

bool UnitSource::hot_is_due() const {
  const auto orders = static_cast<double>(operation_ - first_operation_ + 1 - failures_);
  return static_cast<double>(hot_orders_ + 1) <= phase_.mix.hot_share * orders + 1e-9;
}

LoadUnit UnitSource::make_duplicate_group() {
  LoadUnit unit;
  unit.kind = OrderKind::duplicate;
  const std::uint32_t products = phase_.mix.products;
  unit.group = products == 0 ? group_++ : first_group_ + static_cast<std::uint32_t>(duplicate_groups_ % products);
  ++duplicate_groups_;
  const std::uint32_t spread = phase_.mix.duplicates_max - phase_.mix.duplicates_min;
  Random random(seed_ + operation_);
  unit.count = static_cast<std::uint16_t>(phase_.mix.duplicates_min + random.below(std::uint64_t{spread} + 1));
  return unit;
}

std::optional<LoadUnit> UnitSource::next() {
  const std::uint64_t orders = operation_ - first_operation_;
  if (phase_.units && units_ == *phase_.units) return std::nullopt;
  if (phase_.orders && orders >= *phase_.orders) return std::nullopt;
  if (operation_ >= schedule_max || group_ >= schedule_max || journey_ >= journeys_max_) return std::nullopt;

  LoadUnit unit;
  if (fail_is_due()) {
    unit.kind = OrderKind::payment_fail;
    unit.group = group_++;
    ++failures_;
  } else if (hot_is_due()) {
    unit.kind = OrderKind::duplicate;
    unit.group = hot_group_;
    ++hot_orders_;
  } else {
    // The n-th unit is a group when n * groups / both passes an integer.
    const std::uint64_t both = std::uint64_t{phase_.mix.groups} + phase_.mix.singles;
    const std::uint64_t n = regular_units_++;
    if ((n + 1) * phase_.mix.groups / both > n * phase_.mix.groups / both) {
      unit = make_duplicate_group();
    } else {
      unit.group = group_++;
    }
  }
  if (phase_.orders) {
    unit.count = static_cast<std::uint16_t>(std::min<std::uint64_t>(unit.count, *phase_.orders - orders));
  }
  unit.operation = operation_;
  unit.journey = journey_++;
  operation_ += unit.count;
  ++units_;
  return unit;
}

std::uint16_t user_of(std::uint64_t seed, std::uint64_t operation, std::uint32_t users) {
  Random random(seed ^ (operation * 0x2545F4914F6CDD1Dull));
  return static_cast<std::uint16_t>(random.below(users));
}

}  // namespace sagactl
