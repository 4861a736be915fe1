// The adapter's promises, against a server that speaks the API over real HTTP and has bad days.
#include "server/adapters/toss/toss_gateway.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <future>
#include <memory>
#include <thread>

#include "common/log.hpp"
#include "tests/toss/toss_server.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr Money price{195'000};

std::string said(const Charged& charged) { return "charged " + charged.transaction_id; }
std::string said(const NotCharged&) { return "not charged"; }
std::string said(const Succeeded&) { return "succeeded"; }
std::string said(const Refused& refused) { return "refused: " + refused.reason; }
std::string said(const Unavailable& away) { return "unavailable: " + away.reason; }
std::string said(const UnknownOutcome& unknown) { return "unknown: " + unknown.reason; }
std::string said(const Awaited& it) { return "awaited: " + it.reason; }

// An adapter and what it calls. Every call is waited for; its callback is counted.
class Till {
 public:
  explicit Till(Duration answer_time = 10s, const std::string& secret = TossServer::secret) {
    TossOptions options;
    options.base = *parse_http_url(toss.url());
    options.secret = secret;
    options.answer_time = answer_time;
    connect(options);
  }

  void connect(const TossOptions& options) { gateway = std::move(make_toss_gateway(options)).value(); }

  std::string charge(const std::string& order, Money amount = price, const std::string& payment_key = "") {
    const Charge charge{order + ":1", order, amount, {"BOOK"}, "", payment_key};
    return wait<ChargeAnswer>([&](auto done) { gateway->charge(charge, done); });
  }
  std::string query(const std::string& order, const std::string& payment_key = "") {
    const EarlierCharge charge{order + ":1", order, "", payment_key};
    return wait<QueryAnswer>([&](auto done) { gateway->query(charge, done); });
  }
  std::string refund(const std::string& order, Money amount = price, const std::string& payment_key = "") {
    const EarlierCharge charge{order + ":1", order, "", payment_key};
    return wait<Outcome>([&](auto done) { gateway->refund(charge, amount, done); });
  }

  TossServer toss;
  std::unique_ptr<PaymentGateway> gateway;
  std::atomic<int> callbacks = 0;  // beyond the first of a call

 private:
  template <class Answer, class Start>
  std::string wait(Start start) {
    const auto answered = std::make_shared<std::promise<std::string>>();
    const auto first = std::make_shared<std::atomic<bool>>(true);
    start([this, answered, first](const Answer& answer) {
      if (!first->exchange(false)) ++callbacks;
      else answered->set_value(std::visit([](const auto& it) { return said(it); }, answer));
    });
    return answered->get_future().get();
  }
};

TEST(TossGateway, ChargesAndAsksAndGivesBackOnce) {
  Till till;
  EXPECT_EQ(till.query("order-1"), "not charged");
  EXPECT_EQ(till.charge("order-1"), "charged sagactl_order-1_1");
  EXPECT_EQ(till.charge("order-1"), "charged sagactl_order-1_1") << "the same charge again";
  EXPECT_EQ(till.query("order-1"), "charged sagactl_order-1_1");
  EXPECT_EQ(till.toss.captures_of("order-1"), 1);
  EXPECT_EQ(till.refund("order-1"), "succeeded");
  EXPECT_EQ(till.refund("order-1"), "succeeded");
  EXPECT_EQ(till.toss.cancels(), 1);
  EXPECT_EQ(till.toss.balance(), Money{});
  EXPECT_THAT(till.query("order-1"), StartsWith("refused: the payment was given back"));
}

TEST(TossGateway, ChargesThePaymentThatTheShopsPageBegan) {
  Till till;
  till.toss.agreed("tgen_from_the_page", "order-1", price);
  EXPECT_EQ(till.query("order-1", "tgen_from_the_page"), "not charged");
  EXPECT_EQ(till.charge("order-1", price, "tgen_from_the_page"), "charged tgen_from_the_page");
  EXPECT_EQ(till.query("order-1", "tgen_from_the_page"), "charged tgen_from_the_page");
  EXPECT_EQ(till.refund("order-1", price, "tgen_from_the_page"), "succeeded");
}

