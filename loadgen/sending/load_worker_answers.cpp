// What the worker does with answers, and with requests that get none.
#include "httpclient/content_coding.hpp"
#include "loadgen/sending/load_worker.hpp"

namespace sagactl {
namespace {

constexpr int unauthorized = 401;

// Of the request that was sent.
std::string_view path_of_request(const LoadConnection& connection) {
  const std::string_view request(connection.out.data(), connection.out_size);
  const std::size_t begin = request.find(' ') + 1;
  return request.substr(begin, request.find(' ', begin) - begin);
}

}  // namespace

void LoadWorker::conclude(LoadConnection& connection, std::int64_t now, bool peer_closed) {
  LedgerEntry& entry = connection.entry;
  const StepPlan& step = setup_.plan->step(entry.step);
  const std::vector<std::string>& headers = connection.answer.headers();
  const int status = connection.answer.status();
  const std::string_view coding = step.answers.coding(headers);
  const bool needs_body = step.reads_body || !step.first_answers.is_known(status);
  const Result<std::string> plain = coding.empty() || !needs_body
                                        ? Result<std::string>(std::string())
                                        : decoded(coding, connection.answer.body(), answer_size_max);
  const std::string_view body = coding.empty() ? connection.answer.body() : plain ? *plain : std::string_view();
  const OrderAnswer answer = step.answers.read(body, headers);
  step.first_answers.note(status, plain ? body : plain.error().message, step.answers.location(headers));
  if (answer.has_errors) step.first_answers.note(FirstAnswers::refusal, answer.error, {});
  entry.http_status = static_cast<std::uint16_t>(status);
  entry.outcome = step.answers.outcome_of(status, answer);
  entry.order = answer.order;
  if (!answer.order_name.empty()) entry.order_name = OrderName(answer.order_name, setup_.store->names());
  entry.correlation = answer.correlation;
  entry.claimed_status = answer.status;
  entry.claimed_total = answer.total;
  connection.times.done_ns = now;
  if (step.cookies) take_cookies(connection, step);
  if (status == unauthorized && setup_.plan->logs_in())
    setup_.writer->users().note_refused(entry.user, connection.times.sent_ns);
  keep_values(connection, answer, body);
  entry.step_end = follow(entry, connection.journey, answer.is_duplicate, now);
  keep(entry, connection.times);
  --in_flight_;
  const bool sent_completely = connection.out_done == connection.out_size;
  const std::int64_t keep_alive_ns = step.answers.keep_alive_ns(headers);
  connection.expires_ns = keep_alive_ns == 0 ? INT64_MAX : now + keep_alive_ns;
  pool_.give_back(connection);
  if (connection.link) {
    if (connection.link->state != Http2Link::State::open) pool_.drop(connection, now);
    return;
  }
  const bool is_unusable =
      peer_closed || !sent_completely || !connection.answer.keeps_alive() || setup_.writer->closes();
  if (is_unusable) pool_.drop(connection, now);
}

void LoadWorker::take_cookies(const LoadConnection& connection, const StepPlan& step) {
  const std::string& lines = connection.answer.headers()[*step.cookies];
  if (lines.empty()) return;
  const std::string_view path = path_of_request(connection);
  if (setup_.plan->cookies() == CookieUse::journey)
    journeys_.at(connection.journey).jar.take(lines, path, wall_clock_now());
  else
    setup_.writer->users().take_cookies(connection.entry.user, lines, path, wall_clock_now());
}

// Of the answers to a group, that of the first accepted order counts, and without one the first that names an order.
void LoadWorker::keep_values(const LoadConnection& connection, const OrderAnswer& answer, std::string_view body) {
  const LedgerEntry& entry = connection.entry;
  const StepPlan& step = setup_.plan->step(entry.step);
  RunningJourney& journey = journeys_.at(connection.journey);
  const bool is_new = entry.outcome == RequestOutcome::accepted;
  const bool is_good = is_new || (step.creates && entry.outcome == RequestOutcome::duplicate);
  if (!is_good || journey.has_order || (journey.goes_on && !is_new)) return;
  journey.goes_on = true;
  journey.has_order = is_new;
  if (step.is_cause) journey.cause_ns = connection.times.sent_ns;
  const bool is_needed = setup_.plan->size() > 1;  // by another step
  if (is_needed && step.creates && !answer.order.is_nil())
    journey.values[0] = answer.order_name.empty() ? answer.order.text() : answer.order_name;
  const bool is_last_try = !step.repeats || answer.is_duplicate;
  journey.lacks_value = step.values.read(body, connection.answer.headers(), journey.values) != nullptr && is_last_try;
}

void LoadWorker::fail(LoadConnection& connection, TransportFailure failure, std::int64_t now) {
  LedgerEntry& entry = connection.entry;
  entry.outcome = connection.times.sent_ns == 0 ? RequestOutcome::unreached : RequestOutcome::indeterminate;
  const bool nothing_came = connection.times.first_byte_ns == 0;
  const bool may_be_idle_close =
      failure == TransportFailure::closed && connection.kept && nothing_came && !connection.link;
  entry.failure = may_be_idle_close ? TransportFailure::kept_closed : failure;
  connection.times.done_ns = now;
  entry.step_end = follow(entry, connection.journey, false, now);
  keep(entry, connection.times);
  --in_flight_;
  pool_.drop(connection, now);
}

}  // namespace sagactl
