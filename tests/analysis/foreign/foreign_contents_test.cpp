// Whether another system's orders are what was asked for: product, quantity and user, and each once.
#include <gmock/gmock.h>

#include "tests/analysis/foreign/foreign_world.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* matches = "answer-matches-database";
constexpr auto single = OrderKind::single;

// Its query also returns the product, the quantity and the user of each order.
struct DetailedWorld : ForeignWorld {
  DetailedWorld() {
    profile.headers = {{"X-User", "{user}"}};
    ledger.user_ids = {"ann", "bob"};
    for (std::size_t i = 0; i < ledger.entries.size(); ++i) {
      LedgerEntry& entry = ledger.entries[i];
      entry.user = static_cast<std::uint16_t>(entry.group % 2);
      Cells& order = order_of(entry.kind, entry.group);
      order["product"] = ledger.product(entry);
      order["quantity"] = std::to_string(ledger.items_of(entry).front().quantity);
      order["user"] = ledger.user_ids[entry.user];
    }
  }
};

TEST(ForeignContents, OfOrdersThatAreAsSentAgree) {
  DetailedWorld world;
  const Verdict verdict = world.verdict(matches);
  EXPECT_EQ(verdict.ruling, Ruling::pass) << verdict.reason;
  EXPECT_THAT(verdict.reason, HasSubstr("product, quantity, user of each order as sent"));
  EXPECT_THAT(ForeignWorld().verdict(matches).reason, Not(HasSubstr("as sent")));
}

TEST(ForeignContents, ThatDifferFromTheRequestAreFound) {
  const struct {
    const char* column;
    const char* value;
    const char* said;
  } table[] = {
      {"product", "LT-k3f9-S-00000013", "is stored with product LT-k3f9-S-00000013 instead of LT-k3f9-S-00000012"},
      {"quantity", "77", "is stored with quantity 77 instead of "},
      {"user", "bob", "is stored with user bob instead of ann"},
      {"user", "carol", "is stored with user carol instead of ann"},
  };
  for (const auto& row : table) {
    DetailedWorld world;
    world.order_of(single, 12)[row.column] = row.value;
    EXPECT_EQ(failed_verdicts(world.examine()), std::set<std::string>{matches}) << row.column;
    const Verdict verdict = world.verdict(matches);
    EXPECT_THAT(verdict.reason, HasSubstr(row.said));
    EXPECT_EQ(verdict.witness["rows"][0]["order_id"], "R-12");
    EXPECT_EQ(verdict.witness["requests"].size(), 1u);
  }
}

// A server may have names of its own for products and users, and a profile may send neither quantity nor user.
TEST(ForeignContents, ThatCannotBeComparedAreNotTakenForOthers) {
  DetailedWorld named;
  for (Cells& order : named.tables["orders"]) order["product"] = "4711", order["user"] = "customer-" + order["user"];
  const Verdict verdict = named.verdict(matches);
  EXPECT_EQ(verdict.ruling, Ruling::pass) << verdict.reason;
  EXPECT_THAT(verdict.reason, HasSubstr("; users are not compared, as sql.orders gives customer-"));
  EXPECT_THAT(verdict.reason, HasSubstr("; quantity of each order as sent"));
  DetailedWorld other;
  for (Cells& order : other.tables["orders"]) order["quantity"] = "77";
  EXPECT_EQ(other.verdict(matches).ruling, Ruling::unknown);
  EXPECT_THAT(other.verdict(matches).reason, HasSubstr("are these units of the whole order?"));
  DetailedWorld by_token;
  for (Cells& order : by_token.tables["orders"]) order["user"] = "ann";
  EXPECT_EQ(by_token.verdict(matches).ruling, Ruling::pass) << by_token.verdict(matches).reason;
  EXPECT_THAT(by_token.verdict(matches).reason, HasSubstr("; users are not compared"));
  DetailedWorld unsent;
  unsent.profile.headers.clear();
  unsent.profile.item = R"({"sku":"{product}"})";
  for (Cells& order : unsent.tables["orders"]) order["quantity"] = "1", order["user"] = "somebody";
  EXPECT_EQ(unsent.verdict(matches).ruling, Ruling::pass) << unsent.verdict(matches).reason;
}

