#include "server/engine/publisher.hpp"

#include <algorithm>
#include <iterator>

namespace sagactl {
namespace {

constexpr std::size_t publish_max = 5'000;  // events in one chunk
constexpr std::size_t read_max = 1'000;     // events in one chunk that is read from the store
constexpr std::size_t tail_max = 50'000;    // events kept in memory; older ones are read from the store
constexpr Duration checkpoint_every = 200ms;
constexpr Duration retry_after = 250ms;
constexpr Duration recheck_after = 40ms;  // of another node's checkpoint

}  // namespace

Publisher::Publisher(Store& store, Bus& bus) : store_(store), bus_(bus) {}

Result<void> Publisher::start(const Writer& writer, std::int64_t last_sequence, SteadyTime now) {
  tail_.clear();
  known_checkpoints_.clear();
  next_checkpoint_ = now + checkpoint_every;
  {
    const std::lock_guard lock(shared_->mutex);
    writer_ = writer;
    set_last(shared_->outboxes[writer.node], last_sequence);
  }
  return load_backlogs(false);
}

// A store that has lost the newest events, as a standby may have when it replaces its primary, gives their numbers to
// others: that those were published does not count for these, also when the bus says so only now.
void Publisher::set_last(NodeOutbox& outbox, std::int64_t last) {
  if (last < outbox.last) ++outbox.losses;
  outbox.last = last;
  outbox.published = std::min(outbox.published, last);
  outbox.checkpoint = std::min(outbox.checkpoint, last);
}

Result<void> Publisher::load_backlogs(bool of_dead_nodes) {
  const auto backlogs = store_.backlogs(writer_);
  if (!backlogs) return backlogs.error();
  const std::lock_guard lock(shared_->mutex);
  for (const Backlog& backlog : *backlogs) {
    if (!of_dead_nodes && backlog.node != writer_.node) continue;
    NodeOutbox& outbox = shared_->outboxes[backlog.node];
    if (backlog.node != writer_.node) set_last(outbox, backlog.last);
    outbox.published = std::max(outbox.published, backlog.published);
    outbox.checkpoint = std::max(outbox.checkpoint, backlog.published);
  }
  return {};
}

void Publisher::committed(std::deque<Event> events) {
  if (events.empty()) return;
  const std::int64_t last = events.back().sequence;
  if (tail_.empty())
    tail_ = std::move(events);
  else
    tail_.insert(tail_.end(), std::move_iterator(events.begin()), std::move_iterator(events.end()));
  if (tail_.size() > tail_max) tail_.erase(tail_.begin(), tail_.end() - tail_max);
  const std::lock_guard lock(shared_->mutex);
  shared_->outboxes[writer_.node].last = last;
}

void Publisher::forget_published() {
  std::int64_t published = 0;
  {
    const std::lock_guard lock(shared_->mutex);
    published = shared_->outboxes[writer_.node].published;
  }
  std::erase_if(tail_, [published](const Event& event) { return event.sequence <= published; });
  tail_.shrink_to_fit();
}

Result<Publisher::EventChunk> Publisher::next_chunk(const NodeName& node, std::int64_t after) {
  if (node == writer_.node) {
    while (!tail_.empty() && tail_.front().sequence <= after) tail_.pop_front();
    if (!tail_.empty() && tail_.front().sequence == after + 1) {
      const std::size_t count = std::min(tail_.size(), publish_max);
      return EventChunk{{tail_.begin(), tail_.begin() + static_cast<std::ptrdiff_t>(count)}, count == publish_max};
    }
  }
  auto events = store_.events_after(node, after, read_max);
  if (!events) return events.error();
  const bool is_full = events->size() >= read_max;
  return EventChunk{std::move(*events), is_full};
}

Result<bool> Publisher::is_published(const Event::Position& position) {
  {
    const std::lock_guard lock(shared_->mutex);
    const auto outbox = shared_->outboxes.find(position.node);
    if (outbox != shared_->outboxes.end() && outbox->second.published >= position.sequence) return true;
  }
  std::int64_t& known = known_checkpoints_[position.node];
  if (known >= position.sequence) return true;
  const auto through = store_.published_through(position.node);
  if (!through) return through.error();
  known = std::max(known, *through);
  return known >= position.sequence;
}

// Removes the events that may not be published yet. When none may, returns the node whose events have to be published
// first.
Result<std::optional<NodeName>> Publisher::trim_to_publishable(EventChunk& chunk) {
  for (auto event = chunk.events.begin(); event != chunk.events.end(); ++event) {
    if (!event->after) continue;
    const auto published = is_published(*event->after);
    if (!published) return published.error();
    if (*published) continue;
    if (event == chunk.events.begin()) return std::optional(event->after->node);
    chunk.is_full = true;  // there is more
    chunk.events.erase(event, chunk.events.end());
    break;
  }
  return std::optional<NodeName>();
}

Result<void> Publisher::publish(const NodeName& node, SteadyTime now, bool immediately) {
  std::int64_t after, last;
  int losses;
  {
    const std::lock_guard lock(shared_->mutex);
    NodeOutbox& outbox = shared_->outboxes[node];
    if (outbox.in_flight || outbox.published >= outbox.last) return {};
    if (now < outbox.not_before && !immediately) return {};
    after = outbox.published;
    last = outbox.last;
    losses = outbox.losses;
  }
  auto chunk = next_chunk(node, after);
  const auto behind = chunk ? trim_to_publishable(*chunk) : Result<std::optional<NodeName>>(std::optional<NodeName>());
  {
    const std::lock_guard lock(shared_->mutex);
    NodeOutbox& outbox = shared_->outboxes[node];
    if (!chunk || !behind) {
      outbox.not_before = now + retry_after;
      return chunk ? behind.error() : chunk.error();
    }
    if (*behind) {
      outbox.not_before = now + recheck_after;
      outbox.held = HeldBack{node, **behind, outbox.held ? outbox.held->since : now};
      return {};
    }
    outbox.held.reset();
    if (chunk->events.empty()) {  // an operator has deleted the rest
      outbox.published = last;
      return {};
    }
    // An order's creation and its saga's start stay in one chunk: the message of the second contains the first.
    if (chunk->is_full && chunk->events.size() > 1 && chunk->events.back().type == EventType::order_created)
      chunk->events.pop_back();
    outbox.in_flight = true;
  }
  const SteadyTime next = chunk->is_full ? now : now + bus_.batch_window();  // a backlog does not wait for more
  const std::int64_t through = chunk->events.back().sequence;
  bus_.publish(std::move(chunk->events), [shared = shared_, node, through, losses, now, next](Result<void> done) {
    std::function<void()> wake;
    {
      const std::lock_guard lock(shared->mutex);
      NodeOutbox& outbox = shared->outboxes[node];
      outbox.in_flight = false;
      if (done && losses == outbox.losses) outbox.published = std::max(outbox.published, through);
      outbox.not_before = done ? next : now + retry_after;
      // To publish the rest, and to move the checkpoint: other nodes may wait for it.
      if (outbox.published < outbox.last || outbox.published > outbox.checkpoint) wake = shared->wake;
      shared->answered.notify_all();
    }
    if (wake) wake();
  });
  return {};
}

void Publisher::on_progress(std::function<void()> wake) {
  const std::lock_guard lock(shared_->mutex);
  shared_->wake = std::move(wake);
}

void Publisher::await_answers(Duration patience) {
  std::unique_lock lock(shared_->mutex);
  shared_->answered.wait_for(lock, patience, [this] {
    return std::none_of(shared_->outboxes.begin(), shared_->outboxes.end(),
                        [](const auto& outbox) { return outbox.second.in_flight; });
  });
}

Result<void> Publisher::checkpoint(SteadyTime now, bool flush) {
  if (!flush && now < next_checkpoint_) return {};
  next_checkpoint_ = now + checkpoint_every;
  std::vector<Backlog> moved;
  {
    const std::lock_guard lock(shared_->mutex);
    for (const auto& [node, outbox] : shared_->outboxes)
      if (outbox.published > outbox.checkpoint) moved.push_back({node, outbox.published});
  }
  if (moved.empty()) return {};
  if (const auto set = store_.set_published(writer_, moved); !set) {
    if (set.error().code != ErrorCode::conflict) return set.error();
    return {};  // fenced: the next renewal finds out
  }
  const std::lock_guard lock(shared_->mutex);
  for (const Backlog& backlog : moved) shared_->outboxes[backlog.node].checkpoint = backlog.published;
  return {};
}

Result<void> Publisher::turn(SteadyTime now, bool flush) {
  std::vector<NodeName> nodes;
  {
    const std::lock_guard lock(shared_->mutex);
    for (const auto& [node, outbox] : shared_->outboxes)
      if (outbox.published < outbox.last) nodes.push_back(node);
  }
  for (const NodeName& node : nodes)
    if (auto published = publish(node, now, flush); !published) return published;
  return checkpoint(now, flush);
}

SteadyTime Publisher::due() const {
  const std::lock_guard lock(shared_->mutex);
  SteadyTime due = never_due;
  for (const auto& [node, outbox] : shared_->outboxes) {
    if (outbox.published < outbox.last && !outbox.in_flight) due = std::min(due, outbox.not_before);
    if (outbox.published > outbox.checkpoint) due = std::min(due, next_checkpoint_);
  }
  return due;
}

std::optional<Publisher::HeldBack> Publisher::held_back() const {
  const std::lock_guard lock(shared_->mutex);
  std::optional<HeldBack> longest;
  for (const auto& [node, outbox] : shared_->outboxes)
    if (outbox.held && (!longest || outbox.held->since < longest->since)) longest = outbox.held;
  return longest;
}

std::int64_t Publisher::waiting() const {
  const std::lock_guard lock(shared_->mutex);
  const auto own = shared_->outboxes.find(writer_.node);
  return own == shared_->outboxes.end() ? 0 : std::max<std::int64_t>(0, own->second.last - own->second.published);
}

}  // namespace sagactl
