// A load test's orders in another system's database, linked with the requests of the client's ledger.
#pragma once

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "analysis/foreign/foreign_queries.hpp"
#include "analysis/outstanding_work.hpp"
#include "analysis/violations.hpp"
#include "loadgen/ledger/ledger.hpp"
#include "loadgen/profile/profile.hpp"

namespace sagactl {

// How texts name a request: by the key that it carried, or else by its product.
std::string request_name(const Ledger& ledger, const LedgerEntry& entry);
// A request whose answer alone is known, for a witness.
Json answer_row(const Ledger& ledger, const LedgerEntry& entry);

inline constexpr std::string_view no_order = "there is no order of this run";

struct ForeignOrder {
  std::string id;
  Uuid ref;  // order_ref(id)
  std::string node, status, key, product;
  Timestamp created_at;
  std::optional<Timestamp> ended_at;
  std::optional<Money> amount;
  std::optional<std::int64_t> quantity;  // units of all its items
  std::string user;
  std::optional<OrderGroup> group;  // from its key or product
  bool of_run = false;              // by its group, or because an answer named it
  Json row;
};

// Whether a duplicate was answered like a new order, so that the order in the answer is the client's. A refusal may
// name something else.
inline bool is_answered_with_its_order(const LedgerEntry& entry) {
  return entry.outcome == RequestOutcome::duplicate && entry.http_status < 400 && !entry.order.is_nil();
}

// Rows that lack required values: they are reported, and the others are judged.
class BadRows {
 public:
  void add(const Error& error, const ForeignRow& row, const char* query);
  std::optional<Verdict> verdict() const;  // UNKNOWN, if there is any

 private:
  Violations violations_;
};

class ForeignOrders {
 public:
  // The ledger and the profile outlive this. `invalid` for a query without its required columns; a row without its
  // values becomes a bad row.
  static Result<ForeignOrders> read(ForeignRows& rows, const Profile& profile, const Ledger& ledger);

  const Ledger& ledger() const { return *ledger_; }
  const Profile& profile() const { return *profile_; }
  const RowSource& source() const { return source_; }
  const std::vector<ForeignOrder>& all() const { return orders_; }  // by creation
  const ForeignOrder* find(const Uuid& ref) const;
  const LedgerEntry* accepted_request(const Uuid& ref) const;  // the one accepted as this order; null: none
  // Whether the answer promised an order: the request was accepted, or answered as a duplicate of an order for which no
  // acceptance was seen.
  bool promises_order(const LedgerEntry& entry) const;
  std::vector<const ForeignOrder*> of_group(OrderKind kind, std::uint32_t group) const;
  bool has_groups() const { return has_groups_; }  // a column links orders to groups
  std::string why_no_groups() const;

  // Whether nothing is known about the status of an order, or, where it has no row, whether it exists.
  bool is_unseen(const Uuid& ref) const {
    return unseen_.orders.count(ref) > 0 || (unseen_.any && by_ref_.count(ref) == 0);
  }
  bool all_seen() const { return unseen_.why.empty(); }
  bool may_see_more() const { return !all_seen() && !unseen_.is_final; }
  const std::string& why_unseen() const { return unseen_.why; }
  bool knows_which_exist() const;

  bool has(std::string_view column) const {
    return std::find(columns_.begin(), columns_.end(), column) != columns_.end();
  }

  // Not empty: no id from an answer is in the database, although the keys have orders; shows how each side writes ids.
  const std::string& other_spelling() const { return other_spelling_; }
  OutstandingWork outstanding_work() const;
  BadRows& bad_rows() { return bad_rows_; }

  // Where the two times are of different precision, such as whole seconds and microseconds, an order may be over before
  // any moment within the coarser unit. Where an order's end is only when it was seen, it counts as over once it is
  // undone. One whose status is not known may be over.
  bool is_over_before(const ForeignOrder& order, Timestamp moment) const;
  // Whether an answer of this status, 5xx, leaves open what was done.
  bool may_have_effect(int http_status) const;
  bool is_undone(const ForeignOrder& order) const;
  bool is_completed(const ForeignOrder& order) const;
  bool has_ended(const ForeignOrder& order) const;
  std::vector<std::string> final_status_list() const;
  std::string final_statuses() const;  // "shipped, undone"; "" without any

  Json request_row(const LedgerEntry& entry) const;
  void show(Witness& witness, const ForeignOrder& order) const;
  void show(Witness& witness, const LedgerEntry& entry) const;

 private:
  Result<void> add(const ForeignRow& row);
  bool is_known_row(const ForeignOrder& order);
  void assign_groups();
  void compare_precision();

  const Profile* profile_ = nullptr;
  const Ledger* ledger_ = nullptr;
  RowSource source_;
  UnseenOrders unseen_;
  std::vector<ForeignOrder> orders_;
  std::unordered_map<Uuid, std::size_t> by_ref_;              // the first with it
  std::unordered_multimap<Uuid, std::size_t> others_by_ref_;  // the others, while rows are read
  std::unordered_map<Uuid, std::uint64_t> accepted_;          // to the operation
  std::unordered_set<Uuid> otherwise_named_;                  // by answers with an error, or to duplicates
  std::map<OrderGroup, std::vector<std::size_t>> groups_;
  std::vector<std::string> columns_;  // of the query
  Duration coarser_unit_{0};          // of created_at and ended_at, where their precision differs
  bool has_groups_ = false;
  std::string unsent_key_;  // set if no key is one that was sent
  std::string other_spelling_;
  BadRows bad_rows_;
};

}  // namespace sagactl
