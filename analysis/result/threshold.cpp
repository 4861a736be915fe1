#include "analysis/result/threshold.hpp"

#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "analysis/readable.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

Error wrong(std::string_view text, std::string_view why) {
  return Error{ErrorCode::invalid,
               fmt::format("'{}' is not a limit: {}; write it like p99<50ms, max<1s, errors<1%, throughput>1000/s, "
                           "saga-p99<2s or failed-sagas<1%",
                           text, why)};
}

std::optional<double> number_before(std::string_view text, std::string_view unit) {
  if (text.size() <= unit.size() || text.substr(text.size() - unit.size()) != unit) return std::nullopt;
  text.remove_suffix(unit.size());
  double number = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{} || end != text.data() + text.size() || !(number >= 0)) return std::nullopt;
  return number;
}

// "p50", "p99.9", "p999" (as in the JSON), "max".
std::optional<double> percentile_of(std::string_view text) {
  if (text == "max") return 100.0;
  if (text == "p999") return 99.9;
  if (text.size() < 2 || text.front() != 'p') return std::nullopt;
  const auto number = number_before(std::string(text.substr(1)) + "!", "!");
  if (!number || *number <= 0 || *number >= 100) return std::nullopt;
  return number;
}

Result<double> limit_of(Threshold::Metric metric, std::string_view text, std::string_view limit) {
  switch (metric) {
    case Threshold::Metric::latency:
    case Threshold::Metric::saga_latency: {
      const auto duration = parse_duration(limit);
      if (!duration) return wrong(text, fmt::format("'{}' is not a duration", limit));
      return static_cast<double>(duration->count());
    }
    case Threshold::Metric::failed_sagas:
    case Threshold::Metric::errors: {
      const auto share = number_before(limit, "%");
      if (!share || *share > 100) return wrong(text, fmt::format("'{}' is not a share like 1%", limit));
      return *share / 100;
    }
    case Threshold::Metric::throughput: {
      const auto rate = number_before(limit, "/s");
      if (!rate) return wrong(text, fmt::format("'{}' is not a rate like 1000/s", limit));
      return *rate;
    }
  }
  return wrong(text, "it has no metric");
}

bool within(const Threshold& threshold, double value) {
  if (threshold.below && threshold.limit == 0) return value <= 0;  // none at all
  return threshold.below ? value < threshold.limit : value > threshold.limit;
}

std::string show(const Threshold& threshold, double value) {
  switch (threshold.metric) {
    case Threshold::Metric::latency:
    case Threshold::Metric::saga_latency:
      return format_duration(Duration{static_cast<std::int64_t>(value)});
    case Threshold::Metric::errors:
    case Threshold::Metric::failed_sagas:
      return fmt::format("{:.3g} %", value * 100);
    case Threshold::Metric::throughput:
      return fmt::format("{:.1f}/s", value);
  }
  return {};
}

// "below 1 %"
std::string wanted(const Threshold& threshold) {
  if (threshold.below && threshold.limit == 0) return "zero";
  return fmt::format("{} {}", threshold.below ? "below" : "above", show(threshold, threshold.limit));
}

// Why a latency within its limit is nevertheless UNKNOWN; empty: it is PASS.
std::string reason_for_doubt(const Threshold& threshold, const Histogram& times, const Histogram* lateness) {
  const bool all_within = threshold.below && within(threshold, static_cast<double>(times.max().count()));
  if (threshold.percentile < 100 && times.count() < samples_needed(threshold.percentile) && !all_within)
    return fmt::format("p{:g} needs {} samples, there were {}", threshold.percentile,
                       with_separators(samples_needed(threshold.percentile)), with_separators(times.count()));
  if (threshold.metric != Threshold::Metric::latency || !lateness) return {};
  const Duration late = lateness->percentile(99), latency = times.percentile(99);
  if (late * 10 <= latency) return {};
  return fmt::format(
      "the generator itself was too late: its p99 lateness {} is more than a tenth of the p99 latency {}",
      format_duration(late), format_duration(latency));
}

}  // namespace

