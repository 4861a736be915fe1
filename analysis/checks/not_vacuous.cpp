// That the run could have failed: duplicates really met, failures really happened, and every node had work.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "analysis/checks/ledger_checks.hpp"
#include "analysis/history/of_run.hpp"
#include "analysis/report/wording.hpp"
#include "loadgen/ledger/answer_counts.hpp"

namespace sagactl {
namespace {

// "http://127.0.0.1:3000/" and "http://localhost:3000" are one place.
std::string place(std::string_view url) {
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
  void see(const FlowFacts& facts) override {
    if (!facts.flow.saga || !of_run_.holds(facts.flow)) return;
    const SagaStatus status = facts.flow.saga->status;
    failed_ += status == SagaStatus::failed;
    others_ += status != SagaStatus::failed;
  }

  Verdict finish(const ClusterSnapshot& snapshot) override {
    const Ledger& ledger = index_.ledger();
    if (index_.orders().empty())
      return undecided(name, "the run placed no order, so nothing was shown" + answers_text(ledger));
    if (failed_ > 0 && others_ == 0)
      return undecided(name, fmt::format("each of {} failed, so nothing was shown", counted(failed_, "saga")));
    std::vector<std::string> shown = {counted(index_.orders().size(), "order")};

    const auto groups = overlaps(ledger);
    const auto met =
        std::count_if(groups.begin(), groups.end(), [](const GroupOverlap& it) { return it.depth >= 2; });
    if (!groups.empty()) {
      if (static_cast<std::size_t>(met) * 2 < groups.size())
        return undecided(
            name,
            fmt::format("in only {} of {} two requests were under way at once; send them over more "
                        "connections or nodes",
                        grouped(static_cast<std::uint64_t>(met)), counted(groups.size(), "duplicate group")));
      std::uint32_t deepest = 0;
      for (const GroupOverlap& group : groups) deepest = std::max(deepest, group.depth);
      shown.push_back(fmt::format("{} of {} overlapped, up to {} deep",
                                  grouped(static_cast<std::uint64_t>(met)),
                                  counted(groups.size(), "duplicate group"), deepest));
    }

    const bool failures_wanted =
        std::any_of(ledger.entries.begin(), ledger.entries.end(),
                    [](const LedgerEntry& it) { return it.kind == OrderKind::payment_fail; });
    const auto failed =
        std::count_if(index_.orders().begin(), index_.orders().end(), [](const RunOrder& order) {
          return order.kind == OrderKind::payment_fail && !is_live(order.status);
        });
    if (failures_wanted && failed == 0)
      return undecided(name, "payment failures were asked for, and no order of theirs was compensated");
    if (failures_wanted)
      shown.push_back(counted(static_cast<std::uint64_t>(failed), "payment failure") + " compensated");

    const std::string idle = idle_nodes(snapshot);
    if (!idle.empty()) return undecided(name, fmt::format("{} did no work in this run", idle));
    shown.push_back("every node that was asked did work");

    Verdict verdict{.name = std::string(name), .ruling = Ruling::pass, .reason = "", .witness = nullptr};
    for (const std::string& part : shown) verdict.reason += (verdict.reason.empty() ? "" : "; ") + part;
    return verdict;
  }

 private:
  // The live nodes that requests were sent to (behind one address: all live nodes) and that placed no order.
  // One that is addressed itself has worked also when all it did was to refuse duplicates: of a few orders that
  // race, chance says where each is placed.
  std::string idle_nodes(const ClusterSnapshot& snapshot) const {
    std::set<std::string> targets;
    for (const std::string& target : index_.ledger().targets) targets.insert(place(target));
    const bool direct = std::any_of(snapshot.nodes.begin(), snapshot.nodes.end(),
                                    [&](const NodeInfo& node) { return targets.count(place(node.url)) > 0; });
    std::set<NodeName> busy;
    for (const RunOrder& order : index_.orders()) busy.insert(index_.node_of(order));
    std::set<std::string> answered;
    for (const LedgerEntry& entry : index_.ledger().entries)
      if (entry.outcome == RequestOutcome::accepted || entry.outcome == RequestOutcome::duplicate)
        answered.insert(place(index_.ledger().targets[entry.target]));
    std::string idle;
    for (const NodeInfo& node : snapshot.nodes) {
      const bool asked = node.live && (!direct || targets.count(place(node.url)) > 0);
      if (!asked || busy.count(node.name) > 0 || answered.count(place(node.url)) > 0) continue;
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
