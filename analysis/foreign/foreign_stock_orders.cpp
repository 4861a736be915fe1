#include "analysis/foreign/foreign_stock_orders.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "analysis/foreign/foreign.hpp"
#include "analysis/readable.hpp"

namespace sagactl {
namespace {

constexpr std::size_t orders_shown_max = 5;

// Units of a product, by what is known of their orders.
struct OrderedUnits {
  std::int64_t in_effect = 0;  // of completed orders
  std::int64_t open = 0;       // of orders of which it is not known that they ended: they may have them
  std::int64_t unclear = 0;    // of requests that may have had an effect, although there is no order of them
};

class UnitsOfOrders {
 public:
  UnitsOfOrders(const ForeignOrders& orders, const SentItems& sent) : orders_(orders), sent_(sent) {
    add_orders();
    add_requests();
  }

  const OrderedUnits* find(const std::string& product) const {
    const auto found = units_.find(product);
    return found == units_.end() ? nullptr : &found->second;
  }
  std::uint64_t found_orders() const { return found_; }
  std::uint64_t ended_orders() const { return ended_; }
  std::int64_t in_effect() const { return in_effect_; }
  std::vector<std::string> products_in_effect() const {
    std::vector<std::string> products;
    for (const auto& [product, units] : units_)
      if (units.in_effect > 0) products.push_back(product);
    std::sort(products.begin(), products.end());
    return products;
  }
  std::string first_product() const { return first_product_; }

  // Some of the product, those first that are undone.
  std::vector<const ForeignOrder*> orders_of(const std::string& product) const {
    std::vector<const ForeignOrder*> list;
    for (const auto& [order, group] : placed_) {
      const auto items = items_of(group);
      const bool has_it =
          std::any_of(items.begin(), items.end(), [&](const ProductItem& item) { return item.product_id == product; });
      if (has_it) list.push_back(order);
    }
    std::stable_partition(list.begin(), list.end(), [&](const ForeignOrder* it) { return orders_.is_undone(*it); });
    list.resize(std::min(list.size(), orders_shown_max));
    return list;
  }

 private:
  std::vector<ProductItem> items_of(const OrderGroup& group) const {
    return orders_.ledger().ProductPlan::items_of(group.first, group.second);
  }

  void add(const OrderGroup& group, std::int64_t OrderedUnits::*state, std::int64_t times) {
    const auto items = items_of(group);
    for (std::size_t i = 0; i < std::min<std::size_t>(items.size(), sent_.count); ++i) {
      const std::int64_t units = times * (sent_.quantities ? items[i].quantity : 1);
      units_[items[i].product_id].*state += units;
      if (state == &OrderedUnits::in_effect) in_effect_ += units;
      if (first_product_.empty()) first_product_ = items[i].product_id;
    }
  }

  void add_orders() {
    const auto requests = requests_by_order(orders_.ledger());
    for (const ForeignOrder& order : orders_.all()) {
      const auto request = requests.find(order.ref);
      if (!order.group && request == requests.end()) continue;
      const OrderGroup group = order.group ? *order.group : OrderGroup{request->second->kind, request->second->group};
      placed_.emplace_back(&order, group);
      ++found_;
      const bool is_unseen = orders_.is_unseen(order.ref);
      const bool has_ended = !is_unseen && (orders_.is_completed(order) || orders_.is_undone(order));
      ended_ += has_ended;
      if (has_ended && orders_.is_undone(order))
        add(group, &OrderedUnits::in_effect, 0);
      else
        add(group, has_ended ? &OrderedUnits::in_effect : &OrderedUnits::open, 1);
    }
  }

  // Those that may have taken something without an order that is there. An order of their group that no answer promised
  // explains one of them.
  void add_requests() {
    struct Requests {
      std::int64_t promised = 0, lost = 0, open = 0;
    };
    std::map<OrderGroup, Requests> groups;
    const bool comparable = orders_.other_spelling().empty();
    for (const LedgerEntry& entry : orders_.ledger().entries) {
      Requests& requests = groups[{entry.kind, entry.group}];
      const bool is_there = !entry.order.is_nil() && comparable && orders_.find(entry.order) != nullptr;
      const bool is_open = entry.outcome == RequestOutcome::indeterminate;
      if (!orders_.promises_order(entry)) {
        requests.open += is_open && (orders_.has_groups() || !is_there);
        continue;
      }
      ++requests.promised;
      const bool by_group = entry.order.is_nil() || !comparable;
      requests.lost += by_group ? orders_.of_group(entry.kind, entry.group).empty() : !is_there;
    }
    for (const auto& [group, requests] : groups) {
      const auto placed = static_cast<std::int64_t>(orders_.of_group(group.first, group.second).size());
      const std::int64_t explained = std::max<std::int64_t>(0, placed - requests.promised);
      add(group, &OrderedUnits::unclear, requests.lost + std::max<std::int64_t>(0, requests.open - explained));
    }
  }

