// Another system that writes late, spells ids differently, or has incomplete rows: judged correctly.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/analysis/foreign/foreign_world.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

constexpr auto one_alone = OrderKind::single;
constexpr auto to_fail = OrderKind::payment_fail;

void erase_order(ForeignWorld& world, const std::string& id) {
  for (auto& [table, rows] : world.tables)
    std::erase_if(rows, [&](const Cells& row) { return row.contains("order_id") && row.at("order_id") == id; });
}

TEST(OutstandingWork, IsEmptyForACompleteRun) {
  EXPECT_EQ(ForeignWorld().examine().outstanding_work, OutstandingWork{});
}

TEST(OutstandingWork, HasAcceptedAndTimedOutOrdersThatAreMissingOrNotEnded) {
  ForeignWorld world;
  erase_order(world, "R-12");
  world.order_of(one_alone, 13)["status"] = "placed";
  LedgerEntry& timed_out = world.request_of(one_alone, 14);
  timed_out.outcome = RequestOutcome::indeterminate;
  timed_out.failure = TransportFailure::timed_out;
  timed_out.order = {};
  erase_order(world, "R-14");
  LedgerEntry& error = world.request_of(one_alone, 15);
  error.outcome = RequestOutcome::indeterminate;
  error.http_status = 500;
  error.order = {};
  erase_order(world, "R-15");
  EXPECT_EQ(world.examine().outstanding_work, (OutstandingWork{.orders = 1, .lost = 1, .timed_out = 1, .unclear = 1}));
}

TEST(OutstandingWork, IncludesASecondOrderOfAQueuedRequest) {
  ForeignWorld world;
  LedgerEntry& repeated = world.ledger.entries[1];  // of the first group of duplicates, whose order exists
  repeated.outcome = RequestOutcome::indeterminate;
  repeated.failure = TransportFailure::timed_out;
  repeated.order = {};
  EXPECT_EQ(world.examine().outstanding_work, (OutstandingWork{.timed_out = 1}));
}

TEST(Declined, OrdersThatAreKeptAsUndoneAreNoPhantoms) {
  ForeignWorld world;
  for (std::uint32_t group = 20; group < 24; ++group) {
    LedgerEntry& request = world.request_of(to_fail, group);
    request.outcome = RequestOutcome::rejected;
    request.http_status = 402;
    request.order = {};
    request.order_name = {};
  }
  EXPECT_EQ(failed_verdicts(world.examine()), std::set<std::string>{});
  EXPECT_THAT(world.verdict("no-phantom-order").reason, HasSubstr("4 of them to refused ones, and undone"));
  world.order_of(to_fail, 21)["status"] = "shipped";
  const Verdict done = world.verdict("no-phantom-order");
  EXPECT_EQ(done.ruling, Ruling::fail);
  EXPECT_THAT(done.reason,
              HasSubstr("order R-21, which is shipped, exists, but its request 41 was refused with HTTP 402"));
}

TEST(AnswersWithoutAnId, AreMatchedByTheirKeys) {
  ForeignWorld world;
  for (LedgerEntry& entry : world.ledger.entries) {
    entry.order = {};
    entry.order_name = {};
    entry.claimed_total.reset();
  }
  EXPECT_EQ(failed_verdicts(world.examine()), std::set<std::string>{});
  EXPECT_THAT(world.verdict("no-lost-order").reason, HasSubstr("24 of them found by their keys"));
  EXPECT_THAT(world.verdict("indeterminate-resolved").reason, HasSubstr("every request got a clear answer"));
  erase_order(world, "R-12");
  EXPECT_EQ(failed_verdicts(world.examine()), std::set<std::string>{"no-lost-order"});
  EXPECT_THAT(world.verdict("no-lost-order").reason, HasSubstr("no order with its key LT-k3f9-S-00000012"));
}

TEST(AnswersWithoutAnId, AreUndecidedWhereNoKeyLinksThem) {
  ForeignWorld world;
  world.request_of(one_alone, 12).order = {};
  for (Cells& row : world.tables["orders"]) row.erase("key");
  const Verdict lost = world.verdict("no-lost-order");
  EXPECT_EQ(lost.ruling, Ruling::unknown);
  EXPECT_THAT(lost.reason, HasSubstr("1 of 24 accepted answers named no order, and sql.orders has no column key"));
  erase_order(world, "R-13");
  EXPECT_EQ(world.ruling("no-lost-order"), Ruling::fail) << "what is known to be lost";
}

