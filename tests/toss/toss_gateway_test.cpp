// The adapter's contract, against a server that implements the API over real HTTP and injects faults.
#include "server/adapters/toss/toss_gateway.hpp"

#include <gmock/gmock.h>

#include <atomic>
#include <future>
#include <memory>
#include <thread>

#include "common/log.hpp"
#include "tests/services/waiting.hpp"
#include "tests/toss/toss_server.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr Money price{195'000};

std::string text_of(const Charged& charged) {
  return "charged " + charged.transaction_id;
}
std::string text_of(const NotCharged&) {
  return "not charged";
}
std::string text_of(const Succeeded&) {
  return "succeeded";
}
std::string text_of(const Refused& refused) {
  return "refused: " + refused.reason;
}
std::string text_of(const Unavailable& unavailable) {
  return "unavailable: " + unavailable.reason;
}
std::string text_of(const UnknownOutcome& unknown) {
  return "unknown: " + unknown.reason;
}
std::string text_of(const Awaited& it) {
  return "awaited: " + it.reason;
}
std::string text_of(const Accepted&) {
  return "accepted";
}

// An adapter and the server that it calls. Waits for every call, and counts its callbacks.
class GatewayUnderTest {
 public:
  explicit GatewayUnderTest(Duration answer_time = 10s, const std::string& secret = TossServer::secret) {
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
      if (!first->exchange(false))
        ++callbacks;
      else
        answered->set_value(std::visit([](const auto& it) { return text_of(it); }, answer));
    });
    return answered->get_future().get();
  }
};

TEST(TossGateway, ChargesQueriesAndRefundsOnce) {
  GatewayUnderTest tested;
  EXPECT_EQ(tested.query("order-1"), "not charged");
  EXPECT_EQ(tested.charge("order-1"), "charged sagactl_order-1_1");
  EXPECT_EQ(tested.charge("order-1"), "charged sagactl_order-1_1") << "the same charge again";
  EXPECT_EQ(tested.query("order-1"), "charged sagactl_order-1_1");
  EXPECT_EQ(tested.toss.captures_of("order-1"), 1);
  EXPECT_EQ(tested.refund("order-1"), "succeeded");
  EXPECT_EQ(tested.refund("order-1"), "succeeded");
  EXPECT_EQ(tested.toss.cancels(), 1);
  EXPECT_EQ(tested.toss.balance(), Money{});
  EXPECT_THAT(tested.query("order-1"), StartsWith("refused: the payment was refunded"));
}

TEST(TossGateway, ChargesThePaymentThatTheShopsPageStarted) {
  GatewayUnderTest tested;
  tested.toss.agreed("tgen_from_the_page", "order-1", price);
  EXPECT_EQ(tested.query("order-1", "tgen_from_the_page"), "not charged");
  EXPECT_EQ(tested.charge("order-1", price, "tgen_from_the_page"), "charged tgen_from_the_page");
  EXPECT_EQ(tested.query("order-1", "tgen_from_the_page"), "charged tgen_from_the_page");
  EXPECT_EQ(tested.refund("order-1", price, "tgen_from_the_page"), "succeeded");
}

TEST(TossGateway, DoesNotTakeTheMoneyOfAnotherOrder) {
  GatewayUnderTest tested;
  tested.toss.agreed("tgen_one", "order-1", price);
  EXPECT_THAT(tested.charge("order-1", Money{100}, "tgen_one"), StartsWith("refused: the order or the amount"));
  EXPECT_EQ(tested.charge("order-1", price, "tgen_one"), "charged tgen_one");
  EXPECT_THAT(tested.charge("order-2", price, "tgen_one"), StartsWith("refused"));
  EXPECT_THAT(tested.query("order-2", "tgen_one"), StartsWith("refused: this payment key belongs to another order"));
  EXPECT_THAT(tested.refund("order-2", price, "tgen_one"), StartsWith("refused: this payment key belongs"));
  EXPECT_EQ(tested.toss.balance(), price);
}

TEST(TossGateway, RefundsOnlyWhatWasCharged) {
  GatewayUnderTest tested;
  EXPECT_THAT(tested.refund("order-1"), StartsWith("refused: the payment provider has no such payment"));
  tested.charge("order-1");
  EXPECT_THAT(tested.refund("order-1", Money{price.cents - 1}), HasSubstr("1950.00 instead of 1949.99"));
  EXPECT_EQ(tested.toss.balance(), price);
  EXPECT_EQ(tested.toss.calls(TossCall::cancel), 0);
}

