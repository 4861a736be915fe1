#include "tests/analysis/world.hpp"

#include <algorithm>
#include <map>

namespace sagactl {
namespace {

const SagaDefinition& definition_of(const FlowHistory& flow) {
  return *find_definition(flow.flow.saga->type);
}

StockOverlay book_of(const std::map<StockKey, Stock>& stocks) {
  StockOverlay book;
  for (const auto& [key, stock] : stocks) book.put(stock);
  return book;
}

template <class T>
T expect(Result<T> result) {
  return std::move(result).value();  // aborts on an error: the world only does what is allowed
}

class WorldHistory final : public History {
 public:
  explicit WorldHistory(const World& world) : world_(world) {}

  Result<void> each_flow(const HistoryFilter& filter, const std::function<bool(FlowHistory&)>& visit) override {
    for (const FlowHistory& flow : world_.flows) {
      if (filter.since && flow.flow.order.created_at < *filter.since) continue;
      if (filter.until && flow.flow.order.created_at >= *filter.until) continue;
      FlowHistory shown = flow;
      if (!visit(shown)) break;
    }
    return {};
  }
  Result<void> each_event(const std::function<bool(const NodeName&, std::int64_t, Timestamp)>& visit) override {
    for (const World::Numbered& event : world_.stream)
      if (!visit(event.node, event.sequence, event.at)) break;
    return {};
  }
  Result<std::vector<Event>> stock_events() override {
    return std::vector<Event>(world_.stock_events.begin(), world_.stock_events.end());
  }
  Result<std::vector<Stock>> stocks() override {
    std::vector<Stock> stocks;
    for (const auto& [key, stock] : world_.stocks) stocks.push_back(stock);
    return stocks;
  }
  Result<void> each_claim(const std::function<bool(const Claim&)>& visit) override {
    for (const Claim& claim : world_.claims)
      if (!visit(claim)) break;
    return {};
  }
  Result<std::vector<NodeInfo>> nodes() override { return world_.nodes; }
  Timestamp taken_at() const override { return world_.now(); }

