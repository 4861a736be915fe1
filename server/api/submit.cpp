#include "server/api/submit.hpp"

#include "server/http/await.hpp"

namespace sagactl::api {
namespace {

using boost::asio::awaitable;
using SubmitOutcome = std::optional<Result<Receipt>>;  // none: not known at the deadline

Result<Receipt> receipt_of(SubmitOutcome outcome) {
  if (outcome) return std::move(*outcome);
  return Error{ErrorCode::unknown_outcome,
               "the database did not answer in time; the request may still take effect: check before sending it "
               "again, or send it with the same Idempotency-Key"};
}

}  // namespace

awaitable<Result<Receipt>> submit(Context& context, const http::Request& request, Command command) {
  auto start = [&context, &command](std::function<void(Result<Receipt>)> done) {
    context.engine.submit(std::move(command), std::move(done));
  };
  SubmitOutcome outcome = co_await http::await_callback_until<Result<Receipt>>(start, request.deadline);
  co_return receipt_of(std::move(outcome));
}

awaitable<Result<Receipt>> submit_order(Context& context, const http::Request& request, PlaceOrder command) {
  auto start = [&context, &command](std::function<void(Result<Receipt>)> done) {
    context.admission.place(std::move(command), std::move(done));
  };
  SubmitOutcome outcome = co_await http::await_callback_until<Result<Receipt>>(start, request.deadline);
  co_return receipt_of(std::move(outcome));
}

}  // namespace sagactl::api
