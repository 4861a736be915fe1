// A rate that changes in stages: "ramp 0..500/s 30s, 500/s 2m".
#pragma once

#include <string_view>
#include <vector>

#include "common/result.hpp"
#include "common/time.hpp"
#include "loadgen/schedule/schedule.hpp"

namespace sagactl {

struct Stage {
  double from = 0, to = 0;  // requests per second; the same for a stage that holds its rate
  Duration length{0};
  friend bool operator==(const Stage&, const Stage&) = default;
};

// `invalid` with the wrong stage and an example.
Result<std::vector<Stage>> parse_stages(std::string_view text);

double stages_rate_max(const std::vector<Stage>& stages);
double stages_orders(const std::vector<Stage>& stages);
Duration stages_length(const std::vector<Stage>& stages);

// The send times of all stages, evenly spaced or, for `poisson`, independent (from `seed`). `invalid` for more than
// schedule_max.
Result<std::vector<Nanoseconds>> plan_stages(const std::vector<Stage>& stages, bool poisson, std::uint64_t seed);

}  // namespace sagactl
