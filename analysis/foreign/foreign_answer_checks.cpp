// Verdicts about what another system answered, and whether the orders that it stored are what was asked for.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "analysis/foreign/foreign.hpp"
#include "analysis/history/uuid_index.hpp"
#include "analysis/readable.hpp"
#include "common/text/text.hpp"

namespace sagactl {
namespace {

constexpr std::string_view answers_verdict = "answer-matches-database";

// The products, quantities and users of orders, where the query returns them as they were sent.
class OrderContents {
 public:
  explicit OrderContents(const ForeignOrders& orders) : orders_(orders), sent_(sent_items(orders.profile(), ledger())) {
    if (!orders.has("product") && !has_quantities() && !has_users()) return;
    for (const LedgerEntry& entry : ledger().entries) {
      Asked& asked = asked_.try_emplace({entry.kind, entry.group}, Asked{&entry, {}}).first->second;
      if (!has_users()) continue;
      asked.users.insert(user_of(entry));
      sent_users_.insert(user_of(entry));
    }
  }

  void compare(Violations& violations) {
    count_what_is_sent();
    for (const ForeignOrder& order : orders_.all())
      if (const Asked* asked = asked_for(order)) compare(order, *asked, violations);
  }

  // Why the quantities cannot be compared; "": they can, or there are none.
  std::string doubt() const {
    if (quantities_are_sent()) return {};
    return fmt::format("the quantity of {} of {} in {} is not what was sent: are these units of the whole order?",
                       with_separators(other_quantities_), count_of(other_quantities_ + same_quantities_, "order"),
                       orders_.source().orders);
  }
  // "; product, user of each order as sent"
  std::string summary() const {
    std::string text;
    if (!compared_.empty()) text = fmt::format("; {} of each order as sent", fmt::join(compared_, ", "));
    if (!unsent_user_.empty() && !users_are_sent())
      text += fmt::format("; users are not compared, as {} gives {}", orders_.source().orders, unsent_user_);
    return text;
  }

 private:
  struct Asked {
    const LedgerEntry* first;
    std::set<std::string> users;
  };

  // Null where it is not known, as of orders that are to fail by fields of the profile's own.
  const Asked* asked_for(const ForeignOrder& order) const {
    const auto asked = order.group ? asked_.find(*order.group) : asked_.end();
    if (asked == asked_.end()) return nullptr;
    const FailureVariant* variant = ledger().failure_variant(order.group->first, order.group->second);
    return variant && !variant->fields.empty() ? nullptr : &asked->second;
  }

  void compare(const ForeignOrder& order, const Asked& asked, Violations& violations) {
    const std::string other = difference(order, *order.group, asked);
    if (other.empty()) return;
    Witness witness{
        .what = fmt::format("order {} of request {} is stored with {}", order.id, asked.first->operation, other),
        .rule = "an order that is stored is what its request asked for"};
    if (violations.first()) {
      orders_.show(witness, order);
      orders_.show(witness, *asked.first);
    }
    violations.add(std::move(witness));
  }

  const Ledger& ledger() const { return orders_.ledger(); }
  bool has_quantities() const { return orders_.has("quantity") && sent_.quantities; }
  bool has_users() const { return orders_.has("user") && sent_.users && !ledger().user_ids.empty(); }
  std::string user_of(const LedgerEntry& entry) const {
    return entry.user < ledger().user_ids.size() ? ledger().user_ids[entry.user] : std::string();
  }

  void count_what_is_sent() {
    std::set<std::string> stored;
    for (const ForeignOrder& order : orders_.all()) {
      const Asked* asked = asked_for(order);
      if (!asked) continue;
      if (has_quantities() && order.quantity)
        ++(*order.quantity == units_of(*order.group) ? same_quantities_ : other_quantities_);
      if (!has_users() || order.user.empty()) continue;
      stored.insert(order.user);
      if (asked->users.contains(order.user)) {
        ++same_users_;
      } else {
        ++other_users_;
        unsent_user_ = fmt::format("{} as user of order {}", order.user, order.id);
      }
    }
    has_one_user_ = stored.size() == 1 && sent_users_.size() > 1;
  }
  // Otherwise the column is of something else.
  bool quantities_are_sent() const { return other_quantities_ <= same_quantities_; }
  // Otherwise the server has names of its own, or takes the user from a token.
  bool users_are_sent() const { return other_users_ <= same_users_ && !has_one_user_; }

