#include "loadgen/schedule/stages.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "common/random.hpp"
#include "common/text/number.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

constexpr std::size_t stages_max = 100;

Error wrong_stage(std::string_view stage, std::string_view why) {
  return {ErrorCode::invalid, fmt::format("stage '{}': {}; write 'ramp 0..500/s 30s, 500/s 2m'", trim(stage), why)};
}

std::optional<double> number_of(std::string_view text) {
  const auto number = parse_number<double>(text);
  return number && *number >= 0 && std::isfinite(*number) ? number : std::nullopt;
}

Result<Stage> parse_stage(std::string_view text) {
  std::vector<std::string> words;
  for (const std::string& word : split(text, ' '))
    if (!trim(word).empty()) words.emplace_back(trim(word));
  const bool ramp = !words.empty() && words.front() == "ramp";
  if (ramp) words.erase(words.begin());
  if (words.size() != 2) return wrong_stage(text, "it must be a rate and a duration");
  std::string_view rate = words[0];
  double per_second = 1;
  if (rate.ends_with("/s")) {
    rate.remove_suffix(2);
  } else if (rate.ends_with("/m")) {
    rate.remove_suffix(2);
    per_second = 1.0 / 60;
  }
  const std::size_t dots = rate.find("..");
  if (ramp != (dots != std::string_view::npos))
    return wrong_stage(text, ramp ? "a ramp needs two rates" : "two rates need the word ramp");
  const auto from = number_of(rate.substr(0, dots));
  const auto to = ramp ? number_of(rate.substr(dots + 2)) : from;
  if (!from || !to) return wrong_stage(text, fmt::format("'{}' is not a rate", words[0]));
  const auto length = parse_duration(words[1]);
  if (!length) return wrong_stage(text, length.error().message);
  if (*length <= Duration{0}) return wrong_stage(text, "its duration must be above 0");
  return Stage{*from * per_second, *to * per_second, *length};
}

double seconds_of(const Stage& stage) {
  return static_cast<double>(stage.length.count()) / 1e6;
}

double orders_of(const Stage& stage) {
  return (stage.from + stage.to) / 2 * seconds_of(stage);
}

}  // namespace

Result<std::vector<Stage>> parse_stages(std::string_view text) {
  std::vector<Stage> stages;
  for (const std::string& part : split(text, ',')) {
    auto stage = parse_stage(part);
    if (!stage) return stage.error();
    stages.push_back(*stage);
  }
  if (stages.size() > stages_max) return Error{ErrorCode::invalid, fmt::format("more than {} stages", stages_max)};
  if (stages.empty() || stages_orders(stages) < 1)
    return Error{ErrorCode::invalid, "the stages send no requests; write 'ramp 0..500/s 30s, 500/s 2m'"};
  return stages;
}

double stages_rate_max(const std::vector<Stage>& stages) {
  double most = 0;
  for (const Stage& stage : stages) most = std::max({most, stage.from, stage.to});
  return most;
}

double stages_orders(const std::vector<Stage>& stages) {
  double orders = 0;
  for (const Stage& stage : stages) orders += orders_of(stage);
  return orders;
}

Duration stages_length(const std::vector<Stage>& stages) {
  Duration length{0};
  for (const Stage& stage : stages) length += stage.length;
  return length;
}

Result<std::vector<Nanoseconds>> plan_stages(const std::vector<Stage>& stages, bool poisson, std::uint64_t seed) {
  if (stages_orders(stages) > static_cast<double>(schedule_max))
    return Error{ErrorCode::invalid, fmt::format("more than {} requests", schedule_max)};
  std::vector<Nanoseconds> plan;
  Random random(seed);
  double due = 0;  // how many were sent before
  if (poisson) due = -std::log(1.0 - random.unit());
  double sent_before = 0;
  double begin_s = 0;
  for (const Stage& stage : stages) {
    const double orders = orders_of(stage);
    // The margin keeps rounding from adding one request.
    while (due < sent_before + orders - 1e-6 && plan.size() < schedule_max) {
      const double at = begin_s + ramp_time(stage.from, stage.to, seconds_of(stage), due - sent_before);
      plan.emplace_back(static_cast<std::int64_t>(std::llround(at * 1e9)));
      due += poisson ? -std::log(1.0 - random.unit()) : 1;
    }
    sent_before += orders;
    begin_s += seconds_of(stage);
  }
  return plan;
}

}  // namespace sagactl
