#include "analysis/result/comparison.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "analysis/result/json_view.hpp"

namespace sagactl {
namespace {

struct Figure {
  const char* name;
  const char* object;
  const char* member;
  double percentile = 0;        // of a latency: where in `curve`
  const char* curve = nullptr;  // of a latency: its percentile curve
};

constexpr Figure compared_figures[] = {
    {"accepted/s", "throughput", "acceptedPerSecond"},       {"sagas completed/s", "throughput", "completedPerSecond"},
    {"latency p50, ms", "latency", "p50", 50, "curve"},      {"latency p90, ms", "latency", "p90", 90, "curve"},
    {"latency p99, ms", "latency", "p99", 99, "curve"},      {"latency p99.9, ms", "latency", "p999", 99.9, "curve"},
    {"saga p50, ms", "sagaLatency", "p50", 50, "sagaCurve"}, {"saga p90, ms", "sagaLatency", "p90", 90, "sagaCurve"},
    {"saga p99, ms", "sagaLatency", "p99", 99, "sagaCurve"}, {"requests failed", "requests", "failed"},
    {"transport errors", "requests", "transportErrors"},
};

// Interpolates between the points of a percentile curve.
std::optional<double> value_at(const JsonView& curve, double percentile) {
  double last_at = 0, last = 0;
  bool any = false;
  for (const Json& json : curve.list()) {
    if (!json.is_array() || json.size() < 2) return std::nullopt;
    const auto at = JsonView(json[0]).number(), value = JsonView(json[1]).number();
    if (!at || !value) return std::nullopt;
    if (*at >= percentile)
      return any && *at > last_at ? last + (*value - last) * (percentile - last_at) / (*at - last_at) : *value;
    last_at = *at;
    last = *value;
    any = true;
  }
  return std::nullopt;
}

// The 95 % interval of a percentile of n samples: the percentiles 1.96 standard errors of the share below and above.
std::optional<Interval> interval_of_percentile(const JsonView& result, const Figure& figure) {
  const JsonView latency = result[figure.object];
  for (const Json& few : latency["tooFewSamplesFor"].list())
    if (JsonView(few).text() == figure.member) return std::nullopt;
  const double samples = latency["samples"].number().value_or(0), share = figure.percentile / 100;
  if (samples < 1) return std::nullopt;
  const double off = 1.96 * std::sqrt(share * (1 - share) / samples) * 100;
  const auto low = value_at(result[figure.curve], std::max(0.0, figure.percentile - off)),
             high = value_at(result[figure.curve], std::min(100.0, figure.percentile + off));
  if (!low || !high) return std::nullopt;
  return Interval{*low, *high};
}

// The 95 % interval of a rate, from its value in each full second of the run.
std::optional<Interval> interval_of_rate(const JsonView& result, const Figure& figure) {
  const bool of_requests = figure.member == std::string_view("acceptedPerSecond");
  const auto& bins = of_requests ? result["timeline"].list() : result["sagasOverTime"]["bins"].list();
  const double seconds = of_requests ? 1 : result["sagasOverTime"]["binMs"].number().value_or(0) / 1000;
  if (bins.size() < 4 || seconds <= 0) return std::nullopt;
  std::vector<double> rates;
  for (const Json& bin : bins)
    rates.push_back(JsonView(bin)[of_requests ? "accepted" : "completed"].number().value_or(0) / seconds);
  rates.pop_back();  // not a full one
  return interval_of_mean(rates);
}

std::vector<double> values_of(std::span<const Json> results, const Figure& figure) {
  std::vector<double> values;
  for (const Json& result : results)
    if (const auto value = JsonView(result)[figure.object][figure.member].number()) values.push_back(*value);
  return values;
}

FigureSide side_of(std::span<const Json> results, const Figure& figure) {
  const std::vector<double> values = values_of(results, figure);
  if (values.empty()) return {};
  FigureSide side{median(values), std::nullopt};
  if (results.size() > 1) {
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    side.interval = {*low, *high};
  } else if (figure.curve) {
    side.interval = interval_of_percentile(JsonView(results.front()), figure);
  } else if (figure.object == std::string_view("throughput")) {
    side.interval = interval_of_rate(JsonView(results.front()), figure);
  }
  return side;
}

FigureChange::Difference finding_of(const Interval& change) {
  if (change.low > 0) return FigureChange::Difference::higher;
  return change.high < 0 ? FigureChange::Difference::lower : FigureChange::Difference::same;
}

// For two single runs: whether their intervals are disjoint.
FigureChange::Difference finding_of(const Interval& before, const Interval& after) {
  if (after.low > before.high) return FigureChange::Difference::higher;
  return after.high < before.low ? FigureChange::Difference::lower : FigureChange::Difference::same;
}

// As ratios where all values are above zero, so that a change of a tenth counts the same at any size.
void judge_groups(FigureChange& figure, std::vector<double> before, std::vector<double> after) {
  const auto positive = [](double value) { return value > 0; };
  const bool as_shares =
      std::all_of(before.begin(), before.end(), positive) && std::all_of(after.begin(), after.end(), positive);
  if (as_shares)
    for (auto* values : {&before, &after})
      for (double& value : *values) value = std::log(value);
  const Shift shift = shift_between(before, after);
  if (as_shares) figure.change = std::exp(shift.estimate) - 1;
  if (as_shares && shift.interval)
    figure.interval = {std::exp(shift.interval->low) - 1, std::exp(shift.interval->high) - 1};
  if (shift.interval) figure.finding = finding_of(*shift.interval);
}

FigureChange change_of(const Figure& figure, std::span<const Json> before, std::span<const Json> after) {
  FigureChange change{.name = figure.name, .before = side_of(before, figure), .after = side_of(after, figure)};
  if (!change.before.value || !change.after.value) return change;
  if (before.size() > 1 || after.size() > 1) {
    judge_groups(change, values_of(before, figure), values_of(after, figure));
    return change;
  }
  if (*change.before.value > 0) change.change = *change.after.value / *change.before.value - 1;
  if (change.before.interval && change.after.interval)
    change.finding = finding_of(*change.before.interval, *change.after.interval);
  else if (*change.before.value == *change.after.value)
    change.finding = FigureChange::Difference::same;
  return change;
}

std::string ruling_of(const Json& result, const std::string& name) {
  for (const Json& verdict : JsonView(result)["verdicts"].list())
    if (JsonView(verdict)["name"].text() == name) return JsonView(verdict)["verdict"].text();
  return "not given";
}

// "PASS", or the worst ruling and its frequency.
std::string rulings_of(std::span<const Json> results, const std::string& name) {
  std::size_t fails = 0, unknowns = 0;
  for (const Json& result : results) {
    const std::string ruling = ruling_of(result, name);
    fails += ruling == "FAIL";
    unknowns += ruling == "UNKNOWN";
  }
  const std::size_t worst = fails > 0 ? fails : unknowns;
  const std::string word = fails > 0 ? "FAIL" : unknowns > 0 ? "UNKNOWN" : ruling_of(results.front(), name);
  return worst == 0 || worst == results.size() ? word : fmt::format("{} in {} of {}", word, worst, results.size());
}

std::vector<VerdictChange> verdict_changes(std::span<const Json> before, std::span<const Json> after) {
  std::vector<VerdictChange> changes;
  for (const Json& verdict : JsonView(after.front())["verdicts"].list()) {
    const std::string name = JsonView(verdict)["name"].text();
    VerdictChange change{name, rulings_of(before, name), rulings_of(after, name)};
    if (change.before != change.after) changes.push_back(std::move(change));
  }
  return changes;
}

Result<std::vector<std::string>> names_of(std::span<const Json> results) {
  if (results.empty() || results.size() > runs_compared_max)
    return Error{ErrorCode::invalid,
                 fmt::format("{} runs on one side: it must be 1 to {}", results.size(), runs_compared_max)};
  std::vector<std::string> names;
  for (const Json& result : results) {
    if (JsonView(result)["kind"].text() != "loadtest")
      return Error{ErrorCode::invalid, "only results of load tests can be compared; create them with loadtest --save"};
    names.push_back(JsonView(result)["run"].text());
  }
  return names;
}

std::string_view to_string(FigureChange::Difference finding) {
  switch (finding) {
    case FigureChange::Difference::higher:
      return "higher";
    case FigureChange::Difference::lower:
      return "lower";
    case FigureChange::Difference::same:
      return "no difference";
    case FigureChange::Difference::undecided:
      return "undecided";
  }
  return "undecided";
}

Json interval_json(const std::optional<Interval>& interval) {
  return interval ? Json::array({interval->low, interval->high}) : Json(nullptr);
}
Json number_json(const std::optional<double>& number) {
  return number ? Json(*number) : Json(nullptr);
}
Json to_json(const FigureSide& side) {
  return Json{{"value", number_json(side.value)}, {"interval", interval_json(side.interval)}};
}

}  // namespace

Result<Comparison> compare_runs(std::span<const Json> before, std::span<const Json> after) {
  auto runs_before = names_of(before);
  if (!runs_before) return runs_before.error();
  auto runs_after = names_of(after);
  if (!runs_after) return runs_after.error();
  Comparison comparison{.runs_before = *runs_before, .runs_after = *runs_after};
  for (const char* member : {"scenario", "openLoop", "version", "targets", "machine"}) {
    const Json &a = JsonView(before.front())[member].json(), &b = JsonView(after.front())[member].json();
    if (a != b) comparison.unlike.push_back(fmt::format("{}: {} and {}", member, json_text(a), json_text(b)));
  }
  for (const Figure& figure : compared_figures) comparison.figures.push_back(change_of(figure, before, after));
  comparison.verdicts = verdict_changes(before, after);
  return comparison;
}

Json to_json(const Comparison& comparison) {
  Json figures = Json::array(), verdicts = Json::array();
  for (const FigureChange& figure : comparison.figures)
    figures.push_back(Json{{"name", figure.name},
                           {"before", to_json(figure.before)},
                           {"after", to_json(figure.after)},
                           {"change", number_json(figure.change)},
                           {"interval95", interval_json(figure.interval)},
                           {"finding", to_string(figure.finding)}});
  for (const VerdictChange& verdict : comparison.verdicts)
    verdicts.push_back(Json{{"name", verdict.name}, {"before", verdict.before}, {"after", verdict.after}});
  return Json{{"kind", "comparison"},
              {"before", comparison.runs_before},
              {"after", comparison.runs_after},
              {"unlike", comparison.unlike},
              {"figures", figures},
              {"verdicts", verdicts}};
}

}  // namespace sagactl
