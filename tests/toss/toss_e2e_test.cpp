// The real program charging by Toss Payments: with faults of the provider, and when the node crashes in between.
#include <gmock/gmock.h>
#include <signal.h>

#include <filesystem>
#include <fstream>

#include "tests/e2e/process.hpp"
#include "tests/toss/toss_server.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;
using testing::Not;

// A shop with its secret key in a file.
class TossShop {
 public:
  TossShop() {
    const auto file = site.directory() / "toss.key";
    std::ofstream(file) << TossServer::secret << '\n';
    std::filesystem::permissions(file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  }

  std::vector<std::string> flags(const std::string& timeout = "10s") const {
    return {"--payment", "toss",           "--toss-url", toss.url(), "--toss-secret-file",
            "toss.key",  "--toss-timeout", timeout,      "--lease",  "200ms"};
  }

  TossServer toss;
  TestDirectory site;
};

Json order(const ServeProcess& nodes, const std::string& item, bool waiting = true) {
  std::vector<std::string> arguments = {"order", "create", "--item", item, "-o", "json"};
  if (waiting) arguments.insert(arguments.end(), {"--wait", "60s"});
  const ProcessResult ended = nodes.run(arguments);
  const Json json = ended.json();
  EXPECT_TRUE(json.is_object() && json.contains("id")) << ended.out << ended.err;
  return json;
}

// The order's trace when its saga has ended.
Json followed(const ServeProcess& nodes, const std::string& id) {
  return nodes.run({"trace", id, "--follow", "-o", "json"}).json();
}

void stop_and_verify(const TossShop& shop, ServeProcess& nodes) {
  nodes.process().send(SIGTERM);
  const ProcessResult ended = nodes.process().wait();
  EXPECT_EQ(ended.code, 0) << ended.err;
  EXPECT_THAT(ended.err, Not(HasSubstr(TossServer::secret)));
  const ProcessResult verified = shop.site.run({"verify", "--drained"});
  EXPECT_EQ(verified.code, 0) << verified.out << verified.err;
}

TEST(TossEndToEnd, ChargesAnOrderAndRefundsItWhenItIsCompensated) {
  TossShop shop;
  ServeProcess nodes(shop.site, shop.flags());
  const Json paid = order(nodes, "BOOK:3:15000");
  EXPECT_EQ(paid["status"], "paid");
  const std::string id = paid["id"];
  EXPECT_EQ(shop.toss.captures_of(id), 1);
  EXPECT_EQ(shop.toss.balance(), Money{4'500'000});
  EXPECT_EQ(nodes.run({"compensate", id, "--reason", "changed their mind"}).code, 0);
  const Json trace = followed(nodes, id);
  EXPECT_EQ(trace["saga"]["status"], "compensated") << trace;
  EXPECT_EQ(trace["payment"]["status"], "refunded") << trace;
  EXPECT_EQ(shop.toss.cancels(), 1);
  EXPECT_EQ(shop.toss.balance(), Money{});
  stop_and_verify(shop, nodes);
}

TEST(TossEndToEnd, ShowsTheCustomerWhyTheProviderRefused) {
  TossShop shop;
  ServeProcess nodes(shop.site, shop.flags());
  shop.toss.refuse(Money{100'000}, 403, "REJECT_CARD_PAYMENT", "한도초과 혹은 잔액부족");
  const Json refused = order(nodes, "BOOK:1:1000");
  EXPECT_EQ(refused["saga"]["status"], "compensated") << refused;
  EXPECT_THAT(refused["saga"].dump(), HasSubstr("한도초과 혹은 잔액부족 (REJECT_CARD_PAYMENT)"));
  EXPECT_EQ(shop.toss.captures(), 0);
  stop_and_verify(shop, nodes);
}

TEST(TossEndToEnd, QueriesAChargeWithoutAnAnswer) {
  TossShop shop;
  ServeProcess nodes(shop.site, shop.flags("1s"));
  shop.toss.trouble(TossCall::confirm, Money{100'000}, Trouble::silent_after);
  const Json paid = order(nodes, "BOOK:1:1000");
  EXPECT_EQ(paid["status"], "paid") << paid;
  EXPECT_EQ(shop.toss.captures_of(paid["id"]), 1);
  EXPECT_EQ(shop.toss.calls(TossCall::confirm), 1) << "it was queried, and not charged again";
  EXPECT_GE(shop.toss.calls(TossCall::query), 1);
  stop_and_verify(shop, nodes);
}

TEST(TossEndToEnd, ChargesOnceWhateverTheFault) {
  TossShop shop;
  ServeProcess nodes(shop.site, shop.flags("1s"));
  const Trouble troubles[] = {Trouble::silent_before, Trouble::silent_after,  Trouble::cut_before, Trouble::cut_after,
                              Trouble::fails_before,  Trouble::fails_after,   Trouble::passing,    Trouble::not_toss,
                              Trouble::garbage,       Trouble::other_payment, Trouble::no_http,    Trouble::twice,
                              Trouble::slow};
  std::vector<std::string> ids;
  Money total;
  for (const Trouble trouble : troubles) {
    const auto number = static_cast<int>(trouble);
    const Money price{100'000 + number * 100};
    shop.toss.trouble(TossCall::confirm, price, trouble);
    shop.toss.trouble(TossCall::query, price, trouble);
    const std::string product = "BOOK-" + std::to_string(number);
    ids.push_back(order(nodes, product + ":1:" + std::to_string(1000 + number), false)["id"]);
    total = total + price;
  }
  for (const std::string& id : ids) {
    EXPECT_EQ(followed(nodes, id)["saga"]["status"], "completed") << id;
    EXPECT_EQ(shop.toss.captures_of(id), 1) << id;
  }
  EXPECT_EQ(shop.toss.balance(), total);
  stop_and_verify(shop, nodes);
}

TEST(TossEndToEnd, LosesNoChargeWhenTheNodeCrashesBeforeItIsRecorded) {
  TossShop shop;
  shop.toss.trouble(TossCall::confirm, Money{100'000}, Trouble::silent_after);
  std::string id;
  {
    ServeProcess nodes(shop.site, shop.flags("25s"));
    id = order(nodes, "BOOK:1:1000", false)["id"];
    shop.toss.wait_for_captures(1);
    nodes.process().send(SIGKILL);
    nodes.process().wait();
  }
  ServeProcess nodes(shop.site, shop.flags());
  const Json trace = followed(nodes, id);
  EXPECT_EQ(trace["saga"]["status"], "completed") << trace;
  EXPECT_EQ(trace["payment"]["status"], "completed") << trace;
  EXPECT_EQ(shop.toss.captures_of(id), 1);
  EXPECT_EQ(shop.toss.calls(TossCall::confirm), 1) << "it was found, and not charged again";
  EXPECT_EQ(shop.toss.balance(), Money{100'000});
  stop_and_verify(shop, nodes);
}

TEST(TossEndToEnd, RefundsOnceWhenTheAnswerIsCutOff) {
  TossShop shop;
  shop.toss.trouble(TossCall::cancel, Money{100'000}, Trouble::cut_after);
  ServeProcess nodes(shop.site, shop.flags());
  const std::string id = order(nodes, "BOOK:1:1000")["id"];
  EXPECT_EQ(nodes.run({"compensate", id, "--reason", "changed their mind"}).code, 0);
  EXPECT_EQ(followed(nodes, id)["saga"]["status"], "compensated");
  EXPECT_EQ(shop.toss.cancels(), 1);
  EXPECT_EQ(shop.toss.balance(), Money{});
  stop_and_verify(shop, nodes);
}

TEST(TossEndToEnd, IsCheckedByDoctor) {
  TossShop shop;
  const auto found = [&](const std::string& url, const std::string& file) {
    const Json checks =
        shop.site.run({"doctor", "--toss-url", url, "--toss-secret-file", file, "-o", "json"}).json()["checks"];
    for (const Json& check : checks)
      if (check["name"] == "Toss Payments")
        return check["result"].get<std::string>() + ": " + check["found"].get<std::string>();
    return std::string("not looked at");
  };
  EXPECT_THAT(found(shop.toss.url(), "toss.key"), testing::StartsWith("ok: "));
  EXPECT_THAT(found(shop.toss.url() + "/other", "toss.key"), testing::StartsWith("fail: HTTP 404"));
  EXPECT_THAT(found("http://127.0.0.1:" + std::to_string(closed_port()), "toss.key"),
              HasSubstr("fail: nothing answers at"));
  EXPECT_THAT(found(shop.toss.url(), "none.key"), HasSubstr("fail: "));
}

}  // namespace
}  // namespace sagactl
