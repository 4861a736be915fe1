#include "analysis/run_verdicts.hpp"

#include <fmt/format.h>

#include "analysis/report/wording.hpp"

namespace sagactl {
namespace {

// So few requests to a target may fail together by chance.
constexpr std::uint64_t alone_min = 3;

double share(std::uint64_t part, std::uint64_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

std::string share_text(std::uint64_t part, std::uint64_t whole) {
  return fmt::format("{} of {} ({:.1f} %)", grouped(part), counted(whole, "request"), share(part, whole) * 100);
}

// "timed out 14, kept connection closed 3": of requests without an answer, or of those that were never sent.
std::string failures_of(const AnswerCounts& counts, RequestOutcome outcome) {
  std::string text;
  for (const AnswerCount& it : counts.answers)
    if (it.http_status == 0 && it.outcome == outcome)
      text += fmt::format("{}{} {}", text.empty() ? "" : ", ", text_of(it), grouped(it.count));
  return text;
}

std::string advice_for(const RunResult& load) {
  for (const AnswerCount& it : load.answers.answers) {
    if (it.failure == TransportFailure::unreadable)
      return (it.first.empty() ? std::string() : " (the first: " + it.first + ")") +
             "; is that port one of plain HTTP/1.1, and not of TLS or HTTP/2?";
    if (it.failure == TransportFailure::kept_closed)
      return "; the server closes kept connections and does not say so before: --fresh-connections keeps none";
  }
  return "";
}

Verdict shown(std::string_view name, std::string_view why, const RunResult& load) {
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
  if (planned == 0) return undecided(name, "no request was due, so nothing was shown");
  for (std::size_t i = 0; i < load.answers.targets.size(); ++i) {
    const TargetCount& target = load.answers.targets[i];
    const bool alone = load.answers.targets.size() > 1;
    if (alone && target.due >= alone_min && target.unreached == target.due && missing_max < 1)
      return shown(name,
                   fmt::format("none of {} to {} could be sent: {}", counted(target.due, "request"),
                               load.ledger.targets[i], failures_of(load.answers, RequestOutcome::unreached)),
                   load);
  }
  if (share(unreached + skipped, planned) > missing_max)
    return shown(
        name,
        fmt::format("{} never left: {} for want of a connection, {} because too many waited already; lower the "
                    "rate, raise --connections, or allow for it with --missing",
                    share_text(unreached + skipped, planned), grouped(unreached), grouped(skipped)),
        load);
  if (unreached + skipped == 0) return passed(name, fmt::format("all {} left", counted(planned, "request")));
  return passed(name, fmt::format("{} left", share_text(load.requests.sent, planned)));
}

Verdict answers_were_read(const RunResult& load, double missing_max) {
  constexpr std::string_view name = "answers-were-read";
  const std::uint64_t sent = load.requests.sent, answered = load.answers.answered();
  if (sent == 0)
    return undecided(
        name, "nothing was sent, so nothing was answered: " + failures_of(load.answers, RequestOutcome::unreached));
  const std::uint64_t missing = sent - std::min(sent, answered);
  for (std::size_t i = 0; i < load.answers.targets.size(); ++i) {
    const TargetCount& target = load.answers.targets[i];
    const std::uint64_t sent_there = target.due - target.unreached;
    if (sent_there >= alone_min && target.answered == 0 && missing_max < 1)
      return shown(name,
                   fmt::format("no answer to any of {} to {} could be read: {}{}", counted(sent_there, "request"),
                               load.ledger.targets[i], failures_of(load.answers, RequestOutcome::indeterminate),
                               advice_for(load)),
                   load);
  }
  if (share(missing, sent) > missing_max)
    return shown(
        name,
        fmt::format("{} got no answer that could be read: {}{}; what they would have been told is not shown (--missing "
                    "allows for more)",
                    share_text(missing, sent), failures_of(load.answers, RequestOutcome::indeterminate),
                    advice_for(load)),
        load);
  if (missing == 0) return passed(name, fmt::format("{} answered", counted(sent, "request")));
  return passed(name, fmt::format("{} answered; without an answer: {}", share_text(answered, sent),
                                  failures_of(load.answers, RequestOutcome::indeterminate)));
}

}  // namespace sagactl