  // "quantity 2 instead of 1"; "" for none. Where the server has ids of its own, products cannot be compared.
  std::string difference(const ForeignOrder& order, const OrderGroup& group, const Asked& asked) {
    const auto product = parse_product_id(order.product);
    if (product && product->run == ledger().run) {
      compared_.insert("product");
      if (OrderGroup{product->kind, product->group} != group)
        return fmt::format("product {} instead of {}", order.product, ledger().product(*asked.first));
    }
    if (has_quantities() && order.quantity && quantities_are_sent()) {
      compared_.insert("quantity");
      if (*order.quantity != units_of(group))
        return fmt::format("quantity {} instead of {}", *order.quantity, units_of(group));
    }
    if (!has_users() || order.user.empty() || asked.users.contains("") || !users_are_sent()) return {};
    compared_.insert("user");
    if (asked.users.contains(order.user)) return {};
    return fmt::format("user {} instead of {}", order.user, *asked.users.begin());
  }

  std::int64_t units_of(const OrderGroup& group) const {
    const auto items = ledger().ProductPlan::items_of(group.first, group.second);
    std::int64_t units = 0;
    for (std::size_t i = 0; i < std::min<std::size_t>(items.size(), sent_.count); ++i) units += items[i].quantity;
    return units;
  }

  const ForeignOrders& orders_;
  const SentItems sent_;
  std::map<OrderGroup, Asked> asked_;
  std::set<std::string> sent_users_;
  std::set<std::string_view> compared_;  // the columns
  std::string unsent_user_;              // "17 as user of order 3"
  std::uint64_t same_quantities_ = 0, other_quantities_ = 0, same_users_ = 0, other_users_ = 0;
  bool has_one_user_ = false;  // all orders, of several who sent them
};

// The server's pages of some orders that have ended.
class StatusPages {
 public:
  static constexpr std::size_t asked_max = 100;

  StatusPages(const ForeignOrders& orders, const StatusOfOrder& shown) : orders_(orders), shown_(shown) {}

  void compare(Violations& violations) {
    if (!shown_ || !orders_.has("status")) return;
    std::vector<const ForeignOrder*> ended;
    for (const ForeignOrder& order : orders_.all())
      if (orders_.accepted_request(order.ref) && (orders_.is_completed(order) || orders_.is_undone(order)))
        ended.push_back(&order);
    const std::size_t step = (ended.size() + asked_max - 1) / asked_max;
    for (std::size_t i = 0; i < ended.size(); i += step) compare(*ended[i], violations);
  }
  std::string summary() const {
    return read_ == 0 ? std::string() : fmt::format("; so do the pages of {}", count_of(read_, "order"));
  }

 private:
  void compare(const ForeignOrder& order, Violations& violations) {
    const LedgerEntry& request = *orders_.accepted_request(order.ref);
    const auto status = shown_(orders_.ledger().order_text(request));
    if (!status) return;
    ++read_;
    ForeignOrder as_shown;
    as_shown.status = *status;
    const bool is_other = orders_.is_undone(order) ? orders_.is_completed(as_shown) : orders_.is_undone(as_shown);
    if (!is_other) return;
    Witness witness{.what = fmt::format("the server shows order {} as {}, but in the database it is {}", order.id,
                                        *status, order.status),
                    .rule = "what the server shows of an order is what is stored"};
    if (violations.first()) {
      orders_.show(witness, order);
      orders_.show(witness, request);
    }
    violations.add(std::move(witness));
  }