TEST(KeysInAnotherForm, LinkNoRequestAndAreNoFault) {
  ForeignWorld world;
  for (Cells& row : world.tables["orders"]) row["key"] = "sha256:" + row["key"].substr(3);
  EXPECT_EQ(failed_verdicts(world.examine()), std::set<std::string>{});
  EXPECT_THAT(world.verdict("one-order-per-duplicate-group").reason,
              HasSubstr("by the answers and the status of each order"));
  EXPECT_THAT(world.verdict("no-phantom-order").reason,
              HasSubstr("as key of order R-0, which is not one that was sent"));
  EXPECT_FALSE(world.verdict("no-phantom-order").counted);
  Cells second = world.tables["orders"].front();
  second["order_id"] = "R-second";
  world.tables["orders"].push_back(second);
  EXPECT_EQ(failed_verdicts(world.examine()), std::set<std::string>{"one-live-order-per-key"})
      << "which needs no request";
}

TEST(AnErrorWithEffect, IsShownAndIsNotAFault) {
  ForeignWorld world;
  LedgerEntry& request = world.request_of(one_alone, 12);
  request.outcome = RequestOutcome::indeterminate;
  request.http_status = 500;
  request.order = {};
  const Verdict shown = world.verdict("indeterminate-resolved");
  EXPECT_EQ(shown.ruling, Ruling::pass);
  EXPECT_THAT(shown.reason, HasSubstr("1 answered with an error, but took effect"));
  EXPECT_THAT(shown.witness["why"][0].get<std::string>(),
              HasSubstr("was answered with HTTP 500, but its order R-12 is shipped"));
  EXPECT_EQ(shown.witness["rows"][0]["order_id"], "R-12");
  EXPECT_EQ(shown.witness["requests"][0]["httpStatus"], 500);
}

TEST(AnErrorWithEffect, IsShownWhereOtherRequestsForItTimedOut) {
  ForeignWorld world;
  for (std::size_t member = 0; member < 3; ++member) {
    LedgerEntry& request = world.ledger.entries[member];
    request.outcome = RequestOutcome::indeterminate;
    request.failure = member == 1 ? TransportFailure::none : TransportFailure::timed_out;
    request.http_status = member == 1 ? 500 : 0;
    request.order = {};
  }
  const Verdict shown = world.verdict("indeterminate-resolved");
  EXPECT_THAT(shown.reason, HasSubstr("1 took effect, 2 did not; 1 answered with an error, but took effect"));
  EXPECT_EQ(shown.witness["requests"][0]["operation"], 1);
}

TEST(OtherSpellings, OfOneIdAreTheSame) {
  ForeignWorld world;
  const std::string plain = "867a4850-d872-42eb-a83d-c71921cdc0c3", bare = "867a4850d87242eba83dc71921cdc0c3";
  for (auto& [table, rows] : world.tables)
    for (Cells& row : rows)
      if (row.contains("order_id") && row["order_id"] == "R-12") row["order_id"] = bare + "        ";
  for (Cells& row : world.tables["orders"]) row["status"] += "    ";
  LedgerEntry& request = world.request_of(one_alone, 12);
  request.order = order_ref(plain);
  request.order_name = {};
  EXPECT_EQ(failed_verdicts(world.examine()), std::set<std::string>{});
  EXPECT_EQ(overall(world.examine().verdicts), Ruling::pass);
}

TEST(OtherSpellings, OfEveryIdAreReportedAndAreNotALoss) {
  ForeignWorld world;
  for (auto& [table, rows] : world.tables)
    for (Cells& row : rows)
      if (row.contains("order_id")) row["order_id"] = "internal-" + row["order_id"];
  EXPECT_EQ(failed_verdicts(world.examine()), std::set<std::string>{});
  const Verdict lost = world.verdict("no-lost-order");
  EXPECT_EQ(lost.ruling, Ruling::unknown);
  EXPECT_THAT(lost.reason, HasSubstr("the answers name orders like R-1, but sql.orders like internal-R-1"));
}

TEST(StepsWithEqualTimes, MayBeInAnyValidOrder) {
  for (const bool backwards : {false, true}) {
    ForeignWorld world;
    for (Cells& row : world.tables["steps"]) row["at_us"] = "1795179849000000";
    if (backwards) std::reverse(world.tables["steps"].begin(), world.tables["steps"].end());
    EXPECT_EQ(failed_verdicts(world.examine()), std::set<std::string>{});
    std::erase_if(world.tables["steps"], [](Cells& row) {
      return row["order_id"] == "R-21" && row["step"] == "reserve" && row["state"] == "undone";
    });
    EXPECT_EQ(failed_verdicts(world.examine()), std::set<std::string>{"compensation-complete"});
  }
}

