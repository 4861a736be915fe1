// Verdicts no-lost-order, no-phantom-order, indeterminate-resolved and answer-matches-database: every accepted request
// has its order, every order has its request, and answers agree with the database.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "analysis/checks/ledger_checks.hpp"
#include "analysis/readable.hpp"
#include "analysis/violations.hpp"

namespace sagactl {
namespace {

// Compares the ledger's entries with the run's orders after all flows were read.
class LedgerCheck : public Check {
 public:
  LedgerCheck(std::string_view name, const LedgerIndex& index) : index_(index), name_(name) {}
  void on_flow(const FlowFacts&) override {}

 protected:
  void add(std::string what, std::string rule, const LedgerEntry* request, const std::vector<const RunOrder*>& orders) {
    Witness witness{.what = std::move(what), .rule = std::move(rule)};
    if (request) witness.requests.push_back(index_.row_of(*request));
    for (const RunOrder* order : orders) {
      witness.rows.push_back(index_.row_of(*order));
      witness.nodes.push_back(index_.node_of(*order));
    }
    violations_.add(std::move(witness));
  }
  Verdict verdict(std::string summary) const { return violations_.verdict(name_, std::move(summary)); }
  std::string_view name() const { return name_; }

  const LedgerIndex& index_;

 private:
  std::string_view name_;
  Violations violations_;
};

class NoLostOrder final : public LedgerCheck {
 public:
  explicit NoLostOrder(const LedgerIndex& index) : LedgerCheck("no-lost-order", index) {}

  Verdict finish(const ClusterSnapshot&) override {
    std::uint64_t accepted = 0;
    // Of a server that loses every order as well, so it is a question.
    const std::string_view hint =
        index_.orders().empty() ? "; it holds none of this run: is it the database of the servers that were loaded?"
                                : "";
    for (const LedgerEntry& entry : index_.ledger().entries) {
      if (entry.outcome != RequestOutcome::accepted) continue;
      ++accepted;
      const bool found = entry.order.is_nil() ? !index_.orders_of(entry).empty() : index_.order_named(entry) != nullptr;
      if (found) continue;
      const std::string order = entry.order.is_nil() ? "an order" : "order " + entry.order.text();
      add(fmt::format("request {} was accepted as {}, which is not in the database{}", entry.operation, order, hint),
          "an order that was acknowledged is durable", &entry, {});
    }
    return verdict(fmt::format("all {} are in the database", count_of(accepted, "accepted order")));
  }
};

class NoPhantomOrder final : public LedgerCheck {
 public:
  explicit NoPhantomOrder(const LedgerIndex& index) : LedgerCheck("no-phantom-order", index) {}

  Verdict finish(const ClusterSnapshot&) override {
    // Where the database does not store the client's correlation, an indeterminate request of the group explains one
    // order.
    std::multiset<OrderGroup> open;
    for (const LedgerEntry& entry : index_.ledger().entries)
      if (entry.outcome == RequestOutcome::indeterminate) open.emplace(entry.kind, entry.group);
    for (const RunOrder& order : index_.orders()) {
      const LedgerEntry* request = index_.request_of(order);
      if (!request) {
        const auto explains = open.find({order.kind, order.group});
        if (!order.traced && explains != open.end()) {
          open.erase(explains);
          continue;
        }
        add(fmt::format("order {} has this run's products, but no request created it", order.id.text()),
            "every order comes from a request", nullptr, {&order});
      } else if (request->outcome == RequestOutcome::accepted && !request->order.is_nil() &&
                 request->order != order.id.uuid) {
        add(fmt::format("request {} was accepted as one order, but also created order {}", request->operation,
                        order.id.text()),
            "a request creates at most one order", request, {&order});
      }
    }
    return verdict(fmt::format("all {} trace to a request", count_of(index_.orders().size(), "order")));
  }
};

class IndeterminateResolved final : public LedgerCheck {
 public:
  explicit IndeterminateResolved(const LedgerIndex& index) : LedgerCheck("indeterminate-resolved", index) {}

