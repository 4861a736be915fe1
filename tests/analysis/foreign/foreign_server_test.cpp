// The verdicts where no database can be read: from the status of each order that an answer named, or from a list.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/analysis/foreign/foreign_world.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;

// The orders that the answers of a world named, as the server says of each.
struct StatusWorld : ForeignWorld {
  StatusWorld() {
    profile.queries.orders = profile.queries.steps = profile.queries.stock = profile.queries.payments = {};
    for (Cells& row : tables["orders"])
      pages.push_back({{"order_id", row["order_id"]}, {"created_us", row["created_us"]}, {"status", row["status"]}});
  }
  RowSource source() const override {
    return {.name = "the server",
            .where = "on the server",
            .orders = "the status of each order",
            .ends_are_exact = false,
            .no_groups = "only a list would show it"};
  }
  Result<std::vector<std::string>> columns(const ForeignQuery&) override {
    return std::vector<std::string>{"created_us", "order_id", "status"};
  }
  Result<void> each_row(const ForeignQuery& query,
                        const std::function<Result<void>(const ForeignRow&)>& visit) override {
    tables[query.sql] = pages;
    return ForeignWorld::each_row(query, visit);
  }
  Cells& page_of(const std::string& order) {
    return *std::find_if(pages.begin(), pages.end(), [&](Cells& it) { return it["order_id"] == order; });
  }
  Examination judged() {
    auto found = examine_statuses(*this, profile, ledger, "no database", Timestamp{1});
    EXPECT_TRUE(found.ok());
    return std::move(*found);
  }
  Verdict verdict(const std::string& name) {
    for (Verdict& it : judged().verdicts)
      if (it.name == name) return it;
    return {};
  }
  std::vector<Cells> pages;
};

constexpr auto one_order = OrderKind::single;
constexpr auto meant_to_fail = OrderKind::payment_fail;

TEST(StatusVerdicts, OfACorrectServerPassAndSayWhatRemainsUnseen) {
  StatusWorld world;
  const Examination found = world.judged();
  EXPECT_EQ(overall(found.verdicts), Ruling::pass);
  EXPECT_EQ(found.sagas.counts.completed, 20u);
  for (const char* name : {"no-lost-order", "all-sagas-end", "orders-end-as-asked", "one-order-per-duplicate-group"}) {
    EXPECT_EQ(world.verdict(name).ruling, Ruling::pass) << name;
    EXPECT_THAT(world.verdict(name).reason, HasSubstr("only a database")) << name;
  }
  EXPECT_FALSE(world.verdict("money-balances").counted);
}

TEST(StatusVerdicts, AnIdThatTwoOrdersWereAcceptedUnderIsFoundByTheAnswers) {
  StatusWorld world;
  EXPECT_FALSE(world.verdict("answer-matches-database").counted);
  const LedgerEntry& one = world.request_of(one_order, 10);
  LedgerEntry& other = world.request_of(one_order, 11);
  other.order = one.order;
  other.order_name = one.order_name;
  const std::string said = fmt::format("requests {} and {} were both accepted as order {}, for key ", one.operation,
                                       other.operation, world.ledger.order_text(one));
  const auto judges = [&](const Verdict& found) {
    EXPECT_EQ(found.ruling, Ruling::fail);
    EXPECT_THAT(found.reason, HasSubstr(said));
    EXPECT_EQ(found.witness["requests"].size(), 2u);
  };
  judges(world.verdict("answer-matches-database"));
  for (const Verdict& it : foreign_verdicts_without_database(world.profile, world.ledger, "none"))
    if (it.name == "answer-matches-database") judges(it);
}

TEST(StatusVerdicts, AnIdThatAllAnswersNameQuestionsTheProfile) {
  StatusWorld world;
  const Uuid same = world.request_of(one_order, 10).order;
  for (LedgerEntry& entry : world.ledger.entries)
    if (!entry.order.is_nil()) entry.order = same;
  const Verdict found = world.verdict("answer-matches-database");
  EXPECT_EQ(found.ruling, Ruling::unknown);
  EXPECT_THAT(found.reason, HasSubstr("name the same order, "));
  EXPECT_THAT(found.reason, HasSubstr("does answer.order point at its id?"));
}