TEST(OrdersWithEqualTimes, MayHaveHappenedInAnyValidOrder) {
  for (const bool backwards : {false, true}) {
    ForeignWorld world;
    Cells& first = world.order_of(OrderKind::duplicate, 3);
    first["status"] = "undone";
    first["ended_us"] = first["created_us"];
    Cells anew = first;
    anew["order_id"] = "R-anew";
    anew["status"] = "shipped";
    auto& orders = world.tables["orders"];
    orders.insert(backwards ? orders.begin() : orders.end(), anew);
    for (const char* name : {"one-order-per-duplicate-group", "one-live-order-per-key"})
      EXPECT_EQ(world.ruling(name), Ruling::pass) << name;
    for (Cells& row : orders)
      if (row["key"] == anew["key"]) row["status"] = "shipped";
    for (const char* name : {"one-order-per-duplicate-group", "one-live-order-per-key"})
      EXPECT_EQ(world.ruling(name), Ruling::fail) << name;
  }
}

TEST(Steps, ThatAreCompletedAgainAreInEffect) {
  ForeignWorld world;
  const auto add = [&](const char* state, int after_us) {
    Cells row;
    for (const Cells& it : world.tables["steps"])
      if (it.at("order_id") == "R-12" && it.at("step") == "reserve") row = it;
    row["state"] = state;
    row["at_us"] = std::to_string(std::stoll(world.order_of(one_alone, 12)["created_us"]) + after_us);
    world.tables["steps"].push_back(row);
  };
  add("undone", 120);
  std::erase_if(world.tables["steps"], [](const Cells& row) {
    return row.at("order_id") == "R-12" && row.at("step") == "pay";  // which came in between
  });
  EXPECT_EQ(failed_verdicts(world.examine()), std::set<std::string>{"compensation-complete"});
  EXPECT_THAT(world.verdict("compensation-complete").reason, HasSubstr("its step reserve was undone"));
  add("done", 130);
  EXPECT_EQ(failed_verdicts(world.examine()), std::set<std::string>{});
}

TEST(Refunds, MayComeInPartsButNotExceedTheCapture) {
  ForeignWorld world;
  auto& payments = world.tables["payments"];
  const auto refund = std::find_if(payments.begin(), payments.end(), [](const Cells& row) {
    return row.at("order_id") == "R-21" && row.at("kind") == "refund";
  });
  ASSERT_NE(refund, payments.end());
  (*refund)["amount"] = "1.25";
  const Cells part = *refund;
  payments.push_back(part);
  EXPECT_EQ(failed_verdicts(world.examine()), std::set<std::string>{});
  payments.push_back(part);
  EXPECT_EQ(failed_verdicts(world.examine()), (std::set<std::string>{"money-balances", "one-capture-per-order"}));
  EXPECT_THAT(world.verdict("money-balances").reason, HasSubstr("and 1.25 more was refunded than captured"));
}

TEST(UnreadableRows, AreReportedAndTheOthersJudged) {
  struct WrongValue {
    const char* table;
    const char* column;
    const char* value;
    const char* said;
  };
  for (const WrongValue& row :
       {WrongValue{"orders", "created_us", "yesterday", "sql.orders returns 'yesterday' as created_us of order R-"},
        WrongValue{"steps", "state", "maybe", "sql.steps returns 'maybe' as state: it must be done or undone"},
        WrongValue{"stock", "available", "many", "sql.stock returns 'many' as available: it must be a whole number"},
        WrongValue{"payments", "amount", "much", "sql.payments returns 'much' as amount: it must be money"}}) {
    ForeignWorld world;
    world.tables[row.table][0][row.column] = row.value;
    const Examination found = world.examine();
    EXPECT_EQ(failed_verdicts(found), std::set<std::string>{}) << row.said;
    const Verdict unread = world.verdict("rows-were-read");
    EXPECT_EQ(unread.ruling, Ruling::unknown);
    EXPECT_THAT(unread.reason, HasSubstr(row.said));
    erase_order(world, "R-12");
    EXPECT_EQ(failed_verdicts(world.examine()), std::set<std::string>{"no-lost-order"}) << "the others are judged";
  }
}

TEST(QueryValues, AreCheckedBeforehand) {
  ForeignWorld world;
  const auto checked = [&](ForeignTable table) { return check_values(world, world.profile, table); };
  EXPECT_TRUE(checked(ForeignTable::orders));
  world.tables["orders"][0]["created_us"] = "";
  EXPECT_TRUE(checked(ForeignTable::orders)) << "one bad row of many may belong to another run";
  for (Cells& row : world.tables["orders"]) row["created_us"] = "28.11.2026 21:48:22";
  const auto wrong = checked(ForeignTable::orders);
  ASSERT_FALSE(wrong.ok());
  EXPECT_THAT(wrong.error().message, HasSubstr("created_us microseconds since 1970"));
  for (const char* number : {"1795923266", "1795923266000"}) {
    for (Cells& row : world.tables["orders"]) row["created_us"] = number;
    EXPECT_FALSE(checked(ForeignTable::orders)) << "seconds or milliseconds: " << number;
  }
  world.tables["orders"].clear();
  EXPECT_TRUE(checked(ForeignTable::orders)) << "an empty table proves nothing";
}