  const ForeignOrders& orders_;
  const SentItems sent_;
  std::unordered_map<std::string, OrderedUnits> units_;  // also of products that nothing in effect has
  std::vector<std::pair<const ForeignOrder*, OrderGroup>> placed_;
  std::uint64_t found_ = 0, ended_ = 0;
  std::int64_t in_effect_ = 0;
  std::string first_product_;
};

// A product's stock of which other units left than its orders have.
struct StockDifference {
  std::string product;
  ForeignStock now;
  std::optional<ForeignStock> before;
  OrderedUnits ordered;
  std::int64_t left = 0;
  bool is_certain = false;  // nothing but the run's orders can have changed it
  std::string unless = {};  // what may explain it; "" for nothing

  bool is_too_much() const { return left > ordered.in_effect; }
};

class StockComparison {
 public:
  StockComparison(const ForeignOrders& orders, const Profile& profile)
      : orders_(orders),
        sent_(sent_items(profile, orders.ledger())),
        units_(orders, sent_),
        may_fill_stock_(!profile.test_data.empty() || !profile.journey.set_up.empty()) {}

  Verdict verdict(const ForeignStocks& before, const ForeignStocks& now, std::string_view summary) {
    if (!sent_.products)
      return unknown(summary, "the requests have no {product}, so that it is not known which stock they take");
    for (const auto& [product, level] : now) {
      const OrderedUnits* ordered = level.is_unread ? nullptr : units_.find(product);
      const auto earlier = before.find(product);
      if (ordered) compare(product, level, earlier == before.end() ? nullptr : &earlier->second, *ordered);
    }
    if (certain_.count() > 0) return certain_.verdict(name, "");
    if (possible_.count() > 0) {
      Verdict verdict = possible_.verdict(name, "");
      verdict.ruling = Ruling::unknown;
      return verdict;
    }
    if (compared_ == 0 && !units_.first_product().empty())
      return unknown(
          summary, fmt::format("it has none of the products that the run ordered, such as {}", units_.first_product()));
    if (in_effect_ == 0 && units_.in_effect() > 0)
      return unknown(summary, "it has none of the products that the orders in effect have");
    if (const std::string gone = product_that_is_gone(before, now); !gone.empty())
      return unknown(summary,
                     fmt::format("it has some of the products that the run ordered and not others, such as {}: "
                                 "were their rows deleted, or the table replaced?",
                                 gone));
    if (units_.found_orders() > 0 && units_.ended_orders() == 0)
      return unknown(summary, "no order is known to be completed or undone, so that it is not known what they have");
    return Violations().verdict(name, fmt::format("{}; {}", summary, what_left()));
  }

 private:
  static constexpr std::string_view name = "stock-balances";
  static constexpr const char* rule = "what leaves the stock is what the orders in effect have";

  static Verdict unknown(std::string_view summary, std::string_view because) {
    return undecided(name, fmt::format("{}, but {}", summary, because));
  }

  bool is_own(const std::string& product) const {
    const std::string& run = orders_.ledger().run;
    return !run.empty() && product.find(run) != std::string::npos;
  }

  // One of an order in effect that must have a row, as it had one or as others of the run's own have; "": there is
  // none.
  std::string product_that_is_gone(const ForeignStocks& before, const ForeignStocks& now) const {
    for (const std::string& product : units_.products_in_effect())
      if (!now.contains(product) && (is_own(product) || before.contains(product))) return product;
    return {};
  }

