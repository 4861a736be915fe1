#include "tests/simulation/violations.hpp"

#include <fmt/format.h>

#include <map>

#include "common/text/json.hpp"

namespace sagactl::simulation {
namespace {

// A stock after one change, from its event.
struct StockVersion {
  std::int64_t available = 0, reserved = 0, sold = 0;
  bool set = false;  // by an operator: the only change that may add or remove units

  std::int64_t total() const { return available + reserved + sold; }
};
using StockVersions = std::map<int, StockVersion>;  // by version

StockVersion version_of(const Json& json, bool set) {
  return {json.at("available").get<std::int64_t>(), json.at("reserved").get<std::int64_t>(),
          json.at("sold").get<std::int64_t>(), set};
}

class StockHistoryCheck {
 public:
  void add(const Event& event) {
    const Json data = Json::parse(event.data);
    const StockKind kind = kind_of(data.at("kind").get<std::string>());
    if (event.type == EventType::stock_set) {
      add_version({kind, data.at("id").get<std::string>()}, data, true);
      return;
    }
    for (const Json& line : data.at("items"))
      if (line.contains("stockVersion")) add_version({kind, line.at("id").get<std::string>()}, line, false);
  }

  void check(const Stock& stock) {
    const std::string name = fmt::format("{} {}", to_string(stock.key.kind), stock.key.id);
    int version = 0;
    const StockVersion* before = nullptr;
    for (const auto& [number, change] : histories_[stock.key]) {
      if (number != ++version) {
        wrong.push_back(fmt::format("no event contains version {} of {}", version, name));
        return;
      }
      if (change.available < 0 || change.reserved < 0 || change.sold < 0)
        wrong.push_back(fmt::format("version {} of {} has a negative quantity", version, name));
      if (before && !change.set && change.total() != before->total())
        wrong.push_back(fmt::format("version {} of {} has {} units, the one before {}", version, name, change.total(),
                                    before->total()));
      before = &change;
    }
    if (version != stock.version || !before || before->available != stock.available ||
        before->reserved != stock.reserved || before->sold != stock.sold)
      wrong.push_back(fmt::format("{} differs from its last event", name));
  }

  std::vector<std::string> wrong;

 private:
  static StockKind kind_of(const std::string& name) {
    std::size_t number = 0;
    while (Spelling<StockKind>::names[number] != name) ++number;
    return static_cast<StockKind>(number);
  }
  void add_version(const StockKey& key, const Json& json, bool set) {
    const int version = json.at("stockVersion").get<int>();
    if (!histories_[key].emplace(version, version_of(json, set)).second)
      wrong.push_back(fmt::format("two events contain version {} of {} {}", version, to_string(key.kind), key.id));
  }

  std::map<StockKey, StockVersions> histories_;
};

}  // namespace

std::vector<std::string> stock_history_violations(History& history) {
  StockHistoryCheck story;
  const auto read = history.each_flow({}, [&](const FlowHistory& it) {
    for (const Event& event : it.events)
      if (event.type >= EventType::stock_reserved && event.type <= EventType::stock_released) story.add(event);
    return true;
  });
  if (!read) return {read.error().message};
  for (const Event& event : history.stock_events().value()) story.add(event);
  for (const Stock& stock : history.stocks().value()) story.check(stock);
  return std::move(story.wrong);
}

std::vector<std::string> money_violations(History& history, const SimulatedProvider& provider) {
  std::vector<std::string> wrong;
  std::map<std::string, const SimulatedProvider::Account*> unexplained;
  for (const auto& [key, account] : provider.accounts())
    if (account.charged && !account.refunded) unexplained[key] = &account;
  std::map<std::string, std::int64_t> taken, worth;  // by system
  const auto read = history.each_flow({}, [&](const FlowHistory& it) {
    const Flow& flow = it.flow;
    if (!flow.saga || !is_terminal(flow.saga->status)) {
      wrong.push_back("a saga has not ended: " + flow.order.id.text());
      return true;
    }
    if (flow.saga->status == SagaStatus::failed && flow.saga->error.starts_with(to_string(Direction::compensation)))
      wrong.push_back("a compensation has failed although no fault remains: " + flow.order.id.text());
    std::int64_t held = 0;
    for (const Payment& payment : flow.payments) {
      if (is_refund_due(payment)) wrong.push_back("a late charge was not refunded: " + payment.id.text());
      const auto found = unexplained.find(payment.provider_key.empty() ? charge_key(payment.order, payment.execution)
                                                                       : payment.provider_key);
      if (payment.status == PaymentStatus::completed && found == unexplained.end())
        wrong.push_back("the provider does not know a recorded payment: " + payment.id.text());
      if (found == unexplained.end()) continue;
      held += found->second->amount.cents;
      // The payment of a saga that failed in doubt may have been charged or not.
      const bool in_doubt = flow.saga->status == SagaStatus::failed && payment.status == PaymentStatus::processing;
      if (payment.status == PaymentStatus::completed || in_doubt) unexplained.erase(found);
    }
    if (flow.saga->status == SagaStatus::failed) return true;
    taken[flow.saga->type] += held;
    if (flow.saga->status == SagaStatus::completed) worth[flow.saga->type] += flow.order.total.cents;
    return true;
  });
  if (!read) wrong.push_back(read.error().message);
  for (const auto& [key, account] : unexplained)
    wrong.push_back(
        fmt::format("the provider charged {} for {}, which the database does not know", account->amount.text(), key));
  for (const SagaDefinition& definition : definitions()) {
    const std::string name(definition.name);
    if (taken[name] != worth[name])
      wrong.push_back(fmt::format("{}: {} was charged for orders with a value of {}", name, Money{taken[name]}.text(),
                                  Money{worth[name]}.text()));
  }
  return wrong;
}

}  // namespace sagactl::simulation