TEST(StatusVerdicts, AnUnreadDatabaseCounts) {
  StatusWorld world;
  world.profile.queries.payments.sql = "payments";
  EXPECT_EQ(overall(world.judged().verdicts), Ruling::unknown);
  EXPECT_THAT(world.verdict("money-balances").reason, HasSubstr("no database"));
}

TEST(StatusVerdicts, AnUnknownOrderIsLost) {
  StatusWorld world;
  std::erase_if(world.pages, [](Cells& it) { return it["order_id"] == "R-12"; });
  EXPECT_EQ(failed_verdicts(world.judged()), std::set<std::string>{"no-lost-order"});
  EXPECT_THAT(world.verdict("no-lost-order").reason, HasSubstr("accepted as order R-12, which is not on the server"));
}

TEST(StatusVerdicts, AnOrderThatNeverEndsIsNamedWithItsRequest) {
  StatusWorld world;
  world.page_of("R-12")["status"] = "placed";
  EXPECT_EQ(failed_verdicts(world.judged()), std::set<std::string>{"all-sagas-end"});
  EXPECT_EQ(world.verdict("all-sagas-end").witness["requests"][0]["orderId"], "R-12");
}

TEST(StatusVerdicts, ADeclinedOrderThatIsCompletedIsFoundEvenIfItsRequestWasRefused) {
  StatusWorld world;
  world.page_of("R-21")["status"] = "shipped";
  EXPECT_EQ(failed_verdicts(world.judged()), std::set<std::string>{"orders-end-as-asked"});
  LedgerEntry& request = world.request_of(meant_to_fail, 21);
  request.outcome = RequestOutcome::rejected;
  request.http_status = 402;
  EXPECT_EQ(failed_verdicts(world.judged()), std::set<std::string>{"orders-end-as-asked"});
  EXPECT_THAT(world.verdict("orders-end-as-asked").reason, HasSubstr("refused with HTTP 402, but its order R-21"));
}

TEST(StatusVerdicts, AServerThatDeclinesNothingIsNotCalledWrong) {
  StatusWorld world;
  for (Cells& page : world.pages) page["status"] = "shipped";
  EXPECT_EQ(failed_verdicts(world.judged()), std::set<std::string>{});
  EXPECT_THAT(world.verdict("orders-end-as-asked").reason, HasSubstr("does the server decline them?"));
}

TEST(StatusVerdicts, OrdersThatNothingShouldStopAreShownWhenTheyAreUndone) {
  StatusWorld world;
  world.page_of("R-12")["status"] = "undone";
  const Verdict some = world.verdict("orders-end-as-asked");
  EXPECT_EQ(some.ruling, Ruling::pass);
  EXPECT_THAT(some.reason, HasSubstr("1 undone although nothing asked for it"));
  EXPECT_EQ(some.witness["rows"][0]["order_id"], "R-12");
  for (Cells& page : world.pages) page["status"] = "undone";
  EXPECT_EQ(world.verdict("orders-end-as-asked").ruling, Ruling::unknown) << "nothing worked";
}

TEST(StatusVerdicts, AJourneyThatGoesOnAfterTheOrderMayHaveUndoneIt) {
  StatusWorld world;
  world.ledger.steps = {{"create", true}, {"cancel", false}};
  world.page_of("R-12")["status"] = "undone";
  const Verdict some = world.verdict("orders-end-as-asked");
  EXPECT_EQ(some.ruling, Ruling::pass);
  EXPECT_THAT(some.reason, HasSubstr("1 undone, as a later step of their journeys may have asked for"));
  EXPECT_TRUE(some.witness.empty());
  world.page_of("R-21")["status"] = "shipped";
  EXPECT_EQ(failed_verdicts(world.judged()), std::set<std::string>{"orders-end-as-asked"}) << "meant to fail";
}

