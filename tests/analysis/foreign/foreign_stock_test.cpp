// What left another system's stock during a load is compared with what the run's orders have. Only what nobody else can
// have taken is a fault.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/analysis/foreign/foreign_world.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

constexpr auto alone = OrderKind::single;
constexpr auto declined = OrderKind::payment_fail;

struct StockWorld : ForeignWorld {
  StockBefore before;

  Verdict stock() {
    const auto found = examine_foreign(*this, profile, ledger, Timestamp{1}, before);
    EXPECT_TRUE(found.ok());
    for (const Verdict& verdict : found->verdicts)
      if (verdict.name == "stock-balances") return verdict;
    return {};
  }
  // All orders are of one product that the server had before, of which `others` units are taken by somebody else.
  void list_one_product(std::int64_t others) {
    ledger.catalogue = {{"chair", "Chair", Money{100}}};
    std::int64_t taken = others;
    for (const LedgerEntry& entry : ledger.entries)
      if (entry.outcome == RequestOutcome::accepted && entry.kind != declined)
        taken += ledger.items_of(entry).front().quantity;
    before.levels["chair"] = {.initial = 1'000, .available = 900, .has_reserved = true};
    tables["stock"] = {{{"product", "chair"},
                        {"initial", "1000"},
                        {"available", std::to_string(900 - taken)},
                        {"reserved", "0"},
                        {"sold", std::to_string(100 + taken)}}};
  }
};

TEST(StockOfOrders, IsWhatLeftTheStock) {
  const Verdict verdict = StockWorld().stock();
  EXPECT_EQ(verdict.ruling, Ruling::pass);
  EXPECT_THAT(verdict.reason, HasSubstr("the stock of 25 products adds up; "));
  EXPECT_THAT(verdict.reason, HasSubstr("units left it for the run's orders in effect, as many as they have"));
}

TEST(StockOfOrders, ThatFailedIsGivenBack) {
  for (const char* column : {"reserved", "sold"}) {
    StockWorld world;
    world.move_stock(declined, 21, "available", column);
    const Verdict verdict = world.stock();
    EXPECT_EQ(verdict.ruling, Ruling::fail) << column;
    EXPECT_THAT(verdict.reason, HasSubstr("of LT-k3f9-"));
    EXPECT_THAT(verdict.reason, HasSubstr("the run's orders in effect have 0: "));
    EXPECT_THAT(verdict.reason, HasSubstr("too many, taken twice or not given back"));
    EXPECT_THAT(verdict.witness.dump(), HasSubstr("R-21"));
  }
}

TEST(StockOfOrders, IsTakenOnce) {
  StockWorld world;
  world.move_stock(alone, 12, "available", "sold");
  EXPECT_EQ(world.stock().ruling, Ruling::fail);
  EXPECT_THAT(world.stock().witness.dump(), HasSubstr("R-12"));
  world.move_stock(alone, 12, "sold", "available");
  EXPECT_EQ(world.stock().ruling, Ruling::pass);
  world.move_stock(alone, 12, "sold", "available");
  EXPECT_EQ(world.stock().ruling, Ruling::fail);
  EXPECT_THAT(world.stock().reason, HasSubstr("too few, not taken"));
}

TEST(StockOfOrders, OfListedProductsMayBeTakenByOthersToo) {
  StockWorld world;
  world.list_one_product(0);
  EXPECT_EQ(world.stock().ruling, Ruling::pass) << world.stock().reason;
  for (const std::int64_t others : {3, -3}) {
    world.list_one_product(others);
    const Verdict verdict = world.stock();
    EXPECT_EQ(verdict.ruling, Ruling::unknown);
    EXPECT_TRUE(verdict.counted);
    EXPECT_THAT(verdict.reason, HasSubstr(others > 0 ? ": 3 too many, " : ": 3 too few, "));
    EXPECT_THAT(verdict.reason, HasSubstr("right if others took or returned some meanwhile"));
    EXPECT_THAT(verdict.witness.dump(), HasSubstr("before the load"));
    EXPECT_EQ(verdict.witness["rows"][2]["status"], "undone") << "an order that may not have given back what it had";
  }
}

TEST(StockOfOrders, MayBeFilledUpMeanwhile) {
  StockWorld world;
  world.list_one_product(0);
  Cells& chairs = world.tables["stock"][0];
  for (const char* column : {"initial", "available"}) chairs[column] = std::to_string(std::stoll(chairs[column]) + 50);
  EXPECT_EQ(world.stock().ruling, Ruling::pass) << world.stock().reason;
}

TEST(StockOfOrders, IsWhatLeftSinceTheLoadBegan) {
  StockWorld world;
  world.list_one_product(0);
  Cells& chairs = world.tables["stock"][0];
  const std::int64_t taken = 900 - std::stoll(chairs["available"]);
  world.before.levels["chair"] = {.initial = 1'000, .available = 1'000 - taken, .has_reserved = true};
  chairs["available"] = std::to_string(1'000 - taken);
  chairs["sold"] = std::to_string(taken);
  EXPECT_EQ(world.stock().ruling, Ruling::unknown) << "only an earlier run took as much: " << world.stock().reason;
  world.profile.journey.set_up.emplace_back();
  EXPECT_EQ(world.stock().ruling, Ruling::pass) << "the run may have filled the stock anew: " << world.stock().reason;
}

// None of these is a fault, and none proves that nothing is wrong.
TEST(StockOfOrders, IsUndecidedWhereSomethingElseMayExplainIt) {
  struct Case {
    const char* said;
    void (*change)(StockWorld&);
  };
  const Case cases[] = {
      {"requests without a clear answer",
       [](StockWorld& it) {
         LedgerEntry& request = it.request_of(alone, 12);
         request.outcome = RequestOutcome::indeterminate;
         request.order = {};
         std::erase_if(it.tables["orders"], [](Cells& row) { return row["order_id"] == "R-12"; });
       }},
      {"let the query return reserved",
       [](StockWorld& it) {
         for (Cells& row : it.tables["stock"]) row.erase("reserved");
         it.tables["stock"].erase(it.tables["stock"].begin());
         it.move_stock(alone, 12, "sold", "available");
       }},
      {"other steps of the journeys",
       [](StockWorld& it) {
         it.ledger.steps = {{"basket", false}, {"create", true}};
         it.move_stock(alone, 12, "available", "sold");
       }},
      {"have no {quantity}",
       [](StockWorld& it) {
         it.profile.item = R"({"sku":"{product}","count":2})";
         it.move_stock(alone, 12, "available", "sold");
       }},
      {"have no {product}", [](StockWorld& it) { it.profile.item = R"({"sku":"S","count":{quantity}})"; }},
      {"none of the products that the run ordered, such as LT-k3f9-",
       [](StockWorld& it) { it.tables["stock"].resize(1); }},
      {"no order is known to be completed or undone",
       [](StockWorld& it) {
         for (Cells& row : it.tables["orders"]) row.erase("status");
       }},
      {"no row of sql.stock was read", [](StockWorld& it) { it.tables["stock"].clear(); }},
  };
  for (const Case& it : cases) {
    StockWorld world;
    it.change(world);
    const Verdict verdict = world.stock();
    EXPECT_EQ(verdict.ruling, Ruling::unknown) << it.said << ": " << verdict.reason;
    EXPECT_THAT(verdict.reason, HasSubstr(it.said));
  }
}

TEST(StockOfOrders, ThatHaveNotEndedMayBeTakenOrNot) {
  StockWorld world;
  world.order_of(alone, 12)["status"] = "placed";
  EXPECT_EQ(world.stock().ruling, Ruling::pass) << world.stock().reason;
  EXPECT_THAT(world.stock().reason, HasSubstr("of orders that are neither completed nor undone"));
  world.move_stock(alone, 12, "sold", "available");
  EXPECT_EQ(world.stock().ruling, Ruling::pass) << world.stock().reason;
}

TEST(StockOfOrders, WhoseAnswerWasLostIsFoundByTheirKeys) {
  StockWorld world;
  LedgerEntry& request = world.request_of(alone, 12);
  request.outcome = RequestOutcome::indeterminate;
  request.order = {};
  EXPECT_EQ(world.stock().ruling, Ruling::pass) << world.stock().reason;
  world.move_stock(alone, 12, "available", "sold");
  EXPECT_EQ(world.stock().ruling, Ruling::fail);
}

// As after its table was replaced during the load.
TEST(StockOfOrders, ThatLacksSomeOfTheirProductsIsUndecided) {
  StockWorld world;
  const std::string product = world.stock_of(alone, 12).at("product");
  std::erase_if(world.tables["stock"], [&](const Cells& row) { return row.at("product") == product; });
  const Verdict verdict = world.stock();
  EXPECT_EQ(verdict.ruling, Ruling::unknown);
  EXPECT_THAT(verdict.reason, HasSubstr("has some of the products that the run ordered and not others, such as LT-"));
  world.before.levels[product] = {.initial = 100, .available = 100};
  EXPECT_EQ(world.stock().ruling, Ruling::unknown);
}

// A server may keep no stock of some: a service, a download.
TEST(StockOfOrders, MayLackListedProductsThatItNeverHad) {
  StockWorld world;
  world.list_one_product(0);
  world.ledger.catalogue.push_back({"advice", "Advice", Money{100}});
  const auto units_of_chairs = [&] {
    std::int64_t taken = 0;
    for (const LedgerEntry& entry : world.ledger.entries)
      for (const ProductItem& item : world.ledger.items_of(entry))
        if (entry.outcome == RequestOutcome::accepted && entry.kind != declined && item.product_id == "chair")
          taken += item.quantity;
    return taken;
  }();
  Cells& chairs = world.tables["stock"][0];
  chairs["available"] = std::to_string(900 - units_of_chairs);
  chairs["sold"] = std::to_string(100 + units_of_chairs);
  const Verdict verdict = world.stock();
  EXPECT_EQ(verdict.ruling, Ruling::pass) << verdict.reason;
  EXPECT_THAT(verdict.reason, HasSubstr("it lacks the products of "));
  world.before.levels["advice"] = {.initial = 1'000, .available = 1'000};
  EXPECT_EQ(world.stock().ruling, Ruling::unknown) << "it had some";
}

TEST(StockOfOrders, MayBeInSeveralRowsOfAProduct) {
  StockWorld world;
  Cells second = world.stock_of(alone, 12);
  second["initial"] = second["available"] = "50";
  second["sold"] = "0";
  world.tables["stock"].push_back(second);
  EXPECT_EQ(world.stock().ruling, Ruling::pass) << world.stock().reason;
  world.tables["stock"].back()["available"] = "many";
  EXPECT_EQ(world.stock().ruling, Ruling::pass) << "the others are judged";
}

TEST(StockOfOrders, IsOneUnitEachWhereTheRequestsHaveNoQuantity) {
  StockWorld world;
  world.profile.item = R"({"seat":"{product}"})";
  for (Cells& row : world.tables["stock"])
    if (row["product"] != "S" && row["sold"] != "0") {
      row["available"] = "99";
      row["sold"] = "1";
    }
  EXPECT_EQ(world.stock().ruling, Ruling::pass) << world.stock().reason;
}

}  // namespace
}  // namespace sagactl
