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
// The same in the system of that saga, with a customer, and with reservations of an item that is held until `now` +
// 5min and of a product that has been sold.
Flow new_flow_of(std::string_view saga, int number, const Owner& owner, Timestamp now);
// Three versions of a definition that can be published: a graph whose first two steps run together, a wait at its end;
// sagas of it are found by "guest.name", "nights" and "vip".
std::string trip_text(int version);
inline const std::string trip = "trip";
// A user's saga without an order. Its first two steps are in progress, each in its own way; every member is set to
// something. Of a trip when the definition is none of DTM's.
Flow new_own_flow(const DefinitionPointer& definition, int number, const Owner& owner, Timestamp now);
// What DTM's clients send: a definition that is stored with its saga.
DefinitionPointer dtm_definition(std::string_view type, std::size_t branches, bool is_prepared, Duration delay);
// An LRA with that many participants: a definition that grows.
DefinitionPointer lra_definition(std::size_t participants, bool is_nested = false);
CallRecord call_record(const Flow& flow, int tries, Timestamp now);
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
  ChangeList& add(OrderId flow, const CallRecord& record);

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
  std::deque<CallRecord> calls_;
};

// A node in one epoch. Writes, and fails the test when the store does not commit.
class WriterNode {
 public:
  WriterNode(StoreSubject& subject, const NodeName& name, Duration lease = 10s);

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

Loaded load(StoreSubject& subject, const WriterNode& node, const BatchKeys& keys);

// Everything of a flow that is stored, for comparing.
std::string describe(const Order& order);
std::string describe(const Saga& saga);
std::string describe(const Payment& payment);
std::string describe(const Event& event);
std::string describe(const Flow& flow);
std::string describe(const User& user);
std::string describe(const Reservation& reservation);
std::string describe(const Stock& stock);
std::string describe(const CallRecord& record);
std::string describe(const StoredDefinition& stored);

}  // namespace sagactl
