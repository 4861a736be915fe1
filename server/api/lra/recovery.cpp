// Participants by their recovery URLs, and failed LRAs that somebody has dealt with.
#include <fmt/format.h>

#include "common/text/text.hpp"
#include "server/api/lra/handlers.hpp"
#include "server/api/lra/link_header.hpp"
#include "server/api/lra/lra_answer.hpp"
#include "server/api/query.hpp"
#include "server/api/submit.hpp"
#include "server/participants/calls/answer_text.hpp"

namespace sagactl::api {
namespace {

Error no_participant(const Request& request) {
  return Error{ErrorCode::not_found,
               fmt::format("there is no participant {} in LRA {}", storable(request.parameter("participant"), 100),
                           storable(request.parameter("id"), 100))};
}

std::optional<std::size_t> participant_in_path(const LraDefinition& lra, const Request& request) {
  for (std::size_t i = 0; i < lra.participants.size(); ++i)
    if (lra_step_name(first_lra_step(lra, i)) == request.parameter("participant") && !lra.participants[i].has_left())
      return i;
  return std::nullopt;
}

// Where a participant has moved to that has such links: a Link header's text, or a URL below which they are.
Result<LraLinks> new_links(std::string_view text, const LraLinks& before) {
  if (trim(text).starts_with('<')) return read_link_header(trim(text));
  auto links = links_below(text);
  if (!links) return links.error();
  const auto below = [&](std::string_view name) {
    std::string url = links->compensate;
    constexpr std::string_view last = "/compensate";
    return url.replace(url.rfind(last) + 1, last.size() - 1, name);
  };
  if (!before.forget.empty()) links->forget = below("forget");
  if (!before.after.empty()) links->after = below("after");
  if (before.status.empty()) links->status.clear();
  if (before.complete.empty()) links->complete.clear();
  if (before.compensate.empty()) links->compensate.clear();
  return links;
}

}  // namespace

awaitable<Answer> show_participant(Context& context, Request& request) {
  const Result<Flow> flow = co_await read_lra(context, request);
  if (!flow) co_return flow.error();
  const LraDefinition& lra = *flow->saga->own_definition->lra;
  const auto who = participant_in_path(lra, request);
  if (!who) co_return no_participant(request);
  co_return lra_text(200, url_of(lra.participants[*who].links));
}

awaitable<Answer> move_participant(Context& context, Request& request) {
  const Result<Flow> flow = co_await read_lra(context, request);
  if (!flow) co_return flow.error();
  const LraDefinition& lra = *flow->saga->own_definition->lra;
  const auto who = participant_in_path(lra, request);
  if (!who) co_return no_participant(request);
  auto links = new_links(request.body, lra.participants[*who].links);
  if (!links) co_return links.error();
  const std::string url = url_of(*links);
  if (const auto may_call = co_await check_participant(context, *links); !may_call) co_return may_call.error();
  LraChange move = MoveLraParticipant{std::string(request.parameter("participant")), std::move(*links)};
  const Result<Receipt> receipt = co_await change_lra(context, request, flow->saga->id, std::move(move));
  if (!receipt) co_return receipt.error();
  co_return lra_text(200, url);
}

awaitable<Answer> drop_failed(Context& context, Request& request) {
  const Result<Flow> flow = co_await read_lra(context, request);
  if (!flow) co_return flow.error();
  const Saga& saga = *flow->saga;
  if (!is_terminal(saga.status))
    co_return lra_text(
        412, fmt::format("the LRA is {}; only one that has failed is dropped", to_string(lra_status_of(saga))));
  if (!saga.requires_manual_intervention) co_return lra_text(204, "");
  Command command = StopSagaRequest{saga.id, actor_of(request), "dropped by DELETE recovery"};
  const Result<Receipt> receipt = co_await submit(context, request, std::move(command));
  if (!receipt) co_return receipt.error();
  co_return lra_text(204, "");
}

}  // namespace sagactl::api
