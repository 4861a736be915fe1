#include "server/participants/stock.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "common/crypto.hpp"
#include "common/text/json_object.hpp"

namespace sagactl {

Uuid aggregate_of(const StockKey& key) {
  const Digest digest = sha256(fmt::format("stock:{}:{}", to_string(key.kind), key.id));
  Uuid id;
  std::copy_n(digest.begin(), id.bytes.size(), id.bytes.begin());
  id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0F) | 0x80);  // version 8: custom
  id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3F) | 0x80);
  return id;
}

const Stock* StockOverlay::find(const StockKey& key) const {
  const auto found = stocks_.find(key);
  if (found != stocks_.end()) return &found->second;
  return base_ ? base_->find(key) : nullptr;
}

Stock* StockOverlay::change(const StockKey& key) {
  const auto found = stocks_.find(key);
  if (found != stocks_.end()) return &found->second;
  const Stock* original = base_ ? base_->find(key) : nullptr;
  return original ? &put(*original) : nullptr;
}

Stock& StockOverlay::put(Stock stock) {
  StockKey key = stock.key;
  return stocks_[std::move(key)] = std::move(stock);
}

Result<std::vector<Event>> set_stock(StockOverlay& stocks, const StockSetting& setting, const Moment& moment) {
  const Stock* existing = stocks.find(setting.key);
  if (existing && setting.only_if_absent) return std::vector<Event>{};
  if (!existing && !setting.available)
    return Error{ErrorCode::not_found, fmt::format("{} {} not found", to_string(setting.key.kind), setting.key.id)};
  if (setting.available && (*setting.available < 0 || *setting.available > stock_max))
    return Error{ErrorCode::invalid, fmt::format("the quantity must be from 0 to {}", stock_max)};

  Stock stock = existing ? *existing : Stock{};
  stock.key = setting.key;
  if (!setting.name.empty()) stock.name = setting.name;
  if (setting.price) stock.price = *setting.price;
  if (setting.available) {
    stock.available = *setting.available;
    stock.total = stock.available + stock.reserved + stock.sold;
  }
  if (existing && stock == *existing) return std::vector<Event>{};
  if (!existing) stock.created_at = moment.now;
  stock.updated_at = moment.now;
  stock.node = moment.node;
  ++stock.version;

  Event event;
  event.type = EventType::stock_set;
  event.aggregate_type = AggregateType::stock;
  event.aggregate = aggregate_of(stock.key);
  event.version = stock.version;
  event.data = JsonObject()
                   .add("kind", to_string(stock.key.kind))
                   .add("id", stock.key.id)
                   .add("name", stock.name)
                   .raw("price", stock.price.number_text())
                   .add("total", stock.total)
                   .add("available", stock.available)
                   .add("reserved", stock.reserved)
                   .add("sold", stock.sold)
                   .add("stockVersion", stock.version)
                   .take();
  stocks.put(std::move(stock));
  std::vector<Event> events;
  events.push_back(std::move(event));
  return events;
}

}  // namespace sagactl