TEST(StatusVerdicts, AnErrorThatNamesAnOrderInEffectIsFoundAndOneThatNamesNoneIsNotDecided) {
  StatusWorld world;
  LedgerEntry& request = world.request_of(one_order, 12);
  request.outcome = RequestOutcome::indeterminate;
  request.http_status = 500;
  EXPECT_EQ(failed_verdicts(world.judged()), std::set<std::string>{"errors-had-no-effect"});
  request.order = {};
  request.order_name = {};
  EXPECT_EQ(world.verdict("errors-had-no-effect").ruling, Ruling::unknown);
  EXPECT_THAT(world.verdict("errors-had-no-effect").reason, HasSubstr("only a list would show it"));
}

TEST(StatusVerdicts, ASecondOrderOfAGroupIsFoundUnlessOneIsUndone) {
  StatusWorld world;
  LedgerEntry& second = world.ledger.entries[1];
  second.outcome = RequestOutcome::accepted;
  second.order = order_ref("R-again");
  second.order_name = OrderName("R-again");
  world.pages.push_back({{"order_id", "R-again"}, {"created_us", "1795179849009000"}, {"status", "shipped"}});
  EXPECT_EQ(failed_verdicts(world.judged()), std::set<std::string>{"one-order-per-duplicate-group"});
  world.page_of("R-again")["status"] = "undone";
  EXPECT_EQ(failed_verdicts(world.judged()), std::set<std::string>{});
}

TEST(ErrorAnswers, OfAGatewayMayHaveAnEffect) {
  for (const int status : {500, 502, 504}) {
    ForeignWorld world;
    LedgerEntry& request = world.request_of(one_order, 12);
    request.outcome = RequestOutcome::indeterminate;
    request.http_status = static_cast<std::uint16_t>(status);
    request.order = {};
    EXPECT_EQ(world.ruling("errors-had-no-effect") == Ruling::fail, status == 500) << status;
    world.profile.outcome.unclear = {{500, 599}};
    EXPECT_NE(world.ruling("errors-had-no-effect"), Ruling::fail) << status << ", which the profile allows";
  }
}

TEST(ErrorAnswers, WhoseOrderIsUndoneHadNoEffect) {
  ForeignWorld world;
  LedgerEntry& request = world.request_of(meant_to_fail, 21);
  request.outcome = RequestOutcome::indeterminate;
  request.http_status = 500;
  request.order = {};
  const Verdict verdict = world.verdict("errors-had-no-effect");
  EXPECT_EQ(verdict.ruling, Ruling::pass);
  EXPECT_THAT(verdict.reason, HasSubstr("1 left an order that is undone"));
}

TEST(ErrorAnswers, AreNotBlamedForAnOrderThatAnotherRequestOfTheGroupMayHaveCreated) {
  ForeignWorld world;
  LedgerEntry& created = world.request_of(OrderKind::duplicate, 0);
  created.outcome = RequestOutcome::indeterminate;
  created.http_status = 500;
  created.order = {};
  EXPECT_EQ(world.ruling("errors-had-no-effect"), Ruling::fail) << "the others were duplicates of it";
  LedgerEntry& unanswered = world.ledger.entries[1];
  unanswered.outcome = RequestOutcome::indeterminate;
  unanswered.http_status = 0;
  unanswered.failure = TransportFailure::timed_out;
  unanswered.order = {};
  EXPECT_EQ(world.ruling("errors-had-no-effect"), Ruling::unknown);
}

TEST(ListVerdicts, FindWhatOnlyAListShowsAndLeaveTheRestToTheDatabase) {
  ForeignWorld world;
  world.profile.queries.orders = {};
  world.tables[""] = world.tables["orders"];
  const auto judged = [&] {
    auto found = examine_list(world, world.profile, world.ledger, "no database", Timestamp{1});
    EXPECT_TRUE(found.ok());
    return std::move(*found);
  };
  EXPECT_EQ(failed_verdicts(judged()), std::set<std::string>{});
  EXPECT_EQ(overall(judged().verdicts), Ruling::unknown) << "its other queries were not run";
  Cells again = world.tables[""][12];
  again["order_id"] = "R-again";
  world.tables[""].push_back(again);
  EXPECT_EQ(failed_verdicts(judged()), (std::set<std::string>{"no-phantom-order", "one-live-order-per-key"}));
}

}  // namespace
}  // namespace sagactl
