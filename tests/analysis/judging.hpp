// What the checks say of a world, and that a planted fault is found by its check alone.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "analysis/verify.hpp"
#include "tests/analysis/world.hpp"

namespace sagactl {

// So few records are kept in memory that a small world needs files.
inline Scratch small_scratch() { return {.directory = testing::TempDir(), .in_memory_max = 2}; }

inline std::vector<Verdict> judge(const World& world, CheckOptions options = {.drained = true}) {
  options.scratch = small_scratch();
  const auto history = world.history();
  return verify(*history, options).value();
}

inline const Verdict& named(const std::vector<Verdict>& verdicts, std::string_view name) {
  return *std::find_if(verdicts.begin(), verdicts.end(), [&](const Verdict& v) { return v.name == name; });
}

inline std::string id_of(const FlowHistory* flow) { return flow->flow.order.id.text(); }

// With a witness that names the row which was spoilt.
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

}  // namespace sagactl
