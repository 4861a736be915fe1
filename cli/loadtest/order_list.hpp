// The orders that a server lists, for the verdicts, where its database cannot be read.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "analysis/foreign/foreign_rows.hpp"
#include "cli/loadtest/server_queries.hpp"
#include "loadgen/ledger/ledger.hpp"

namespace sagactl {

class OrderStatuses;

// A table of orders with the columns that the profile's [list] has pointers for; created_us is the place in the list
// where it has no times. The statuses, if the list has none, are those of `statuses`.
class OrderList final : public ForeignRows {
 public:
  static constexpr std::size_t pages_max = 100'000, orders_max = 5'000'000;

  // All pages, as they are now, for each of the viewers; an order that several see is one. Where a page cannot be read
  // or is no list, the list has the orders before it, and is not complete. The profile and the statuses outlive it.
  static OrderList read(ServerQueries& queries, const Profile& profile, const Ledger& ledger,
                        const OrderStatuses* statuses);

  bool is_complete() const { return !unseen_.any; }
  // The place among the viewers of the first who sees the order; 0 of one that is not in the list.
  std::uint16_t viewer_of(const std::string& order) const;
  bool is_unread() const { return unseen_.any && rows_.empty(); }  // not even one order could be read

  RowSource source() const override;
  UnseenOrders unseen() const override { return unseen_; }
  Result<std::vector<std::string>> columns(const ForeignQuery& query) override;
  Result<void> each_row(const ForeignQuery& query,
                        const std::function<Result<void>(const ForeignRow&)>& visit) override;

 private:
  using Cells = std::vector<std::optional<std::string>>;

  OrderList(const Profile& profile, const Ledger& ledger, const OrderStatuses* statuses);
  Result<void> add_pages(ServerQueries& queries, const std::string& run, const HttpHeaders& viewer);
  // Adds the orders of a page, and returns where the next one is; none after the last.
  Result<std::optional<std::string>> add_page(const std::string& path, const Json& page);
  void add(const Json& order);

  const Profile& profile_;
  const OrderStatuses* statuses_;
  Timestamp run_began_;
  bool has_status_ = false;  // in the list
  bool has_several_viewers_ = false;
  std::uint16_t viewer_ = 0;                            // whose pages are being read
  std::map<std::string, std::uint16_t> first_seen_by_;  // by id, where there are several viewers
  std::vector<std::string> names_;
  std::vector<Cells> rows_;
  UnseenOrders unseen_;
  std::set<std::string> seen_;  // id and key of each
};

}  // namespace sagactl