TEST(TossGateway, DoesNotTakeTheMoneyOfAnotherOrder) {
  Till till;
  till.toss.agreed("tgen_one", "order-1", price);
  EXPECT_THAT(till.charge("order-1", Money{100}, "tgen_one"), StartsWith("refused: the order or the amount"));
  EXPECT_EQ(till.charge("order-1", price, "tgen_one"), "charged tgen_one");
  EXPECT_THAT(till.charge("order-2", price, "tgen_one"), StartsWith("refused"));
  EXPECT_THAT(till.query("order-2", "tgen_one"), StartsWith("refused: this payment key belongs to another order"));
  EXPECT_THAT(till.refund("order-2", price, "tgen_one"), StartsWith("refused: this payment key belongs"));
  EXPECT_EQ(till.toss.balance(), price);
}

TEST(TossGateway, GivesBackOnlyWhatWasCharged) {
  Till till;
  EXPECT_THAT(till.refund("order-1"), StartsWith("refused: the payment provider does not know the payment"));
  till.charge("order-1");
  EXPECT_THAT(till.refund("order-1", Money{price.cents - 1}), HasSubstr("1950.00 instead of 1949.99"));
  EXPECT_EQ(till.toss.balance(), price);
  EXPECT_EQ(till.toss.calls(TossCall::cancel), 0);
}

TEST(TossGateway, FindsAChargeThatAPersonGaveBack) {
  Till till;
  till.charge("order-1");
  till.toss.set_status("sagactl_order-1_1", "CANCELED");
  EXPECT_EQ(till.refund("order-1"), "succeeded");
}

TEST(TossGateway, RefusesWithTheProvidersWordsAndRemembersIt) {
  Till till;
  till.toss.refuse(price, 403, "REJECT_CARD_PAYMENT", "한도초과 혹은 잔액부족으로 결제에 실패했습니다.");
  EXPECT_EQ(till.charge("order-1"), "refused: 한도초과 혹은 잔액부족으로 결제에 실패했습니다. (REJECT_CARD_PAYMENT)");
  EXPECT_THAT(till.query("order-1"), HasSubstr("REJECT_CARD_PAYMENT"));
  EXPECT_THAT(till.charge("order-1"), StartsWith("refused")) << "the same charge again";
  EXPECT_EQ(till.toss.captures(), 0);
}

TEST(TossGateway, RefusesWithoutACallWhatTheProviderNeverTakes) {
  Till till;
  EXPECT_THAT(till.charge("short"), StartsWith("refused: an order id has 6 to 64"));
  EXPECT_THAT(till.charge("order-1", price, std::string(201, 'k')), StartsWith("refused: a payment key"));
  EXPECT_EQ(till.query("short"), "not charged");
  EXPECT_TRUE(till.toss.received().empty());
}

TEST(TossGateway, TakesAnOrderThatWasPaidOtherwiseForARefusal) {
  Till till;
  EXPECT_THAT(till.charge("order-1", price, "first"), StartsWith("charged"));
  const Charge again{"order-1:2", "order-1", price, {}, "", "second"};
  std::promise<ChargeAnswer> answered;
  till.gateway->charge(again, [&](ChargeAnswer answer) { answered.set_value(std::move(answer)); });
  const ChargeAnswer answer = answered.get_future().get();
  ASSERT_TRUE(std::holds_alternative<Refused>(answer));
  EXPECT_THAT(std::get<Refused>(answer).reason, HasSubstr("DUPLICATED_ORDER_ID"));
  EXPECT_EQ(till.toss.captures(), 1);
}

// What one bad answer is taken for, and that the next try puts it right without charging, or giving back, twice.
struct BadDay {
  const char* name;
  Trouble trouble;
  const char* said;      // at once
  int captures;          // by then
  const char* asked;     // by a query afterwards
};

std::ostream& operator<<(std::ostream& out, const BadDay& day) { return out << day.name; }

const BadDay bad_days[] = {
    {"SilentBefore", Trouble::silent_before, "unknown: no answer", 0, "not charged"},
    {"SilentAfter", Trouble::silent_after, "unknown: no answer", 1, "charged"},
    {"CutBefore", Trouble::cut_before, "unknown: the connection broke", 0, "not charged"},
    {"CutAfter", Trouble::cut_after, "unknown: the connection broke", 1, "charged"},
    {"FailsBefore", Trouble::fails_before, "unknown: the work inside failed", 0, "not charged"},
    {"FailsAfter", Trouble::fails_after, "unknown: a passing error", 1, "charged"},
    {"Passing", Trouble::passing, "unknown: a passing error", 0, "not charged"},
    {"NotToss", Trouble::not_toss, "unavailable: HTTP 404 that is not of the payment provider", 0, "not charged"},
    {"Garbage", Trouble::garbage, "unknown: the payment provider's answer is not the payment", 1, "charged"},
    {"NoHttp", Trouble::no_http, "unknown: what came is no answer of HTTP", 1, "charged"},
    {"OtherPayment", Trouble::other_payment, "unknown: the payment provider's answer is not the payment", 1, "charged"},
    {"Twice", Trouble::twice, "charged", 1, "charged"},
    {"Slow", Trouble::slow, "charged", 1, "charged"},
};

