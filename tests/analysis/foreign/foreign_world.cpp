#include "tests/analysis/foreign/foreign_world.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace sagactl {
namespace {

constexpr std::int64_t begin_us = 1'795'179'849'000'000;

}  // namespace

ForeignWorld::ForeignWorld() {
  profile.name = "shop";
  profile.queries = {{"orders", {}}, {"steps", {}}, {"stock", {}}, {"payments", {}}, {"shipped"}, {"undone"}};
  profile.body = "[{items}]";
  profile.item = R"({"sku":"{product}","count":{quantity}})";
  ledger.run = "k3f9";
  ledger.keyed = true;
  ledger.targets = {"http://a:1", "http://a:2"};
  ledger.phases = {{"mixed", false}};
  tables["stock"] = {{{"product", "S"}, {"initial", "100"}, {"available", "79"}, {"reserved", "1"}, {"sold", "20"}}};
  std::uint32_t group = 0;
  for (int i = 0; i < 10; ++i) place(OrderKind::duplicate, group++, 3);
  for (int i = 0; i < 10; ++i) place(OrderKind::single, group++, 1);
  for (int i = 0; i < 4; ++i) place(OrderKind::payment_fail, group++, 1);
  for (const auto& [table, rows] : tables)
    for (const Cells& cells : rows)
      for (const auto& [name, value] : cells) columns_without_rows[table].insert(name);
}

void ForeignWorld::place(OrderKind kind, std::uint32_t group, std::uint16_t count) {
  const std::int64_t at = begin_us + group * 10'000;
  const std::string id = "R-" + std::to_string(group);
  for (std::uint16_t member = 0; member < count; ++member) {
    LedgerEntry entry;
    entry.operation = ledger.entries.size();
    entry.group = group;
    entry.kind = kind;
    entry.target = static_cast<std::uint16_t>(entry.operation % 2);
    entry.planned.us = entry.sent.us = at + member;
    entry.first_byte.us = entry.done.us = at + 5'000;
    entry.http_status = member == 0 ? 201 : 200;
    entry.outcome = member == 0 ? RequestOutcome::accepted : RequestOutcome::duplicate;
    entry.order = order_ref(id);
    entry.order_name = OrderName(id);
    if (member == 0) entry.claimed_total = Money{250};
    ledger.entries.push_back(entry);
  }
  const bool fails = kind == OrderKind::payment_fail;
  const std::string node = "clerk-" + std::to_string(group % 2);
  tables["orders"].push_back({{"order_id", id},
                              {"created_us", std::to_string(at + 100)},
                              {"ended_us", std::to_string(at + 4'000)},
                              {"node", node},
                              {"status", fails ? "undone" : "shipped"},
                              {"key", product_id(ledger.run, kind, group, 0)},
                              {"amount", "2.50"}});
  const auto step = [&](const char* name, const char* state, int after_us) {
    tables["steps"].push_back(
        {{"order_id", id}, {"step", name}, {"state", state}, {"at_us", std::to_string(at + after_us)}});
  };
  const auto money = [&](const char* how) {
    tables["payments"].push_back({{"order_id", id}, {"kind", how}, {"amount", "2.50"}});
  };
  tables["stock"].push_back({{"product", product_id(ledger.run, kind, group, 0)},
                             {"initial", "100"},
                             {"available", "100"},
                             {"reserved", "0"},
                             {"sold", "0"}});
  if (!fails) move_stock(kind, group, "available", "sold");
  step("reserve", "done", 200);
  step("pay", "done", 300);
  money("capture");
  if (!fails) return;
  step("pay", "undone", 400);
  step("reserve", "undone", 500);
  money("refund");
}

Result<std::vector<std::string>> ForeignWorld::columns(const ForeignQuery& query) {
  std::set<std::string> names;
  for (const Cells& cells : tables[query.sql])
    for (const auto& [name, value] : cells) names.insert(name);
  if (names.empty()) names = columns_without_rows[query.sql];
  return std::vector<std::string>(names.begin(), names.end());
}

Result<void> ForeignWorld::each_row(const ForeignQuery& query,
                                    const std::function<Result<void>(const ForeignRow&)>& visit) {
  for (const Cells& cells : tables[query.sql]) {
    std::vector<std::string> names;
    std::vector<std::optional<std::string_view>> values;
    for (const auto& [name, value] : cells) {
      names.push_back(name);
      values.emplace_back(value);
    }
    if (auto visited = visit(ForeignRow(names, values)); !visited) return visited;
  }
  return {};
}

Examination ForeignWorld::examine() {
  auto found = examine_foreign(*this, profile, ledger, Timestamp{begin_us});
  EXPECT_TRUE(found.ok()) << (found ? "" : found.error().message);
  return found ? std::move(*found) : Examination{};
}

Verdict ForeignWorld::verdict(const std::string& name) {
  for (Verdict& verdict : examine().verdicts)
    if (verdict.name == name) return verdict;
  ADD_FAILURE() << "no verdict " << name;
  return {};
}

Ruling ForeignWorld::ruling(const std::string& name) {
  return verdict(name).ruling;
}

Cells& ForeignWorld::order_of(OrderKind kind, std::uint32_t group) {
  const std::string key = product_id(ledger.run, kind, group, 0);
  return *std::find_if(tables["orders"].begin(), tables["orders"].end(),
                       [&](const Cells& it) { return it.at("key") == key; });
}

Cells& ForeignWorld::stock_of(OrderKind kind, std::uint32_t group) {
  const std::string product = product_id(ledger.run, kind, group, 0);
  return *std::find_if(tables["stock"].begin(), tables["stock"].end(),
                       [&](const Cells& it) { return it.at("product") == product; });
}

void ForeignWorld::move_stock(OrderKind kind, std::uint32_t group, const char* from, const char* to) {
  Cells& stock = stock_of(kind, group);
  const std::int64_t units = item_terms(ledger.seed, group, 0).quantity;
  for (const auto& [column, change] : {std::pair{from, -units}, {to, units}})
    stock[column] = std::to_string(std::stoll(stock[column]) + change);
}

LedgerEntry& ForeignWorld::request_of(OrderKind kind, std::uint32_t group) {
  return *std::find_if(ledger.entries.begin(), ledger.entries.end(), [&](const LedgerEntry& it) {
    return it.kind == kind && it.group == group && it.outcome == RequestOutcome::accepted;
  });
}

std::set<std::string> failed_verdicts(const Examination& examination) {
  std::set<std::string> names;
  for (const Verdict& verdict : examination.verdicts)
    if (verdict.ruling == Ruling::fail) names.insert(verdict.name);
  return names;
}

}  // namespace sagactl
