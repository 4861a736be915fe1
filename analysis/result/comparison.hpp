// Load tests before and after a change: what differs by more than chance.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "analysis/figures/statistics.hpp"
#include "common/text/json.hpp"
#include "common/result.hpp"

namespace sagactl {

// A figure of one side. Of one run: what it measured, and the 95 % interval of that within the run. Of several: their
// median, and the lowest and the highest.
struct FigureSide {
  std::optional<double> value = std::nullopt;
  std::optional<Interval> interval = std::nullopt;
};

struct FigureChange {
  enum class Finding {
    higher,
    lower,
    same,       // no difference that chance does not explain
    undecided,  // too few runs or samples to tell
  };
  std::string name;
  FigureSide before = {}, after = {};
  std::optional<double> change = std::nullopt;      // of `after` against `before`, as a share
  std::optional<Interval> interval = std::nullopt;  // its 95 % interval, of several runs
  Finding finding = Finding::undecided;
};

struct VerdictChange {
  std::string name, before, after;  // such as PASS, or "FAIL in 1 of 5"
};

struct Comparison {
  std::vector<std::string> runs_before, runs_after;
  std::vector<std::string> unlike = {};  // what the two sides were not made alike in
  std::vector<FigureChange> figures = {};
  std::vector<VerdictChange> verdicts = {};
};

// More runs on one side than these are refused.
inline constexpr std::size_t runs_compared_max = 30;

// `invalid` when one of them is no load test, or a side has none or too many.
Result<Comparison> compare_runs(std::span<const Json> before, std::span<const Json> after);

Json to_json(const Comparison& comparison);

}  // namespace sagactl