TEST(ForeignContents, OfOrdersThatFailByOtherFieldsAreNotCompared) {
  DetailedWorld world;
  world.ledger.failure_variants = {{.fields = {{"qty", "1000000"}}}};
  for (const LedgerEntry& entry : world.ledger.entries)
    if (entry.kind == OrderKind::payment_fail) world.order_of(entry.kind, entry.group)["quantity"] = "1000000";
  EXPECT_EQ(world.verdict(matches).ruling, Ruling::pass) << world.verdict(matches).reason;
}

TEST(ForeignContents, OfADuplicateMayBeOfAnyUserWhoSentOne) {
  DetailedWorld world;
  world.ledger.keyed = false;
  for (std::size_t i = 0; i < world.ledger.entries.size(); ++i)
    if (LedgerEntry& entry = world.ledger.entries[i]; entry.outcome == RequestOutcome::duplicate) entry.user = 1;
  world.order_of(OrderKind::duplicate, 2)["user"] = "bob";
  EXPECT_EQ(world.verdict(matches).ruling, Ruling::pass) << world.verdict(matches).reason;
}

TEST(ForeignPages, OfOrdersThatEndedOtherwiseThanTheyShowAreFound) {
  ForeignWorld world;
  std::map<std::string, std::string> pages;
  for (const Cells& order : world.tables["orders"]) pages[order.at("order_id")] = order.at("status");
  const auto shown = [&](const std::string& order) -> std::optional<std::string> {
    const auto found = pages.find(order);
    if (found == pages.end()) return std::nullopt;
    return found->second;
  };
  const auto judged = [&] {
    const auto examined = examine_foreign(world, world.profile, world.ledger, Timestamp{1}, {}, shown);
    for (const Verdict& verdict : examined.value().verdicts)
      if (verdict.name == matches) return verdict;
    return Verdict{};
  };
  EXPECT_EQ(judged().ruling, Ruling::pass) << judged().reason;
  EXPECT_THAT(judged().reason, HasSubstr("; so do the pages of 24 orders"));
  pages["R-13"] = "being packed";
  pages.erase("R-14");
  EXPECT_EQ(judged().ruling, Ruling::pass) << "a page that is behind, or cannot be read, contradicts nothing";
  pages["R-12"] = "undone";
  EXPECT_EQ(judged().ruling, Ruling::fail);
  EXPECT_THAT(judged().reason, HasSubstr("the server shows order R-12 as undone, but in the database it is shipped"));
}

// As after a table was replaced during the load.
TEST(ForeignRowsOfOrders, ThatAreGoneAreNotTakenForRight) {
  ForeignWorld world;
  auto& steps = world.tables["steps"];
  std::erase_if(steps, [](const Cells& step) { return step.at("order_id") == "R-12"; });
  EXPECT_EQ(world.ruling("compensation-complete"), Ruling::unknown);
  EXPECT_THAT(world.verdict("compensation-complete").reason, HasSubstr("1 have no step, such as R-12"));
}

// As a join with the lines of orders makes it.
TEST(ForeignRowsOfOrders, ThatAreEqualAreOneOrderAndSaid) {
  ForeignWorld world;
  world.tables["orders"].push_back(world.order_of(single, 12));
  const Examination found = world.examine();
  EXPECT_TRUE(failed_verdicts(found).empty());
  const Verdict verdict = world.verdict("rows-were-read");
  EXPECT_EQ(verdict.ruling, Ruling::unknown);
  EXPECT_THAT(verdict.reason, HasSubstr("has order R-12 in two equal rows, and it is judged once: does a join repeat"));
  world.tables["orders"].back()["created_us"] += "0";
  EXPECT_FALSE(failed_verdicts(world.examine()).empty()) << "another row with its id and key is a second order";
  const Json witnesses = world.verdict("one-live-order-per-key").witness;
  world.tables["orders"].push_back(world.tables["orders"].back());
  EXPECT_EQ(world.verdict("one-live-order-per-key").witness, witnesses) << "and one more row like that is not a third";
}

}  // namespace
}  // namespace sagactl
