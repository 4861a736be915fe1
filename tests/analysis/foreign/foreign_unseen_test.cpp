// What could not be seen prevents PASS, and hides nothing that was seen.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/analysis/foreign/foreign_world.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

// Rows of which some are unseen, and queries of which some fail.
struct PartlySeenWorld : ForeignWorld {
  UnseenOrders unseen() const override { return unseen_orders; }
  Result<std::vector<std::string>> columns(const ForeignQuery& query) override {
    if (failing.contains(query.table())) return Error{ErrorCode::unavailable, query.table() + " does not answer"};
    return ForeignWorld::columns(query);
  }
  // As the status of each order: what is unseen has no row.
  void show_statuses() {
    profile.queries.orders = profile.queries.steps = profile.queries.stock = profile.queries.payments = {};
    tables[""] = tables["orders"];
    for (Cells& row : tables[""]) row.erase("key");
    columns_without_rows[""] = {"order_id", "created_us", "status"};
  }
  void show_list() {
    show_statuses();
    tables[""] = tables["orders"];
  }
  void hide(const std::string& order) {
    std::erase_if(tables[""], [&](const Cells& it) { return it.at("order_id") == order; });
    unseen_orders.orders.insert(order_ref(order));
    unseen_orders.why = "GET /orders/" + order + " returned HTTP 500";
  }
  void lose(const std::string& order) {
    std::erase_if(tables[""], [&](const Cells& it) { return it.at("order_id") == order; });
  }
  std::map<std::string, Verdict> by_name(const Result<Examination>& found) {
    EXPECT_TRUE(found.ok());
    std::map<std::string, Verdict> all;
    for (const Verdict& verdict : found->verdicts) all[verdict.name] = verdict;
    return all;
  }
  std::map<std::string, Verdict> by_statuses() {
    return by_name(examine_statuses(*this, profile, ledger, "no database", Timestamp{1}));
  }
  std::map<std::string, Verdict> by_list() {
    return by_name(examine_list(*this, profile, ledger, "no database", Timestamp{1}));
  }

  UnseenOrders unseen_orders;
  std::set<std::string> failing;  // tables
};

TEST(UnseenOrders, PreventPassAndSayWhy) {
  PartlySeenWorld world;
  world.show_statuses();
  EXPECT_EQ(world.by_statuses()["no-lost-order"].ruling, Ruling::pass);
  world.hide("R-12");
  for (const char* name : {"no-lost-order", "all-sagas-end", "orders-end-as-asked"}) {
    const Verdict verdict = world.by_statuses()[name];
    EXPECT_EQ(verdict.ruling, Ruling::unknown) << name;
    EXPECT_TRUE(verdict.counted) << name;
    EXPECT_THAT(verdict.reason, HasSubstr("GET /orders/R-12 returned HTTP 500")) << name;
  }
  EXPECT_EQ(world.by_statuses()["not-vacuous"].ruling, Ruling::pass);
}

TEST(UnseenOrders, HideNeitherALostOrderNorOneThatNeverEndsNorOneThatEndsOtherwise) {
  PartlySeenWorld world;
  world.show_statuses();
  world.hide("R-12");
  world.lose("R-13");
  EXPECT_EQ(world.by_statuses()["no-lost-order"].ruling, Ruling::fail);
  EXPECT_THAT(world.by_statuses()["no-lost-order"].reason, HasSubstr("order R-13"));
  world.tables[""][14]["status"] = "placed";
  world.tables[""][19]["status"] = "shipped";  // meant to fail
  EXPECT_EQ(world.by_statuses()["all-sagas-end"].ruling, Ruling::fail);
  EXPECT_EQ(world.by_statuses()["orders-end-as-asked"].ruling, Ruling::fail);
}

TEST(UnseenOrders, AreAllThatThereIsWhereNoneWasSeen) {
  PartlySeenWorld world;
  world.show_statuses();
  for (const Cells& row : std::vector<Cells>(world.tables[""])) world.hide(row.at("order_id"));
  EXPECT_EQ(world.by_statuses()["no-lost-order"].ruling, Ruling::unknown);
  EXPECT_THAT(world.by_statuses()["not-vacuous"].reason, HasSubstr("no order was seen: GET /orders/"));
}

