// The services of the checkout in separate engines over one store. Messages between them are lost, duplicated and
// reordered, and services are killed between any two messages, as the seed decides. In the end every checkout has
// ended, each step has taken effect once, and stock and money are exact.
#include <gmock/gmock.h>

#include <array>
#include <map>
#include <set>

#include "common/random.hpp"
#include "server/adapters/memory/memory_bus.hpp"
#include "server/adapters/memory/memory_store.hpp"
#include "server/adapters/simulated/simulated_clock.hpp"
#include "server/engine/engine.hpp"

namespace sagactl {
namespace {

const Actor admin{UserId{}, Role::admin};
constexpr std::array services = {Service::order, Service::payment, Service::inventory, Service::orchestrator};
constexpr int checkouts = 12, in_stock = 10, rounds_max = 20'000;

// Records every charge and repeats its answer.
class RecordingProvider : public PaymentGateway {
 public:
  explicit RecordingProvider(std::uint64_t seed) : random_(seed) {}

  void charge(const Charge& charge, std::function<void(ChargeAnswer)> done) override {
    const auto [it, first] = charges_.try_emplace(charge.key, random_.chance(0.8));
    if (!it->second) return done(Refused{"declined"});
    if (first) taken += charge.amount.cents;
    if (first && random_.chance(0.2)) return done(UnknownOutcome{"no answer in time"});
    done(Charged{"tx " + charge.key});
  }
  void query(const EarlierCharge& charge, std::function<void(QueryAnswer)> done) override {
    const auto found = charges_.find(charge.key);
    if (found == charges_.end()) return done(NotCharged{});
    if (!found->second) return done(Refused{"declined"});
    done(Charged{"tx " + charge.key});
  }
  void refund(const EarlierCharge& charge, Money amount, std::function<void(Outcome)> done) override {
    if (refunds_.insert(charge.key).second) taken -= amount.cents;
    done(Succeeded{});
  }

  std::int64_t taken = 0;

 private:
  Random random_;
  std::map<std::string, bool> charges_;
  std::set<std::string> refunds_;
};

// The messages in transit.
class MessageNetwork : public SagaExchange {
 public:
  using Message = std::variant<RemoteCall, RemoteReply, OrderId>;

  void send(const RemoteCall& call) override { messages.emplace_back(call); }
  void send(const RemoteReply& reply) override { messages.emplace_back(reply); }

  std::vector<Message> messages;
};

class ServiceCluster {
 public:
  explicit ServiceCluster(std::uint64_t seed) : random_(seed), provider_(seed) {
    unsubscribe_ = bus_->subscribe([this](const Event& event) {
      if (event.saga_type == checkout_choreography_saga) network_.messages.emplace_back(event.order);
    });
    for (const Service service : services) start(service);
  }
  ~ServiceCluster() { unsubscribe_(); }

  void run() {
    StockSetting books;
    books.key = {StockKind::product, "BOOK"};
    books.price = Money{1000};
    books.available = in_stock;
    at(Service::orchestrator).submit(SetStockRequest{admin, {books}}, nullptr);
    settle();
    for (int i = 0; i < checkouts; ++i) place(i % 2 == 0 ? checkout_saga : checkout_choreography_saga);
    for (int round = 0; round < rounds_max && !ended(); ++round) {
      if (round < rounds_max / 100 && random_.chance(0.05)) kill(services[random_.next() % services.size()]);
      deliver_one();
      settle();
      if (network_.messages.empty()) clock_.advance(1s);
    }
    clock_.advance(1s);
    settle();
  }

