#include "server/engine/publisher.hpp"

#include <algorithm>

namespace sagactl {
namespace {

constexpr std::size_t publish_max = 5'000;    // events of this node handed over at once: what waited meanwhile
constexpr std::size_t read_max = 1'000;       // the same, when they have to be read from the store
constexpr std::size_t tail_max = 50'000;      // events kept in memory; older ones are read from the store
constexpr Duration checkpoint_every = 200ms;
constexpr Duration retry_after = 250ms;
constexpr Duration look_again = 40ms;         // at another node's checkpoint

}  // namespace

Publisher::Publisher(Store& store, Bus& bus) : store_(store), bus_(bus) {}

Result<void> Publisher::start(const Writer& writer, std::int64_t last_sequence, SteadyTime now) {
  tail_.clear();
  next_checkpoint_ = now + checkpoint_every;
  {
    const std::lock_guard lock(shared_->mutex);
    writer_ = writer;
    shared_->follows[writer.node].last = last_sequence;
  }
  return take_over(false);
}

Result<void> Publisher::take_over(bool of_dead) {
  const auto backlogs = store_.backlogs(writer_);
  if (!backlogs) return backlogs.error();
  const std::lock_guard lock(shared_->mutex);
  for (const Backlog& backlog : *backlogs) {
    if (!of_dead && backlog.node != writer_.node) continue;
    Follow& follow = shared_->follows[backlog.node];
    follow.published = std::max(follow.published, backlog.published);
    follow.checkpoint = std::max(follow.checkpoint, backlog.published);
    if (backlog.node != writer_.node) follow.last = std::max(follow.last, backlog.last);
  }
  return {};
}

void Publisher::committed(const std::deque<Event>& events) {
  if (events.empty()) return;
  tail_.insert(tail_.end(), events.begin(), events.end());
  if (tail_.size() > tail_max) tail_.erase(tail_.begin(), tail_.end() - tail_max);
  const std::lock_guard lock(shared_->mutex);
  shared_->follows[writer_.node].last = events.back().sequence;
}

Result<Publisher::Page> Publisher::next_page(const NodeName& node, std::int64_t after) {
  if (node == writer_.node) {
    while (!tail_.empty() && tail_.front().sequence <= after) tail_.pop_front();
    if (!tail_.empty() && tail_.front().sequence == after + 1) {
      const std::size_t count = std::min(tail_.size(), publish_max);
      return Page{{tail_.begin(), tail_.begin() + static_cast<std::ptrdiff_t>(count)}, count == publish_max};
    }
  }
  auto events = store_.events_after(node, after, read_max);
  if (!events) return events.error();
  const bool is_full = events->size() >= read_max;
  return Page{std::move(*events), is_full};
}

Result<bool> Publisher::is_published(const Event::Position& place) {
  {
    const std::lock_guard lock(shared_->mutex);
    const auto follow = shared_->follows.find(place.node);
    if (follow != shared_->follows.end() && follow->second.published >= place.sequence) return true;
  }
  std::int64_t& known = others_[place.node];
  if (known >= place.sequence) return true;
  const auto through = store_.published_through(place.node);
  if (!through) return through.error();
  known = std::max(known, *through);
  return known >= place.sequence;
}

// Leaves in the page what may go now. When that is nothing, returns whose events have to be published first.
Result<std::optional<NodeName>> Publisher::hold_back(Page& page) {
  for (auto event = page.events.begin(); event != page.events.end(); ++event) {
    if (!event->after) continue;
    const auto published = is_published(*event->after);
    if (!published) return published.error();
    if (*published) continue;
    if (event == page.events.begin()) return std::optional(event->after->node);
    page.is_full = true;  // there is more
    page.events.erase(event, page.events.end());
    break;
  }
  return std::optional<NodeName>();
}

Result<void> Publisher::publish(const NodeName& node, SteadyTime now, bool at_once) {
  std::int64_t after, last;
  {
    const std::lock_guard lock(shared_->mutex);
    Follow& follow = shared_->follows[node];
    if (follow.in_flight || follow.published >= follow.last) return {};
    if (now < follow.not_before && !at_once) return {};
    after = follow.published;
    last = follow.last;
  }
  auto page = next_page(node, after);
  const auto held_by = page ? hold_back(*page) : Result<std::optional<NodeName>>(std::optional<NodeName>());
  {
    const std::lock_guard lock(shared_->mutex);
    Follow& follow = shared_->follows[node];
    if (!page || !held_by) {
      follow.not_before = now + retry_after;
      return page ? held_by.error() : page.error();
    }
    if (*held_by) {
      follow.not_before = now + look_again;
      follow.hold = Hold{node, **held_by, follow.hold ? follow.hold->since : now};
      return {};
    }
    follow.hold.reset();
    if (page->events.empty()) {  // the rest was deleted
      follow.published = last;
      return {};
    }
    // An order's creation and its saga's start are handed over together: a message of the second tells of the first.
    if (page->is_full && page->events.size() > 1 && page->events.back().type == EventType::order_created)
      page->events.pop_back();
    follow.in_flight = true;
  }
  const SteadyTime next = page->is_full ? now : now + bus_.batch_window();  // a backlog has gathered enough
  const std::int64_t through = page->events.back().sequence;
  bus_.publish(std::move(page->events), [shared = shared_, node, through, now, next](Result<void> done) {
    std::function<void()> wake;
    {
      const std::lock_guard lock(shared->mutex);
      Follow& follow = shared->follows[node];
      follow.in_flight = false;
      if (done) follow.published = std::max(follow.published, through);
      follow.not_before = done ? next : now + retry_after;
      // For what is left, and for the checkpoint: others may wait for it.
      if (follow.published < follow.last || follow.published > follow.checkpoint) wake = shared->wake;
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
    return std::none_of(shared_->follows.begin(), shared_->follows.end(),
                        [](const auto& follow) { return follow.second.in_flight; });
  });
}

Result<void> Publisher::checkpoint(SteadyTime now, bool flush) {
  if (!flush && now < next_checkpoint_) return {};
  next_checkpoint_ = now + checkpoint_every;
  std::vector<Backlog> moved;
  {
    const std::lock_guard lock(shared_->mutex);
    for (const auto& [node, follow] : shared_->follows)
      if (follow.published > follow.checkpoint) moved.push_back({node, follow.published});
  }
  if (moved.empty()) return {};
  if (const auto set = store_.set_published(writer_, moved); !set) {
    if (set.error().code != ErrorCode::conflict) return set.error();
    return {};  // fenced: the next renewal finds out
  }
  const std::lock_guard lock(shared_->mutex);
  for (const Backlog& backlog : moved) shared_->follows[backlog.node].checkpoint = backlog.published;
  return {};
}

Result<void> Publisher::turn(SteadyTime now, bool flush) {
  std::vector<NodeName> nodes;
  {
    const std::lock_guard lock(shared_->mutex);
    for (const auto& [node, follow] : shared_->follows)
      if (follow.published < follow.last) nodes.push_back(node);
  }
  for (const NodeName& node : nodes)
    if (auto published = publish(node, now, flush); !published) return published;
  return checkpoint(now, flush);
}

SteadyTime Publisher::due() const {
  const std::lock_guard lock(shared_->mutex);
  SteadyTime due = never_due;
  for (const auto& [node, follow] : shared_->follows) {
    if (follow.published < follow.last && !follow.in_flight) due = std::min(due, follow.not_before);
    if (follow.published > follow.checkpoint) due = std::min(due, next_checkpoint_);
  }
  return due;
}

std::optional<Publisher::Hold> Publisher::hold() const {
  const std::lock_guard lock(shared_->mutex);
  std::optional<Hold> longest;
  for (const auto& [node, follow] : shared_->follows)
    if (follow.hold && (!longest || follow.hold->since < longest->since)) longest = follow.hold;
  return longest;
}

std::int64_t Publisher::waiting() const {
  const std::lock_guard lock(shared_->mutex);
  const auto own = shared_->follows.find(writer_.node);
  return own == shared_->follows.end() ? 0 : std::max<std::int64_t>(0, own->second.last - own->second.published);
}

}  // namespace sagactl
