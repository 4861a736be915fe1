// Verdict one-live-order-per-key: no two orders with one idempotency key are live at the same time, no two are paid
// under one payment key, and the table of claims names the one that has the key.
#include <fmt/format.h>

#include <limits>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "analysis/checks/database_checks.hpp"
#include "analysis/history/node_numbers.hpp"
#include "analysis/readable.hpp"
#include "analysis/violations.hpp"
#include "common/records/record_sorter.hpp"
#include "server/participants/order.hpp"
#include "server/ports/saga_keys.hpp"

namespace sagactl {
namespace {

constexpr Timestamp end_of_time{std::numeric_limits<std::int64_t>::max()};

// An order held its key from `from` until just before `until`.
struct KeyTenure {
  KeyDigest key;
  Timestamp from, until;
  OrderId order;
  std::uint16_t node = 0;
  bool is_of_payment = false;
};

bool comes_before(const KeyTenure& a, const KeyTenure& b) {
  return std::tie(a.key, a.from, a.until, a.order) < std::tie(b.key, b.from, b.until, b.order);
}
bool has_lesser_key(const Claim& a, const Claim& b) {
  return a.key < b.key;
}

class OneLiveOrderPerKey final : public Check {
  static constexpr std::string_view name = "one-live-order-per-key";

 public:
  explicit OneLiveOrderPerKey(const Scratch& scratch)
      : tenures_(scratch, comes_before), claims_(scratch, has_lesser_key) {}

  void on_flow(const FlowFacts& facts) override {
    if (is_users_saga(facts.flow)) add_users_saga(*facts.flow.saga);
    for (const Payment& payment : facts.flow.payments) add_payment(payment, facts.has_order);
    const Order& order = facts.flow.order;
    if (!facts.has_order || !order.holds_key || order.idempotency_key.empty()) return;
    ++orders_;
    const KeyDigest key = digest_of_key(order.idempotency_key);
    const std::uint16_t node = nodes_.of(order.node);
    const AggregateFacts* history = facts.order_events();
    if (!history) {
      tenures_.add({key, order.created_at, is_live(order.status) ? end_of_time : order.updated_at, order.id, node});
      return;
    }
    std::optional<Timestamp> live_since;
    for (const EventFacts* event : history->events) {
      const Timestamp at = event->event->occurred_at;
      const bool created = event->event->type == EventType::order_created;
      if (!live_since && (created || (event->new_status && is_live(*event->new_status)))) live_since = at;
      if (live_since && event->new_status && !is_live(*event->new_status)) {
        tenures_.add({key, *live_since, at, order.id, node});
        live_since.reset();
      }
    }
    if (live_since) tenures_.add({key, *live_since, end_of_time, order.id, node});
  }

  bool wants_claims() const override { return true; }
  void on_claim(const Claim& claim) override { claims_.add(claim); }

  Verdict finish(const ClusterSnapshot& snapshot) override {
    const Claim* claim = claims_.next();
    for (const KeyTenure* tenure = tenures_.next(); tenure;) {
      const KeyDigest key = tenure->key;
      for (; claim && claim->key < key; claim = claims_.next()) add_claim_without_order(*claim);
      std::vector<KeyTenure> live;
      std::optional<KeyTenure> longest;
      bool is_of_payment = false;
      for (; tenure && tenure->key == key; tenure = tenures_.next()) {
        if (longest) compare(*longest, *tenure);
        if (!longest || tenure->until > longest->until) longest = *tenure;
        if (tenure->until == end_of_time) live.push_back(*tenure);
        is_of_payment |= tenure->is_of_payment;
      }
      const bool is_claimed = claim && claim->key == key;
      for (const KeyTenure& it : live) compare(it, is_claimed ? claim : nullptr);
      if (!is_claimed) continue;
      if (live.empty() && !is_of_payment) add_claim_without_order(*claim);
      claim = claims_.next();
    }
    for (; claim; claim = claims_.next()) add_claim_without_order(*claim);
    if (snapshot.complete) violations_.add(without_order_);
    std::string summary = orders_ + sagas_ < 2
                              ? fmt::format("{}: there are no two that could have the same key", what())
                              : fmt::format("no two of {} had the same key while both were live", what());
    if (payments_ > 0) summary += fmt::format("; {} under keys of their own", count_of(payments_, "payment"));
    return violations_.verdict(name, summary);
  }

