// The API of Toss Payments over real HTTP, with injected faults. Charges are counted, so that a test can compare what
// happened with what was answered.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "common/money.hpp"
#include "common/text/json.hpp"
#include "tests/httpclient/scripted_server.hpp"

namespace sagactl {

enum class TossCall : std::uint8_t { confirm, query, cancel };

// The fault of a call. "Before": it is not carried out. "After": it is, and its answer is faulty.
enum class Trouble : std::uint8_t {
  none,
  silent_before,  // no answer, ever
  silent_after,
  cut_before,    // the connection is reset
  cut_after,     // the connection is reset in the middle of the answer
  fails_before,  // status 500
  fails_after,
  passing,        // PROVIDER_ERROR with status 400, "try again"
  busy,           // status 429 with Retry-After
  not_toss,       // status 404 of some other server
  garbage,        // after: status 200 with no JSON
  no_http,        // after: bytes that are no HTTP
  other_payment,  // after: the answer is about another payment
  twice,          // after: the answer is sent twice
  slow,           // after: the answer takes its time
};

class TossServer {
 public:
  static constexpr const char* secret = "test_sk_zXLkKEypNArWmo50nX3lmeaxYG5R";

  TossServer();

  std::string url() const { return server_.url() + "/v1"; }
  std::uint64_t connections() const { return server_.connections(); }

  // The first such call for every payment of this amount has this fault; later ones do not. Calls for an unknown
  // payment have the amount zero.
  void trouble(TossCall call, Money amount, Trouble trouble);
  // Confirming a payment of this amount is refused with this answer.
  void refuse(Money amount, int status, const std::string& code, const std::string& message);
  // As the shop's page does: the customer has authorized this payment. Unknown payments are authorized when they are
  // confirmed.
  void agreed(const std::string& payment_key, const std::string& order_id, Money amount);
  // As a person does on the provider's dashboard.
  void set_status(const std::string& payment_key, const std::string& status);

  int captures() const;  // how often money was captured
  int captures_of(const std::string& order_id) const;
  int cancels() const;                     // how often it was refunded
  Money balance() const;                   // captured and not refunded
  int calls(TossCall call) const;          // received
  std::vector<Received> received() const;  // all requests
  void wait_for_captures(int count) const;

 private:
  struct Payment {
    std::string order_id;
    Money amount;
    std::string status = "IN_PROGRESS";
    std::string failure_code, failure_message;
  };
  struct Refusal {
    int status = 0;
    std::string code, message;
  };
  struct ParsedCall {
    TossCall call;
    std::string payment_key;
    Json body;
  };

  TestAnswer handle(const Received& received);
  TestAnswer carry_out(const ParsedCall& parsed);
  TestAnswer confirm(const ParsedCall& parsed);
  TestAnswer cancel(const ParsedCall& parsed);
  TestAnswer shown(const std::string& payment_key) const;
  Trouble trouble_of(const ParsedCall& parsed);
  Money amount_of(const ParsedCall& parsed) const;
  bool order_is_taken(const std::string& order_id, const std::string& payment_key) const;

  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::map<std::string, Payment> payments_;  // by payment key
  std::map<std::pair<TossCall, std::int64_t>, Trouble> troubles_;
  std::set<std::pair<TossCall, std::string>> met_;
  std::map<std::int64_t, Refusal> refusals_;
  std::map<std::string, TestAnswer> answered_;  // by path and idempotency key
  std::map<TossCall, int> calls_;
  std::map<std::string, int> captured_;  // by order
  std::vector<Received> received_;
  int cancels_ = 0;
  Money balance_;
  ScriptedServer server_;  // last: it calls into all of the above
};

}  // namespace sagactl
