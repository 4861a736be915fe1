// The verdicts about another system: none fails for a correct run, and each planted fault makes only its own fail, with
// a witness that names the relevant rows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "analysis/result/result.hpp"
#include "analysis/verify.hpp"
#include "tests/analysis/foreign/foreign_world.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

constexpr auto duplicate = OrderKind::duplicate;
constexpr auto single = OrderKind::single;
constexpr auto failing = OrderKind::payment_fail;

TEST(ForeignVerdicts, ACorrectRunPassesAllThatCanBeDecided) {
  ForeignWorld world;
  const Examination found = world.examine();
  ASSERT_EQ(found.verdicts.size(), verdict_names().size() + 2) << "two that only other systems have";
  EXPECT_EQ(overall(found.verdicts), Ruling::pass);
  for (const Verdict& verdict : found.verdicts)
    EXPECT_TRUE(verdict.ruling == Ruling::pass || !verdict.counted) << verdict.name << ": " << verdict.reason;
  EXPECT_EQ(found.sagas.counts.completed, 20u);
  EXPECT_EQ(found.sagas.counts.compensated, 4u);
  ASSERT_EQ(found.distribution.nodes.size(), 2u);
  EXPECT_EQ(found.distribution.nodes[0].orders, 12u);
  EXPECT_EQ(found.groups.groups, 10u);
}

struct Plant {
  const char* verdict;
  const char* shown;  // must be in the witness
  void (*spoil)(ForeignWorld&);
};

Cells& row_of(ForeignWorld& world, const char* table, const std::string& order, const char* step) {
  for (Cells& row : world.tables[table])
    if (row.at("order_id") == order && (row["step"] == step || row["kind"] == step)) return row;
  return world.tables[table].front();
}

const Plant plants[] = {
    {"one-order-per-duplicate-group", "R-again",
     [](ForeignWorld& it) {
       // An answer named each, so that none is a phantom; with different keys, so that they are not both live with one.
       Cells again = it.order_of(duplicate, 3);
       again["order_id"] = "R-again";
       again["product"] = again["key"];
       again["key"] = "";
       LedgerEntry& second = it.ledger.entries[3 * 3 + 1];
       second.outcome = RequestOutcome::accepted;
       second.order = order_ref("R-again");
       it.tables["orders"].push_back(again);
       for (const char* name : {"reserve", "pay"}) {
         Cells row = row_of(it, "steps", "R-3", name);
         row["order_id"] = "R-again";
         it.tables["steps"].push_back(row);
       }
       Cells capture = row_of(it, "payments", "R-3", "capture");
       capture["order_id"] = "R-again";
       it.tables["payments"].push_back(capture);
       it.move_stock(duplicate, 3, "available", "sold");
     }},
    {"no-lost-order", "R-12",
     [](ForeignWorld& it) {
       std::erase_if(it.tables["orders"], [](Cells& row) { return row["order_id"] == "R-12"; });
     }},
    {"no-phantom-order", "R-12",
     [](ForeignWorld& it) {
       LedgerEntry& request = it.request_of(single, 12);
       request.outcome = RequestOutcome::rejected;
       request.order = {};
     }},
    {"one-live-order-per-key", "somebody's key",
     [](ForeignWorld& it) {
       for (const char* id : {"R-x", "R-y"}) {
         Cells other = it.order_of(single, 12);
         other["order_id"] = id;
         other["key"] = "somebody's key";
         it.tables["orders"].push_back(other);
       }
     }},
    {"stock-balances", "1 missing", [](ForeignWorld& it) { it.tables["stock"][0]["available"] = "78"; }},
    {"stock-balances", "left the stock since the load began, but the run's orders in effect have 0",
     [](ForeignWorld& it) { it.move_stock(failing, 21, "available", "reserved"); }},
    {"never-negative", "is negative",
     [](ForeignWorld& it) {
       it.tables["stock"][0]["available"] = "-1";
       it.tables["stock"][0]["sold"] = "100";
     }},
    {"money-balances", "still captured",
     [](ForeignWorld& it) {
       std::erase_if(it.tables["payments"],
                     [](Cells& row) { return row["order_id"] == "R-21" && row["kind"] == "refund"; });
     }},
    {"one-capture-per-order", "2 captures",
     [](ForeignWorld& it) {
       // Half of the amount each, so that only their number is wrong.
       Cells& first = row_of(it, "payments", "R-12", "capture");
       first["amount"] = "1.25";
       const Cells second = first;
       it.tables["payments"].push_back(second);
     }},
    {"all-sagas-end", "placed", [](ForeignWorld& it) { it.order_of(single, 12)["status"] = "placed"; }},
    {"compensation-complete", "step reserve was completed and never undone",
     [](ForeignWorld& it) {
       std::erase_if(it.tables["steps"], [](Cells& row) {
         return row["order_id"] == "R-21" && row["step"] == "reserve" && row["state"] == "undone";
       });
     }},
    {"compensation-complete", "step reserve was undone before the later pay",
     [](ForeignWorld& it) {
       for (Cells& row : it.tables["steps"])
         if (row["order_id"] == "R-21" && row["state"] == "undone" && row["step"] == "reserve")
           row["at_us"] = std::to_string(std::stoll(row["at_us"]) - 150);
     }},
    {"answer-matches-database", "answered with a total of 9.99",
     [](ForeignWorld& it) { it.request_of(single, 12).claimed_total = Money{999}; }},
    {"answer-matches-database", "belongs to another request",
     [](ForeignWorld& it) { std::swap(it.request_of(single, 12).order, it.request_of(single, 13).order); }},
    {"orders-end-as-asked", "order R-21 was meant to fail, but is shipped",
     [](ForeignWorld& it) {
       it.order_of(failing, 21)["status"] = "shipped";
       for (const char* table : {"steps", "payments"})
         std::erase_if(it.tables[table], [](Cells& row) {
           return row["order_id"] == "R-21" && (row["state"] == "undone" || row["kind"] == "refund");
         });
       it.move_stock(failing, 21, "available", "sold");
     }},
    {"errors-had-no-effect", "was answered with HTTP 500, but its order R-12 is shipped",
     [](ForeignWorld& it) {
       LedgerEntry& request = it.request_of(single, 12);
       request.outcome = RequestOutcome::indeterminate;
       request.http_status = 500;
       request.order = {};
       request.order_name = {};
     }},
    {"every-node-known", "names no node", [](ForeignWorld& it) { it.order_of(single, 12)["node"] = ""; }},
};