  void compare(const std::string& product, const ForeignStock& now, const ForeignStock* before,
               const OrderedUnits& ordered) {
    ++compared_;
    in_effect_ += ordered.in_effect;
    open_ += ordered.open;
    const auto fits = [&](std::int64_t left) {
      return left >= ordered.in_effect && left <= ordered.in_effect + ordered.open;
    };
    const std::int64_t ever = now.initial - now.available;
    const std::int64_t left = before ? before->available + now.initial - before->initial - now.available : ever;
    if (fits(left) || (may_fill_stock_ && fits(ever))) return;
    const Ledger& ledger = orders_.ledger();
    StockDifference found{product, now, before ? std::optional(*before) : std::nullopt, ordered, left};
    found.is_certain = is_own(product);
    const auto unless = [&](std::string_view what) {
      found.is_certain = false;
      found.unless += (found.unless.empty() ? "; right if " : ", or if ");
      found.unless += what;
    };
    if (!is_own(product)) unless("others took or returned some meanwhile");
    if (ledger.steps.size() > 1) unless("other steps of the journeys took or returned some");
    if (!sent_.quantities) unless("an order has other than one of each product: the requests have no {quantity}");
    if (!found.is_too_much() && !now.has_reserved)
      unless("available still has what is reserved: let the query return reserved");
    if (found.is_too_much() && left <= ordered.in_effect + ordered.open + ordered.unclear)
      unless("requests without a clear answer, or whose order is not there, took some");
    add(found.is_certain ? certain_ : possible_, found);
  }

  void add(Violations& to, const StockDifference& found) {
    const std::int64_t most = found.ordered.in_effect + found.ordered.open;
    const std::int64_t beyond = found.is_too_much() ? found.left - most : found.ordered.in_effect - found.left;
    const std::string range =
        found.ordered.open == 0 ? std::to_string(most) : fmt::format("{} to {}", found.ordered.in_effect, most);
    Witness witness{
        .what = fmt::format("{} {} of {} left the stock since the load began, but the run's orders in "
                            "effect have {}: {} {}{}",
                            found.left, found.left == 1 ? "unit" : "units", found.product, range, beyond,
                            found.is_too_much() ? "too many, taken twice or not given back" : "too few, not taken",
                            found.unless),
        .rule = rule};
    if (to.first()) {
      const auto row = [&](const ForeignStock& level, const char* when) {
        return Json{{"table", "stock"},
                    {"product", found.product},
                    {"initial", level.initial},
                    {"when", when},
                    {"available", level.available}};
      };
      if (found.before) witness.rows.push_back(row(*found.before, "before the load"));
      witness.rows.push_back(row(found.now, "at the end"));
      for (const ForeignOrder* order : units_.orders_of(found.product)) orders_.show(witness, *order);
    }
    to.add(std::move(witness));
  }

  std::string what_left() const {
    const auto taken = static_cast<std::uint64_t>(in_effect_);
    std::string text =
        fmt::format("{} left it for the run's orders in effect, as many as they have", count_of(taken, "unit"));
    if (open_ > 0)
      text += fmt::format("; {} of orders that are neither completed nor undone may have left or not",
                          count_of(static_cast<std::uint64_t>(open_), "unit"));
    if (units_.in_effect() > in_effect_)
      text += fmt::format("; it lacks the products of {} more",
                          with_separators(static_cast<std::uint64_t>(units_.in_effect() - in_effect_)));
    return text;
  }

  const ForeignOrders& orders_;
  const SentItems sent_;
  const UnitsOfOrders units_;
  const bool may_fill_stock_;  // what the run sends before its load may set the stock anew
  Violations certain_, possible_;
  std::uint64_t compared_ = 0;
  std::int64_t in_effect_ = 0, open_ = 0;
};

}  // namespace

SentItems sent_items(const Profile& profile, const Ledger& ledger) {
  SentItems sent;
  bool are_listed = false;
  const auto look = [&](const std::string& text) {
    const auto has = [&](std::string_view field) { return text.find(field) != std::string::npos; };
    sent.products = sent.products || has("{product}") || has("{productJson}");
    sent.quantities = sent.quantities || has("{quantity}");
    sent.users = sent.users || has("{user}") || has("{userJson}");
    are_listed = are_listed || has("{items}");
  };
  const auto look_at_headers = [&](const RequestHeaders& headers) {
    for (const auto& [name, value] : headers) look(value);
  };
  const auto look_at_step = [&](const JourneyStep& step) {
    look(step.path);
    look_at_headers(step.headers);
    look(step.body);
    if (!step.message) return;
    look(step.message->value);
    for (const std::string& text : step.message->send) look(text);
  };
  look(profile.path);
  look_at_headers(profile.headers);
  look(profile.body);
  look(profile.item);
  for (const auto& [name, value] : profile.fields) look(value);
  for (const JourneyStep& step : profile.journey.before) look_at_step(step);
  for (const JourneyStep& step : profile.journey.after) look_at_step(step);
  if (are_listed) sent.count = ledger.items;
  return sent;
}

Verdict stock_of_orders(const ForeignOrders& orders, const Profile& profile, const ForeignStocks& before,
                        const ForeignStocks& now, std::string_view summary) {
  return StockComparison(orders, profile).verdict(before, now, summary);
}

}  // namespace sagactl
