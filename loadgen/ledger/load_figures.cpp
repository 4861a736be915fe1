#include "loadgen/ledger/load_figures.hpp"

#include <algorithm>

namespace sagactl {

RepeatedAnswers::RepeatedAnswers(const Ledger& ledger) {
  struct Answer {
    std::uint32_t group;
    Uuid order;
    Timestamp done;
    std::uint64_t operation;
    auto operator<=>(const Answer&) const = default;
  };
  std::vector<Answer> answers;
  for (const LedgerEntry& entry : ledger.entries)
    if (entry.kind == OrderKind::duplicate && entry.outcome == RequestOutcome::accepted && !entry.order.is_nil())
      answers.push_back({entry.group, entry.order, entry.done, entry.operation});
  std::sort(answers.begin(), answers.end());
  for (std::size_t i = 1; i < answers.size(); ++i)
    if (answers[i].group == answers[i - 1].group && answers[i].order == answers[i - 1].order)
      operations_.push_back(answers[i].operation);
  std::sort(operations_.begin(), operations_.end());
}

bool RepeatedAnswers::has(const LedgerEntry& entry) const {
  return std::binary_search(operations_.begin(), operations_.end(), entry.operation);
}

bool is_refused_as_asked(const LedgerEntry& entry) {
  return entry.kind == OrderKind::payment_fail && entry.outcome == RequestOutcome::rejected;
}

bool counts_as_error(const LedgerEntry& entry) {
  return entry.outcome != RequestOutcome::accepted && entry.outcome != RequestOutcome::duplicate &&
         !is_refused_as_asked(entry);
}

bool step_counts_as_error(const LedgerEntry& entry) {
  return counts_as_error(entry) || (entry.step_end != StepEnd::last && entry.step_end != StepEnd::next);
}

void count_request(RequestCounts& requests, const LedgerEntry& entry, const RepeatedAnswers& repeated) {
  if (entry.sent.us != 0) ++requests.sent;
  if (entry.failure != TransportFailure::none) {
    ++requests.transport_errors;
    if (entry.failure == TransportFailure::timed_out) ++requests.timeouts;
    if (entry.outcome == RequestOutcome::unreached) ++requests.unreached;
    return;
  }
  switch (entry.outcome) {
    case RequestOutcome::accepted:
      ++(repeated.has(entry) ? requests.repeated : requests.accepted);
      return;
    case RequestOutcome::duplicate:
      ++requests.duplicates;
      return;
    case RequestOutcome::rejected:
      ++(is_refused_as_asked(entry) ? requests.refused_as_asked : requests.rejected);
      return;
    case RequestOutcome::indeterminate:
    case RequestOutcome::unreached:
      ++requests.failed;
      return;
  }
}

bool was_waited_for(const LedgerEntry& entry) {
  return entry.sent.us != 0 || entry.failure == TransportFailure::timed_out;
}

namespace {

void record_times(LoadFigures& figures, const LedgerEntry& entry) {
  if (was_waited_for(entry)) figures.response.record(entry.response_time());
  if (entry.sent.us == 0) return;
  figures.service.record(entry.service_time());
  figures.lateness.record(entry.lateness());
}

LoadSecond& second_of(LoadFigures& figures, Timestamp at) {
  const auto offset = std::max<std::int64_t>(0, (at - figures.begin).count() / 1'000'000);
  const auto index = std::min(static_cast<std::size_t>(offset), load_seconds_max - 1);
  if (index >= figures.seconds.size()) figures.seconds.resize(index + 1);
  return figures.seconds[index];
}

void place_in_time(LoadFigures& figures, const LedgerEntry& entry, const RepeatedAnswers& repeated) {
  ++second_of(figures, entry.planned).planned;
  if (entry.sent.us != 0) ++second_of(figures, entry.sent).sent;
  LoadSecond& end = second_of(figures, entry.done);
  if (entry.outcome == RequestOutcome::accepted) {
    ++(repeated.has(entry) ? end.repeated : end.accepted);
  } else if (entry.outcome == RequestOutcome::duplicate) {
    ++end.duplicates;
  } else if (is_refused_as_asked(entry)) {
    ++end.refused_as_asked;
  } else {
    ++end.errors;
  }
  end.response_max = std::max(end.response_max, entry.response_time());
}

// Of a request whose agent was lost only the plan is known.
bool has_known_times(const LedgerEntry& entry) {
  return entry.failure != TransportFailure::agent_lost;
}

// With fewer answers a late one cannot be distinguished from a slow server.
constexpr std::size_t answers_for_a_rate = 10;

// From `begin` to the last answer that counts for a rate, or to the last request if that is later.
Duration rated_time(const Ledger& ledger, Timestamp begin) {
  Timestamp last_request = begin;
  std::vector<std::int64_t> ends;
  for (const LedgerEntry& entry : ledger.entries) {
    if (!ledger.is_measured(entry) || !has_known_times(entry)) continue;
    last_request = std::max({last_request, entry.planned, entry.sent});
    if (entry.http_status != 0) ends.push_back(entry.done.us);
  }
  if (ends.empty()) return last_request - begin;
  const std::size_t late = ends.size() < answers_for_a_rate ? 0 : std::max<std::size_t>(1, ends.size() / 100);
  const auto counts = ends.end() - static_cast<std::ptrdiff_t>(late) - 1;
  std::nth_element(ends.begin(), counts, ends.end());
  return std::max(Timestamp{*counts}, last_request) - begin;
}

}  // namespace

LoadFigures figures_of(const Ledger& ledger) {
  LoadFigures figures;
  Timestamp begin{INT64_MAX};
  Timestamp end{0};
  for (const LedgerEntry& entry : ledger.entries) {
    if (!ledger.is_measured(entry) || !has_known_times(entry)) continue;
    begin = std::min(begin, entry.planned);
    end = std::max(end, entry.done);
  }
  if (end.us == 0) return figures;
  figures.begin = begin;
  figures.measured = end - begin;
  figures.rated = rated_time(ledger, begin);
  const RepeatedAnswers repeated(ledger);
  for (const LedgerEntry& entry : ledger.entries) {
    if (!ledger.is_measured(entry)) continue;
    count_request(figures.requests, entry, repeated);
    record_times(figures, entry);
    place_in_time(figures, entry, repeated);
  }
  return figures;
}

}  // namespace sagactl
