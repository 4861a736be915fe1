// Compares load tests before and after a change: which figures differ by more than chance.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/figures/statistics.hpp"
#include "common/result.hpp"
#include "common/text/json.hpp"

namespace sagactl {

// A figure of one side. For one run: its value, and the 95 % interval of the variation within the run. For several:
// their median, lowest and highest value.
struct FigureSide {
  std::optional<double> value = std::nullopt;
  std::optional<Interval> interval = std::nullopt;
};

struct FigureChange {
  enum class Difference {
    higher,
    lower,
    same,       // chance explains the difference
    undecided,  // too few runs or samples
  };
  std::string name;
  FigureSide before = {}, after = {};
  std::optional<double> change = std::nullopt;      // of `after` relative to `before`
  std::optional<Interval> interval = std::nullopt;  // its 95 % interval, for several runs
  Difference finding = Difference::undecided;
};

struct VerdictChange {
  std::string name, before, after;  // such as PASS, or "FAIL in 1 of 5"
};

struct Comparison {
  std::vector<std::string> runs_before, runs_after;
  std::vector<std::string> unlike = {};  // settings in which the two sides differ
  std::vector<FigureChange> figures = {};
  std::vector<VerdictChange> verdicts = {};
};

// The most runs on one side.
inline constexpr std::size_t runs_compared_max = 30;

// `invalid` when one of them is not a load test, or a side has none or too many.
Result<Comparison> compare_runs(std::span<const Json> before, std::span<const Json> after);

Json to_json(const Comparison& comparison);

}  // namespace sagactl
