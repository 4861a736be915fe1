// Another system's database for tests, as rows in memory: correct, until a test changes them.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "analysis/foreign/foreign.hpp"

namespace sagactl {

using Cells = std::map<std::string, std::string>;

// Ten duplicate groups of three requests, ten single orders and four that failed, over two nodes; each group has a
// product of its own.
struct ForeignWorld : ForeignRows {
  ForeignWorld();

  Result<std::vector<std::string>> columns(const ForeignQuery& query) override;
  Result<void> each_row(const ForeignQuery& query,
                        const std::function<Result<void>(const ForeignRow&)>& visit) override;

  Examination examine();
  Ruling ruling(const std::string& name);
  Verdict verdict(const std::string& name);

  Cells& order_of(OrderKind kind, std::uint32_t group);
  Cells& stock_of(OrderKind kind, std::uint32_t group);
  // Moves what an order of the group has; from and to are columns of the stock.
  void move_stock(OrderKind kind, std::uint32_t group, const char* from, const char* to);
  LedgerEntry& request_of(OrderKind kind, std::uint32_t group);  // the first accepted one

  Profile profile;
  Ledger ledger;
  std::map<std::string, std::vector<Cells>> tables;  // by query
  std::map<std::string, std::set<std::string>> columns_without_rows;

 private:
  void place(OrderKind kind, std::uint32_t group, std::uint16_t count);
};

std::set<std::string> failed_verdicts(const Examination& examination);  // their names

}  // namespace sagactl