TEST(TossGateway, DetectsAChargeThatAPersonRefunded) {
  GatewayUnderTest tested;
  tested.charge("order-1");
  tested.toss.set_status("sagactl_order-1_1", "CANCELED");
  EXPECT_EQ(tested.refund("order-1"), "succeeded");
}

TEST(TossGateway, RefusesWithTheProvidersMessageAndRemembersIt) {
  GatewayUnderTest tested;
  tested.toss.refuse(price, 403, "REJECT_CARD_PAYMENT", "한도초과 혹은 잔액부족으로 결제에 실패했습니다.");
  EXPECT_EQ(tested.charge("order-1"), "refused: 한도초과 혹은 잔액부족으로 결제에 실패했습니다. (REJECT_CARD_PAYMENT)");
  EXPECT_THAT(tested.query("order-1"), HasSubstr("REJECT_CARD_PAYMENT"));
  EXPECT_THAT(tested.charge("order-1"), StartsWith("refused")) << "the same charge again";
  EXPECT_EQ(tested.toss.captures(), 0);
}

TEST(TossGateway, RefusesWithoutACallWhatTheProviderAlwaysRejects) {
  GatewayUnderTest tested;
  EXPECT_THAT(tested.charge("short"), StartsWith("refused: an order id has 6 to 64"));
  EXPECT_THAT(tested.charge("order-1", price, std::string(201, 'k')), StartsWith("refused: a payment key"));
  EXPECT_EQ(tested.query("short"), "not charged");
  EXPECT_TRUE(tested.toss.received().empty());
}

TEST(TossGateway, RefusesAnOrderThatWasPaidByAnotherPayment) {
  GatewayUnderTest tested;
  EXPECT_THAT(tested.charge("order-1", price, "first"), StartsWith("charged"));
  const Charge again{"order-1:2", "order-1", price, {}, "", "second"};
  std::promise<ChargeAnswer> answered;
  tested.gateway->charge(again, [&](ChargeAnswer answer) { answered.set_value(std::move(answer)); });
  const ChargeAnswer answer = answered.get_future().get();
  ASSERT_TRUE(std::holds_alternative<Refused>(answer));
  EXPECT_THAT(std::get<Refused>(answer).reason, HasSubstr("DUPLICATED_ORDER_ID"));
  EXPECT_EQ(tested.toss.captures(), 1);
}

// How one fault of the provider is understood, and that the next attempt recovers without charging or refunding twice.
struct ProviderFault {
  const char* name;
  Trouble trouble;
  const char* outcome;  // of the call
  int captures;         // by then
  const char* queried;  // by a query afterwards
};

std::ostream& operator<<(std::ostream& out, const ProviderFault& fault) {
  return out << fault.name;
}

const ProviderFault provider_faults[] = {
    {"SilentBefore", Trouble::silent_before, "unknown: no answer", 0, "not charged"},
    {"SilentAfter", Trouble::silent_after, "unknown: no answer", 1, "charged"},
    {"CutBefore", Trouble::cut_before, "unknown: no answer", 0, "not charged"},
    {"CutAfter", Trouble::cut_after, "unknown: no answer", 1, "charged"},
    {"FailsBefore", Trouble::fails_before, "unknown: the work inside failed", 0, "not charged"},
    {"FailsAfter", Trouble::fails_after, "unknown: a passing error", 1, "charged"},
    {"Passing", Trouble::passing, "unknown: a passing error", 0, "not charged"},
    {"NotToss", Trouble::not_toss, "unavailable: HTTP 404, which is not from the payment provider", 0, "not charged"},
    {"Garbage", Trouble::garbage, "unknown: the payment provider's answer is not the payment", 1, "charged"},
    {"NoHttp", Trouble::no_http, "unknown: no answer", 1, "charged"},
    {"OtherPayment", Trouble::other_payment, "unknown: the payment provider's answer is not the payment", 1, "charged"},
    {"Twice", Trouble::twice, "charged", 1, "charged"},
    {"Slow", Trouble::slow, "charged", 1, "charged"},
};

