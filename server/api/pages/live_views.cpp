#include "server/api/pages/live_views.hpp"

#include <algorithm>
#include <utility>

#include "common/log.hpp"

namespace sagactl::api {
namespace {

constexpr Duration without_views = 1h;
// A thousand streams that were woken at once would hold up orders.
constexpr std::size_t woken_at_once = 32;
constexpr Duration until_next_woken = 4ms;

std::string text_of(const LiveViews::Source& source) {
  try {
    const auto json = source.read();
    if (json) return http::event_text(source.event, *json);
  } catch (const std::exception& thrown) {
    log_error("a view of a page cannot be read", {{"view", source.event}, {"why", thrown.what()}});
  }
  // The page asks by the usual route, whose answer says what is wrong.
  return http::event_text("failed", "{}");
}

}  // namespace

class LiveViews::Stream : public http::EventStream {
 public:
  Stream(std::shared_ptr<LiveViews> all, std::vector<std::shared_ptr<View>> views, std::function<bool()> may_go_on)
      : EventStream(all->mutex_, {.may_go_on = std::move(may_go_on)}), all_(std::move(all)) {
    for (auto& view : views) {
      const std::uint64_t version = view->version;
      shown_.push_back({std::move(view), version});
    }
  }
  ~Stream() override { all_->remove(this); }

  // Wakes some of those that have something to send; false when none is left. With the lock held.
  static bool wake_some(const std::vector<Stream*>& streams) {
    std::size_t woken = 0;
    for (Stream* stream : streams)
      if (stream->wake_once() && ++woken == woken_at_once) return true;
    return false;
  }

 private:
  struct ShownView {
    std::shared_ptr<View> view;
    std::uint64_t sent;  // its version
  };

  // Once for each change. One that is still sending takes what is new then.
  bool wake_once() {
    std::uint64_t versions = 0;
    for (const ShownView& each : shown_) versions += each.view->version;
    const bool is_behind = std::any_of(shown_.begin(), shown_.end(),
                                       [](const ShownView& each) { return each.sent != each.view->version; });
    if (!is_behind || std::exchange(woken_for_, versions) == versions) return false;
    wake();
    return true;
  }

  std::optional<Piece> take() override {
    static const Piece greeting = std::make_shared<const std::string>(http::stream_greeting);
    if (all_->stopped_) return std::nullopt;
    if (!std::exchange(greeted_, true)) return greeting;
    for (ShownView& each : shown_)
      if (std::exchange(each.sent, each.view->version) != each.view->version) return each.view->piece;
    return nullptr;
  }

  const std::shared_ptr<LiveViews> all_;
  std::vector<ShownView> shown_;
  std::uint64_t woken_for_ = 0;  // the sum of the versions
  bool greeted_ = false;
};

std::shared_ptr<LiveViews> LiveViews::make(Clock& clock) {
  return std::shared_ptr<LiveViews>(new LiveViews(clock));
}

std::shared_ptr<LiveViews::View> LiveViews::view_of(Source source) {
  std::weak_ptr<View>& known = views_[source.key];
  std::shared_ptr<View> view = known.lock();
  if (!view) {
    view = std::make_shared<View>();
    view->source = std::move(source);
    known = view;
  }
  view->is_awaited = true;
  return view;
}

Result<http::Response> LiveViews::subscribe(std::vector<Source> sources, std::function<bool()> may_go_on) {
  std::shared_ptr<Stream> stream;
  {
    const std::lock_guard lock(mutex_);
    if (stopped_) return Error{ErrorCode::unavailable, "the node is stopping; connect to another node"};
    if (streams_.size() >= streams_max)
      return Error{ErrorCode::busy, "too many pages follow this node; close one or try later"};
    std::vector<std::shared_ptr<View>> views;
    for (Source& source : sources) views.push_back(view_of(std::move(source)));
    stream = std::make_shared<Stream>(shared_from_this(), std::move(views), std::move(may_go_on));
    streams_.push_back(stream.get());
  }
  wake_();
  return http::event_stream_response(std::move(stream));
}

std::shared_ptr<LiveViews::View> LiveViews::first_due() {
  std::erase_if(views_, [](const auto& entry) { return entry.second.expired(); });
  std::shared_ptr<View> first;
  for (const auto& [key, held] : views_) {
    std::shared_ptr<View> view = held.lock();
    if (view && (!first || view->due_at < first->due_at)) first = std::move(view);
  }
  return first;
}

Duration LiveViews::read_due() {
  const SteadyTime began = clock_.steady();
  std::shared_ptr<View> view;
  bool is_awaited = false;
  {
    const std::lock_guard lock(mutex_);
    if (Stream::wake_some(streams_)) return until_next_woken;
    if (began < rests_until_) return rests_until_ - began;
    view = first_due();
    if (!view) return without_views;
    if (began < view->due_at) return view->due_at - began;
    // Whoever comes while it is read waits for the next time.
    is_awaited = std::exchange(view->is_awaited, false);
  }
  auto piece = std::make_shared<const std::string>(text_of(view->source));
  const SteadyTime ended = clock_.steady();
  const Duration took = ended - began;
  const std::lock_guard lock(mutex_);
  view->due_at = began + std::max<Duration>(read_every, took * rests_of_view);
  rests_until_ = ended + took * rests_of_thread;
  if (is_awaited || *piece != *view->piece) {
    view->piece = std::move(piece);
    ++view->version;
  }
  return Stream::wake_some(streams_) ? until_next_woken : took * rests_of_thread;
}

void LiveViews::remove(Stream* stream) {
  const std::lock_guard lock(mutex_);
  std::erase(streams_, stream);
}

void LiveViews::stop() {
  const std::lock_guard lock(mutex_);
  stopped_ = true;
  for (Stream* stream : streams_) stream->wake();
}

}  // namespace sagactl::api
