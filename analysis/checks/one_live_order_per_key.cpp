// At no instant two live orders with one idempotency key; and the table of claims names the one that is live.
#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <limits>

#include "analysis/checks/database_checks.hpp"
#include "analysis/node_numbers.hpp"
#include "analysis/violations.hpp"
#include "analysis/wording.hpp"

namespace sagactl {
namespace {

constexpr std::string_view name = "one-live-order-per-key";
constexpr Timestamp for_ever{std::numeric_limits<std::int64_t>::max()};

// An order held its key from `from` until just before `until`.
struct Life {
  KeyDigest key;
  Timestamp from, until;
  OrderId order;
  std::uint16_t node = 0;
};

class OneLiveOrderPerKey final : public Check {
 public:
  void see(const FlowFacts& facts) override {
    const Order& order = facts.flow.order;
    if (!facts.has_order || !order.holds_key || order.idempotency_key.empty()) return;
    ++orders_;
    const KeyDigest key = digest_of_key(order.idempotency_key);
    const std::uint16_t node = nodes_.of(order.node);
    const AggregateFacts* history = facts.order_events();
    if (!history) {
      lives_.push_back(
          {key, order.created_at, is_live(order.status) ? for_ever : order.updated_at, order.id, node});
      return;
    }
    std::optional<Timestamp> live_since;
    for (const EventFacts* event : history->events) {
      const Timestamp at = event->event->occurred_at;
      const bool created = event->event->type == EventType::order_created;
      if (!live_since && (created || (event->new_status && is_live(*event->new_status)))) live_since = at;
      if (live_since && event->new_status && !is_live(*event->new_status)) {
        lives_.push_back({key, *live_since, at, order.id, node});
        live_since.reset();
      }
    }
    if (live_since) lives_.push_back({key, *live_since, for_ever, order.id, node});
  }

  Verdict finish(const Surroundings& surroundings) override {
    std::sort(lives_.begin(), lives_.end(), [](const Life& a, const Life& b) {
      return std::tie(a.key, a.from, a.until, a.order) < std::tie(b.key, b.from, b.until, b.order);
    });
    compare_lives();
    compare_claims(surroundings);
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

  void compare_lives() {
    const Life* longest = nullptr;
    for (const Life& life : lives_) {
      if (longest && longest->key == life.key && life.from < longest->until && longest->order != life.order) {
        violations_.add(
            {.what = fmt::format("order {} was placed at {} while order {} was live with the same key",
                                 life.order.text(), iso8601_us(life.from), longest->order.text()),
             .rule = "an idempotency key belongs to one live order at a time",
             .rows = Json::array({row_of(*longest), row_of(life)}),
             .nodes = Json::array({nodes_.name(longest->node), nodes_.name(life.node)})});
      }
      if (!longest || longest->key != life.key || life.until > longest->until) longest = &life;
    }
  }

  void compare_claims(const Surroundings& surroundings) {
    std::vector<const Claim*> claims;
    claims.reserve(surroundings.claims.size());
    for (const Claim& claim : surroundings.claims) claims.push_back(&claim);
    std::sort(claims.begin(), claims.end(), [](const Claim* a, const Claim* b) { return a->key < b->key; });
    std::vector<const Life*> live;
    live.reserve(lives_.size());
    for (const Life& life : lives_)
      if (life.until == for_ever) live.push_back(&life);

    for (const Life* life : live) {
      const auto it =
          std::lower_bound(claims.begin(), claims.end(), life->key,
                           [](const Claim* claim, const KeyDigest& key) { return claim->key < key; });
      const bool found = it != claims.end() && (*it)->key == life->key;
      if (found && (*it)->live && (*it)->order == life->order) continue;
      Json rows = Json::array({row_of(*life)});
      if (found) rows.push_back(row_of(**it));
      violations_.add(
          {.what = fmt::format("order {} is live, but {}", life->order.text(),
                               found ? "its key is claimed by another or free" : "nothing claims its key"),
           .rule = "the claim of a live order's key names that order, so that a second one is refused",
           .rows = rows});
    }
    if (!surroundings.whole) return;
    for (const Claim* claim : claims) {
      if (!claim->live) continue;
      const auto it =
          std::lower_bound(live.begin(), live.end(), claim->key,
                           [](const Life* life, const KeyDigest& key) { return life->key < key; });
      if (it != live.end() && (*it)->key == claim->key)
        continue;  // which of them it names was compared above
      violations_.add(
          {.what = fmt::format("a key is claimed for order {}, which is not live", claim->order.text()),
           .rule = "an order that was cancelled or has failed gives its key back",
           .rows = Json::array({row_of(*claim)})});
    }
  }

  std::deque<Life> lives_;
  NodeNumbers nodes_;
  std::uint64_t orders_ = 0;
  Violations violations_;
};

}  // namespace

std::unique_ptr<Check> one_live_order_per_key() {
  return std::make_unique<OneLiveOrderPerKey>();
}

}  // namespace sagactl
