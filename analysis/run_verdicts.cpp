#include "analysis/run_verdicts.hpp"

#include <fmt/format.h>

#include "analysis/readable.hpp"

namespace sagactl {
namespace {

// Fewer requests to one target may all fail by chance.
constexpr std::uint64_t target_requests_min = 3;

double share(std::uint64_t part, std::uint64_t total) {
  return total == 0 ? 0 : static_cast<double>(part) / static_cast<double>(total);
}

std::string share_text(std::uint64_t part, std::uint64_t total) {
  return fmt::format("{} of {} ({:.1f} %)", with_separators(part), count_of(total, "request"),
                     share(part, total) * 100);
}

// "timed out 14, connection refused 3": why requests got no answer, or were never sent.
std::string failures_of(const AnswerCounts& counts, RequestOutcome outcome) {
  std::string text;
  for (const AnswerCount& it : counts.answers)
    if (it.http_status == 0 && it.outcome == outcome)
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", text_of(it), with_separators(it.count));
  return text;
}

std::string advice_for(const RunResult& load) {
  for (const AnswerCount& it : load.answers.answers) {
    if (it.failure == TransportFailure::unreadable)
      return (it.first.empty() ? std::string() : " (the first: " + it.first + ")") +
             "; does that port speak HTTP/1.1? Where it speaks TLS, write https:// in --url";
    if (it.failure == TransportFailure::kept_closed)
      return "; the server closes kept connections without notice: --fresh-connections keeps none";
    if (it.failure == TransportFailure::closed && load.answers.answered() == 0)
      return "; does that port speak HTTP/1.1? Where it speaks TLS, write https:// in --url";
  }
  return "";
}

// The most frequent answer of which the profile does not say what it means; null: there is none.
const AnswerCount* undescribed_answer(const RunResult& load) {
  for (const AnswerCount& it : load.answers.answers)
    if (!it.is_described) return &it;
  return nullptr;
}

std::uint64_t accepted_answers(const RunResult& load) {
  std::uint64_t accepted = 0;
  for (const AnswerCount& it : load.answers.answers)
    if (it.outcome == RequestOutcome::accepted) accepted += it.count;
  return accepted;
}

Verdict undecided_by_target(std::string_view name, std::string_view why, const RunResult& load) {
  Verdict verdict = undecided(name, why);
  verdict.witness = Json{{"rows", targets_json(load.answers, load.ledger)}};
  return verdict;
}

Verdict passed(std::string_view name, std::string reason) {
  return Verdict{.name = std::string(name), .ruling = Ruling::pass, .reason = std::move(reason), .witness = nullptr};
}

}  // namespace

Verdict load_was_sent(const RunResult& load, double missing_max) {
  constexpr std::string_view name = "load-was-sent";
  const std::uint64_t unreached = load.requests.unreached, skipped = load.generator.skipped;
  const std::uint64_t planned = load.requests.sent + unreached + skipped;
  if (planned == 0) return undecided(name, "no requests were due, so nothing was tested");
  for (std::size_t i = 0; i < load.answers.targets.size(); ++i) {
    const TargetCount& target = load.answers.targets[i];
    const bool several = load.answers.targets.size() > 1;
    if (several && target.due >= target_requests_min && target.unreached == target.due && missing_max < 1)
      return undecided_by_target(
          name,
          fmt::format("none of {} to {} could be sent: {}", count_of(target.due, "request"), load.ledger.targets[i],
                      failures_of(load.answers, RequestOutcome::unreached)),
          load);
  }
  if (share(unreached + skipped, planned) > missing_max)
    return undecided_by_target(
        name,
        fmt::format("{} were not sent: {} without a connection, {} because the backlog was full; lower the rate, "
                    "raise --connections, or allow more with --missing",
                    share_text(unreached + skipped, planned), with_separators(unreached), with_separators(skipped)),
        load);
  if (unreached + skipped == 0) return passed(name, fmt::format("all {} were sent", count_of(planned, "request")));
  return passed(name, fmt::format("{} were sent", share_text(load.requests.sent, planned)));
}

Verdict answers_were_read(const RunResult& load, double missing_max, bool names_orders) {
  constexpr std::string_view name = "answers-were-read";
  const std::uint64_t sent = load.requests.sent, answered = load.answers.answered();
  if (sent == 0) {
    const std::string failures = failures_of(load.answers, RequestOutcome::unreached);
    return undecided(name, "nothing was sent, so nothing was answered" + (failures.empty() ? "" : ": " + failures));
  }
  const std::uint64_t missing = sent - std::min(sent, answered);
  for (std::size_t i = 0; i < load.answers.targets.size(); ++i) {
    const TargetCount& target = load.answers.targets[i];
    const std::uint64_t sent_there = target.due - target.unreached;
    if (sent_there >= target_requests_min && target.answered == 0 && missing_max < 1)
      return undecided_by_target(
          name,
          fmt::format("no answer to any of {} to {} could be read: {}{}", count_of(sent_there, "request"),
                      load.ledger.targets[i], failures_of(load.answers, RequestOutcome::indeterminate),
                      advice_for(load)),
          load);
  }
  if (share(missing, sent) > missing_max)
    return undecided_by_target(
        name,
        fmt::format("{} got no readable answer: {}{}; raise --missing to allow more", share_text(missing, sent),
                    failures_of(load.answers, RequestOutcome::indeterminate), advice_for(load)),
        load);
  if (const AnswerCount* answer = undescribed_answer(load))
    return undecided(name,
                     fmt::format("{} answered with {}, of which the profile does not say whether it accepts an "
                                 "order{}{}: list {} in outcome.accepted, duplicate or rejected",
                                 count_of(answer->count, "request"), text_of(*answer),
                                 answer->first.empty() ? "" : "; the first: ", answer->first, answer->http_status));
  const std::uint64_t accepted = accepted_answers(load);
  if (names_orders && accepted > 0 && load.answers.unnamed == accepted)
    return undecided(name, fmt::format("none of {} named its order: does answer.order point at it?",
                                       count_of(accepted, "accepting answer")));
  if (missing == 0) return passed(name, fmt::format("{} answered", count_of(sent, "request")));
  return passed(name, fmt::format("{} answered; without an answer: {}", share_text(answered, sent),
                                  failures_of(load.answers, RequestOutcome::indeterminate)));
}

Verdict servers_were_verified() {
  Verdict verdict =
      undecided("servers-were-verified", "--insecure: no certificate was checked, so the answers may be anybody's");
  verdict.counted = false;
  return verdict;
}

}  // namespace sagactl