 private:
  const World& world_;
};

}  // namespace

World::World() {
  for (const char* name : {"node-1", "node-2", "node-3"})
    nodes.push_back(NodeInfo{.name = name,
                             .url = std::string("http://127.0.0.1/") + name,
                             .epoch = 1,
                             .lease_until = now_ + 2s,
                             .live = true,
                             .last_sequence = 0,
                             .published = 0});
}

Moment World::moment() {
  now_ = now_ + 1ms;
  return Moment{now_, node_, 1, 7 + orders_};
}

void World::append(FlowHistory& flow, std::vector<Event> events) {
  for (Event& event : events) {
    sign(event);
    flow.events.push_back(std::move(event));
  }
}

void World::sign(Event& event) const {
  event.node = node_;
  event.occurred_at = now_;
}

void World::set_stock(StockKind kind, const std::string& id, std::int64_t available, Money price) {
  StockOverlay book = book_of(stocks);
  const StockSetting setting{.key = {kind, id}, .name = id, .price = price, .available = available};
  for (Event& event : expect(sagactl::set_stock(book, setting, moment()))) {
    sign(event);
    stock_events.push_back(std::move(event));
  }
  stocks = book.changes();
}

StepResult World::perform_step(FlowHistory& flow, const StepCall& call, const Moment& at) {
  const StepDefinition& step = definition_of(flow).steps[call.step];
  StockOverlay book = book_of(stocks);
  StepResult performed = expect(perform(command_of(step, call.direction), flow.flow, book, call, Policy{}, at));
  stocks = book.changes();
  return performed;
}

void World::expire(FlowHistory& flow) {
  const Moment at = moment();
  StockOverlay book = book_of(stocks);
  for (Reservation& reservation : flow.flow.reservations) {
    ReservationDecision decision = sagactl::expire(book, reservation, flow.flow.order.id, at);
    reservation = std::move(decision.reservation);
    append(flow, std::move(decision.events));
  }
  stocks = book.changes();
}

void World::give_back(FlowHistory& flow, StockKind kind) {
  const Moment at = moment();
  StockOverlay book = book_of(stocks);
  for (Reservation& reservation : flow.flow.reservations) {
    if (reservation.kind != kind) continue;
    ReservationDecision decision = release(book, reservation, flow.flow.order.id, at);
    reservation = std::move(decision.reservation);
    append(flow, std::move(decision.events));
  }
  stocks = book.changes();
}

bool World::is_asked(const FlowHistory& flow) const {
  return std::any_of(under_way_.begin(), under_way_.end(),
                     [&](const auto& it) { return it.first == flow.flow.order.id; });
}

FlowHistory& World::place(const Placing& placing) {
  write_on(placing.node);
  const Timestamp acquired = now_ + 100us;
  const Moment at = moment();
  CreateOrder create;
  create.id = OrderId{make_uuid_v7(at.now, 0, ++orders_)};
  create.user = placing.user.uuid.is_nil() ? UserId{make_uuid_v7(at.now, 1, 1)} : placing.user;
  create.items = placing.items;
  if (create.items.empty()) create.items = {{placing.product, "Product " + placing.product, 1, Money{1000'00}}};
  create.address = "Seoul, Teheran-ro 123";
  create.customer = placing.customer;
  if (placing.customer.empty()) create.idempotency_key = default_idempotency_key(create.items);
  if (placing.locked) {
    create.fencing_token = ++fencing_token_;
    create.lock_metadata = Json{
        {"lockKey", "order:" + placing.product},
        {"fencingToken", create.fencing_token},
        {"lockAcquiredAt",
         acquired.us}}.dump();
  }
  OrderDecision decision = expect(create_order(create, at));
  FlowHistory& flow = flows.emplace_back();
  flow.flow.order = std::move(decision.order);
  append(flow, std::move(decision.events));
  const SagaDefinition& definition = *find_definition(placing.saga);
  flow.flow.saga = new_saga(definition, saga_of(create.id), at);
  flow.flow.saga->correlation = placing.correlation;
  follow(flow, expect(decide(definition, *flow.flow.saga, StartSaga{}, at)));
  return flow;
}

void World::follow(FlowHistory& flow, SagaDecision decision) {
  flow.flow.saga = std::move(decision.saga);
  append(flow, std::move(decision.events));
  const Moment at{now_, node_, 1, 7 + orders_};
  for (const StepCall& call : decision.calls) {
    StepResult performed = perform_step(flow, call, at);
    append(flow, std::move(performed.events));
    if (performed.gateway_call) under_way_.emplace_back(flow.flow.order.id, *performed.gateway_call);
    if (!performed.outcome) continue;
    const StepReply reply{call.step, call.direction, call.execution, *performed.outcome};
    follow(flow, expect(decide(definition_of(flow), *flow.flow.saga, reply, at)));
  }
}

void World::answer(FlowHistory& flow, Outcome outcome, const std::string& transaction) {
  const auto call = std::find_if(under_way_.rbegin(), under_way_.rend(),
                                 [&](const auto& it) { return it.first == flow.flow.order.id; });
  if (call == under_way_.rend()) crash("no call to the gateway is under way for this order");
  const GatewayCall made = call->second;
  std::erase_if(under_way_, [&](const auto& it) { return it.first == flow.flow.order.id; });
  const Moment at = moment();
  const StepDefinition& step = definition_of(flow).steps[made.step];
  StepReply reply{made.step, made.direction, made.execution, std::move(outcome), made.tries, made.since};
  append(flow, expect(record_reply(step, flow.flow, reply, GatewayReply{made.kind, transaction}, Policy{}, at)));
  follow(flow, expect(decide(definition_of(flow), *flow.flow.saga, reply, at)));
}

void World::command(FlowHistory& flow, const SagaCommand& command) {
  follow(flow, expect(decide(definition_of(flow), *flow.flow.saga, command, moment())));
}

void World::cancel(FlowHistory& flow, const std::string& reason) {
  OrderDecision decision = expect(decide(flow.flow.order, CancelOrder{reason}, moment()));
  flow.flow.order = std::move(decision.order);
  append(flow, std::move(decision.events));
  follow(flow, expect(decide(definition_of(flow), *flow.flow.saga, CompensateSaga{reason}, Moment{now_, node_, 1, 7})));
}

FlowHistory& World::add(const Placing& placing) {
  FlowHistory& flow = place(placing);
  complete(flow);
  return flow;
}

void World::number_events() {
  std::vector<Event*> events;
  for (Event& event : stock_events) events.push_back(&event);
  for (FlowHistory& flow : flows)
    for (Event& event : flow.events) events.push_back(&event);
  std::stable_sort(events.begin(), events.end(),
                   [](const Event* a, const Event* b) { return a->occurred_at < b->occurred_at; });
  std::map<NodeName, std::int64_t> last;
  stream.clear();
  for (Event* event : events) {
    event->sequence = ++last[event->node];
    stream.push_back({event->node, event->sequence, event->occurred_at});
  }
  std::stable_sort(stream.begin(), stream.end(), [](const Numbered& a, const Numbered& b) { return a.node < b.node; });
  for (NodeInfo& node : nodes) node.last_sequence = node.published = last[node.name];
}

void World::number_versions(FlowHistory& flow, AggregateType type) {
  int version = 0;
  for (Event& event : flow.events)
    if (event.aggregate_type == type) event.version = ++version;
  if (type == AggregateType::order) flow.flow.order.version = version;
  if (type == AggregateType::saga) flow.flow.saga->version = version;
}

void World::settle_claims() {
  std::map<KeyDigest, Claim> by_key;
  for (const FlowHistory& flow : flows) {
    const Order& order = flow.flow.order;
    if (!order.holds_key) continue;
    Claim& claim = by_key[digest_of_key(order.idempotency_key)];
    if (!claim.order.uuid.is_nil() && claim.live && !is_live(order.status)) continue;
    claim = Claim{digest_of_key(order.idempotency_key), order.id, is_live(order.status)};
  }
  claims.clear();
  for (const auto& [key, claim] : by_key) claims.push_back(claim);
}

void World::remove(const FlowHistory& flow) {
  flows.erase(std::find_if(flows.begin(), flows.end(), [&](const FlowHistory& it) { return &it == &flow; }));
}

std::unique_ptr<History> World::history() const {
  return std::make_unique<WorldHistory>(*this);
}

Event* find_event(FlowHistory& flow, EventType type) {
  for (Event& event : flow.events)
    if (event.type == type) return &event;
  return nullptr;
}

void erase_event(FlowHistory& flow, EventType type) {
  flow.events.erase(
      std::find_if(flow.events.begin(), flow.events.end(), [&](const Event& event) { return event.type == type; }));
}

}  // namespace sagactl
