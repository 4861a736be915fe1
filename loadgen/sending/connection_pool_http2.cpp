// The part of the pool in which one connection carries many requests: its LoadConnections are slots for streams.
#include <unistd.h>

#include <algorithm>

#include "loadgen/sending/connection_pool.hpp"

namespace sagactl {
namespace {

using Progress = NonblockingStream::Progress;

}  // namespace

// The slots of a target in their order: the first `streams` are those of its first link.
void ConnectionPool::add_links(std::size_t streams) {
  for (std::size_t index = 0; index < targets_.size(); ++index) {
    Target& target = targets_[index];
    std::size_t number = 0;
    for (LoadConnection* slot : target.down) {
      if (number++ % streams == 0)
        target.links.push_back(std::make_unique<Http2Link>(static_cast<std::uint16_t>(index), streams));
      slot->link = target.links.back().get();
      slot->link->slots.push_back(slot);
    }
    links_max_ += target.links.size();
  }
}

bool ConnectionPool::start_link(Http2Link& link, std::int64_t now) {
  const LoadAddress& address = targets_[link.target()].address;
  epoll_event interest{};
  interest.events = EPOLLOUT;
  interest.data.ptr = static_cast<EventSource*>(&link);
  if (link.stream.connect(reinterpret_cast<const sockaddr*>(&address.storage), address.size) == Progress::failed ||
      epoll_ctl(epoll_, EPOLL_CTL_ADD, link.stream.fd(), &interest) != 0) {
    link.close();
    return false;
  }
  link.begin(now);
  return true;
}

bool ConnectionPool::want_streams(std::size_t index, std::size_t count, std::int64_t now) {
  Target& target = targets_[index];
  bool is_started = true;
  std::size_t kept = 0, opened = 0;
  for (std::size_t i = 0; i < target.down.size(); ++i) {
    LoadConnection& slot = *target.down[i];
    Http2Link& link = *slot.link;
    const bool is_usable =
        link.state == Http2Link::State::open ? link.has_room() : link.state != Http2Link::State::draining;
    const bool is_enough = !is_started || target.connecting + opened >= count;
    if (!is_enough && is_usable && link.state == Http2Link::State::down) is_started = start_link(link, now);
    if (is_enough || !is_usable || !is_started) {
      target.down[kept++] = &slot;
    } else if (link.state == Http2Link::State::open) {
      slot_opened(slot);
      ++opened;
    } else {
      slot.state = ConnectionState::connecting;
      slot.since_ns = now;
      ++target.connecting;
    }
  }
  target.down.resize(kept);
  if (is_started) return true;
  target.failing = true;
  target.retry_at_ns = now + retry_ns;
  return false;
}

void ConnectionPool::slot_opened(LoadConnection& slot) {
  Target& target = targets_[slot.target];
  slot.link->use_one();
  slot.fresh = true;
  slot.expires_ns = INT64_MAX;
  ++target.connected;
  ++connected_count_;
  become_idle(slot);
}

ConnectionPool::Opening ConnectionPool::continue_opening(Http2Link& link, std::span<char> buffer, std::int64_t now) {
  Target& target = targets_[link.target()];
  Progress progress = Progress::done;
  if (!link.is_accepted) {
    progress = link.stream.finish_connecting();
    link.is_accepted = progress == Progress::done;
    link.accepted_ns = now;
  }
  if (progress == Progress::done && !link.has_session()) {
    progress = link.stream.establish(*target.address.route, &target.session);
    if (progress == Progress::done) {
      count_handshake(link.stream, link.accepted_ns);
      link.start_session();
    }
  }
  if (progress == Progress::done) progress = link.flush();
  if (progress == Progress::done) progress = link.receive(buffer);
  if (link.state == Http2Link::State::open && progress != Progress::failed) {
    link_opened(link);
    return Opening::opened;
  }
  if (progress == Progress::failed || progress == Progress::closed || link.state != Http2Link::State::connecting) {
    link.state = Http2Link::State::connecting;  // it has never been open
    target.failing = true;
    close_link(link, now);
    target.retry_at_ns = now + retry_ns;
    return Opening::failed;
  }
  watch_link(link, progress == Progress::wants_write);
  return Opening::pending;
}

void ConnectionPool::link_opened(Http2Link& link) {
  Target& target = targets_[link.target()];
  target.failing = false;
  target.retry_at_ns = 0;
  peak_links_ = std::max(peak_links_, ++open_links_);
  move_surplus(link);
  for (LoadConnection* slot : link.slots) {
    if (slot->state != ConnectionState::connecting) continue;
    --target.connecting;
    if (link.has_room()) {
      slot_opened(*slot);
    } else {
      slot->state = ConnectionState::down;
      target.down.push_back(slot);
    }
  }
  mark_dirty(link);  // it acknowledges the settings
}

// The server allows fewer streams than were wanted: the slots of the others get a link of their own, if there may be
// one more.
void ConnectionPool::move_surplus(Http2Link& link) {
  if (!may_add_links_ || link.capacity() == 0 || link.slots.size() <= link.capacity()) return;
  Target& target = targets_[link.target()];
  target.links.push_back(std::make_unique<Http2Link>(link.target(), link.slots.size() - link.capacity()));
  ++links_max_;
  Http2Link& further = *target.links.back();
  while (link.slots.size() > link.capacity()) {
    LoadConnection& slot = *link.slots.back();
    link.slots.pop_back();
    if (slot.state == ConnectionState::connecting) put_down(slot, 0);
    slot.link = &further;
    further.slots.push_back(&slot);
  }
}

// Its busy slots have been dropped.
void ConnectionPool::close_link(Http2Link& link, std::int64_t now) {
  if (link.state == Http2Link::State::open || link.state == Http2Link::State::draining) {
    --open_links_;
    ++reconnects_;
    // A link that failed is not retried immediately.
    if (!link.has_answered) targets_[link.target()].retry_at_ns = now + retry_ns;
  }
  for (LoadConnection* slot : link.slots)
    if (slot->state != ConnectionState::down) put_down(*slot, 0);
  link.close();
}

void ConnectionPool::settle(Http2Link& link, std::int64_t now) {
  if (link.state != Http2Link::State::draining) return;
  for (LoadConnection* slot : link.slots)
    if (slot->state == ConnectionState::idle) put_down(*slot, 0);
  if (link.used() == 0) close_link(link, now);
}

bool ConnectionPool::tick_links(Target& target, std::int64_t now) {
  bool failed = false;
  for (const auto& link : target.links) {
    if (link->state != Http2Link::State::connecting || now - link->since_ns <= connect_timeout_ns_) continue;
    close_link(*link, now);
    target.retry_at_ns = now + retry_ns;
    target.failing = failed = true;
  }
  return failed;
}

void ConnectionPool::submit(LoadConnection& slot) {
  slot.link->submit(slot);
  mark_dirty(*slot.link);
}

void ConnectionPool::mark_dirty(Http2Link& link) {
  if (link.is_dirty) return;
  link.is_dirty = true;
  dirty_.push_back(&link);
}

bool ConnectionPool::flush(Http2Link& link) {
  const Progress progress = link.flush();
  if (progress == Progress::failed || progress == Progress::closed) return false;
  if (link.is_writing != (progress == Progress::wants_write)) watch_link(link, progress == Progress::wants_write);
  return true;
}

void ConnectionPool::watch_link(Http2Link& link, bool writing) {
  link.is_writing = writing;
  epoll_event interest{};
  interest.events = EPOLLIN;
  if (writing) interest.events |= EPOLLOUT;
  interest.data.ptr = static_cast<EventSource*>(&link);
  epoll_ctl(epoll_, EPOLL_CTL_MOD, link.stream.fd(), &interest);
}

}  // namespace sagactl