Duration timeout_for(const ProviderFault& fault) {
  const bool silent = fault.trouble == Trouble::silent_before || fault.trouble == Trouble::silent_after;
  return silent ? Duration{3s} : Duration{hang_limit};
}

class TossFault : public testing::TestWithParam<ProviderFault> {};

TEST_P(TossFault, OfAConfirmationIsResolvedByAQueryAndChargesOnce) {
  const ProviderFault& fault = GetParam();
  GatewayUnderTest tested(timeout_for(fault));
  tested.toss.trouble(TossCall::confirm, price, fault.trouble);
  EXPECT_THAT(tested.charge("order-1"), StartsWith(fault.outcome));
  EXPECT_EQ(tested.toss.captures(), fault.captures);
  EXPECT_THAT(tested.query("order-1"), StartsWith(fault.queried));
  EXPECT_EQ(tested.charge("order-1"), "charged sagactl_order-1_1") << "a retry";
  EXPECT_EQ(tested.toss.captures(), 1);
  EXPECT_EQ(tested.callbacks, 0);
}

TEST_P(TossFault, OfACancellationIsResolvedByARetryAndRefundsOnce) {
  const ProviderFault& fault = GetParam();
  GatewayUnderTest tested(timeout_for(fault));
  tested.charge("order-1");
  tested.toss.trouble(TossCall::cancel, price, fault.trouble);
  const bool answered = std::string_view(fault.outcome) == "charged";
  EXPECT_THAT(tested.refund("order-1"), StartsWith(answered ? "succeeded" : fault.outcome));
  EXPECT_EQ(tested.toss.cancels(), fault.captures);
  EXPECT_EQ(tested.refund("order-1"), "succeeded");
  EXPECT_EQ(tested.toss.cancels(), 1);
  EXPECT_EQ(tested.toss.balance(), Money{});
  EXPECT_EQ(tested.callbacks, 0);
}

TEST_P(TossFault, OfAQueryIsNeverUnderstoodAsNoCharge) {
  const ProviderFault& fault = GetParam();
  GatewayUnderTest tested(timeout_for(fault));
  tested.charge("order-1");
  tested.toss.trouble(TossCall::query, price, fault.trouble);
  // A query whose idle connection breaks is repeated at once.
  const bool answered = std::string_view(fault.outcome) == "charged" || fault.trouble == Trouble::cut_before;
  EXPECT_THAT(tested.query("order-1"), StartsWith(answered ? "charged" : "unavailable: "));
  EXPECT_EQ(tested.query("order-1"), "charged sagactl_order-1_1");
  EXPECT_EQ(tested.callbacks, 0);
}

INSTANTIATE_TEST_SUITE_P(Toss, TossFault, testing::ValuesIn(provider_faults),
                         [](const auto& tested) { return std::string(tested.param.name); });

TEST(TossGateway, DoesNotTakeALateAnswerForTheNextCallsAnswer) {
  GatewayUnderTest tested;
  tested.toss.trouble(TossCall::confirm, price, Trouble::twice);
  for (int i = 0; i < 20; ++i) {
    const std::string order = "order-" + std::to_string(i);
    EXPECT_EQ(tested.charge(order), "charged sagactl_" + order + "_1");
  }
  EXPECT_EQ(tested.toss.captures(), 20);
}

TEST(TossGateway, KeepsAConnectionBetweenCalls) {
  GatewayUnderTest tested;
  for (int i = 0; i < 10; ++i) tested.charge("order-" + std::to_string(i));
  EXPECT_EQ(tested.toss.connections(), 1u);
}

TEST(TossGateway, HonoursRetryAfter) {
  GatewayUnderTest tested;
  tested.toss.trouble(TossCall::confirm, price, Trouble::busy);
  EXPECT_THAT(tested.charge("order-1"), StartsWith("unavailable: slow down (TOO_MANY_REQUESTS)"));
  const std::size_t calls = tested.toss.received().size();
  EXPECT_THAT(tested.charge("order-2"), HasSubstr("asked for no calls for another 30 s"));
  EXPECT_THAT(tested.query("order-1"), StartsWith("unavailable: "));
  EXPECT_EQ(tested.toss.received().size(), calls);
}

