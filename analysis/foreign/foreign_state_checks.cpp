// Verdicts about what another system did for its orders: steps and their compensations, stock, payments.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "analysis/foreign/foreign.hpp"
#include "analysis/readable.hpp"

namespace sagactl {
namespace {

struct ForeignStep {
  std::string name;
  bool undone = false;
  Timestamp at;
  Json row;
};

Json named(const ForeignRow& row, const char* query) {
  Json json = row.json();
  json["table"] = query;
  return json;
}

using StepLayer = std::vector<std::string>;

bool remove_step(StepLayer& layer, const std::string& step) {
  const auto it = std::find(layer.begin(), layer.end(), step);
  if (it == layer.end()) return false;
  layer.erase(it);
  return true;
}

// What is wrong with the steps that were undone at one time; empty: nothing. The last layer was completed last.
std::string fault_of_undoing(std::vector<StepLayer>& in_effect, std::vector<std::string> undone) {
  while (!undone.empty()) {
    while (!in_effect.empty() && in_effect.back().empty()) in_effect.pop_back();
    const auto last_completed = std::find_if(undone.begin(), undone.end(), [&](const std::string& step) {
      return !in_effect.empty() && remove_step(in_effect.back(), step);
    });
    if (last_completed != undone.end()) {
      undone.erase(last_completed);
      continue;
    }
    const std::string& step = undone.front();
    const bool was_done = std::any_of(in_effect.begin(), in_effect.end(), [&](const StepLayer& layer) {
      return std::find(layer.begin(), layer.end(), step) != layer.end();
    });
    return was_done ? fmt::format("step {} was undone before the later {}", step, in_effect.back().back())
                    : fmt::format("step {} was undone although it was not in effect", step);
  }
  return {};
}

// The last step, of those sorted by time, that was completed more often than undone; null: there is none.
const ForeignStep* never_undone(const std::vector<ForeignStep>& steps) {
  std::map<std::string, int> in_effect;
  for (const ForeignStep& step : steps) in_effect[step.name] += step.undone ? -1 : 1;
  const auto last = std::find_if(steps.rbegin(), steps.rend(),
                                 [&](const ForeignStep& step) { return !step.undone && in_effect[step.name] > 0; });
  return last == steps.rend() ? nullptr : &*last;
}

// What is wrong with the steps of an order, sorted by time; empty: nothing. Steps with equal times (common in databases
// that store whole seconds) may have happened in any valid order.
std::string fault_of(const std::vector<ForeignStep>& steps, bool order_is_undone, bool order_is_completed) {
  // What is missing weighs more than the order of the others, which it may have changed.
  if (const ForeignStep* kept = order_is_undone ? never_undone(steps) : nullptr)
    return fmt::format("step {} was completed and never undone", kept->name);
  std::vector<StepLayer> in_effect;
  std::set<std::string> ever_undone;
  for (std::size_t begin = 0, end = 0; begin < steps.size(); begin = end) {
    StepLayer done;
    std::vector<std::string> undone;
    for (end = begin; end < steps.size() && steps[end].at == steps[begin].at; ++end)
      (steps[end].undone ? undone : done).push_back(steps[end].name);
    ever_undone.insert(undone.begin(), undone.end());
    in_effect.push_back(std::move(done));
    if (std::string fault = fault_of_undoing(in_effect, std::move(undone)); !fault.empty()) return fault;
  }
  if (!order_is_completed) return {};
  // A step that was completed again afterwards, as by a retry, is in effect.
  for (const StepLayer& layer : in_effect)
    for (const std::string& step : layer) ever_undone.erase(step);
  return ever_undone.empty() ? std::string() : fmt::format("its step {} was undone", *ever_undone.begin());
}

}  // namespace

Result<std::vector<Verdict>> foreign_compensation(ForeignRows& rows, const Profile& profile,
                                                  const ForeignOrders& orders, BadRows& bad) {
  constexpr std::string_view name = "compensation-complete";
  if (!has_query(profile, ForeignTable::steps))
    return std::vector<Verdict>{does_not_apply(name, no_query(profile, ForeignTable::steps))};
  if (!orders.has("status"))
    return std::vector<Verdict>{does_not_apply(name, fmt::format("{} has no column status", orders.source().orders))};
  std::map<Uuid, std::vector<ForeignStep>> steps;
  std::set<Uuid> unjudged;  // orders with an unreadable step
  const char* query = query_name(profile, ForeignTable::steps);
  if (auto columns = columns_of(rows, profile, ForeignTable::steps); !columns) return columns.error();
  auto read = rows.each_row(
      query_of(profile, ForeignTable::steps, orders.ledger().run), [&](const ForeignRow& row) -> Result<void> {
        if (const auto fault = fault_of_row(ForeignTable::steps, row, query)) {
          bad.add(*fault, row, query);
          unjudged.insert(order_ref(row.text("order_id")));
          return {};
        }
        steps[order_ref(row.text("order_id"))].push_back(
            {row.text("step"), word_of(row, "state") == "undone", *row.time("at"), named(row, query)});
        return {};
      });
  if (!read) return read.error();
  Violations violations;
  std::uint64_t undone = 0, read_steps = 0, of_run = 0, completed = 0, without_steps = 0;
  std::string first_without_steps;
  for (const ForeignOrder& order : orders.all()) {
    of_run += order.of_run;
    if (!order.of_run || unjudged.count(order.ref) > 0) continue;
    std::vector<ForeignStep>& own = steps[order.ref];
    read_steps += own.size();
    std::stable_sort(own.begin(), own.end(), [](const ForeignStep& a, const ForeignStep& b) { return a.at < b.at; });
    undone += orders.is_undone(order);
    completed += orders.is_completed(order);
    if (orders.is_completed(order) && own.empty() && without_steps++ == 0) first_without_steps = order.id;
    const std::string fault = fault_of(own, orders.is_undone(order), orders.is_completed(order));
    if (fault.empty()) continue;
    Witness witness{
        .what = fmt::format("order {} is {}, but {}", order.id, order.status, fault),
        .rule = "every completed step of a failed saga is undone once, in reverse order, and no other step is"};
    if (violations.first()) {
      orders.show(witness, order);
      for (const ForeignStep& step : own) witness.rows.push_back(step.row);
      if (const LedgerEntry* request = orders.accepted_request(order.ref)) orders.show(witness, *request);
    }
    violations.add(std::move(witness));
  }
  if (of_run == 0) return std::vector<Verdict>{does_not_apply(name, no_order)};
  if (violations.count() == 0 && read_steps == 0)
    return std::vector<Verdict>{undecided(name, fmt::format("no step of {} was read", count_of(of_run, "order")))};
  if (violations.count() == 0 && without_steps > 0)
    return std::vector<Verdict>{undecided(
        name, fmt::format("of {} that are completed {} have no step, such as {}: were rows deleted?",
                          count_of(completed, "order"), with_separators(without_steps), first_without_steps))};
  return std::vector<Verdict>{violations.verdict(
      name, fmt::format("the steps of {} are undone, and no others", count_of(undone, "failed order")))};
}

namespace {

struct StockRow {
  std::string product;
  std::int64_t initial = 0, available = 0, reserved = 0, sold = 0;

