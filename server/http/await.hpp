// Waiting in a handler for a callback that another thread makes (the engine's commit, for one).
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <utility>

namespace sagactl::http {

// A coroutine's way to wait for Asio: errors come as the first of the results, and none is thrown.
inline constexpr auto use_result = boost::asio::as_tuple(boost::asio::use_awaitable);

// Where a waiting coroutine and the callback meet. The coroutine belongs to its io_context: a callback that
// comes after the context is gone finds `timer_` empty and does nothing.
template <class T>
class CallbackAwaiter : public std::enable_shared_from_this<CallbackAwaiter<T>> {
 public:
  explicit CallbackAwaiter(boost::asio::steady_timer& timer) : timer_(&timer) {}

  // The first call decides, from any thread; nothing means that no value will ever come.
  void settle(std::optional<T> value) {
    const std::lock_guard lock(mutex_);
    if (settled_) return;
    settled_ = true;
    value_ = std::move(value);
    // Posted with the lock held: leave() must wait, so the executor is alive.
    if (timer_)
      boost::asio::post(timer_->get_executor(), [self = this->shared_from_this()] { self->wake(); });
  }
  void leave() {
    const std::lock_guard lock(mutex_);
    timer_ = nullptr;
  }
  bool settled() {
    const std::lock_guard lock(mutex_);
    return settled_;
  }
  // What was settled: an outer nothing when it has not been, an inner one when no value will come.
  std::optional<std::optional<T>> take() {
    const std::lock_guard lock(mutex_);
    if (!settled_) return std::nullopt;
    return std::move(value_);
  }

 private:
  void wake() {
    const std::lock_guard lock(mutex_);
    if (timer_) timer_->cancel();
  }

  std::mutex mutex_;
  boost::asio::steady_timer* timer_;
  bool settled_ = false;
  std::optional<T> value_;
};

// Runs `start(done)` and suspends until `done(value)` has been called, by any thread, once (further calls do
// nothing; it may be called before `start` returns), or until the deadline: then there is no value, and a
// later call does nothing. Resumes on the executor of the awaiting coroutine, which must belong to a context
// that one thread runs. Throws std::runtime_error when all copies of `done` are dropped without a call.
// `done` may outlive the context.
//
//   auto start = [&](std::function<void(Placed)> done) { engine.submit(command, std::move(done)); };
//   std::optional<Placed> placed = co_await await_callback_until<Placed>(std::move(start), request.deadline);
template <class T, class Start>
boost::asio::awaitable<std::optional<T>> await_callback_until(
    Start start, std::chrono::steady_clock::time_point deadline) {
  namespace asio = boost::asio;
  asio::steady_timer timer(co_await asio::this_coro::executor, deadline);
  const auto awaiter = std::make_shared<CallbackAwaiter<T>>(timer);
  struct Leaving {
    CallbackAwaiter<T>& from;
    ~Leaving() { from.leave(); }
  } leaving{*awaiter};
  struct CompletionGuard {
    std::shared_ptr<CallbackAwaiter<T>> with;
    ~CompletionGuard() { with->settle(std::nullopt); }
  };
  {
    std::shared_ptr<CompletionGuard> guard(new CompletionGuard{awaiter});
    std::function<void(T)> done = [guard = std::move(guard)](T value) {
      guard->with->settle(std::optional<T>(std::move(value)));
    };
    start(std::move(done));
  }
  // Between this question and the wait nothing else runs here, so a wake-up that comes now is seen later.
  if (!awaiter->settled()) co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
  std::optional<std::optional<T>> outcome = awaiter->take();
  if (!outcome) co_return std::nullopt;
  if (!*outcome) throw std::runtime_error("a callback that a handler waited for was dropped");
  co_return std::move(*outcome);
}

// The same without a deadline, for callbacks that always come in bounded time.
template <class T, class Start>
boost::asio::awaitable<T> await_callback(Start start) {
  std::optional<T> value =
      co_await await_callback_until<T>(std::move(start), std::chrono::steady_clock::time_point::max());
  co_return std::move(*value);
}

}  // namespace sagactl::http
