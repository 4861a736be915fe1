// Verdict not-vacuous of a load test: the run could have failed, because duplicates overlapped, failures happened and
// every node did work.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "analysis/checks/ledger_checks.hpp"
#include "analysis/history/run_filter.hpp"
#include "analysis/readable.hpp"
#include "loadgen/ledger/answer_counts.hpp"

namespace sagactl {
namespace {

// "http://127.0.0.1:3000/" and "http://localhost:3000" are the same.
std::string normalized(std::string_view url) {
  std::string text(url);
  while (!text.empty() && text.back() == '/') text.pop_back();
  const std::size_t at = text.find("//localhost");
  if (at != std::string::npos) text.replace(at, 11, "//127.0.0.1");
  return text;
}

class NotVacuous final : public Check {
  static constexpr std::string_view name = "not-vacuous";

 public:
  explicit NotVacuous(const LedgerIndex& index) : index_(index), of_run_(index.ledger().run) {}
  void on_flow(const FlowFacts& facts) override {
    if (!facts.flow.saga || !of_run_.matches(facts.flow)) return;
    const SagaStatus status = facts.flow.saga->status;
    failed_ += status == SagaStatus::failed;
    others_ += status != SagaStatus::failed;
  }

  Verdict finish(const ClusterSnapshot& snapshot) override {
    const Ledger& ledger = index_.ledger();
    if (index_.orders().empty())
      return undecided(name, "the run placed no orders, so nothing was verified" + answers_text(ledger));
    if (failed_ > 0 && others_ == 0)
      return undecided(name, fmt::format("all {} failed, so nothing was verified", count_of(failed_, "saga")));
    std::vector<std::string> parts = {count_of(index_.orders().size(), "order")};

    const auto groups = overlaps(ledger);
    const auto overlapped =
        std::count_if(groups.begin(), groups.end(), [](const GroupOverlap& it) { return it.depth >= 2; });
    if (!groups.empty()) {
      if (static_cast<std::size_t>(overlapped) * 2 < groups.size())
        return undecided(name, fmt::format("only {} of {} had two requests in flight at once; use more connections or "
                                           "nodes",
                                           with_separators(static_cast<std::uint64_t>(overlapped)),
                                           count_of(groups.size(), "duplicate group")));
      std::uint32_t deepest = 0;
      for (const GroupOverlap& group : groups) deepest = std::max(deepest, group.depth);
      parts.push_back(fmt::format("{} of {} overlapped, with up to {} requests in flight",
                                  with_separators(static_cast<std::uint64_t>(overlapped)),
                                  count_of(groups.size(), "duplicate group"), deepest));
    }

    const bool wants_failures = std::any_of(ledger.entries.begin(), ledger.entries.end(),
                                            [](const LedgerEntry& it) { return it.kind == OrderKind::payment_fail; });
    const auto failed = std::count_if(index_.orders().begin(), index_.orders().end(), [](const RunOrder& order) {
      return order.kind == OrderKind::payment_fail && order.is_undone();
    });
    if (wants_failures && failed == 0)
      return undecided(name, "payment failures were requested, but none of their orders was compensated");
    if (wants_failures)
      parts.push_back(count_of(static_cast<std::uint64_t>(failed), "payment failure") + " compensated");

    const std::string idle = idle_nodes(snapshot);
    if (!idle.empty()) return undecided(name, fmt::format("{} did no work in this run", idle));
    parts.push_back("every target node did work");

    Verdict verdict{.name = std::string(name), .ruling = Ruling::pass, .reason = "", .witness = nullptr};
    for (const std::string& part : parts) verdict.reason += (verdict.reason.empty() ? "" : "; ") + part;
    return verdict;
  }

 private:
  // The live nodes that requests were sent to (behind a load balancer: all live nodes) and that placed no order. A node
  // that is addressed directly did work too if it only refused duplicates: chance decides where a few racing orders are
  // placed.
  std::string idle_nodes(const ClusterSnapshot& snapshot) const {
    std::set<std::string> targets;
    for (const std::string& target : index_.ledger().targets) targets.insert(normalized(target));
    const bool direct = std::any_of(snapshot.nodes.begin(), snapshot.nodes.end(),
                                    [&](const NodeInfo& node) { return targets.count(normalized(node.url)) > 0; });
    std::set<NodeName> busy;
    for (const RunOrder& order : index_.orders()) busy.insert(index_.node_of(order));
    std::set<std::string> answered;
    for (const LedgerEntry& entry : index_.ledger().entries)
      if (entry.outcome == RequestOutcome::accepted || entry.outcome == RequestOutcome::duplicate)
        answered.insert(normalized(index_.ledger().targets[entry.target]));
    std::string idle;
    for (const NodeInfo& node : snapshot.nodes) {
      const bool asked = node.live && (!direct || targets.count(normalized(node.url)) > 0);
      if (!asked || busy.count(node.name) > 0 || answered.count(normalized(node.url)) > 0) continue;
      idle += (idle.empty() ? "node " : ", node ") + node.name;
    }
    return idle;
  }

  const LedgerIndex& index_;
  const RunFilter of_run_;
  std::uint64_t failed_ = 0, others_ = 0;
};

}  // namespace

std::unique_ptr<Check> not_vacuous(const LedgerIndex& index) {
  return std::make_unique<NotVacuous>(index);
}

}  // namespace sagactl
