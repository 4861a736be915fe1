// What the simulated provider answers to a query, with either of its books.
#include <gtest/gtest.h>

#include <functional>

#include "server/adapters/simulated/memory_charge_book.hpp"
#include "server/adapters/simulated/simulated_clock.hpp"
#include "server/adapters/simulated/simulated_gateway.hpp"
#include "server/adapters/sqlite/sqlite_charge_book.hpp"
#include "tests/contract/scratch.hpp"

namespace sagactl {
namespace {

struct Provider {
  explicit Provider(std::unique_ptr<ChargeBook> book, double success = 1, double timeouts = 0)
      : gateway(make_simulated_gateway({success, Duration{0}, Duration{0}, timeouts, 7}, clock, std::move(book))) {}

  std::string charge(const std::string& key, std::vector<std::string> products = {"BOOK"}) {
    std::string text;
    gateway->charge(Charge{key, "order", Money{100}, std::move(products)}, [&](const ChargeAnswer& answer) {
      if (const auto* charged = std::get_if<Charged>(&answer))
        text = charged->transaction_id;
      else if (std::holds_alternative<Refused>(answer))
        text = "refused";
      else
        text = std::holds_alternative<Unavailable>(answer) ? "unavailable" : "unknown";
    });
    return text;
  }
  std::string query(const std::string& key) {
    std::string text;
    gateway->query({key, "order"}, [&](const QueryAnswer& answer) {
      if (const auto* charged = std::get_if<Charged>(&answer))
        text = charged->transaction_id;
      else if (std::holds_alternative<Refused>(answer))
        text = "refused";
      else
        text = std::holds_alternative<NotCharged>(answer) ? "not charged" : "unavailable";
    });
    return text;
  }

  SimulatedClock clock;
  std::unique_ptr<PaymentGateway> gateway;
};

TEST(SimulatedProvider, SaysOfAChargeWhatItAnsweredToIt) {
  Provider provider(nullptr);
  const std::string transaction = provider.charge("k1");
  EXPECT_EQ(transaction.substr(0, 7), "ext_tx_");
  EXPECT_EQ(provider.query("k1"), transaction);
  EXPECT_EQ(provider.charge("k2", {"PAYMENT_FAIL_1"}), "refused");
  EXPECT_EQ(provider.query("k2"), "refused");
  EXPECT_EQ(provider.query("k3"), "not charged");
}

// The pay page of the simulated provider gives keys that say what the buyer has chosen there.
TEST(SimulatedProvider, DoesWhatTheBuyerChoseOnItsPayPage) {
  Provider never(nullptr, 0);
  const auto pay = [&](const std::string& key, const std::string& payment_key, const char* saga = "CheckoutSaga") {
    std::string text;
    Charge charge{key, "order", Money{100}, {"LAMP"}};
    charge.payment_key = payment_key;
    charge.saga_type = saga;
    never.gateway->charge(charge, [&](const ChargeAnswer& answer) {
      const auto* charged = std::get_if<Charged>(&answer);
      text = charged ? charged->facts.method : std::get<Refused>(answer).reason;
      EXPECT_EQ(charged != nullptr && charged->facts.approved_at != Timestamp{}, charged != nullptr);
    });
    return text;
  };
  EXPECT_EQ(pay("k1", "simulated-card-1"), "CARD");
  EXPECT_EQ(pay("k2", "simulated-transfer-1"), "TRANSFER");
  EXPECT_EQ(pay("k3", "simulated-declined-1"), simulated_refusal);
  EXPECT_EQ(pay("k4", "toss-1", "OrderProcessingSaga"), simulated_refusal) << "no charge succeeds by itself here";
}

TEST(SimulatedProvider, OfACallThatTimedOutSaysWhatBecameOfItAndOfTheNextCallToo) {
  Provider provider(nullptr, 1, 1);
  int charged = 0;
  for (int i = 0; i < 40; ++i) {
    const std::string key = "k" + std::to_string(i);
    ASSERT_EQ(provider.charge(key), "unknown");
    charged += provider.query(key) != "not charged";
    const std::string transaction = provider.charge(key);
    EXPECT_EQ(provider.query(key), transaction);
  }
  EXPECT_GT(charged, 5);
  EXPECT_LT(charged, 35);
}

TEST(SimulatedProvider, KnowsInItsNextLifeWhatItAnsweredInThisOne) {
  const ScratchDirectory scratch;
  const auto file = std::filesystem::path(scratch.file("payment")) / "charges.db";
  Provider first(open_charge_book(file).value());
  const std::string transaction = first.charge("k1");
  first.charge("k2", {"PAYMENT_FAIL_1"});
  // The first is not closed: it is as if it had been killed, or shared the file.
  Provider next(open_charge_book(file).value());
  EXPECT_EQ(next.query("k1"), transaction);
  EXPECT_EQ(next.charge("k1"), transaction);
  EXPECT_EQ(next.query("k2"), "refused");
  EXPECT_EQ(next.query("k3"), "not charged");
}

TEST(SimulatedProvider, KeepsTheNewestKeysOnly) {
  const ScratchDirectory scratch;
  for (const bool in_memory : {true, false}) {
    Provider provider(in_memory ? make_memory_charge_book(1'000)
                                : open_charge_book(scratch.file("few.db"), 1'000).value());
    for (int i = 0; i < 3'000; ++i) provider.charge("k" + std::to_string(i));
    EXPECT_EQ(provider.query("k0"), "not charged");
    EXPECT_NE(provider.query("k2999"), "not charged");
    EXPECT_NE(provider.query("k2001"), "not charged");
  }
}

TEST(SimulatedProvider, ThatCannotKeepAChargeDoesNotMakeIt) {
  EXPECT_FALSE(open_charge_book("/proc/none/charges.db").ok());
}

}  // namespace
}  // namespace sagactl
