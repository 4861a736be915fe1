// What another system did for its orders: steps and their compensations, stock, payments.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "analysis/foreign/foreign.hpp"
#include "analysis/report/wording.hpp"

namespace sagactl {
namespace {

struct Step {
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

using Layer = std::vector<std::string>;

bool take_out(Layer& layer, const std::string& step) {
  const auto it = std::find(layer.begin(), layer.end(), step);
  if (it == layer.end()) return false;
  layer.erase(it);
  return true;
}

// What is wrong with what was undone at one moment; empty: nothing. The last layer is what was done last.
std::string fault_of_undoing(std::vector<Layer>& in_effect, std::vector<std::string> undone) {
  while (!undone.empty()) {
    while (!in_effect.empty() && in_effect.back().empty()) in_effect.pop_back();
    const auto of_the_last = std::find_if(undone.begin(), undone.end(), [&](const std::string& step) {
      return !in_effect.empty() && take_out(in_effect.back(), step);
    });
    if (of_the_last != undone.end()) {
      undone.erase(of_the_last);
      continue;
    }
    const std::string& step = undone.front();
    const bool was_done = std::any_of(in_effect.begin(), in_effect.end(), [&](const Layer& layer) {
      return std::find(layer.begin(), layer.end(), step) != layer.end();
    });
    return was_done ? fmt::format("step {} was undone before the later {}", step, in_effect.back().back())
                    : fmt::format("step {} was undone without being in effect", step);
  }
  return {};
}

// What is wrong with the steps of an order, in the order of their times; empty: nothing. Steps of one and the same time
// (a database that keeps whole seconds has many) may have come in any order that is right.
std::string fault_of(const std::vector<Step>& steps, bool order_is_undone, bool order_is_completed) {
  std::vector<Layer> in_effect;
  std::set<std::string> ever_undone;
  for (std::size_t begin = 0, end = 0; begin < steps.size(); begin = end) {
    Layer done;
    std::vector<std::string> undone;
    for (end = begin; end < steps.size() && steps[end].at == steps[begin].at; ++end)
      (steps[end].undone ? undone : done).push_back(steps[end].name);
    ever_undone.insert(undone.begin(), undone.end());
    in_effect.push_back(std::move(done));
    if (std::string fault = fault_of_undoing(in_effect, std::move(undone)); !fault.empty()) return fault;
  }
  while (!in_effect.empty() && in_effect.back().empty()) in_effect.pop_back();
  if (order_is_undone && !in_effect.empty())
    return fmt::format("step {} was done and never undone", in_effect.back().back());
  if (!order_is_completed) return {};
  // Done anew afterwards, as a retry may have it, it is in effect.
  for (const Layer& layer : in_effect)
    for (const std::string& step : layer) ever_undone.erase(step);
  return ever_undone.empty() ? std::string() : fmt::format("step {} of it was undone", *ever_undone.begin());
}

}  // namespace

Result<Verdict> foreign_compensation(ForeignRows& rows, const Profile& profile, const ForeignOrders& orders,
                                     BadRows& bad) {
  constexpr std::string_view name = "compensation-complete";
  if (!has_query(profile, ForeignTable::steps)) return does_not_apply(name, no_query(ForeignTable::steps));
  if (!orders.has("status")) return does_not_apply(name, "sql.orders has no column status");
  std::map<Uuid, std::vector<Step>> steps;
  std::set<Uuid> unjudged;  // a step of theirs cannot be told
  if (auto columns = columns_of(rows, profile, ForeignTable::steps); !columns) return columns.error();
  auto read = rows.each_row(
      query_of(profile, ForeignTable::steps, orders.ledger().run), [&](const ForeignRow& row) -> Result<void> {
        if (const auto fault = fault_of_row(ForeignTable::steps, row)) {
          bad.add(*fault, row, "sql.steps");
          unjudged.insert(order_ref(row.text("order_id")));
          return {};
        }
        steps[order_ref(row.text("order_id"))].push_back(
            {row.text("step"), row.text("state") == "undone", *row.time("at"), named(row, "sql.steps")});
        return {};
      });
  if (!read) return read.error();
  Violations violations;
  std::uint64_t undone = 0;
  for (const ForeignOrder& order : orders.all()) {
    if (!order.of_run || unjudged.count(order.ref) > 0) continue;
    std::vector<Step>& own = steps[order.ref];
    std::stable_sort(own.begin(), own.end(), [](const Step& a, const Step& b) { return a.at < b.at; });
    undone += orders.is_undone(order);
    const std::string fault = fault_of(own, orders.is_undone(order), orders.is_completed(order));
    if (fault.empty()) continue;
    Witness witness{
        .what = fmt::format("order {} is {}, and {}", order.id, order.status, fault),
        .rule = "each step done in a failed saga is undone once, in reverse, and none that was not done"};
    if (violations.first()) {
      orders.show(witness, order);
      for (const Step& step : own) witness.rows.push_back(step.row);
      if (const LedgerEntry* request = orders.told(order.ref)) orders.show(witness, *request);
    }
    violations.add(std::move(witness));
  }
  return violations.verdict(name, fmt::format("the steps of {} are undone, those of the others are not",
                                              counted(undone, "failed order")));
}

Result<std::vector<Verdict>> foreign_stock(ForeignRows& rows, const Profile& profile, const ForeignOrders& orders,
                                           BadRows& bad) {
  if (!has_query(profile, ForeignTable::stock))
    return std::vector<Verdict>{does_not_apply("stock-balances", no_query(ForeignTable::stock)),
                                does_not_apply("never-negative", no_query(ForeignTable::stock))};
  Violations unbalanced, negative;
  std::uint64_t products = 0;
  if (auto columns = columns_of(rows, profile, ForeignTable::stock); !columns) return columns.error();
  auto read = rows.each_row(
      query_of(profile, ForeignTable::stock, orders.ledger().run), [&](const ForeignRow& row) -> Result<void> {
        if (const auto fault = fault_of_row(ForeignTable::stock, row)) {
          bad.add(*fault, row, "sql.stock");
          return {};
        }
        const auto initial = row.integer("initial"), available = row.integer("available");
        const std::int64_t reserved = row.integer("reserved").value_or(0),
                           sold = row.integer("sold").value_or(0);
        const std::string product = row.text("product");
        ++products;
        const std::int64_t missing = *initial - *available - reserved - sold;
        if (missing != 0) {
          Witness witness{.what = fmt::format("{} began with {} and has {} available, {} reserved and {} sold: "
                                              "{}",
                                              product, *initial, *available, reserved, sold,
                                              missing > 0 ? fmt::format("{} went missing", missing)
                                                          : fmt::format("{} too many", -missing)),
                          .rule = "initial = available + reserved + sold"};
          witness.rows.push_back(named(row, "sql.stock"));
          unbalanced.add(std::move(witness));
        }
        if (*available < 0 || reserved < 0 || sold < 0) {
          Witness witness{.what = fmt::format("product {} has less than nothing", product),
                          .rule = "no stock is below zero"};
          witness.rows.push_back(named(row, "sql.stock"));
          negative.add(std::move(witness));
        }
        return {};
      });
  if (!read) return read.error();
  const std::string of = counted(products, "product");
  return std::vector<Verdict>{
      unbalanced.verdict("stock-balances", "the stock of " + of + " adds up"),
      negative.verdict("never-negative", "no stock of " + of + " is below zero at the end")};
}

Result<std::vector<Verdict>> foreign_payments(ForeignRows& rows, const Profile& profile, const ForeignOrders& orders,
                                              BadRows& bad) {
  constexpr std::string_view money = "money-balances", once = "one-capture-per-order";
  if (!has_query(profile, ForeignTable::payments))
    return std::vector<Verdict>{does_not_apply(money, no_query(ForeignTable::payments)),
                                does_not_apply(once, no_query(ForeignTable::payments))};
  struct Paid {
    int captures = 0, refunds = 0;
    bool unclear = false;  // a payment of it cannot be told
    std::int64_t net = 0;
    Json rows = Json::array();
  };
  std::map<Uuid, Paid> paid;
  if (auto columns = columns_of(rows, profile, ForeignTable::payments); !columns) return columns.error();
  auto read = rows.each_row(query_of(profile, ForeignTable::payments, orders.ledger().run),
                            [&](const ForeignRow& row) -> Result<void> {
                              const std::string kind = row.text("kind");
                              const auto amount = parse_money(row.text("amount"));
                              Paid& of = paid[order_ref(row.text("order_id"))];
                              if (const auto fault = fault_of_row(ForeignTable::payments, row)) {
                                bad.add(*fault, row, "sql.payments");
                                of.unclear = true;
                                return {};
                              }
                              ++(kind == "capture" ? of.captures : of.refunds);
                              of.net += kind == "capture" ? amount->cents : -amount->cents;
                              of.rows.push_back(named(row, "sql.payments"));
                              return {};
                            });
  if (!read) return read.error();
  Violations twice, unbalanced;
  const auto add = [&](Violations& to, const ForeignOrder& order, const Paid& of, std::string what,
                       const char* rule) {
    Witness witness{.what = std::move(what), .rule = rule};
    if (to.first()) {
      orders.show(witness, order);
      for (const Json& row : of.rows) witness.rows.push_back(row);
      if (const LedgerEntry* request = orders.told(order.ref)) orders.show(witness, *request);
    }
    to.add(std::move(witness));
  };
  std::uint64_t seen = 0;
  for (const ForeignOrder& order : orders.all()) {
    if (!order.of_run) continue;
    ++seen;
    const Paid& of = paid[order.ref];
    if (of.unclear) continue;
    // What was captured may be given back in parts.
    if (of.captures > 1 || (of.refunds > of.captures && of.net < 0))
      add(twice, order, of,
          fmt::format("order {} has {} and {}", order.id, counted(of.captures, "capture"),
                      counted(of.refunds, "refund")),
          "at most one capture for an order, and not more given back");
    const std::string net = Money{std::max<std::int64_t>(0, of.net)}.text();
    if (of.net < 0)
      add(unbalanced, order, of,
          fmt::format("order {} is {}, and {} more of it was refunded than captured", order.id, order.status,
                      Money{-of.net}.text()),
          "not more is refunded than was captured");
    else if (orders.is_undone(order) && of.net != 0)
      add(unbalanced, order, of,
          fmt::format("order {} is {}, and {} of it is still captured", order.id, order.status, net),
          "nothing stays captured of an order that was undone");
    else if (orders.is_completed(order) && order.amount && of.net != order.amount->cents)
      add(unbalanced, order, of,
          fmt::format("order {} of {} is {}, and {} is captured", order.id, order.amount->text(),
                      order.status, net),
          "captures minus refunds are the value of the completed orders");
  }
  return std::vector<Verdict>{
      unbalanced.verdict(money, fmt::format("the payments of {} add up", counted(seen, "order"))),
      twice.verdict(once, fmt::format("no second capture for any of {}", counted(seen, "order")))};
}

}  // namespace sagactl