  StockFault fault() const {
    return {initial - available - reserved - sold, std::min({std::int64_t{0}, available, reserved, sold})};
  }
};

StockRow stock_of(const ForeignRow& row) {
  return {row.text("product"), row.integer("initial").value_or(0), row.integer("available").value_or(0),
          row.integer("reserved").value_or(0), row.integer("sold").value_or(0)};
}

std::string text_of_missing(std::int64_t missing) {
  return missing > 0 ? fmt::format("{} missing", missing) : fmt::format("{} too many", -missing);
}

void add_level(ForeignStocks& levels, const StockRow& stock, const ForeignRow& row) {
  ForeignStock& level = levels[stock.product];
  level.initial += stock.initial;
  level.available += stock.available;
  level.has_reserved = level.has_reserved || !row.text("reserved").empty();
}

// What is wrong with the stock and was not so before the load.
class StockViolations {
 public:
  StockViolations(const StockBefore& before, const char* query) : before_(before.faults), query_(query) {}

  void add(const StockRow& stock, const ForeignRow& row) {
    add_level(levels_, stock, row);
    const StockFault fault = stock.fault();
    const auto found = before_.find(stock.product);
    const StockFault earlier = found == before_.end() ? StockFault{} : found->second;
    if (fault.missing != earlier.missing) {
      Witness witness{.what = fmt::format(
                          "{} started with {} and has {} available, {} reserved and {} sold: {}{}", stock.product,
                          stock.initial, stock.available, stock.reserved, stock.sold, text_of_missing(fault.missing),
                          earlier.missing == 0 ? "" : ", and before the load " + text_of_missing(earlier.missing)),
                      .rule = "initial = available + reserved + sold"};
      witness.rows.push_back(named(row, query_));
      unbalanced_.add(std::move(witness));
    }
    if (fault.lowest < earlier.lowest) {
      Witness witness{.what = fmt::format("the stock of product {} is negative", stock.product),
                      .rule = "stock never falls below zero"};
      witness.rows.push_back(named(row, query_));
      negative_.add(std::move(witness));
    }
    unbalanced_before_ += fault.missing != 0 && fault.missing == earlier.missing;
    negative_before_ += fault.lowest < 0 && fault.lowest >= earlier.lowest;
  }