  void expect_exact() {
    std::int64_t paid = 0, sold = 0;
    for (const OrderId id : orders_) {
      const Flow flow = store_->flow(id)->value();
      EXPECT_TRUE(is_terminal(flow.saga->status)) << to_string(flow.saga->status);
      EXPECT_FALSE(flow.saga->requires_manual_intervention) << flow.saga->error;
      const bool complete = flow.saga->status == SagaStatus::completed;
      EXPECT_EQ(flow.order.status, complete ? OrderStatus::paid : OrderStatus::cancelled);
      if (!complete) continue;
      paid += flow.order.total.cents;
      for (const OrderItem& item : flow.order.items) sold += item.quantity;
    }
    const Stock stock = *store_->stock({StockKind::product, "BOOK"})->operator->();
    EXPECT_TRUE(balances(stock));
    EXPECT_EQ(stock.reserved, 0);
    EXPECT_EQ(stock.sold, sold);
    EXPECT_EQ(stock.total, in_stock);
    EXPECT_EQ(provider_.taken, paid);
  }

 private:
  Engine& at(Service service) { return *engines_.at(service); }

  void start(Service service) {
    EngineOptions options;
    options.node = std::string(to_string(service));
    options.policy.services = Services::only(service);
    options.seed = random_.next();
    auto engine = std::make_unique<Engine>(options, *store_, provider_, *bus_, clock_);
    engine->set_exchange(network_);
    if (const auto started = engine->start(); !started) crash(started.error().message.c_str());
    engines_[service] = std::move(engine);
  }
  void kill(Service service) {
    engines_.erase(service);
    start(service);
  }

  void place(std::string_view saga) {
    PlaceOrder order;
    order.id = OrderId::fresh();
    order.actor = admin;
    order.saga = saga;
    order.customer = "CUST";
    order.key_only = true;
    order.items = {{"BOOK", "A book", 1 + static_cast<std::int64_t>(random_.next() % 2), Money{1000}}};
    orders_.push_back(order.id);
    at(Service::orchestrator).submit(order, [](const Result<Receipt>& receipt) { EXPECT_TRUE(receipt.ok()); });
    settle();
  }

  void settle() {
    for (const auto& [service, engine] : engines_) do
        engine->turn();
      while (engine->stats().queue_depth > 0);
  }

  // Delivers a random message, which may be lost or stay in transit to be delivered again. A broker does not lose
  // events.
  void deliver_one() {
    if (network_.messages.empty()) return;
    const std::size_t which = random_.next() % network_.messages.size();
    const MessageNetwork::Message message = network_.messages[which];
    const bool is_event = std::holds_alternative<OrderId>(message);
    if (!random_.chance(0.1)) network_.messages.erase(network_.messages.begin() + static_cast<std::ptrdiff_t>(which));
    if (!is_event && random_.chance(0.1)) return;
    if (const auto* call = std::get_if<RemoteCall>(&message)) {
      for (const Service service : {Service::order, Service::payment, Service::inventory})
        at(service).submit(PerformRequest{call->call}, nullptr);
    } else if (const auto* reply = std::get_if<RemoteReply>(&message)) {
      at(Service::orchestrator).submit(StepReplied{reply->saga, reply->reply, {}, true}, nullptr);
    } else {
      for (const Service service : {Service::order, Service::payment, Service::inventory})
        at(service).submit(ContinueRequest{std::get<OrderId>(message)}, nullptr);
    }
  }

  bool ended() {
    return network_.messages.empty() && std::all_of(orders_.begin(), orders_.end(), [&](OrderId id) {
             return is_terminal(store_->flow(id)->value().saga->status);
           });
  }

  Random random_;
  SimulatedClock clock_;
  std::unique_ptr<MemoryStore> store_ = make_memory_store(clock_);
  std::unique_ptr<Bus> bus_ = make_memory_bus();
  RecordingProvider provider_;
  MessageNetwork network_;
  std::map<Service, std::unique_ptr<Engine>> engines_;
  std::vector<OrderId> orders_;
  std::function<void()> unsubscribe_;
};

TEST(Services, LostDuplicatedAndLateMessagesAndKilledServicesDoNotChangeTheResult) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    ServiceCluster cluster(seed);
    cluster.run();
    cluster.expect_exact();
    if (HasFailure()) return;
  }
}

}  // namespace
}  // namespace sagactl
