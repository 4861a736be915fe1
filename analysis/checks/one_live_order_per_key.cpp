// At no instant two live orders with one idempotency key; and the table of claims names the one that is live.
#include <fmt/format.h>

#include <limits>
#include <optional>
#include <tuple>
#include <utility>
#include <vector>

#include "analysis/checks/database_checks.hpp"
#include "analysis/history/node_numbers.hpp"
#include "analysis/violations.hpp"
#include "analysis/report/wording.hpp"
#include "common/records/record_sorter.hpp"

namespace sagactl {
namespace {

constexpr Timestamp for_ever{std::numeric_limits<std::int64_t>::max()};

// An order held its key from `from` until just before `until`.
struct Life {
  KeyDigest key;
  Timestamp from, until;
  OrderId order;
  std::uint16_t node = 0;
};

bool comes_before(const Life& a, const Life& b) {
  return std::tie(a.key, a.from, a.until, a.order) < std::tie(b.key, b.from, b.until, b.order);
}
bool has_lesser_key(const Claim& a, const Claim& b) {
  return a.key < b.key;
}

class OneLiveOrderPerKey final : public Check {
  static constexpr std::string_view name = "one-live-order-per-key";

 public:
  explicit OneLiveOrderPerKey(const Scratch& scratch)
      : lives_(scratch, comes_before), claims_(scratch, has_lesser_key) {}

  void see(const FlowFacts& facts) override {
    const Order& order = facts.flow.order;
    if (!facts.has_order || !order.holds_key || order.idempotency_key.empty()) return;
    ++orders_;
    const KeyDigest key = digest_of_key(order.idempotency_key);
    const std::uint16_t node = nodes_.of(order.node);
    const AggregateFacts* history = facts.order_events();
    if (!history) {
      lives_.add(
          {key, order.created_at, is_live(order.status) ? for_ever : order.updated_at, order.id, node});
      return;
    }
    std::optional<Timestamp> live_since;
    for (const EventFacts* event : history->events) {
      const Timestamp at = event->event->occurred_at;
      const bool created = event->event->type == EventType::order_created;
      if (!live_since && (created || (event->new_status && is_live(*event->new_status)))) live_since = at;
      if (live_since && event->new_status && !is_live(*event->new_status)) {
        lives_.add({key, *live_since, at, order.id, node});
        live_since.reset();
      }
    }
    if (live_since) lives_.add({key, *live_since, for_ever, order.id, node});
  }

  bool wants_claims() const override { return true; }
  void see_claim(const Claim& claim) override { claims_.add(claim); }

  Verdict finish(const ClusterSnapshot& snapshot) override {
    const Claim* claim = claims_.next();
    for (const Life* life = lives_.next(); life;) {
      const KeyDigest key = life->key;
      for (; claim && claim->key < key; claim = claims_.next()) look_at_claim_without_order(*claim);
      std::vector<Life> live;
      std::optional<Life> longest;
      for (; life && life->key == key; life = lives_.next()) {
        if (longest) compare(*longest, *life);
        if (!longest || life->until > longest->until) longest = *life;
        if (life->until == for_ever) live.push_back(*life);
      }
      const bool is_claimed = claim && claim->key == key;
      for (const Life& it : live) compare(it, is_claimed ? claim : nullptr);
      if (!is_claimed) continue;
      if (live.empty()) look_at_claim_without_order(*claim);
      claim = claims_.next();
    }
    for (; claim; claim = claims_.next()) look_at_claim_without_order(*claim);
    if (snapshot.whole) violations_.add(without_order_);
    return violations_.verdict(
        name, fmt::format("no two of {} with a key were live at once", counted(orders_, "order")));
  }

 private:
  Json row_of(const Life& life) const {
    return Json{{"table", "orders"},
                {"id", life.order.text()},
                {"nodeId", nodes_.name(life.node)},
                {"liveFrom", iso8601_us(life.from)},
                {"liveUntil", life.until == for_ever ? Json(nullptr) : Json(iso8601_us(life.until))}};
  }
  static Json row_of(const Claim& claim) {
    return Json{{"table", "claims"}, {"orderId", claim.order.text()}, {"live", claim.live}};
  }

  // Two orders with one key, the one that was live until later first.
  void compare(const Life& before, const Life& after) {
    if (after.from >= before.until || before.order == after.order) return;
    violations_.add(
        {.what = fmt::format("order {} was placed at {} while order {} was live with the same key",
                             after.order.text(), iso8601_us(after.from), before.order.text()),
         .rule = "an idempotency key belongs to one live order at a time",
         .rows = Json::array({row_of(before), row_of(after)}),
         .nodes = Json::array({nodes_.name(before.node), nodes_.name(after.node)})});
  }

  // An order that is live with the claim of its key; null: there is none.
  void compare(const Life& life, const Claim* claim) {
    if (claim && claim->live && claim->order == life.order) return;
    Json rows = Json::array({row_of(life)});
    if (claim) rows.push_back(row_of(*claim));
    violations_.add(
        {.what = fmt::format("order {} is live, but {}", life.order.text(),
                             claim ? "its key is claimed by another or free" : "nothing claims its key"),
         .rule = "the claim of a live order's key names that order, so that a second one is refused",
         .rows = std::move(rows)});
  }

  void look_at_claim_without_order(const Claim& claim) {
    if (!claim.live) return;
    // Of a part of the orders all the others' claims come here.
    if (!without_order_.first()) return without_order_.add(Witness{});
    without_order_.add(
        {.what = fmt::format("a key is claimed for order {}, which is not live", claim.order.text()),
         .rule = "an order that was cancelled or has failed gives its key back",
         .rows = Json::array({row_of(claim)})});
  }

  RecordSorter<Life> lives_;
  RecordSorter<Claim> claims_;
  NodeNumbers nodes_;
  std::uint64_t orders_ = 0;
  Violations violations_;
  Violations without_order_;  // claims of orders that were not seen, or are not live
};

}  // namespace

std::unique_ptr<Check> one_live_order_per_key(const CheckOptions& options) {
  return std::make_unique<OneLiveOrderPerKey>(options.scratch);
}

}  // namespace sagactl