  Verdict finish(const ClusterSnapshot&) override {
    // Orders without a known request: each may belong to an indeterminate request of its group.
    std::set<OrderGroup> unexplained;
    for (const RunOrder& order : index_.orders())
      if (!index_.request_of(order)) unexplained.emplace(order.kind, order.group);
    std::uint64_t open = 0, took_effect = 0, unclear = 0;
    for (const LedgerEntry& entry : index_.ledger().entries) {
      if (entry.outcome != RequestOutcome::indeterminate) continue;
      ++open;
      const auto orders = index_.orders_of(entry);
      took_effect += !orders.empty();
      unclear += orders.empty() && unexplained.count({entry.kind, entry.group}) > 0;
      if (orders.size() > 1)
        add(fmt::format("request {} got no clear answer, but created {} orders", entry.operation, orders.size()),
            "a request without a clear answer took effect once or not at all", &entry, orders);
    }
    Verdict result =
        verdict(fmt::format("{} without a clear answer: {} took effect, {} did not", count_of(open, "request"),
                            with_separators(took_effect), with_separators(open - took_effect)));
    if (result.ruling == Ruling::pass && unclear > 0)
      return undecided(name(), fmt::format("{} may or may not have created the orders whose request is unknown",
                                           count_of(unclear, "request without a clear answer")));
    return result;
  }
};

class AnswerMatchesDatabase final : public LedgerCheck {
 public:
  explicit AnswerMatchesDatabase(const LedgerIndex& index) : LedgerCheck("answer-matches-database", index) {}

  Verdict finish(const ClusterSnapshot&) override {
    std::uint64_t answers = 0;
    for (const LedgerEntry& entry : index_.ledger().entries) {
      switch (entry.outcome) {
        case RequestOutcome::accepted:
          check_accepted(entry);
          break;
        case RequestOutcome::duplicate:
          check_duplicate(entry);
          break;
        case RequestOutcome::rejected:
          check_refused(entry, "rejected");
          break;
        case RequestOutcome::unreached:
          check_refused(entry, "never sent");
          break;
        case RequestOutcome::indeterminate:
          continue;
      }
      ++answers;
    }
    return verdict(fmt::format("all {} agree with the database", count_of(answers, "answer")));
  }

 private:
  void check_accepted(const LedgerEntry& entry) {
    const Ledger& ledger = index_.ledger();
    const RunOrder* order = index_.order_named(entry);
    if (!order) return;  // no-lost-order reports it
    const auto mismatch = [&](std::string_view what, const std::string& answered, const std::string& stored) {
      add(fmt::format("request {} was {} {}, but the database has {} for order {}", entry.operation, what, answered,
                      stored, order->id.text()),
          "the answers that clients got agree with the database", &entry, {order});
    };
    const std::string& user = entry.user < ledger.user_ids.size() ? ledger.user_ids[entry.user] : std::string();
    const Money expected = ledger.expected_total(entry);
    if (entry.claimed_total && *entry.claimed_total != order->total)
      mismatch("answered with a total of", entry.claimed_total->text(), order->total.text());
    else if (!order->saga && expected != order->total)
      mismatch("accepted for a total of", expected.text(), order->total.text());
    else if (order->kind != entry.kind || order->group != entry.group)
      mismatch("accepted for", ledger.product(entry), product_id(ledger.run, order->kind, order->group, 0));
    else if (!order->saga && !user.empty() && user != order->user.text())
      mismatch("accepted for user", user, order->user.text());
  }

  void check_duplicate(const LedgerEntry& entry) {
    if (!entry.order.is_nil()) {
      const RunOrder* order = index_.order_named(entry);
      if (!order || order->kind != entry.kind || order->group != entry.group) {
        add(fmt::format("request {} was refused as a duplicate of order {}, which {}", entry.operation,
                        entry.order.text(), order ? "is for other products" : "does not exist"),
            "a duplicate is refused only because of an order for the same products", &entry,
            order ? std::vector{order} : std::vector<const RunOrder*>{});
        return;
      }
    }
    check_refused(entry, "refused as a duplicate");
  }

  void check_refused(const LedgerEntry& entry, std::string_view how) {
    const auto orders = index_.orders_of(entry);
    // An order as which another request was accepted belongs to that request.
    if (orders.empty() || index_.request_accepted_as(*orders.front())) return;
    add(fmt::format("request {} was {}, but created order {}", entry.operation, how, orders.front()->id.text()),
        "a request that was refused or never sent has no effect", &entry, orders);
  }
};

}  // namespace

std::unique_ptr<Check> no_lost_order(const LedgerIndex& index) {
  return std::make_unique<NoLostOrder>(index);
}
std::unique_ptr<Check> no_phantom_order(const LedgerIndex& index) {
  return std::make_unique<NoPhantomOrder>(index);
}
std::unique_ptr<Check> indeterminate_resolved(const LedgerIndex& index) {
  return std::make_unique<IndeterminateResolved>(index);
}
std::unique_ptr<Check> answer_matches_database(const LedgerIndex& index) {
  return std::make_unique<AnswerMatchesDatabase>(index);
}

Checks ledger_checks(const LedgerIndex& index) {
  Checks checks;
  checks.push_back(one_order_per_duplicate_group(index));
  checks.push_back(no_lost_order(index));
  checks.push_back(no_phantom_order(index));
  checks.push_back(indeterminate_resolved(index));
  checks.push_back(answer_matches_database(index));
  checks.push_back(not_vacuous(index));
  return checks;
}

}  // namespace sagactl