TEST(VacuousRun, SaysHowTheRequestsWereAnswered) {
  ForeignWorld world;
  world.tables.clear();
  for (LedgerEntry& entry : world.ledger.entries) {
    entry.outcome = RequestOutcome::rejected;
    entry.http_status = 401;
    entry.order = {};
  }
  EXPECT_THAT(world.verdict("not-vacuous").reason,
              HasSubstr("placed no orders, so nothing was verified: 401 Unauthorized x 44"));
}

TEST(OrdersThatHaveNotEnded, AllOfThemQuestionTheStatusesOfTheProfile) {
  ForeignWorld world;
  for (Cells& row : world.tables["orders"]) row["status"] = "sent";
  EXPECT_THAT(world.verdict("all-sagas-end").reason,
              HasSubstr("order R-0 is still sent, and none has ended: does the server call final states shipped, "
                        "undone? One with another name belongs in status.completed, undone or ends"));
  EXPECT_EQ(world.ruling("all-sagas-end"), Ruling::fail);
  world.order_of(one_alone, 12)["status"] = "shipped";
  EXPECT_THAT(world.verdict("all-sagas-end").reason, HasSubstr("order R-0 is still sent ("));
}

TEST(OrdersThatHaveNotEnded, AreUndecidedWhereTheProfileHasTheirStatusInOtherLetters) {
  ForeignWorld world;
  for (Cells& row : world.tables["orders"]) row["status"] = row["status"] == "shipped" ? "SHIPPED" : "UNDONE";
  EXPECT_EQ(world.ruling("all-sagas-end"), Ruling::unknown);
  EXPECT_THAT(world.verdict("all-sagas-end").reason,
              HasSubstr("order R-0 is SHIPPED, and [status] has shipped: write it as the server does"));
}

TEST(OrdersThatHaveNotEnded, AreUndecidedWhereTheProfileNamesNoFinalStatus) {
  ForeignWorld world;
  world.profile.queries.completed.clear();
  world.profile.queries.undone.clear();
  world.profile.status.ends.clear();
  const Verdict found = world.verdict("all-sagas-end");
  EXPECT_EQ(found.ruling, Ruling::unknown);
  EXPECT_THAT(found.reason, HasSubstr("[status] completed, undone or ends"));
}

TEST(VacuousRun, IsReportedWithoutADatabaseToo) {
  ForeignWorld world;
  const auto of = [&] {
    for (Verdict& it : foreign_verdicts_without_database(world.profile, world.ledger, "none"))
      if (it.name == "not-vacuous") return it;
    return Verdict{};
  };
  EXPECT_FALSE(of().counted) << "orders were accepted; more cannot be seen";
  for (LedgerEntry& entry : world.ledger.entries) {
    entry.outcome = RequestOutcome::rejected;
    entry.http_status = 401;
  }
  EXPECT_TRUE(of().counted);
  EXPECT_THAT(of().reason, HasSubstr("so nothing was verified: 401 Unauthorized x 44; give --token"));
}

TEST(AnswersWithoutAnId, AreNotCalledRefused) {
  ForeignWorld world;
  for (LedgerEntry& entry : world.ledger.entries) {
    entry.order = {};
    entry.order_name = {};
  }
  for (const Verdict& verdict : foreign_verdicts_without_database(world.profile, world.ledger, "none")) {
    if (verdict.name != "one-order-per-duplicate-group") continue;
    EXPECT_EQ(verdict.ruling, Ruling::unknown);
    EXPECT_THAT(verdict.reason,
                HasSubstr("none of 10 accepting answers named its order: does answer.order point at it?"));
  }
  world.tables["orders"].clear();
  EXPECT_THAT(world.verdict("not-vacuous").reason, HasSubstr("24 requests accepted, but no answer named its order"));
}

TEST(VacuousRun, PassesNoVerdict) {
  ForeignWorld world;
  world.tables.clear();
  for (LedgerEntry& entry : world.ledger.entries) {
    entry.outcome = RequestOutcome::rejected;
    entry.http_status = 302;
    entry.order = {};
  }
  for (const char* name : {"no-lost-order", "no-phantom-order", "all-sagas-end", "answer-matches-database"}) {
    EXPECT_EQ(world.ruling(name), Ruling::unknown) << name;
    EXPECT_FALSE(world.verdict(name).counted) << name;
  }
  EXPECT_EQ(overall(world.examine().verdicts), Ruling::unknown);
}

TEST(VacuousRun, WhereEveryOrderEndedAsNeitherDoneNorUndone) {
  ForeignWorld world;
  world.profile.status.ends = {"lost in the post"};
  for (Cells& row : world.tables["orders"]) row["status"] = "lost in the post";
  EXPECT_EQ(world.ruling("not-vacuous"), Ruling::unknown);
}

}  // namespace
}  // namespace sagactl