 private:
  // A user's saga holds its key for as long as it is stored.
  void add_users_saga(const Saga& saga) {
    if (saga.key.empty() || !saga.own_definition) return;
    ++sagas_;
    tenures_.add({digest_of_saga_key(saga.own_definition->key_space(), saga.key), saga.created_at, end_of_time,
                  order_of(saga.id), nodes_.of(saga.owner.node)});
  }

  // An order that was charged under a payment key has it for as long as it is stored. One that was not charged has only
  // the claim, so that nobody else is.
  void add_payment(const Payment& payment, bool has_order) {
    if (payment.provider_key.empty() || !has_order) return;
    ++payments_;
    const bool is_charged = payment.status == PaymentStatus::completed || payment.status == PaymentStatus::refunded;
    tenures_.add({digest_of_payment_key(payment.provider_key), payment.created_at,
                  is_charged ? end_of_time : payment.created_at, payment.order, nodes_.of(payment.node), true});
  }

  Json row_of(const KeyTenure& tenure) const {
    return Json{{"table", "orders"},
                {"id", tenure.order.text()},
                {"nodeId", nodes_.name(tenure.node)},
                {"liveFrom", iso8601_us(tenure.from)},
                {"liveUntil", tenure.until == end_of_time ? Json(nullptr) : Json(iso8601_us(tenure.until))}};
  }
  static Json row_of(const Claim& claim) {
    return Json{{"table", "claims"}, {"orderId", claim.order.text()}, {"live", claim.live}};
  }

  // Two orders with one key; `before` is the one that was live until later.
  void compare(const KeyTenure& before, const KeyTenure& after) {
    if (after.from >= before.until || before.order == after.order) return;
    if (after.is_of_payment) return add_payment_of_two(before, after);
    violations_.add({.what = fmt::format("order {} was placed at {} while order {} was live with the same key",
                                         after.order.text(), iso8601_us(after.from), before.order.text()),
                     .rule = "an idempotency key belongs to one live order at a time",
                     .rows = Json::array({row_of(before), row_of(after)}),
                     .nodes = Json::array({nodes_.name(before.node), nodes_.name(after.node)})});
  }

  void add_payment_of_two(const KeyTenure& before, const KeyTenure& after) {
    if (after.until != end_of_time) return;
    violations_.add({.what = fmt::format("orders {} and {} were charged under one payment key", before.order.text(),
                                         after.order.text()),
                     .rule = "a payment key is the provider's own key of one payment, and pays one order",
                     .rows = Json::array({row_of(before), row_of(after)}),
                     .nodes = Json::array({nodes_.name(before.node), nodes_.name(after.node)})});
  }

  // A live order and the claim of its key; null: there is none, as of payments that an older version recorded.
  void compare(const KeyTenure& tenure, const Claim* claim) {
    if (tenure.is_of_payment) return;
    if (claim && claim->live && claim->order == tenure.order) return;
    Json rows = Json::array({row_of(tenure)});
    if (claim) rows.push_back(row_of(*claim));
    violations_.add(
        {.what = fmt::format("order {} is live, but {}", tenure.order.text(),
                             claim ? "the claim of its key names another order or is free" : "its key has no claim"),
         .rule = "the claim of a live order's key names that order, so that a second order is refused",
         .rows = std::move(rows)});
  }

  void add_claim_without_order(const Claim& claim) {
    if (!claim.live) return;
    // When only some orders were read, the claims of all others end up here.
    if (!without_order_.first()) return without_order_.add(Witness{});
    without_order_.add({.what = fmt::format("a key is claimed for order {}, which is not live", claim.order.text()),
                        .rule = "an order that was cancelled or has failed releases its key",
                        .rows = Json::array({row_of(claim)})});
  }

  std::string what() const {
    if (sagas_ == 0) return count_of(orders_, "order");
    return fmt::format("{} and {}", count_of(orders_, "order"), count_of(sagas_, "saga"));
  }

  RecordSorter<KeyTenure> tenures_;
  RecordSorter<Claim> claims_;
  NodeNumbers nodes_;
  std::uint64_t orders_ = 0, sagas_ = 0;
  std::uint64_t payments_ = 0;  // that the shop confirmed
  Violations violations_;
  Violations without_order_;  // claims of orders that were not seen, or are not live
};

}  // namespace

std::unique_ptr<Check> one_live_order_per_key(const CheckOptions& options) {
  return std::make_unique<OneLiveOrderPerKey>(options.scratch);
}

}  // namespace sagactl
