#include "server/api/accounts/begin_session.hpp"

#include "server/api/accounts/render_account.hpp"
#include "server/api/submit.hpp"

namespace sagactl::api {

awaitable<Answer> begin_session(Context& context, Request& request, User user, int status) {
  const LoginSessions::Pair tokens = context.sessions.issue(user);
  Command command = BeginSession{user.id, tokens.session};
  const Result<Receipt> receipt = co_await submit(context, request, std::move(command));
  if (!receipt) co_return receipt.error();
  co_return session_response(status, *receipt->user, tokens);
}

}  // namespace sagactl::api
