#include "analysis/faults/fault_effects.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "loadgen/ledger/load_figures.hpp"

namespace sagactl {
namespace {

constexpr std::uint64_t requests_min = 20;  // to say how a load is
constexpr double requests_per_part = 100;
constexpr Duration part_min = 100ms, part_max = 2s;
constexpr std::size_t parts_for_recovery = 3;
constexpr Duration slower_allowed = 10ms;

Timestamp start_of(const LedgerEntry& entry) {
  return entry.sent.us != 0 ? entry.sent : entry.planned;
}

// Whether it has a response time, as in the figures of the run.
bool has_time(const LedgerEntry& entry) {
  return entry.sent.us != 0 || entry.failure == TransportFailure::timed_out;
}

template <class Visit>
void each_measured(const Ledger& ledger, Visit visit) {
  for (const LedgerEntry& entry : ledger.entries)
    if (ledger.is_measured(entry)) visit(entry);
}

LoadWindow window_of(const Ledger& ledger, Timestamp from, Timestamp to) {
  LoadWindow window;
  if (to <= from) return window;
  window.length = to - from;
  each_measured(ledger, [&](const LedgerEntry& entry) {
    if (entry.planned < from || entry.planned >= to) return;
    ++window.requests;
    window.good += !counts_as_error(entry);
    if (has_time(entry)) window.response.record(entry.response_time());
  });
  return window;
}

HitRequests hit_between(const Ledger& ledger, Timestamp from, Timestamp until) {
  HitRequests hit;
  each_measured(ledger, [&](const LedgerEntry& entry) {
    if (start_of(entry) > until || entry.done < from) return;
    ++hit.requests;
    if (counts_as_error(entry) && hit.hurt.size() < HitRequests::listed_max) hit.hurt.push_back(entry.operation);
    switch (entry.outcome) {
      case RequestOutcome::accepted:
        ++hit.accepted;
        return;
      case RequestOutcome::duplicate:
        ++hit.duplicates;
        return;
      case RequestOutcome::rejected:
        ++hit.rejected;
        return;
      case RequestOutcome::indeterminate:
        ++hit.indeterminate;
        return;
      case RequestOutcome::unreached:
        ++hit.unreached;
        return;
    }
  });
  return hit;
}

// A part of the time after a fault.
struct LoadPart {
  std::uint64_t requests = 0, good = 0;
  std::vector<std::int64_t> response_us;
};

std::int64_t p99_of(std::vector<std::int64_t>& times) {
  if (times.empty()) return 0;
  const auto place = static_cast<std::size_t>(std::ceil(0.99 * static_cast<double>(times.size()))) - 1;
  std::nth_element(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(place), times.end());
  return times[place];
}

bool is_as_before(LoadPart& part, Duration length, const LoadWindow& before, bool open_loop) {
  const double expected = open_loop ? static_cast<double>(part.requests) * before.good_share()
                                    : before.good_per_second() * static_cast<double>(length.count()) / 1e6;
  const double fewer_allowed = std::max(expected / 10, 3 * std::sqrt(expected));
  if (static_cast<double>(part.good) < expected - fewer_allowed) return false;
  const Duration usual = before.response.percentile(99);
  return p99_of(part.response_us) <= std::max(2 * usual, usual + slower_allowed).count();
}

// The measured load: from the first planned send to the last.
struct LoadTime {
  Timestamp from{INT64_MAX}, to{0};
};

LoadTime load_time(const Ledger& ledger) {
  LoadTime time;
  each_measured(ledger, [&](const LedgerEntry& entry) {
    time.from = std::min(time.from, entry.planned);
    time.to = std::max(time.to, entry.planned);
  });
  return time;
}

Duration part_length(const LoadWindow& before) {
  const double rate = static_cast<double>(before.requests) * 1e6 / static_cast<double>(before.length.count());
  return std::clamp(Duration(static_cast<std::int64_t>(requests_per_part / rate * 1e6)), part_min, part_max);
}

void find_recovery(FaultEffect& effect, const Ledger& ledger, Timestamp ended, Timestamp horizon) {
  effect.until = std::max(ended, horizon);
  if (effect.before.requests < requests_min) {
    effect.recovery = Recovery::no_before;
    return;
  }
  const Duration length = part_length(effect.before);
  const auto count = static_cast<std::size_t>(std::max<std::int64_t>(0, (horizon - ended) / length));
  if (count == 0) {
    effect.recovery = Recovery::no_after;
    return;
  }
  std::vector<LoadPart> parts(count);
  each_measured(ledger, [&](const LedgerEntry& entry) {
    if (entry.planned < ended) return;
    const auto place = static_cast<std::size_t>((entry.planned - ended) / length);
    if (place >= count) return;
    ++parts[place].requests;
    parts[place].good += !counts_as_error(entry);
    if (has_time(entry)) parts[place].response_us.push_back(entry.response_time().count());
  });
  std::size_t in_a_row = 0;
  for (std::size_t i = 0; i < count; ++i) {
    in_a_row = is_as_before(parts[i], length, effect.before, ledger.open_loop) ? in_a_row + 1 : 0;
    const bool is_last = i + 1 == count;
    if (in_a_row < parts_for_recovery && !(is_last && in_a_row > 0)) continue;
    effect.recovery = Recovery::recovered;
    effect.recovered_after = static_cast<std::int64_t>(i + 1 - in_a_row) * length;
    effect.until = ended + effect.recovered_after;
    return;
  }
  effect.recovery = Recovery::not_in_time;
}

// What follows a fault is blamed on it until the next one begins, at most until the load ends.
Timestamp horizon_of(const Ledger& ledger, const FaultMark& mark, const LoadTime& load) {
  Timestamp horizon = load.to;
  for (const FaultMark& other : ledger.faults)
    if (other.has_begun() && other.began > mark.ended) horizon = std::min(horizon, other.began);
  return horizon;
}

FaultEffect effect_of(const Ledger& ledger, const FaultMark& mark, const LoadWindow& before, const LoadTime& load) {
  FaultEffect effect;
  if (!mark.has_begun()) return effect;
  effect.from = mark.began;
  effect.before = before;
  find_recovery(effect, ledger, mark.ended, horizon_of(ledger, mark, load));
  effect.during = window_of(ledger, mark.began, mark.ended);
  effect.after = window_of(ledger, mark.ended, effect.until);
  effect.hit = hit_between(ledger, effect.from, effect.until);
  return effect;
}

LoadWindow before_first(const Ledger& ledger, const LoadTime& load) {
  Timestamp first{INT64_MAX};
  for (const FaultMark& mark : ledger.faults)
    if (mark.has_begun()) first = std::min(first, mark.began);
  if (first.us == INT64_MAX) return {};
  LoadWindow before = window_of(ledger, load.from, first);
  return before.requests < requests_min ? LoadWindow() : before;
}

}  // namespace

double LoadWindow::good_per_second() const {
  return length.count() <= 0 ? 0 : static_cast<double>(good) * 1e6 / static_cast<double>(length.count());
}

double LoadWindow::good_share() const {
  return requests == 0 ? 1 : static_cast<double>(good) / static_cast<double>(requests);
}

std::vector<FaultEffect> fault_effects(const Ledger& ledger) {
  if (ledger.faults.empty()) return {};
  const LoadTime load = load_time(ledger);
  const LoadWindow before = before_first(ledger, load);
  std::vector<FaultEffect> effects;
  for (const FaultMark& mark : ledger.faults) effects.push_back(effect_of(ledger, mark, before, load));
  return effects;
}

std::vector<FaultSpan> fault_spans(const Ledger& ledger) {
  std::vector<FaultSpan> spans;
  if (ledger.faults.empty()) return spans;
  const LoadTime load = load_time(ledger);
  const LoadWindow before = before_first(ledger, load);
  for (std::size_t i = 0; i < ledger.faults.size(); ++i) {
    if (!ledger.faults[i].has_begun()) continue;
    FaultEffect effect;
    effect.before = before;
    find_recovery(effect, ledger, ledger.faults[i].ended, horizon_of(ledger, ledger.faults[i], load));
    spans.push_back({i, ledger.faults[i].began, effect.until});
  }
  return spans;
}

Timestamp load_begin(const Ledger& ledger) {
  return load_time(ledger).from;
}

std::string recovery_text(const FaultEffect& effect) {
  switch (effect.recovery) {
    case Recovery::recovered:
      if (effect.recovered_after == Duration{0}) return "as before at once";
      return fmt::format("as before after {}", format_duration(effect.recovered_after));
    case Recovery::not_in_time:
      return "not as before until the load ended or the next fault began";
    case Recovery::no_before:
      return "not known: too few requests before the first fault";
    case Recovery::no_after:
      return "not known: the load ended or the next fault began too soon after it";
    case Recovery::not_begun:
      return "";
  }
  crash("unknown recovery");
}

}  // namespace sagactl