TEST(UnseenOrders, OfAnErrorAnswerLeaveOpenWhetherItTookEffect) {
  PartlySeenWorld world;
  LedgerEntry& request = world.request_of(OrderKind::single, 12);
  request.outcome = RequestOutcome::indeterminate;
  request.http_status = 500;
  world.show_statuses();
  EXPECT_EQ(world.by_statuses()["errors-had-no-effect"].ruling, Ruling::fail);
  world.hide("R-12");
  EXPECT_EQ(world.by_statuses()["errors-had-no-effect"].ruling, Ruling::unknown);
}

TEST(UnseenOrders, OfAListThatWasNotReadToItsEndAreNotLost) {
  PartlySeenWorld world;
  world.show_list();
  world.lose("R-13");
  EXPECT_EQ(world.by_list()["no-lost-order"].ruling, Ruling::fail);
  world.unseen_orders = {.orders = {}, .any = true, .why = "GET /orders?page=2 returned HTTP 502"};
  for (const char* name : {"no-lost-order", "no-phantom-order", "all-sagas-end", "one-live-order-per-key",
                           "answer-matches-database", "one-order-per-duplicate-group"}) {
    EXPECT_EQ(world.by_list()[name].ruling, Ruling::unknown) << name;
    EXPECT_THAT(world.by_list()[name].reason, HasSubstr("page=2 returned HTTP 502")) << name;
  }
  world.tables[""][3]["status"] = "placed";
  EXPECT_EQ(world.by_list()["all-sagas-end"].ruling, Ruling::fail);
}

TEST(UnseenOrders, ThatAListHasAreThereAndMayHaveEnded) {
  PartlySeenWorld world;
  world.show_list();
  Cells& row = world.tables[""][3];
  row["status"] = "";
  EXPECT_EQ(world.by_list()["all-sagas-end"].ruling, Ruling::fail) << "the list says that it has none";
  world.unseen_orders.orders.insert(order_ref(row["order_id"]));
  world.unseen_orders.why = "GET /orders/R-3 returned HTTP 500";
  EXPECT_EQ(world.by_list()["all-sagas-end"].ruling, Ruling::unknown);
  EXPECT_EQ(world.by_list()["no-lost-order"].ruling, Ruling::pass);
  EXPECT_EQ(world.by_list()["answer-matches-database"].ruling, Ruling::pass);
}

TEST(UnseenOrders, OfOthersDoNotMatter) {
  PartlySeenWorld world;
  world.show_list();
  Cells others = world.tables[""][3];
  others["order_id"] = "Z-1";
  others["key"] = "of another client";
  others["status"] = "";
  world.tables[""].push_back(others);
  world.unseen_orders.orders.insert(order_ref("Z-1"));
  world.unseen_orders.why = "nobody asked for it";
  EXPECT_EQ(overall(examine_list(world, world.profile, world.ledger, "no database", Timestamp{1}).value().verdicts),
            Ruling::pass);
}

TEST(FailingQueries, LeaveTheVerdictsOfTheOthers) {
  for (const char* table : {"steps", "stock", "payments"}) {
    PartlySeenWorld world;
    for (ProfileQuery* query :
         {&world.profile.queries.steps, &world.profile.queries.stock, &world.profile.queries.payments})
      EXPECT_FALSE(query->sql.empty());
    world.failing = {table};
    const auto found = examine_foreign(world, world.profile, world.ledger, Timestamp{1});
    ASSERT_TRUE(found.ok()) << table;
    EXPECT_THAT(found->unread, HasSubstr(std::string(table) + " does not answer"));
    std::set<std::string> unknown;
    for (const Verdict& verdict : found->verdicts)
      if (verdict.counted && verdict.ruling != Ruling::pass) {
        unknown.insert(verdict.name);
        EXPECT_THAT(verdict.reason, HasSubstr("the database could not be read: "));
      }
    const std::map<std::string, std::set<std::string>> of_table = {
        {"steps", {"compensation-complete"}},
        {"stock", {"stock-balances", "never-negative"}},
        {"payments", {"money-balances", "one-capture-per-order"}}};
    EXPECT_EQ(unknown, of_table.at(table)) << table;
  }
}