  const ForeignOrders& orders_;
  const StatusOfOrder& shown_;
  std::uint64_t read_ = 0;
};

}  // namespace

std::optional<Verdict> foreign_id_given_twice(const Ledger& ledger) {
  const LedgerEntries& entries = ledger.entries;
  const auto names_its_order = [](const LedgerEntry& entry) {
    return entry.outcome == RequestOutcome::accepted && !entry.order.is_nil();
  };
  UuidIndex places;
  for (std::size_t i = 0; i < entries.size(); ++i)
    if (names_its_order(entries[i])) places.add(entries[i].order, i);
  places.sort();
  std::uint64_t accepted = 0, ids = 0;
  Violations violations;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const LedgerEntry& entry = entries[i];
    if (!names_its_order(entry)) continue;
    ++accepted;
    std::size_t first = i;
    places.each(entry.order, [&](std::size_t place) {
      first = place;
      return entries[place].order == entry.order;
    });
    ids += first == i;
    const LedgerEntry& other = entries[first];
    if (first == i || request_name(ledger, other) == request_name(ledger, entry)) continue;
    Witness witness{.what = fmt::format("requests {} and {} were both accepted as order {}, for {} and {}",
                                        other.operation, entry.operation, ledger.order_text(entry),
                                        request_name(ledger, other), request_name(ledger, entry)),
                    .rule = "each order has an id of its own"};
    if (violations.first()) witness.requests = Json::array({answer_row(ledger, other), answer_row(ledger, entry)});
    violations.add(std::move(witness));
  }
  if (violations.count() == 0) return std::nullopt;
  if (ids == 1 && accepted > 2)
    return undecided(answers_verdict,
                     fmt::format("all {} name the same order, {}; does answer.order point at its id?",
                                 count_of(accepted, "accepting answer"),
                                 ledger.order_text(*std::find_if(entries.begin(), entries.end(), names_its_order))));
  return violations.verdict(answers_verdict, "");
}

Verdict foreign_answer_matches(const ForeignOrders& orders, const StatusOfOrder& shown) {
  constexpr std::string_view name = answers_verdict;
  if (!orders.has_groups())
    return foreign_id_given_twice(orders.ledger()).value_or(does_not_apply(name, orders.why_no_groups()));
  if (!orders.other_spelling().empty()) return undecided(name, orders.other_spelling());
  Violations violations;
  std::uint64_t answers = 0;
  OrderContents contents(orders);
  contents.compare(violations);
  StatusPages pages(orders, shown);
  pages.compare(violations);
  for (const LedgerEntry& entry : orders.ledger().entries) {
    if (entry.order.is_nil()) continue;
    const ForeignOrder* order = orders.find(entry.order);
    if (!order) continue;  // no-lost-order reports it
    ++answers;
    const bool same_group = order->group == OrderGroup{entry.kind, entry.group};
    const bool same_total = !entry.claimed_total || !order->amount || *entry.claimed_total == *order->amount;
    if (same_group && same_total) continue;
    Witness witness{.what = {},
                    .rule = fmt::format("the answers that clients got agree with {}", orders.source().name)};
    witness.what =
        same_group
            ? fmt::format("request {} was answered with a total of {}, but {} has {} for order {}", entry.operation,
                          entry.claimed_total->text(), orders.source().name, order->amount->text(), order->id)
            : fmt::format("request {} was answered with order {}, which belongs to another request: {}",
                          entry.operation, order->id, order->key.empty() ? order->product : order->key);
    if (violations.first()) {
      orders.show(witness, *order);
      orders.show(witness, entry);
    }
    violations.add(std::move(witness));
  }
  if (answers == 0 && violations.count() == 0)
    return does_not_apply(name, fmt::format("no answer named an order that is {}", orders.source().where));
  if (const std::string doubt = contents.doubt(); violations.count() == 0 && !doubt.empty())
    return undecided(name, doubt);
  return violations.verdict(name, fmt::format("all {} agree with {}{}", count_of(answers, "answer"),
                                              orders.source().name, pages.summary() + contents.summary()));
}

}  // namespace sagactl