TEST(ForeignVerdicts, EachPlantedFaultMakesJustItsOwnCheckFail) {
  for (const Plant& plant : plants) {
    ForeignWorld world;
    plant.spoil(world);
    const Examination found = world.examine();
    EXPECT_EQ(failed_verdicts(found), std::set<std::string>{plant.verdict}) << plant.shown;
    const Verdict verdict = world.verdict(plant.verdict);
    EXPECT_THAT(verdict.witness.dump(), HasSubstr(plant.shown));
    EXPECT_EQ(verdict.witness["why"].size(), 2u) << "what was found, and what was expected";
  }
}

TEST(ForeignVerdicts, AWitnessHasTheRowsTheRequestTheNodeAndTheTimes) {
  ForeignWorld world;
  world.order_of(single, 12)["status"] = "placed";
  const Json witness = world.verdict("all-sagas-end").witness;
  EXPECT_EQ(witness["rows"][0]["order_id"], "R-12");
  EXPECT_EQ(witness["rows"][0]["created_at"], "2026-11-20T13:04:09.120100Z") << "times are readable";
  EXPECT_EQ(witness["requests"][0]["key"], "LT-k3f9-S-00000012");
  EXPECT_EQ(witness["requests"][0]["orderId"], "R-12") << "as the system spells it";
  EXPECT_EQ(witness["nodes"][0], "clerk-0");
}

TEST(ForeignVerdicts, TimesMayBeMicrosecondsOrText) {
  ForeignWorld world;
  for (const char* table : {"orders", "steps"})
    for (Cells& row : world.tables[table])
      for (const auto& [us, text] : {std::pair{"created_us", "created_at"}, {"ended_us", "ended_at"}, {"at_us", "at"}})
        if (row.contains(us)) {
          row[text] = iso8601_us(Timestamp{std::stoll(row[us])});
          row.erase(us);
        }
  world.order_of(single, 12)["created_at"] = "2026-11-20 14:04:09.1201+01";  // as PostgreSQL shows it elsewhere
  const Examination found = world.examine();
  EXPECT_EQ(failed_verdicts(found), std::set<std::string>{});
  EXPECT_EQ(found.sagas.took.percentile(50), ForeignWorld().examine().sagas.took.percentile(50));
  world.order_of(single, 13)["created_at"] = "yesterday";
  const Verdict unread = world.verdict("rows-were-read");
  EXPECT_EQ(unread.ruling, Ruling::unknown);
  EXPECT_THAT(unread.reason, HasSubstr("sql.orders returns 'yesterday' as created_at of order R-13: "));
  EXPECT_THAT(unread.reason, HasSubstr("2026-11-20T13:04:07"));
}

