// Runs the checks over a world, and expects a planted fault to be found by its check alone.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/verify.hpp"
#include "tests/analysis/world.hpp"

namespace sagactl {

// Keeps so few records in memory that even a small world needs files.
inline Scratch small_scratch() {
  return {.directory = testing::TempDir(), .in_memory_max = 2};
}

inline std::vector<Verdict> judge(const World& world, CheckOptions options = {.drained = true}) {
  options.scratch = small_scratch();
  const auto history = world.history();
  return verify(*history, options).value();
}

inline const Verdict& named(const std::vector<Verdict>& verdicts, std::string_view name) {
  return *std::find_if(verdicts.begin(), verdicts.end(), [&](const Verdict& v) { return v.name == name; });
}

inline std::string id_of(const FlowHistory* flow) {
  return flow->flow.order.id.text();
}

// The witness must name the changed row.
inline void expect_found_alone(const std::vector<Verdict>& verdicts, std::string_view check, std::string_view mutant,
                               const std::string& named_row) {
  for (const Verdict& verdict : verdicts) {
    if (verdict.name == check) continue;
    EXPECT_NE(verdict.ruling, Ruling::fail) << mutant << ": " << verdict.name << ": " << verdict.reason;
  }
  const Verdict& found = named(verdicts, check);
  ASSERT_EQ(found.ruling, Ruling::fail) << mutant << ": " << found.reason;
  EXPECT_EQ(found.witness.at("why").size(), 2u);
  EXPECT_NE(found.witness.dump().find(named_row), std::string::npos) << mutant << "\n" << found.witness.dump(2);
}

// The name of a parameterized test, from the name of its planted fault.
inline std::string test_name(std::string name) {
  std::replace(name.begin(), name.end(), ' ', '_');
  return name;
}

// Moves the second charge of a flow to the time of the first, before that one was refunded.
inline void charge_again_before_the_refund(FlowHistory& flow) {
  const Timestamp first = find_event(flow, EventType::payment_processed)->occurred_at;
  Event* second = nullptr;
  for (Event& event : flow.events)
    if (event.type == EventType::payment_processed) second = &event;
  second->occurred_at = first;
  std::stable_sort(flow.events.begin(), flow.events.end(),
                   [](const Event& a, const Event& b) { return a.occurred_at < b.occurred_at; });
}

}  // namespace sagactl