Result<Threshold> parse_threshold(std::string_view text) {
  Threshold threshold;
  threshold.text = std::string(trim(text));
  const std::string_view all = threshold.text;
  const std::size_t sign = all.find_first_of("<>");
  if (sign == std::string_view::npos) return wrong(text, "it has no < or >");
  threshold.below = all[sign] == '<';
  std::string_view metric = trim(all.substr(0, sign));
  const std::string_view limit = trim(all.substr(sign + 1));
  if (metric == "errors") {
    threshold.metric = Threshold::Metric::errors;
  } else if (metric == "failed-sagas") {
    threshold.metric = Threshold::Metric::failed_sagas;
  } else if (metric == "throughput") {
    threshold.metric = Threshold::Metric::throughput;
  } else {
    constexpr std::string_view of_sagas = "saga-";
    if (metric.substr(0, of_sagas.size()) == of_sagas) {
      threshold.metric = Threshold::Metric::saga_latency;
      metric.remove_prefix(of_sagas.size());
    }
    const auto percentile = percentile_of(metric);
    if (!percentile) return wrong(text, fmt::format("'{}' is not a metric", metric));
    threshold.percentile = *percentile;
  }
  auto value = limit_of(threshold.metric, text, limit);
  if (!value) return value.error();
  threshold.limit = *value;
  return threshold;
}

Threshold no_saga_failed() {
  Threshold threshold;
  threshold.text = "no-saga-failed";
  threshold.metric = Threshold::Metric::failed_sagas;
  threshold.limit = 0;
  return threshold;
}

namespace {

ThresholdResult evaluate_sagas(const Threshold& threshold, const SagaCounts* sagas) {
  ThresholdResult result{.threshold = threshold, .actual = {}, .reason = {}};
  if (!sagas || sagas->started == 0) {
    result.reason = "no sagas were seen; give --database";
    return result;
  }
  const double share = static_cast<double>(sagas->failed) / static_cast<double>(sagas->started);
  result.actual = show(threshold, share);
  const bool met = within(threshold, share);
  result.ruling = met ? Ruling::pass : Ruling::fail;
  result.reason =
      sagas->failed == 0
          ? fmt::format("none of {} failed", count_of(sagas->started, "saga"))
          : fmt::format("{} of {} failed and need manual intervention: see `sagactl saga list --status failed`",
                        with_separators(sagas->failed), count_of(sagas->started, "saga"));
  return result;
}

}  // namespace

ThresholdResult evaluate(const Threshold& threshold, const Measured& measured) {
  if (threshold.metric == Threshold::Metric::failed_sagas) return evaluate_sagas(threshold, measured.sagas);
  ThresholdResult result{.threshold = threshold, .actual = {}, .reason = {}};
  const bool of_sagas = threshold.metric == Threshold::Metric::saga_latency;
  const bool latency = of_sagas || threshold.metric == Threshold::Metric::latency;
  const Histogram* times = of_sagas ? measured.saga : measured.response;
  if (latency && (!times || times->count() == 0))
    result.reason = of_sagas ? "no ended sagas were seen; give --database" : "no request was answered";
  if (threshold.metric == Threshold::Metric::errors && !measured.errors) result.reason = "no request was due";
  if (!result.reason.empty()) return result;
  const double value = latency ? static_cast<double>(times->percentile(threshold.percentile).count())
                       : threshold.metric == Threshold::Metric::errors ? *measured.errors
                                                                       : measured.accepted_per_second;
  result.actual = show(threshold, value);
  if (!within(threshold, value)) {
    result.ruling = Ruling::fail;
    result.reason = fmt::format("{} is not {}", result.actual, wanted(threshold));
    return result;
  }
  result.reason = latency ? reason_for_doubt(threshold, *times, measured.lateness) : std::string();
  if (!result.reason.empty()) return result;
  result.ruling = Ruling::pass;
  result.reason = fmt::format("{} is {}", result.actual, wanted(threshold));
  return result;
}

Json to_json(const ThresholdResult& result) {
  return Json{{"threshold", result.threshold.text},
              {"actual", result.actual},
              {"verdict", to_string(result.ruling)},
              {"reason", result.reason}};
}

}  // namespace sagactl
