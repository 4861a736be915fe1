#include "server/adapters/toss/toss_diagnosis.hpp"

#include <chrono>
#include <future>

#include "httpclient/async_http_client.hpp"
#include "httpclient/basic_auth.hpp"
#include "server/adapters/toss/toss_error.hpp"
#include "server/adapters/toss/toss_request.hpp"

namespace sagactl {

Result<TossDiagnosis> diagnose_toss(const TossOptions& options) {
  AsyncHttpClientOptions http;
  http.timeout = options.answer_time;
  http.authorities = options.authorities;
  auto client = AsyncHttpClient::make(options.base, http);
  if (!client) return client.error();
  HttpRequest request = toss::query_request("sagactl_doctor", "");
  request.headers.emplace_back("Authorization", basic_authorization(options.secret, ""));
  std::promise<Result<HttpResponse>> answered;
  const auto started = std::chrono::steady_clock::now();
  (*client)->send(std::move(request),
                  [&answered](Result<HttpResponse> response) { answered.set_value(std::move(response)); });
  const Result<HttpResponse> response = answered.get_future().get();
  const auto took = std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - started);
  if (!response) return Error{ErrorCode::unavailable, response.error().message};
  if (response->ok()) return TossDiagnosis{took};
  const toss::TossError error = toss::toss_error_of(*response);
  if (error.meaning == toss::TossErrorMeaning::no_such_payment) return TossDiagnosis{took};
  if (error.key_refused) return Error{ErrorCode::unauthenticated, "the secret key is rejected: " + error.reason};
  const bool is_temporary = error.meaning == toss::TossErrorMeaning::unknown || response->status == 429;
  return Error{is_temporary ? ErrorCode::unavailable : ErrorCode::invalid, error.reason};
}

}  // namespace sagactl