Duration patience_for(const BadDay& day) {
  const bool silent = day.trouble == Trouble::silent_before || day.trouble == Trouble::silent_after;
  return silent ? 1500ms : 10s;
}

class TossBadDay : public testing::TestWithParam<BadDay> {};

TEST_P(TossBadDay, OfAConfirmationIsPutRightByAQueryAndChargesOnce) {
  const BadDay& day = GetParam();
  Till till(patience_for(day));
  till.toss.trouble(TossCall::confirm, price, day.trouble);
  EXPECT_THAT(till.charge("order-1"), StartsWith(day.said));
  EXPECT_EQ(till.toss.captures(), day.captures);
  EXPECT_THAT(till.query("order-1"), StartsWith(day.asked));
  EXPECT_EQ(till.charge("order-1"), "charged sagactl_order-1_1") << "a further try";
  EXPECT_EQ(till.toss.captures(), 1);
  EXPECT_EQ(till.callbacks, 0);
}

TEST_P(TossBadDay, OfACancellationIsPutRightByTheNextTryAndGivesBackOnce) {
  const BadDay& day = GetParam();
  Till till(patience_for(day));
  till.charge("order-1");
  till.toss.trouble(TossCall::cancel, price, day.trouble);
  const bool answered = std::string_view(day.said) == "charged";
  EXPECT_THAT(till.refund("order-1"), StartsWith(answered ? "succeeded" : day.said));
  EXPECT_EQ(till.toss.cancels(), day.captures);
  EXPECT_EQ(till.refund("order-1"), "succeeded");
  EXPECT_EQ(till.toss.cancels(), 1);
  EXPECT_EQ(till.toss.balance(), Money{});
  EXPECT_EQ(till.callbacks, 0);
}

TEST_P(TossBadDay, OfAQueryIsNeverTakenForNoCharge) {
  const BadDay& day = GetParam();
  Till till(patience_for(day));
  till.charge("order-1");
  till.toss.trouble(TossCall::query, price, day.trouble);
  const bool answered = std::string_view(day.said) == "charged";
  EXPECT_THAT(till.query("order-1"), StartsWith(answered ? "charged" : "unavailable: "));
  EXPECT_EQ(till.query("order-1"), "charged sagactl_order-1_1");
  EXPECT_EQ(till.callbacks, 0);
}

INSTANTIATE_TEST_SUITE_P(Toss, TossBadDay, testing::ValuesIn(bad_days), [](const auto& tested) {
  return std::string(tested.param.name);
});

TEST(TossGateway, KeepsTheAnswerToOneCallFromTheNext) {
  Till till;
  till.toss.trouble(TossCall::confirm, price, Trouble::twice);
  for (int i = 0; i < 20; ++i) {
    const std::string order = "order-" + std::to_string(i);
    EXPECT_EQ(till.charge(order), "charged sagactl_" + order + "_1");
  }
  EXPECT_EQ(till.toss.captures(), 20);
}

TEST(TossGateway, KeepsAConnectionBetweenCalls) {
  Till till;
  for (int i = 0; i < 10; ++i) till.charge("order-" + std::to_string(i));
  EXPECT_EQ(till.toss.connections(), 1u);
}

TEST(TossGateway, LeavesTheProviderAloneForAsLongAsItAsks) {
  Till till;
  till.toss.trouble(TossCall::confirm, price, Trouble::busy);
  EXPECT_THAT(till.charge("order-1"), StartsWith("unavailable: slow down (TOO_MANY_REQUESTS)"));
  const std::size_t calls = till.toss.received().size();
  EXPECT_THAT(till.charge("order-2"), HasSubstr("asks for 30 s more without calls"));
  EXPECT_THAT(till.query("order-1"), StartsWith("unavailable: "));
  EXPECT_EQ(till.toss.received().size(), calls);
}

