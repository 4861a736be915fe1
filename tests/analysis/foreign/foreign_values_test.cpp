// Times, amounts and addresses as other systems have them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "analysis/verify.hpp"
#include "tests/analysis/foreign/foreign_world.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

// The rows of one key, of which the first is undone and the second was created after that.
struct OrderedAgain : ForeignWorld {
  OrderedAgain() {
    Cells& first = order_of(OrderKind::single, 12);
    first["status"] = "undone";
    std::erase_if(tables["steps"], [&](const Cells& it) { return it.at("order_id") == first["order_id"]; });
    std::erase_if(tables["payments"], [&](const Cells& it) { return it.at("order_id") == first["order_id"]; });
    Cells second = first;
    second["order_id"] = "R-again";
    second["status"] = "shipped";
    second["created_us"] = std::to_string(std::stoll(first["ended_us"]) + 100);
    second["ended_us"] = std::to_string(std::stoll(first["ended_us"]) + 5'000);
    tables["orders"].push_back(second);
    tables["payments"].push_back({{"order_id", "R-again"}, {"kind", "capture"}, {"amount", "2.50"}});
  }
  void round(const char* column, std::int64_t unit, bool up) {
    for (Cells& row : tables["orders"]) {
      const std::int64_t us = std::stoll(row[column]) / unit * unit;
      row[column] = std::to_string(us + (up ? unit : 0));
    }
  }
};

// A MySQL column without fractions rounds, so that an end may be stored as later than what followed it.
TEST(TimesOfDifferentPrecision, LeaveOpenWhatCameFirstWithinTheCoarserUnit) {
  for (const std::int64_t unit : {1'000'000, 1'000}) {
    OrderedAgain of_exact_times;
    EXPECT_EQ(of_exact_times.ruling("one-live-order-per-key"), Ruling::pass);
    OrderedAgain of_coarse_ends;
    of_coarse_ends.round("ended_us", unit, true);
    EXPECT_EQ(of_coarse_ends.ruling("one-live-order-per-key"), Ruling::pass) << unit;
    OrderedAgain of_coarse_starts;
    of_coarse_starts.round("created_us", unit, false);
    EXPECT_EQ(of_coarse_starts.ruling("one-live-order-per-key"), Ruling::pass) << unit;
  }
}

TEST(TimesOfDifferentPrecision, ShowALaterEndAllTheSame) {
  OrderedAgain world;
  world.round("ended_us", 1'000'000, false);
  Cells& first = world.order_of(OrderKind::single, 12);
  first["ended_us"] = std::to_string(std::stoll(first["ended_us"]) + 3'000'000);
  EXPECT_EQ(world.ruling("one-live-order-per-key"), Ruling::fail);
}

TEST(OrderValues, ThatCannotBeReadAreReportedAndNotPassedOver) {
  for (const auto& [column, value] : {std::pair{"amount", "-2.50"},
                                      {"amount", "2.505"},
                                      {"ended_at", "yesterday"},
                                      {"created_us", "1795179849000000000"}}) {
    ForeignWorld world;
    Cells& row = world.order_of(OrderKind::single, 12);
    if (std::string(column) == "ended_at") row.erase("ended_us");
    row[column] = value;
    const Verdict verdict = world.verdict("rows-were-read");
    EXPECT_EQ(verdict.ruling, Ruling::unknown) << column;
    EXPECT_THAT(verdict.reason, HasSubstr(std::string("returns '") + value)) << column;
  }
}

TEST(StatesAndKinds, MayBeInCapitalLetters) {
  ForeignWorld world;
  for (const auto& [table, column] : {std::pair{"steps", "state"}, {"payments", "kind"}})
    for (Cells& row : world.tables[table])
      for (char& c : row[column]) c = static_cast<char>(c - 'a' + 'A');
  const Examination found = world.examine();
  EXPECT_EQ(overall(found.verdicts), Ruling::pass);
  world.tables["payments"].push_back(world.tables["payments"].front());
  EXPECT_EQ(world.ruling("one-capture-per-order"), Ruling::fail);
  world.tables["steps"].pop_back();
  EXPECT_EQ(world.ruling("compensation-complete"), Ruling::fail);
}

TEST(RowsThatSayNothing, PassNoVerdict) {
  struct Case {
    const char *table, *column, *value;
    std::vector<const char*> verdicts;
  };
  for (const Case& it : {Case{"payments", "kind", "charged", {"money-balances", "one-capture-per-order"}},
                         Case{"payments", "amount", "", {"money-balances", "one-capture-per-order"}},
                         Case{"steps", "state", "ok", {"compensation-complete"}},
                         Case{"stock", "available", "", {"stock-balances", "never-negative"}}}) {
    ForeignWorld unreadable, without;
    for (Cells& row : unreadable.tables[it.table]) row[it.column] = it.value;
    without.tables[it.table].clear();
    for (const char* name : it.verdicts) {
      EXPECT_EQ(unreadable.ruling(name), Ruling::unknown) << it.table << ": " << name;
      EXPECT_NE(without.ruling(name), Ruling::pass) << it.table << ": " << name;
      EXPECT_TRUE(unreadable.verdict(name).counted);
    }
    EXPECT_EQ(unreadable.ruling("rows-were-read"), Ruling::unknown);
  }
}

TEST(Compensations, ThatAreMissingAreNamedBeforeTheOrderOfTheOthers) {
  ForeignWorld world;
  std::erase_if(world.tables["steps"], [](Cells& row) {
    return row["order_id"] == "R-21" && row["step"] == "pay" && row["state"] == "undone";
  });
  EXPECT_THAT(world.verdict("compensation-complete").reason,
              HasSubstr("order R-21 is undone, but step pay was completed and never undone"));
}

TEST(Targets, ThatAcceptNothingWhileOthersDoWereNotTested) {
  ForeignWorld world;
  EXPECT_EQ(world.ruling("not-vacuous"), Ruling::pass);
  world.ledger.targets.emplace_back("http://c:1");
  LedgerEntry refused = world.request_of(OrderKind::single, 12);
  refused.target = 2;
  refused.http_status = 404;
  refused.outcome = RequestOutcome::rejected;
  refused.order = {};
  for (std::uint32_t i = 0; i < 10; ++i) {
    refused.operation = world.ledger.entries.size();
    refused.group = 1'000 + i;
    world.ledger.entries.push_back(refused);
  }
  const Verdict verdict = world.verdict("not-vacuous");
  EXPECT_EQ(verdict.ruling, Ruling::unknown);
  EXPECT_THAT(verdict.reason, HasSubstr("none of 10 requests that http://c:1 answered was accepted"));
}

TEST(Targets, ThatAcceptNothingWhereLittleWasToBeAcceptedWereTested) {
  ForeignWorld world;
  LedgerEntry refused = world.request_of(OrderKind::single, 12);
  refused.http_status = 409;
  refused.outcome = RequestOutcome::rejected;
  refused.order = {};
  world.ledger.targets.emplace_back("http://c:1");
  for (std::uint32_t i = 0; i < 900; ++i) {
    refused.operation = world.ledger.entries.size();
    refused.group = 1'000 + i;
    refused.target = static_cast<std::uint16_t>(i < 100 ? 2 : i % 2);
    world.ledger.entries.push_back(refused);
  }
  EXPECT_EQ(world.ruling("not-vacuous"), Ruling::pass) << "what there was is sold out";
}

}  // namespace
}  // namespace sagactl