  const ForeignStocks& levels() const { return levels_; }

  std::vector<Verdict> verdicts() {
    if (levels_.empty())
      return {undecided("stock-balances", no_stock(query_)), undecided("never-negative", no_stock(query_))};
    const std::string of = count_of(levels_.size(), "product");
    return {
        unbalanced_.verdict("stock-balances", fmt::format("the stock of {} adds up{}", of, but(unbalanced_before_))),
        negative_.verdict("never-negative",
                          fmt::format("no stock of {} is negative at the end{}", of, but(negative_before_)))};
  }

 private:
  static std::string no_stock(const char* query) { return fmt::format("no row of {} was read", query); }
  static std::string but(std::uint64_t before) {
    return before == 0 ? "" : fmt::format(", but for {} where it was so before the load", before);
  }

  const StockFaults& before_;
  const char* const query_;
  ForeignStocks levels_;
  Violations unbalanced_, negative_;
  std::uint64_t unbalanced_before_ = 0, negative_before_ = 0;
};

}  // namespace

Result<StockBefore> read_stock(ForeignRows& rows, const Profile& profile) {
  StockBefore before;
  if (!has_query(profile, ForeignTable::stock)) return before;
  std::set<std::string> unread;
  const char* query = query_name(profile, ForeignTable::stock);
  auto read = rows.each_row(query_of(profile, ForeignTable::stock, ""), [&](const ForeignRow& row) -> Result<void> {
    if (fault_of_row(ForeignTable::stock, row, query)) {
      unread.insert(row.text("product"));
      return {};
    }
    const StockRow stock = stock_of(row);
    const StockFault fault = stock.fault();
    if (fault.missing != 0 || fault.lowest < 0) before.faults[stock.product] = fault;
    add_level(before.levels, stock, row);
    return {};
  });
  if (!read) return read.error();
  for (const std::string& product : unread) before.levels.erase(product);
  return before;
}

Result<std::vector<Verdict>> foreign_stock(ForeignRows& rows, const Profile& profile, const Ledger& ledger,
                                           const ForeignOrders* orders, const StockBefore& before, BadRows& bad) {
  if (!has_query(profile, ForeignTable::stock))
    return std::vector<Verdict>{does_not_apply("stock-balances", no_query(profile, ForeignTable::stock)),
                                does_not_apply("never-negative", no_query(profile, ForeignTable::stock))};
  const char* query = query_name(profile, ForeignTable::stock);
  if (auto columns = columns_of(rows, profile, ForeignTable::stock); !columns) return columns.error();
  StockViolations violations(before, query);
  std::set<std::string> unread;  // products with an unreadable row
  auto read =
      rows.each_row(query_of(profile, ForeignTable::stock, ledger.run), [&](const ForeignRow& row) -> Result<void> {
        if (const auto fault = fault_of_row(ForeignTable::stock, row, query)) {
          bad.add(*fault, row, query);
          unread.insert(row.text("product"));
        } else {
          violations.add(stock_of(row), row);
        }
        return {};
      });
  if (!read) return read.error();
  std::vector<Verdict> verdicts = violations.verdicts();
  if (!orders || verdicts.front().ruling != Ruling::pass) return verdicts;
  ForeignStocks levels = violations.levels();
  for (const std::string& product : unread) levels[product].is_unread = true;
  verdicts.front() = stock_of_orders(*orders, profile, before.levels, levels, verdicts.front().reason);
  return verdicts;
}

Result<std::vector<Verdict>> foreign_payments(ForeignRows& rows, const Profile& profile, const ForeignOrders& orders,
                                              BadRows& bad) {
  constexpr std::string_view money = "money-balances", once = "one-capture-per-order";
  if (!has_query(profile, ForeignTable::payments))
    return std::vector<Verdict>{does_not_apply(money, no_query(profile, ForeignTable::payments)),
                                does_not_apply(once, no_query(profile, ForeignTable::payments))};
  struct OrderPayments {
    int captures = 0, refunds = 0;
    bool unclear = false;  // one of its payments is unreadable
    std::int64_t net = 0;
    Json rows = Json::array();
  };
  std::map<Uuid, OrderPayments> paid;
  const char* query = query_name(profile, ForeignTable::payments);
  if (auto columns = columns_of(rows, profile, ForeignTable::payments); !columns) return columns.error();
  auto read = rows.each_row(query_of(profile, ForeignTable::payments, orders.ledger().run),
                            [&](const ForeignRow& row) -> Result<void> {
                              const std::string kind = word_of(row, "kind");
                              const auto amount = parse_money(row.text("amount"));
                              OrderPayments& of = paid[order_ref(row.text("order_id"))];
                              if (const auto fault = fault_of_row(ForeignTable::payments, row, query)) {
                                bad.add(*fault, row, query);
                                of.unclear = true;
                                return {};
                              }
                              ++(kind == "capture" ? of.captures : of.refunds);
                              of.net += kind == "capture" ? amount->cents : -amount->cents;
                              of.rows.push_back(named(row, query));
                              return {};
                            });
  if (!read) return read.error();
  Violations twice, unbalanced;
  const auto add = [&](Violations& to, const ForeignOrder& order, const OrderPayments& of, std::string what,
                       const char* rule) {
    Witness witness{.what = std::move(what), .rule = rule};
    if (to.first()) {
      orders.show(witness, order);
      for (const Json& row : of.rows) witness.rows.push_back(row);
      if (const LedgerEntry* request = orders.accepted_request(order.ref)) orders.show(witness, *request);
    }
    to.add(std::move(witness));
  };
  std::uint64_t of_run = 0, seen = 0;
  int read_payments = 0;
  for (const ForeignOrder& order : orders.all()) {
    if (!order.of_run) continue;
    ++of_run;
    const OrderPayments& of = paid[order.ref];
    if (of.unclear) continue;
    ++seen;
    read_payments += of.captures + of.refunds;
    // A capture may be refunded in parts.
    if (of.captures > 1 || (of.refunds > of.captures && of.net < 0))
      add(twice, order, of,
          fmt::format("order {} has {} and {}", order.id, count_of(of.captures, "capture"),
                      count_of(of.refunds, "refund")),
          "an order has at most one capture, and is refunded no more than was captured");
    const std::string net = Money{std::max<std::int64_t>(0, of.net)}.text();
    if (of.net < 0)
      add(unbalanced, order, of,
          fmt::format("order {} is {}, and {} more was refunded than captured", order.id, order.status,
                      Money{-of.net}.text()),
          "no more is refunded than was captured");
    else if (orders.is_undone(order) && of.net != 0)
      add(unbalanced, order, of,
          fmt::format("order {} is {}, but {} of it is still captured", order.id, order.status, net),
          "an undone order keeps no captured amount");
    else if (orders.is_completed(order) && order.amount && of.net != order.amount->cents)
      add(unbalanced, order, of,
          fmt::format("order {} of {} is {}, but {} is captured", order.id, order.amount->text(), order.status, net),
          "captures minus refunds equal the value of a completed order");
  }
  if (of_run == 0) return std::vector<Verdict>{does_not_apply(money, no_order), does_not_apply(once, no_order)};
  if (read_payments == 0) {
    const std::string none = fmt::format("no payment of {} was read", count_of(of_run, "order"));
    return std::vector<Verdict>{unbalanced.count() > 0 ? unbalanced.verdict(money, "") : undecided(money, none),
                                undecided(once, none)};
  }
  return std::vector<Verdict>{
      unbalanced.verdict(money, fmt::format("the payments of {} add up", count_of(seen, "order"))),
      twice.verdict(once, fmt::format("no second capture for any of {}", count_of(seen, "order")))};
}

}  // namespace sagactl