TEST(TossGateway, IsUnavailableWhenNothingAnswers) {
  GatewayUnderTest tested;
  TossOptions options;
  options.base = *parse_http_url("http://127.0.0.1:" + std::to_string(closed_port()));
  options.secret = "s";
  tested.connect(options);
  EXPECT_THAT(tested.charge("order-1"), StartsWith("unavailable: nothing answers at"));
  EXPECT_THAT(tested.query("order-1"), StartsWith("unavailable: "));
  EXPECT_THAT(tested.refund("order-1"), StartsWith("unavailable: "));
}

TEST(TossGateway, SendsTheKeyInOneHeaderAndShowsItNowhere) {
  std::string logged;
  set_log_sink([&](std::string_view line) { logged.append(line).append("\n"); });
  const std::string secret = "live_sk_of_another_shop";
  std::string answers;
  {
    GatewayUnderTest tested(10s, secret);
    answers = tested.charge("order-1") + tested.query("order-1") + tested.refund("order-1");
    for (const Received& received : tested.toss.received()) {
      EXPECT_THAT(received.headers.at("authorization"), StartsWith("Basic "));
      EXPECT_THAT(received.path + received.body, Not(HasSubstr(secret)));
    }
  }
  set_log_sink({});
  EXPECT_THAT(answers, StartsWith("unavailable: who is Basic ***? (UNAUTHORIZED_KEY)"));
  EXPECT_THAT(logged, HasSubstr("rejects this node's secret key"));
  for (const char* hidden : {"live_sk_of_another_shop", "bGl2ZV9za19vZl9hbm90aGVyX3Nob3A6"})
    EXPECT_THAT(answers + logged, Not(HasSubstr(hidden)));
}

TEST(TossGateway, SendsAnIdempotencyKeyWithEveryChange) {
  GatewayUnderTest tested;
  tested.charge("order-1");
  tested.charge("order-1");
  tested.refund("order-1");
  std::vector<std::string> keys;
  for (const Received& received : tested.toss.received())
    if (received.method == "POST") keys.push_back(received.headers.at("idempotency-key"));
  ASSERT_EQ(keys.size(), 3u);
  EXPECT_EQ(keys[0], keys[1]);
  EXPECT_NE(keys[0], keys[2]);
}

TEST(TossGateway, RefusesCallsOverItsLimit) {
  GatewayUnderTest tested;
  TossOptions options;
  options.base = *parse_http_url(tested.toss.url());
  options.secret = TossServer::secret;
  options.connections_max = 2;
  options.calls_max = 5;
  tested.connect(options);
  tested.toss.trouble(TossCall::confirm, price, Trouble::silent_after);
  std::atomic<int> unavailable = 0, unknown = 0;
  for (int i = 0; i < 8; ++i)
    tested.gateway->charge({"k" + std::to_string(i), "order-" + std::to_string(i), price, {}},
                           [&](ChargeAnswer answer) {
                             if (std::holds_alternative<Unavailable>(answer)) ++unavailable;
                             if (std::holds_alternative<UnknownOutcome>(answer)) ++unknown;
                           });
  EXPECT_EQ(unavailable, 3) << "those beyond calls_max are refused at once";
  tested.toss.wait_for_captures(2);
  tested.gateway.reset();
  EXPECT_EQ(unavailable + unknown, 8) << "a gateway that is destroyed answers everything";
  EXPECT_EQ(unknown, 2) << "those that were sent, on two connections";
  EXPECT_EQ(tested.toss.captures(), 2);
}

TEST(TossGateway, AnswersEachOfManyCallsOfManyThreadsOnce) {
  GatewayUnderTest tested;
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
          tested.gateway->charge({"k" + text, "order-" + text, price, {}}, [&, number](ChargeAnswer answer) {
            if (std::holds_alternative<Charged>(answer)) ++charged[number];
            if (++answers == threads * each) all.set_value();
          });
        }
      });
  }
  all.get_future().wait();
  tested.gateway.reset();
  EXPECT_EQ(answers, threads * each);
  for (const auto& count : charged) EXPECT_EQ(count, 1);
  EXPECT_EQ(tested.toss.captures(), threads * each);
  EXPECT_LE(tested.toss.connections(), 32u);
}

}  // namespace
}  // namespace sagactl