TEST(ForeignVerdicts, ARowOfNoOrderIsSaid) {
  for (const auto& [table, column] : {std::pair{"payments", "order_id"}, {"steps", "order_id"}, {"stock", "product"}}) {
    ForeignWorld world;
    Cells row = world.tables[table].front();
    row[column].clear();
    world.tables[table].push_back(row);
    const Verdict unread = world.verdict("rows-were-read");
    EXPECT_EQ(unread.ruling, Ruling::unknown) << table;
    EXPECT_THAT(unread.reason, HasSubstr(std::string("sql.") + table + " returns '' as " + column)) << table;
  }
}

TEST(ForeignVerdicts, AllCasesOfAFaultAreListed) {
  ForeignWorld world;
  for (const std::uint32_t group : {12u, 13u, 14u}) world.order_of(single, group)["status"] = "placed";
  const Verdict verdict = world.verdict("all-sagas-end");
  EXPECT_EQ(verdict.reason, "order R-12 is still placed (2 more like it)");
  EXPECT_EQ(verdict.witness["more"], Json({"order R-13 is still placed", "order R-14 is still placed"}));
}

TEST(ForeignVerdicts, AnOrderAfterOneThatWasUndoneIsNoSecond) {
  ForeignWorld world;
  Cells& first = world.order_of(duplicate, 3);
  first["status"] = "undone";
  Cells later = first;
  later["order_id"] = "R-later";
  later["status"] = "shipped";
  later["created_us"] = std::to_string(std::stoll(first["ended_us"]) + 1);
  world.tables["orders"].push_back(later);
  EXPECT_EQ(world.ruling("one-order-per-duplicate-group"), Ruling::pass);
  EXPECT_EQ(world.ruling("one-live-order-per-key"), Ruling::pass);
}

TEST(ForeignVerdicts, ARequestWithoutAnAnswerIsResolvedByItsKey) {
  ForeignWorld world;
  for (const std::uint32_t group : {12u, 13u}) {
    LedgerEntry& request = world.request_of(single, group);
    request.outcome = RequestOutcome::indeterminate;
    request.order = {};
  }
  std::erase_if(world.tables["orders"], [](Cells& row) { return row["order_id"] == "R-13"; });
  EXPECT_EQ(world.ruling("no-phantom-order"), Ruling::pass);
  EXPECT_THAT(world.verdict("indeterminate-resolved").reason, HasSubstr("1 took effect, 1 did not"));
  for (Cells& row : world.tables["orders"]) row.erase("key");
  EXPECT_EQ(world.ruling("indeterminate-resolved"), Ruling::unknown);
}

// A system under test is rarely set up anew after each fault that was found in it.
TEST(ForeignVerdicts, WhatWasWrongWithTheStockBeforeTheLoadIsNoFaultOfTheRun) {
  ForeignWorld world;
  world.tables["stock"][0]["available"] = "78";
  auto before = read_stock(world, world.profile);
  ASSERT_TRUE(before.ok());
  std::erase_if(before->levels, [](const auto& level) { return level.first != "S"; });  // the run's own come later
  const auto verdict = [&](const char* name) {
    const auto found = examine_foreign(world, world.profile, world.ledger, {}, *before);
    for (const Verdict& it : found->verdicts)
      if (it.name == name) return it;
    return Verdict{};
  };
  EXPECT_EQ(verdict("stock-balances").ruling, Ruling::pass);
  EXPECT_NE(verdict("stock-balances").reason.find("but for 1 where it was so before the load"), std::string::npos);
  world.tables["stock"][0]["available"] = "77";
  EXPECT_EQ(verdict("stock-balances").ruling, Ruling::fail);
  EXPECT_NE(verdict("stock-balances").reason.find("2 missing, and before the load 1 missing"), std::string::npos)
      << verdict("stock-balances").reason;
  world.tables["stock"][0]["available"] = "-3";
  EXPECT_EQ(verdict("never-negative").ruling, Ruling::fail);
  const auto worse = read_stock(world, world.profile);
  ASSERT_TRUE(worse.ok());
  EXPECT_EQ(worse->faults.at("S").lowest, -3);
}

TEST(ForeignVerdicts, WhatTheProfileHasNoDataForIsUnknownWithItsReasonAndDoesNotCount) {
  ForeignWorld world;
  world.profile.queries.steps = {};
  world.profile.queries.stock = {};
  world.profile.queries.payments = {};
  for (const char* name : {"compensation-complete", "stock-balances", "money-balances", "fencing-increases"}) {
    const Verdict verdict = world.verdict(name);
    EXPECT_EQ(verdict.ruling, Ruling::unknown) << name;
    EXPECT_FALSE(verdict.counted);
    EXPECT_THAT(verdict.reason, HasSubstr("profile"));
  }
  EXPECT_EQ(overall(world.examine().verdicts), Ruling::pass);
}