TEST(TossGateway, IsUnavailableWhenNobodyIsThere) {
  Till till;
  TossOptions options;
  options.base = *parse_http_url("http://127.0.0.1:" + std::to_string(closed_port()));
  options.secret = "s";
  till.connect(options);
  EXPECT_THAT(till.charge("order-1"), StartsWith("unavailable: nothing answers at"));
  EXPECT_THAT(till.query("order-1"), StartsWith("unavailable: "));
  EXPECT_THAT(till.refund("order-1"), StartsWith("unavailable: "));
}

TEST(TossGateway, SendsTheKeyInOneHeaderAndShowsItNowhere) {
  std::string logged;
  set_log_sink([&](std::string_view line) { logged.append(line).append("\n"); });
  const std::string secret = "live_sk_of_another_shop";
  std::string answers;
  {
    Till till(10s, secret);
    answers = till.charge("order-1") + till.query("order-1") + till.refund("order-1");
    for (const Received& received : till.toss.received()) {
      EXPECT_THAT(received.headers.at("authorization"), StartsWith("Basic "));
      EXPECT_THAT(received.path + received.body, Not(HasSubstr(secret)));
    }
  }
  set_log_sink({});
  EXPECT_THAT(answers, StartsWith("unavailable: who is Basic ***? (UNAUTHORIZED_KEY)"));
  EXPECT_THAT(logged, HasSubstr("does not take this node's secret key"));
  for (const char* hidden : {"live_sk_of_another_shop", "bGl2ZV9za19vZl9hbm90aGVyX3Nob3A6"})
    EXPECT_THAT(answers + logged, Not(HasSubstr(hidden)));
}

TEST(TossGateway, SendsAnIdempotencyKeyWithEveryChange) {
  Till till;
  till.charge("order-1");
  till.charge("order-1");
  till.refund("order-1");
  std::vector<std::string> keys;
  for (const Received& received : till.toss.received())
    if (received.method == "POST") keys.push_back(received.headers.at("idempotency-key"));
  ASSERT_EQ(keys.size(), 3u);
  EXPECT_EQ(keys[0], keys[1]);
  EXPECT_NE(keys[0], keys[2]);
}

TEST(TossGateway, HoldsNoMoreCallsThanItMay) {
  Till till;
  TossOptions options;
  options.base = *parse_http_url(till.toss.url());
  options.secret = TossServer::secret;
  options.connections_max = 2;
  options.calls_max = 5;
  till.connect(options);
  till.toss.trouble(TossCall::confirm, price, Trouble::silent_after);
  std::atomic<int> unavailable = 0, unknown = 0;
  for (int i = 0; i < 8; ++i)
    till.gateway->charge({"k" + std::to_string(i), "order-" + std::to_string(i), price, {}}, [&](ChargeAnswer answer) {
      if (std::holds_alternative<Unavailable>(answer)) ++unavailable;
      if (std::holds_alternative<UnknownOutcome>(answer)) ++unknown;
    });
  EXPECT_EQ(unavailable, 3) << "those beyond calls_max are turned away at once";
  till.toss.wait_for_captures(2);
  till.gateway.reset();
  EXPECT_EQ(unavailable + unknown, 8) << "a gateway that goes answers everything";
  EXPECT_EQ(unknown, 2) << "those that were sent, on two connections";
  EXPECT_EQ(till.toss.captures(), 2);
}

TEST(TossGateway, AnswersEachOfManyCallsOfManyThreadsOnce) {
  Till till;
  constexpr int threads = 4, each = 50;
  std::vector<std::atomic<int>> charged(threads * each);
  std::atomic<int> answers = 0;
  std::promise<void> all;
  {
    std::vector<std::jthread> callers;
    for (int thread = 0; thread < threads; ++thread)
      callers.emplace_back([&, thread] {
        for (int i = 0; i < each; ++i) {
          const int number = thread * each + i;
          const std::string text = std::to_string(number);
          till.gateway->charge({"k" + text, "order-" + text, price, {}}, [&, number](ChargeAnswer answer) {
            if (std::holds_alternative<Charged>(answer)) ++charged[number];
            if (++answers == threads * each) all.set_value();
          });
        }
      });
  }
  all.get_future().wait();
  till.gateway.reset();
  EXPECT_EQ(answers, threads * each);
  for (const auto& count : charged) EXPECT_EQ(count, 1);
  EXPECT_EQ(till.toss.captures(), threads * each);
  EXPECT_LE(till.toss.connections(), 32u);
}

}  // namespace
}  // namespace sagactl
