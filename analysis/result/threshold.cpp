#include "analysis/result/threshold.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <optional>
#include <vector>

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

// What a figure is, and what it may be where something about it is in doubt.
struct FigureRange {
  double seen = 0, least = 0, most = 0;
  std::string doubt = {};  // why these differ
};

constexpr double unlimited = std::numeric_limits<double>::infinity();

double in_us(Duration duration) {
  return static_cast<double>(duration.count());
}

// The most that the percentile can be where `unseen` more values are longer than all that were recorded, and so are, in
// truth, `cut` of those that were.
double with_unseen(const Histogram& times, double percentile, std::uint64_t unseen, std::uint64_t cut = 0) {
  const auto all = static_cast<double>(times.count() + unseen);
  const double among_seen = (percentile * all + 100 * static_cast<double>(cut)) / static_cast<double>(times.count());
  return among_seen > 100 ? unlimited : in_us(times.percentile(among_seen));
}

std::string of_unseen(const Measured& measured) {
  std::vector<std::string> parts;
  if (measured.skipped > 0)
    parts.push_back(fmt::format("{} due {} not sent", count_of(measured.skipped, "request"),
                                measured.skipped == 1 ? "was" : "were"));
  if (measured.cut > 0) parts.push_back(fmt::format("the end of {} was not seen", count_of(measured.cut, "request")));
  return join(parts, ", and ");
}

std::string of_lateness(const Measured& measured) {
  return fmt::format(
      "the generator itself was too late: its p99 lateness {} is more than a tenth of the p99 latency {}",
      format_duration(measured.lateness->percentile(99)), format_duration(measured.response->percentile(99)));
}

// A request that is sent late or never, or whose answer is not waited for, has a latency that is too long or not there.
FigureRange latency_of(const Threshold& threshold, const Measured& measured) {
  const Histogram& times = *measured.response;
  FigureRange figure{.seen = in_us(times.percentile(threshold.percentile))};
  figure.least = figure.seen;
  figure.most =
      with_unseen(times, threshold.percentile, measured.skipped + measured.lost, measured.cut - measured.lost);
  if (figure.most > figure.seen) figure.doubt = of_unseen(measured);
  if (!is_too_late(measured)) return figure;
  figure.least = std::max(0.0, figure.seen - in_us(measured.lateness->max()));
  if (measured.service)
    figure.least =
        std::max(figure.least, std::min(figure.seen, in_us(measured.service->percentile(threshold.percentile))));
  figure.doubt = of_lateness(measured) + (figure.doubt.empty() ? "" : "; " + figure.doubt);
  return figure;
}

FigureRange saga_latency_of(const Threshold& threshold, const Measured& measured) {
  const std::uint64_t unfinished = measured.sagas ? measured.sagas->unfinished : 0;
  FigureRange figure{.seen = in_us(measured.saga->percentile(threshold.percentile))};
  figure.least = figure.seen;
  figure.most = with_unseen(*measured.saga, threshold.percentile, unfinished);
  if (unfinished > 0) figure.doubt = fmt::format("the end of {} was not seen", count_of(unfinished, "saga"));
  return figure;
}

FigureRange errors_of(const Measured& measured) {
  FigureRange figure{.seen = *measured.errors, .least = *measured.errors, .most = *measured.errors};
  const double due = static_cast<double>(measured.due), bad = figure.seen * due;
  const auto cut = static_cast<double>(measured.cut), lost = static_cast<double>(measured.lost);
  // What a generator skips by itself is no error of the server, and neither is what was cut off.
  const double not_of_server = cut - lost + (is_too_late(measured) ? static_cast<double>(measured.skipped) : 0);
  if (not_of_server + lost == 0) return figure;
  figure.least = due + lost > not_of_server ? std::max(0.0, bad - not_of_server) / (due + lost - not_of_server) : 0;
  figure.most = (bad + lost) / (due + lost);
  figure.doubt = of_unseen(measured);
  return figure;
}

FigureRange throughput_of(const Measured& measured) {
  FigureRange figure{.seen = measured.accepted_per_second};
  figure.least = figure.most = figure.seen;
  const bool late = is_too_late(measured);
  if (!late && measured.cut == 0) return figure;
  const double seconds = in_us(measured.rated) / 1e6, late_seconds = late ? in_us(measured.lateness->max()) / 1e6 : 0;
  const auto more = static_cast<double>(measured.cut + (late ? measured.skipped : 0));
  figure.most = seconds > late_seconds ? (figure.seen * seconds + more) / (seconds - late_seconds) : unlimited;
  figure.doubt = late ? of_lateness(measured) : of_unseen(measured);
  return figure;
}

