// Stock for tests, whose quantities are checked on every read.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "server/participants/reservation.hpp"

namespace sagactl {

inline const Moment stock_moment{Timestamp{5'000'000}, "node-2", 1, 77};

struct StockRoom {
  Stock& add(StockKind kind, const std::string& id, std::int64_t available, Money price = Money{100}) {
    Stock stock;
    stock.key = {kind, id};
    stock.name = "The " + id;
    stock.price = price;
    stock.total = stock.available = available;
    stock.version = 1;
    return stocks.put(std::move(stock));
  }
  // "available/reserved/sold"
  std::string at(StockKind kind, const std::string& id) const {
    const Stock* stock = stocks.find({kind, id});
    if (!stock) return "none";
    EXPECT_TRUE(balances(*stock)) << id;
    return std::to_string(stock->available) + "/" + std::to_string(stock->reserved) + "/" + std::to_string(stock->sold);
  }
  std::string at(const std::string& product) const { return at(StockKind::product, product); }

  StockOverlay stocks;
};

}  // namespace sagactl