TEST(ForeignVerdicts, WithoutADatabaseTheAnswersAloneShowASecondOrder) {
  ForeignWorld world;
  const auto by_answers = [&] { return foreign_verdicts_without_database(world.profile, world.ledger, "none"); };
  EXPECT_EQ(by_answers().front().ruling, Ruling::pass);
  EXPECT_EQ(overall(by_answers()), Ruling::unknown) << "lost orders cannot be found";
  world.profile.queries.stock = {};
  for (const Verdict& verdict : by_answers()) {
    if (verdict.name == "compensation-complete") {
      EXPECT_EQ(verdict.reason, "none") << "there is a query, but no database";
      EXPECT_TRUE(verdict.counted);
    }
    if (verdict.name == "stock-balances") {
      EXPECT_EQ(verdict.reason, "does not apply: the profile has no query sql.stock");
      EXPECT_FALSE(verdict.counted);
    }
  }
  LedgerEntry& second = world.ledger.entries[1];
  second.outcome = RequestOutcome::accepted;
  second.order = order_ref("R-other");
  second.order_name = OrderName("R-other");
  EXPECT_EQ(by_answers().front().ruling, Ruling::fail);
  EXPECT_THAT(by_answers().front().witness.dump(), HasSubstr("R-other"));
}

TEST(ForeignVerdicts, AVacuousRunIsUnknown) {
  ForeignWorld nothing;
  nothing.tables.clear();
  nothing.ledger.entries.clear();
  EXPECT_EQ(nothing.ruling("not-vacuous"), Ruling::unknown);
  ForeignWorld no_failure;
  for (std::uint32_t group = 20; group < 24; ++group) no_failure.order_of(failing, group)["status"] = "shipped";
  EXPECT_EQ(no_failure.ruling("not-vacuous"), Ruling::unknown);
  ForeignWorld refused;
  for (std::uint32_t group = 20; group < 24; ++group) {
    refused.order_of(failing, group)["status"] = "shipped";
    refused.request_of(failing, group).outcome = RequestOutcome::rejected;
  }
  EXPECT_EQ(refused.ruling("not-vacuous"), Ruling::pass)
      << "a server that stores no declined order: " << refused.verdict("not-vacuous").reason;
  ForeignWorld one_by_one;
  for (LedgerEntry& entry : one_by_one.ledger.entries) {
    entry.sent.us += static_cast<std::int64_t>(entry.operation) * 10'000'000;
    entry.done.us = entry.sent.us + 1'000;
  }
  EXPECT_EQ(one_by_one.ruling("not-vacuous"), Ruling::unknown);
}

TEST(ForeignVerdicts, WithoutAColumnStatusNoOrderCountsAsUnfinished) {
  ForeignWorld world;
  for (Cells& row : world.tables["orders"]) row.erase("status");
  const Examination found = world.examine();
  EXPECT_FALSE(found.ends_are_known);
  EXPECT_TRUE(ForeignWorld().examine().ends_are_known);
  RunResult load;
  load.ledger = world.ledger;
  const Json result = loadtest_json({}, load, &found, found.verdicts, {});
  EXPECT_TRUE(result["sagas"].is_null()) << result["sagas"];
  EXPECT_TRUE(result["throughput"]["completedPerSecond"].is_null());
  EXPECT_EQ(measured_by(load, &found).sagas, nullptr);
}

TEST(ForeignVerdicts, WhereEveryOrderIsLostNothingElseIsWrong) {
  ForeignWorld world;
  world.tables.clear();
  const Examination found = world.examine();
  EXPECT_EQ(failed_verdicts(found), std::set<std::string>{"no-lost-order"});
}

TEST(ForeignQueries, AreCheckedBeforeThereAreRows) {
  ForeignWorld world;
  EXPECT_TRUE(check_queries(world, world.profile));
  world.tables.clear();
  world.columns_without_rows["steps"].erase("at_us");
  const auto checked = check_queries(world, world.profile);
  ASSERT_FALSE(checked.ok());
  EXPECT_EQ(checked.error().message,
            "the profile's query sql.steps returns no column at or at_us; it returns order_id, state, step");
}

TEST(ForeignVerdicts, AQueryWithoutItsColumnsIsAnErrorThatSaysWhich) {
  ForeignWorld world;
  for (Cells& row : world.tables["orders"]) row.erase("created_us");
  const auto found = examine_foreign(world, world.profile, world.ledger, {});
  ASSERT_FALSE(found.ok());
  EXPECT_THAT(found.error().message,
              HasSubstr("sql.orders returns no column created_at or created_us; it returns amount, "));
}

}  // namespace
}  // namespace sagactl