TEST(FailingQueries, OfTheOrdersLeaveTheStockThatWasSeen) {
  PartlySeenWorld world;
  world.failing = {"orders"};
  EXPECT_FALSE(examine_foreign(world, world.profile, world.ledger, Timestamp{1}).ok());
  world.tables["stock"][0]["available"] = "70";
  std::set<std::string> failed, unknown;
  for (const Verdict& verdict :
       foreign_verdicts_without_orders(world, world.profile, world.ledger, {}, "it does not answer")) {
    if (verdict.ruling == Ruling::fail) failed.insert(verdict.name);
    if (verdict.ruling == Ruling::unknown && verdict.counted) unknown.insert(verdict.name);
  }
  EXPECT_EQ(failed, std::set<std::string>{"stock-balances"});
  EXPECT_TRUE(unknown.contains("no-lost-order"));
}

TEST(RepeatedAnswers, ThatNameAnotherOrderShowASecondOne) {
  PartlySeenWorld world;
  world.show_statuses();
  LedgerEntry& repeat = world.ledger.entries[1];
  ASSERT_EQ(repeat.outcome, RequestOutcome::duplicate);
  repeat.order = order_ref("R-other");
  repeat.order_name = OrderName("R-other");
  EXPECT_EQ(world.by_statuses()["one-order-per-duplicate-group"].ruling, Ruling::fail);
  repeat.http_status = 409;
  EXPECT_EQ(world.by_statuses()["one-order-per-duplicate-group"].ruling, Ruling::pass)
      << "what a refusal names may be its own id";
}

TEST(RepeatedAnswers, ThatNameASecondOrderLeaveOpenWhetherTheFirstWasUndone) {
  PartlySeenWorld world;
  world.show_statuses();
  LedgerEntry& repeat = world.ledger.entries[1];
  Cells second = world.tables[""][0];
  second["order_id"] = "R-second";
  world.tables[""].push_back(second);
  repeat.order = order_ref("R-second");
  repeat.order_name = OrderName("R-second");
  EXPECT_EQ(world.by_statuses()["one-order-per-duplicate-group"].ruling, Ruling::fail);
  world.hide("R-0");
  const Verdict verdict = world.by_statuses()["one-order-per-duplicate-group"];
  EXPECT_EQ(verdict.ruling, Ruling::unknown) << verdict.reason;
  EXPECT_THAT(verdict.reason, HasSubstr("GET /orders/R-0 returned HTTP 500"));
}

// Only the answers to its repeats named the order of a request that got none.
TEST(RepeatedAnswers, ThatNameAnOrderMakeItOneOfTheRun) {
  PartlySeenWorld world;
  for (LedgerEntry& entry : world.ledger.entries) {
    if (entry.group != 0 || entry.outcome != RequestOutcome::accepted) continue;
    entry.outcome = RequestOutcome::indeterminate;
    entry.failure = TransportFailure::timed_out;
    entry.http_status = 0;
    entry.order = {};
  }
  world.show_statuses();
  EXPECT_EQ(world.by_statuses()["no-lost-order"].ruling, Ruling::pass);
  EXPECT_THAT(world.by_statuses()["all-sagas-end"].reason, HasSubstr("all 24 orders have ended"));
  world.tables[""][0]["status"] = "placed";
  EXPECT_EQ(world.by_statuses()["all-sagas-end"].ruling, Ruling::fail);
  world.tables[""][0]["status"] = "undone";
  EXPECT_THAT(world.by_statuses()["orders-end-as-asked"].reason, HasSubstr("1 undone although nothing asked for it"));
}

TEST(RepeatedAnswers, ThatNameAnOrderThatIsNotThereShowThatItIsLost) {
  ForeignWorld world;
  LedgerEntry& accepted = world.ledger.entries[0];
  ASSERT_EQ(world.ledger.entries[1].order, accepted.order);
  const std::string lost = world.ledger.order_text(accepted);
  std::erase_if(world.tables["orders"], [&](const Cells& it) { return it.at("order_id") == lost; });
  accepted.outcome = RequestOutcome::indeterminate;
  accepted.failure = TransportFailure::timed_out;
  accepted.http_status = 0;
  accepted.order = {};
  EXPECT_EQ(world.ruling("no-lost-order"), Ruling::fail);
  EXPECT_THAT(world.verdict("no-lost-order").reason,
              HasSubstr("was answered with order " + lost + ", which is not in the database"));
  EXPECT_GT(world.examine().outstanding_work.lost, 0u) << "it may still come";
}

}  // namespace
}  // namespace sagactl
