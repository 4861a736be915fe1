// What the contract suites write: flows as a node makes them, with every member set to something, and a node
// that numbers its events.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include "server/ports/store.hpp"
#include "tests/contract/store_subject.hpp"

namespace sagactl {

// The id of the `number`th order; later numbers are newer.
OrderId order_id(int number);
UserId user_id(int number);

// An order in `pending` with a running saga, its first payment in `processing` and the barrier of its first
// step.
Flow new_flow(int number, const Owner& owner, Timestamp now);
// The same in the system of that saga, with a customer, and with reservations of an item that is held until `now` + 5min
// and of a product that has been sold.
Flow new_flow_of(std::string_view saga, int number, const Owner& owner, Timestamp now);
// The same, paid and completed.
Flow completed(Flow flow, Timestamp now);
Flow compensated(Flow flow, const std::string& why, Timestamp now);

User new_user(int number, Timestamp now);

// Of it 30 are reserved and 70 sold.
Stock new_stock(StockKind kind, const std::string& id, std::int64_t available, const NodeName& node, Timestamp now);

// Changes that own what they point to.
class ChangeList {
 public:
  ChangeList& create(const Flow& flow);
  // Without new payments, barriers and reservations: `add` or `set` those.
  ChangeList& update(const Flow& flow);
  ChangeList& add(const Payment& payment);
  ChangeList& add(OrderId order, const Barrier& barrier);
  // All reservations of that order.
  ChangeList& set(OrderId order, const std::vector<Reservation>& reservations);
  ChangeList& add(const Claim& claim);
  ChangeList& add(const Stock& stock);
  ChangeList& add(const User& user);
  ChangeList& add(const Replay& replay);
  ChangeList& add(const Event& event);

  Changes changes;

 private:
  std::deque<Flow> flows_;
  std::deque<Payment> payments_;
  std::deque<Barrier> barriers_;
  std::deque<std::vector<Reservation>> reservations_;
  std::deque<Claim> claims_;
  std::deque<Stock> stocks_;
  std::deque<User> users_;
  std::deque<Replay> replays_;
  std::deque<Event> events_;
};

// One life of a node. Writes, and fails the test that it is used in when the store does not commit.
class TestNode {
 public:
  TestNode(StoreSubject& subject, const NodeName& name, Duration lease = 10s);

  const Writer& writer() const { return registration_.writer; }
  Owner owner() const { return {writer().node, writer().epoch}; }
  std::int64_t last_sequence() const { return registration_.last_sequence; }

  // `fill` gets the time of the commit.
  void write(const std::function<void(ChangeList&, Timestamp)>& fill);
  Result<Commit> try_write(const std::function<void(ChangeList&, Timestamp)>& fill);
  Result<Commit> try_write(const BatchKeys& keys, Loaded& loaded,
                           const std::function<void(ChangeList&, Timestamp)>& fill);
  // Creates flows with these numbers, each with its claim and an OrderCreated event; gives the time.
  Timestamp create(const std::vector<int>& numbers);

  // The next event of this node.
  Event event(const Flow& flow, EventType type, Timestamp now);
  Event event(const Stock& stock, Timestamp now);  // of no flow

 private:
  StoreSubject& subject_;
  NodeRegistration registration_;
};

Loaded load(StoreSubject& subject, const TestNode& node, const BatchKeys& keys);

// Everything of a flow that is stored, for comparing.
std::string describe(const Order& order);
std::string describe(const Saga& saga);
std::string describe(const Payment& payment);
std::string describe(const Event& event);
std::string describe(const Flow& flow);
std::string describe(const User& user);
std::string describe(const Reservation& reservation);
std::string describe(const Stock& stock);

}  // namespace sagactl
