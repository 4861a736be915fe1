// Orders that arrived at the same time: in which order, on which nodes, how far apart, and which one won.
#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "analysis/history/node_numbers.hpp"
#include "analysis/history/observer.hpp"
#include "common/text/json.hpp"
#include "loadgen/ledger/ledger.hpp"

namespace sagactl {

class RepeatedAnswers;

// One order or one request of a group.
struct GroupMember {
  // "created", "repeated" (accepted as the order that another request created), or why there is no order: "duplicate",
  // "rejected", "indeterminate", "unreached".
  std::string outcome;
  NodeName node;      // that wrote the order; of a request without an order, the URL that it was sent to
  std::string order;  // id; empty: none
  std::string product;
  // Since the first member: of an order, when it was written, by the database's clock; of a request, when it was sent,
  // by the client's.
  Duration at{0};
  Duration gap{0};                      // since the member before it
  std::optional<Duration> done;         // of a request: when it was answered, in the same way
  std::optional<Timestamp> written_at;  // of an order, by the database's clock
};

struct ConcurrentGroup {
  enum class Kind {
    requests,       // the requests of one duplicate group, as the client's ledger has them
    same_products,  // orders with one idempotency key within the window
    window,         // orders for any products within the window
  };
  Kind kind = Kind::window;
  std::string products;
  Timestamp began_at;                // the first member's time
  std::vector<GroupMember> members;  // by time
  std::uint32_t depth = 0;           // most requests in flight at once; 0: unknown

  // The first order that was created; null: none was.
  const GroupMember* winner() const;
};

struct GroupSummary {
  std::uint64_t groups = 0;  // found; at most groups_max of them are listed
  std::uint64_t members = 0;
  std::map<NodeName, std::uint64_t> wins;  // by node
  std::vector<ConcurrentGroup> listed;     // by time
};

class ConcurrentGroupsObserver final : public Observer {
 public:
  static constexpr std::size_t groups_max = 40, members_max = 200;
  static constexpr Duration window = 100ms;

  // null: groups are found by time. The ledger must outlive this.
  explicit ConcurrentGroupsObserver(const Ledger* ledger);

  void on_flow(const FlowFacts& facts) override;
  GroupSummary finish();

 private:
  struct PlacedOrder {
    OrderId order;
    NodeName node;
    Timestamp at;
    std::string product;
    std::string key;
  };

  // An order that an answer named; small, since there may be millions.
  struct WrittenOrder {
    Timestamp at;  // 0: it is not in the database
    std::uint16_t node = 0;
  };

  void close_window();
  void list(ConcurrentGroup group);
  ConcurrentGroup group_of_orders(ConcurrentGroup::Kind kind, const std::vector<const PlacedOrder*>& orders) const;
  ConcurrentGroup group_of_requests(const std::vector<const LedgerEntry*>& entries,
                                    const RepeatedAnswers& repeated) const;
  GroupMember member_of(const LedgerEntry& entry, Timestamp first_sent, const RepeatedAnswers& repeated) const;

  const Ledger* ledger_;                             // null: none, or it has no duplicate groups
  std::unordered_map<Uuid, WrittenOrder> by_order_;  // of the requests of the duplicate groups
  NodeNumbers nodes_;
  std::vector<PlacedOrder> open_;  // orders of the current window
  GroupSummary summary_;
};

Json to_json(const ConcurrentGroup& group);
Json to_json(const GroupSummary& summary);  // without the groups themselves

}  // namespace sagactl