FigureRange failed_sagas_of(const SagaCounts& sagas) {
  const auto started = static_cast<double>(sagas.started);
  FigureRange figure{.seen = static_cast<double>(sagas.failed) / started};
  figure.least = figure.seen;
  figure.most = static_cast<double>(sagas.failed + sagas.unfinished) / started;
  if (sagas.unfinished > 0)
    figure.doubt = fmt::format("the end of {} was not seen", count_of(sagas.unfinished, "saga"));
  return figure;
}

FigureRange range_of(const Threshold& threshold, const Measured& measured) {
  switch (threshold.metric) {
    case Threshold::Metric::latency:
      return latency_of(threshold, measured);
    case Threshold::Metric::saga_latency:
      return saga_latency_of(threshold, measured);
    case Threshold::Metric::errors:
      return errors_of(measured);
    case Threshold::Metric::throughput:
      return throughput_of(measured);
    case Threshold::Metric::failed_sagas:
      return failed_sagas_of(*measured.sagas);
  }
  crash("unknown metric of a threshold");
}

// Why there is no figure at all; "": there is one.
std::string why_no_figure(const Threshold& threshold, const Measured& measured) {
  const auto is_empty = [](const Histogram* times) { return !times || times->count() == 0; };
  switch (threshold.metric) {
    case Threshold::Metric::latency:
      return is_empty(measured.response) ? "no request was answered" : "";
    case Threshold::Metric::saga_latency:
      return is_empty(measured.saga) ? "no ended sagas were seen; give --database" : "";
    case Threshold::Metric::errors:
      return measured.errors ? "" : "no request was due";
    case Threshold::Metric::throughput:
      return "";
    case Threshold::Metric::failed_sagas:
      return !measured.sagas || measured.sagas->started == 0 ? "no sagas were seen; give --database" : "";
  }
  return {};
}

// The times that a threshold's percentile is of; null: it has none.
const Histogram* times_of(const Threshold& threshold, const Measured& measured) {
  if (threshold.metric == Threshold::Metric::latency) return measured.response;
  return threshold.metric == Threshold::Metric::saga_latency ? measured.saga : nullptr;
}

// What too few samples for its percentile say about a latency that is within its limit; "": enough.
std::string too_few_samples(const Threshold& threshold, const Measured& measured) {
  const Histogram* times = times_of(threshold, measured);
  if (!times || threshold.percentile >= 100 || times->count() >= samples_needed(threshold.percentile)) return {};
  if (threshold.below && within(threshold, in_us(times->max()))) return {};  // all of them are
  return fmt::format("p{:g} needs {} samples, there were {}", threshold.percentile,
                     with_separators(samples_needed(threshold.percentile)), with_separators(times->count()));
}

// "3 of 100 sagas failed ..."; "" for other figures.
std::string text_of_failed_sagas(const SagaCounts& sagas) {
  if (sagas.failed == 0) return fmt::format("none of {} failed", count_of(sagas.started, "saga"));
  return fmt::format("{} of {} failed and need manual intervention: see `sagactl saga list --status failed`",
                     with_separators(sagas.failed), count_of(sagas.started, "saga"));
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

bool is_too_late(const Measured& measured) {
  return measured.lateness && measured.response &&
         measured.lateness->percentile(99) * 10 > measured.response->percentile(99);
}

ThresholdResult evaluate(const Threshold& threshold, const Measured& measured) {
  ThresholdResult result{.threshold = threshold, .actual = {}, .reason = why_no_figure(threshold, measured)};
  if (!result.reason.empty()) return result;
  const FigureRange figure = range_of(threshold, measured);
  result.actual = show(threshold, figure.seen);
  const bool at_least = within(threshold, figure.least), at_most = within(threshold, figure.most);
  const bool met = within(threshold, figure.seen);
  const std::string seen = threshold.metric == Threshold::Metric::failed_sagas
                               ? text_of_failed_sagas(*measured.sagas)
                               : fmt::format("{} is {}{}", result.actual, met ? "" : "not ", wanted(threshold));
  if (at_least != at_most) {
    result.reason = fmt::format("{}, but {}", seen, figure.doubt);
  } else if (const std::string few = met ? too_few_samples(threshold, measured) : ""; !few.empty()) {
    result.reason = few;
  } else {
    result.ruling = met ? Ruling::pass : Ruling::fail;
    result.reason = seen;
    // It would be within the limit all the same.
    if (met && !figure.doubt.empty()) result.reason += ", although " + figure.doubt;
  }
  return result;
}

Json to_json(const ThresholdResult& result) {
  return Json{{"threshold", result.threshold.text},
              {"actual", result.actual},
              {"verdict", to_string(result.ruling)},
              {"reason", result.reason}};
}

}  // namespace sagactl
