#include "tests/simulation/ledger.hpp"

#include <fmt/format.h>

#include <map>

#include "common/text/json.hpp"

namespace sagactl::simulation {
namespace {

// What an event says of a stock after one change.
struct Change {
  std::int64_t available = 0, reserved = 0, sold = 0;
  bool set = false;  // by an operator: the only change that may make or take units

  std::int64_t total() const { return available + reserved + sold; }
};
using Changes = std::map<int, Change>;  // by version

Change change_of(const Json& json, bool set) {
  return {json.at("available").get<std::int64_t>(), json.at("reserved").get<std::int64_t>(),
          json.at("sold").get<std::int64_t>(), set};
}

class Story {
 public:
  void add(const Event& event) {
    const Json data = Json::parse(event.data);
    const StockKind kind = kind_of(data.at("kind").get<std::string>());
    if (event.type == EventType::stock_set) {
      tell({kind, data.at("id").get<std::string>()}, data, true);
      return;
    }
    for (const Json& line : data.at("items"))
      if (line.contains("stockVersion")) tell({kind, line.at("id").get<std::string>()}, line, false);
  }

  void check(const Stock& stock) {
    const std::string name = fmt::format("{} {}", to_string(stock.key.kind), stock.key.id);
    int version = 0;
    const Change* before = nullptr;
    for (const auto& [number, change] : stories_[stock.key]) {
      if (number != ++version) {
        wrong.push_back(fmt::format("version {} of {} is told by no event", version, name));
        return;
      }
      if (change.available < 0 || change.reserved < 0 || change.sold < 0)
        wrong.push_back(fmt::format("version {} of {} is below zero", version, name));
      if (before && !change.set && change.total() != before->total())
        wrong.push_back(fmt::format("version {} of {} has {} units, the one before {}", version, name, change.total(),
                                    before->total()));
      before = &change;
    }
    if (version != stock.version || !before || before->available != stock.available ||
        before->reserved != stock.reserved || before->sold != stock.sold)
      wrong.push_back(fmt::format("{} is not what the last event says of it", name));
  }

  std::vector<std::string> wrong;

 private:
  static StockKind kind_of(const std::string& name) {
    std::size_t number = 0;
    while (Spelling<StockKind>::names[number] != name) ++number;
    return static_cast<StockKind>(number);
  }
  void tell(const StockKey& key, const Json& json, bool set) {
    const int version = json.at("stockVersion").get<int>();
    if (!stories_[key].emplace(version, change_of(json, set)).second)
      wrong.push_back(fmt::format("version {} of {} {} is told twice", version, to_string(key.kind), key.id));
  }

  std::map<StockKey, Changes> stories_;
};

}  // namespace

std::vector<std::string> stock_history_violations(History& history) {
  Story story;
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

std::vector<std::string> money_violations(History& history, const Provider& provider) {
  std::vector<std::string> wrong;
  std::map<std::string, const Provider::Account*> unexplained;
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
      wrong.push_back("nobody refuses any more, and a compensation has failed: " + flow.order.id.text());
    std::int64_t held = 0;
    for (const Payment& payment : flow.payments) {
      if (is_refund_due(payment)) wrong.push_back("a late charge was not given back: " + payment.id.text());
      const auto found = unexplained.find(payment.provider_key.empty() ? charge_key(payment.order, payment.execution)
                                                                       : payment.provider_key);
      if (payment.status == PaymentStatus::completed && found == unexplained.end())
        wrong.push_back("a payment is recorded that the provider does not know: " + payment.id.text());
      if (found == unexplained.end()) continue;
      held += found->second->amount.cents;
      // Of a saga that failed in doubt, nobody knows yet what became of its payment.
      const bool in_doubt =
          flow.saga->status == SagaStatus::failed && payment.status == PaymentStatus::processing;
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
        fmt::format("the provider took {} for {} and the database does not know", account->amount.text(), key));
  for (const SagaDefinition& definition : definitions()) {
    const std::string name(definition.name);
    if (taken[name] != worth[name])
      wrong.push_back(fmt::format("{}: {} was taken for orders that are worth {}", name, Money{taken[name]}.text(),
                                  Money{worth[name]}.text()));
  }
  return wrong;
}

}  // namespace sagactl::simulation
