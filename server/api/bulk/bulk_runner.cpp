#include "server/api/bulk/bulk_runner.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "common/log.hpp"
#include "server/api/operations/saga_filter.hpp"
#include "server/api/render.hpp"
#include "server/saga/definition.hpp"

namespace sagactl::api {
namespace {

constexpr std::size_t polled_max = 100;  // jobs
constexpr Duration being_made = 1min;    // of a job whose id is there: then its node has died before it stored it
constexpr std::size_t chunk_max = 100;   // sagas
constexpr int chunks_per_second = 5;     // at a low rate
constexpr std::size_t error_max = 500;   // bytes of an error that is kept
constexpr std::chrono::milliseconds engine_pause{500};
constexpr int changes_max = 20;  // of a saga, each between reading it and acting on it

// Waits, or until a stop is requested.
void pause(std::chrono::microseconds time, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any woken;
  std::unique_lock lock(mutex);
  woken.wait_for(lock, stop, time, [] { return false; });
}

// Nothing was done, and the same command may be given again.
bool is_to_be_repeated(const Error& error) {
  return error.code == ErrorCode::busy || error.code == ErrorCode::unavailable || error.code == ErrorCode::retry;
}

// The saga is no longer as it was read. One that waits for a participant changes with every call to it.
bool is_changed(const Error& error) {
  return error.members.is_object() && error.members.value("code", "") == "SAGA_CHANGED";
}

Command command_of(const BulkJob& job, const BulkItem& item) {
  const Actor actor{job.by, Role::admin};
  const std::vector<Timestamp> version = {item.version};
  switch (job.action) {
    case BulkAction::retry:
      return RetryRequest{item.saga, actor, job.recharge, version, job.reason};
    case BulkAction::compensate:
      return CompensateRequest{item.saga, actor, job.reason, version};
    case BulkAction::cancel:
      return CompensateRequest{item.saga, actor, job.reason.empty() ? "cancelled by an operator" : job.reason, version,
                               true};
    case BulkAction::skip:
      return AnswerStepRequest{item.saga, actor, job.step, Succeeded{}, job.reason, version};
  }
  crash("a bulk job has no such action");
}

// Whether the saga looks as the action leaves it.
bool has_effect(const BulkJob& job, const Saga& saga) {
  switch (job.action) {
    case BulkAction::retry:
      return !saga.retries.empty() && saga.retries.back().by == job.by.text() &&
             saga.retries.back().at >= job.created_at;
    case BulkAction::compensate:
    case BulkAction::cancel:
      return saga.status == SagaStatus::compensating || saga.status == SagaStatus::compensated;
    case BulkAction::skip: {
      const SagaDefinition* definition = definition_of(saga);
      for (std::size_t i = 0; definition && i < std::min(saga.steps.size(), definition->steps.size()); ++i)
        if (definition->steps[i].name == job.step) return saga.steps[i].status == StepStatus::succeeded;
      return false;
    }
  }
  return false;
}

std::string status_text(const Saga& saga) {
  return std::string(to_string(saga.status));
}

}  // namespace

void BulkRunner::run(const std::stop_token& stop) {
  RecordRange range;
  range.limit = polled_max;
  const auto open = records_.records(bulk_open_kind, range);
  if (!open) return;
  for (const StoredRecord& each : *open) {
    if (stop.stop_requested()) return;
    auto held = take(each);
    if (!held || !*held) continue;
    if (const auto ran = run_job(**held, stop); !ran)
      log_warn("a bulk job was interrupted; it goes on when the database answers",
               {{"job", each.id}, {"error", ran.error().message}});
  }
}

Result<std::optional<BulkRunner::Held>> BulkRunner::take(const StoredRecord& open) {
  const auto record = records_.record(bulk_kind, open.id);
  if (!record) return record.error();
  const auto now = queries_.database_time();
  if (!now) return now.error();
  if (!*record && *now - open.created_at < being_made) return std::optional<Held>();
  auto job = *record ? read_bulk_job(**record) : Result<BulkJob>(Error{ErrorCode::not_found, "it was never stored"});
  if (!job || job->state != BulkState::running) {
    if (!job) log_warn("a bulk job is given up", {{"job", open.id}, {"error", job.error().message}});
    const auto removed = records_.remove_record(bulk_open_kind, open.id);
    if (!removed) return removed.error();
    if (*record) return std::optional<Held>();
    // A repeat of its request may have stored it in the meantime.
    const auto since = records_.record(bulk_kind, open.id);
    if (!since) return since.error();
    if (*since)
      if (const auto added = records_.add_record(bulk_open_kind, open.id, "{}"); !added) return added.error();
    return std::optional<Held>();
  }
  if (job->node != node_ && job->held_until > *now) return std::optional<Held>();
  Held held{std::move(*job), (*record)->version};
  const auto saved = save(held);
  if (!saved) return saved.error();
  return *saved ? std::optional(std::move(held)) : std::optional<Held>();
}

// A stop that was asked for in the meantime is taken over; of everything else this node is the only writer.
Result<bool> BulkRunner::save(Held& held) {
  for (;;) {
    const auto now = queries_.database_time();
    if (!now) return now.error();
    const bool runs = held.job.state == BulkState::running;
    held.job.node = node_;
    held.job.held_until = runs ? *now + held_for : *now;
    const auto saved = records_.replace_record(bulk_kind, held.job.id, held.version, bulk_job_text(held.job));
    if (!saved) return saved.error();
    if (*saved) {
      ++held.version;
      return true;
    }
    const auto record = records_.record(bulk_kind, held.job.id);
    if (!record) return record.error();
    if (!*record) return false;
    const auto stored = read_bulk_job(**record);
    if (!stored) return stored.error();
    if (stored->state != BulkState::running || stored->node != node_) return false;
    held.version = (*record)->version;
    held.job.stop = held.job.stop || stored->stop;
  }
}

Result<void> BulkRunner::run_job(Held& held, const std::stop_token& stop) {
  if (auto ran = run_chunks(held, stop); !ran) return ran;
  if (held.job.state != BulkState::running || !stop.stop_requested()) return {};
  // Another node may go on at once.
  held.job.held_until = Timestamp{};
  const auto left = records_.replace_record(bulk_kind, held.job.id, held.version, bulk_job_text(held.job));
  if (!left) return left.error();
  return {};
}

Result<void> BulkRunner::end(Held& held, BulkState state, std::string error) {
  const auto now = queries_.database_time();
  if (!now) return now.error();
  held.job.state = state;
  held.job.error = std::move(error);
  held.job.ended_at = *now;
  held.job.in_hand.clear();
  const auto saved = save(held);
  if (!saved) return saved.error();
  if (!*saved) return {};
  log_bulk_end(held.job);
  const auto removed = records_.remove_record(bulk_open_kind, held.job.id);
  if (!removed) return removed.error();
  return {};
}

Result<void> BulkRunner::run_chunks(Held& held, const std::stop_token& stop) {
  BulkJob& job = held.job;
  const std::size_t size =
      std::clamp<std::size_t>(static_cast<std::size_t>(job.rate / chunks_per_second), 1, chunk_max);
  bool is_resumed = !job.in_hand.empty();
  SteadyTime next_at = clock_.steady();
  while (!stop.stop_requested()) {
    if (!is_resumed) {
      if (job.stop) return end(held, BulkState::stopped);
      const auto left = static_cast<std::size_t>(std::max<std::int64_t>(0, job.at_most - job.tried));
      auto items = next_items(job, std::min(size, left));
      if (!items && items.error().code == ErrorCode::invalid)
        return end(held, BulkState::failed, items.error().message);
      if (!items) return items.error();
      if (items->empty()) return end(held, BulkState::done);
      job.in_hand = std::move(*items);
      const auto saved = save(held);
      if (!saved) return saved.error();
      if (!*saved) return {};
    }
    auto results = act_on_items(job, is_resumed, stop);
    if (!results) return results.error();
    if (!*results) return {};
    is_resumed = false;
    if (const auto kept = keep_results(job, **results); !kept) return kept.error();
    next_at = next_at + Duration(1'000'000 * static_cast<std::int64_t>((*results)->size()) / job.rate);
    const SteadyTime now = clock_.steady();
    if (next_at > now) pause(next_at - now, stop);
    next_at = std::max(next_at, now);  // what was slow is not made good by being fast
  }
  return {};
}

Result<std::vector<BulkItem>> BulkRunner::next_items(const BulkJob& job, std::size_t limit) {
  std::vector<BulkItem> items;
  if (limit == 0) return items;
  auto filter = bulk_filter(job.filter, job.by, job.created_at);
  if (!filter) return filter.error();
  const Timestamp until = job.created_at + Duration(1);
  filter->created_before = filter->created_before ? std::min(*filter->created_before, until) : until;
  Page page;
  page.limit = static_cast<std::int64_t>(limit);
  page.after = job.after;
  page.count = false;
  const auto found = find_sagas(queries_, std::move(*filter), page);
  if (!found) return found.error();
  for (const Flow& flow : found->flows)
    if (flow.saga) items.push_back({flow.saga->id, flow.saga->updated_at});
  return items;
}

// Of what may have been done: by the node that ran the job before, or with an answer that was lost. Nothing: it was
// not, or is not yet.
Result<std::optional<BulkRunner::ItemResult>> BulkRunner::result_of_earlier(const BulkJob& job, const BulkItem& item) {
  const auto flow = queries_.flow(order_of(item.saga));
  if (!flow) return flow.error();
  if (!*flow || !(*flow)->saga) return std::optional(ItemResult{false, "", "Saga not found"});
  const Saga& saga = *(*flow)->saga;
  if (saga.updated_at == item.version) return std::optional<ItemResult>();
  if (has_effect(job, saga)) return std::optional(ItemResult{true, status_text(saga), ""});
  return std::optional(
      ItemResult{false, status_text(saga), "the saga has changed while the answer to this action was lost"});
}

std::vector<Result<Receipt>> BulkRunner::submit(const BulkJob& job, const std::vector<BulkItem>& items) {
  struct Waiting {
    std::mutex mutex;
    std::condition_variable answered;
    std::vector<std::optional<Result<Receipt>>> receipts;
    std::size_t left;
  };
  const auto waiting = std::make_shared<Waiting>();
  waiting->receipts.resize(items.size());
  waiting->left = items.size();
  for (std::size_t i = 0; i < items.size(); ++i)
    engine_.submit(command_of(job, items[i]), [waiting, i](Result<Receipt> receipt) {
      const std::lock_guard lock(waiting->mutex);
      waiting->receipts[i] = std::move(receipt);
      if (--waiting->left == 0) waiting->answered.notify_all();
    });
  std::unique_lock lock(waiting->mutex);
  waiting->answered.wait(lock, [&] { return waiting->left == 0; });
  std::vector<Result<Receipt>> receipts;
  for (auto& receipt : waiting->receipts) receipts.push_back(std::move(*receipt));
  return receipts;
}

Result<void> BulkRunner::resolve_doubts(const BulkJob& job, std::vector<Tried>& tried) {
  for (std::size_t i = 0; i < tried.size(); ++i) {
    if (!tried[i].is_in_doubt) continue;
    auto earlier = result_of_earlier(job, job.in_hand[i]);
    if (!earlier) return earlier.error();
    if (*earlier) tried[i].result = std::move(*earlier);
    tried[i].is_in_doubt = false;
  }
  return {};
}

// Those that changed before they were acted on: as they are now, if the filter still finds them.
Result<void> BulkRunner::read_changed(BulkJob& job, std::vector<Tried>& tried) {
  for (std::size_t i = 0; i < tried.size(); ++i) {
    if (!tried[i].is_changed) continue;
    tried[i].is_changed = false;
    BulkItem& item = job.in_hand[i];
    auto filter = bulk_filter(job.filter, job.by, job.created_at);
    if (!filter) return filter.error();
    filter->ids = IdRange{order_of(item.saga), order_of(item.saga)};
    Page page;
    page.limit = 1;
    page.count = false;
    const auto found = find_sagas(queries_, std::move(*filter), page);
    if (!found) return found.error();
    if (!found->flows.empty() && found->flows.front().saga)
      item.version = found->flows.front().saga->updated_at;
    else
      tried[i].result = ItemResult{false, "", "the saga has changed, and does not match any more"};
  }
  return {};
}

// A refusal of what was tried before with an unknown outcome may be for the very change that this job made.
bool BulkRunner::try_items(const BulkJob& job, std::vector<Tried>& tried) {
  std::vector<BulkItem> items;
  std::vector<Tried*> places;
  for (std::size_t i = 0; i < tried.size(); ++i) {
    if (tried[i].result) continue;
    items.push_back(job.in_hand[i]);
    places.push_back(&tried[i]);
  }
  bool is_settled = true;
  const auto receipts = submit(job, items);
  for (std::size_t i = 0; i < receipts.size(); ++i) {
    const Result<Receipt>& receipt = receipts[i];
    Tried& place = *places[i];
    if (receipt) {
      place.result =
          ItemResult{true, receipt->flow && receipt->flow->saga ? status_text(*receipt->flow->saga) : "", ""};
    } else if (receipt.error().code == ErrorCode::unknown_outcome) {
      place.is_in_doubt = place.was_in_doubt = true;
    } else if (is_changed(receipt.error()) && !place.was_in_doubt && ++place.changes <= changes_max) {
      place.is_changed = true;
    } else if (!is_to_be_repeated(receipt.error())) {
      place.result = ItemResult{false, "", receipt.error().message.substr(0, error_max)};
      place.is_in_doubt = place.was_in_doubt;
    }
    is_settled &= place.result && !place.is_in_doubt;
  }
  return is_settled;
}

Result<std::optional<std::vector<BulkRunner::ItemResult>>> BulkRunner::act_on_items(BulkJob& job, bool is_resumed,
                                                                                    const std::stop_token& stop) {
  std::vector<Tried> tried(job.in_hand.size());
  for (Tried& each : tried) each.is_in_doubt = each.was_in_doubt = is_resumed;
  const auto is_done = [](const Tried& each) { return each.result.has_value(); };
  for (;;) {
    if (const auto resolved = resolve_doubts(job, tried); !resolved) return resolved.error();
    if (const auto read = read_changed(job, tried); !read) return read.error();
    // What was asked to stop in the meantime does no more.
    if ((is_resumed && job.stop) || std::all_of(tried.begin(), tried.end(), is_done)) break;
    if (stop.stop_requested()) return std::optional<std::vector<ItemResult>>();
    if (try_items(job, tried)) break;
    if (std::none_of(tried.begin(), tried.end(), [](const Tried& each) { return each.is_changed; }))
      pause(engine_pause, stop);
  }
  std::vector<ItemResult> all;
  std::vector<BulkItem> handled;
  for (std::size_t i = 0; i < tried.size(); ++i) {
    if (!tried[i].result) continue;
    all.push_back(std::move(*tried[i].result));
    handled.push_back(job.in_hand[i]);
  }
  job.in_hand = std::move(handled);
  return std::optional(std::move(all));
}

// The results are written before the job counts them: a node that goes on in between finds them.
Result<void> BulkRunner::keep_results(BulkJob& job, const std::vector<ItemResult>& results) {
  const auto now = queries_.database_time();
  if (!now) return now.error();
  Json list = Json::array();
  std::int64_t accepted = 0;
  for (std::size_t i = 0; i < results.size(); ++i) {
    accepted += results[i].ok;
    list.push_back(Json{{"sagaId", job.in_hand[i].saga.text()},
                        {"ok", results[i].ok},
                        {"status", text_or_null(results[i].status)},
                        {"error", text_or_null(results[i].error)},
                        {"at", iso8601_ms(*now)}});
  }
  const std::string id = bulk_result_id(job.id, job.chunk);
  const auto added = records_.add_record(bulk_result_kind, id, json_text(list));
  if (!added) return added.error();
  if (!*added) {  // by the node that ran the job before, which had no time to count them
    const auto stored = records_.record(bulk_result_kind, id);
    if (!stored) return stored.error();
    if (*stored) list = read_json((*stored)->body);
    accepted = 0;
    for (const Json& each : list) accepted += each.value("ok", false);
  }
  job.tried += static_cast<std::int64_t>(list.size());
  job.accepted += accepted;
  if (!job.in_hand.empty()) job.after = order_of(job.in_hand.back().saga);
  ++job.chunk;
  job.in_hand.clear();
  return {};
}

}  // namespace sagactl::api
