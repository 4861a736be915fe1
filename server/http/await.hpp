// Waiting in a coroutine for a callback from another thread, such as the engine's after a commit.
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

// Completion token: errors of Asio operations are returned as the first result instead of thrown.
inline constexpr auto use_result = boost::asio::as_tuple(boost::asio::use_awaitable);

// The state that a waiting coroutine and its callback share. The coroutine belongs to its io_context: a callback after
// the context was destroyed finds `timer_` null and does nothing.
template <class T>
class CallbackAwaiter : public std::enable_shared_from_this<CallbackAwaiter<T>> {
 public:
  explicit CallbackAwaiter(boost::asio::steady_timer& timer) : timer_(&timer) {}

  // Only the first call counts. Any thread. `nullopt`: there will be no value.
  void settle(std::optional<T> value) {
    const std::lock_guard lock(mutex_);
    if (settled_) return;
    settled_ = true;
    value_ = std::move(value);
    // Posted under the lock: detach() waits for it, so the executor exists.
    if (timer_) boost::asio::post(timer_->get_executor(), [self = this->shared_from_this()] { self->wake(); });
  }
  void detach() {
    const std::lock_guard lock(mutex_);
    timer_ = nullptr;
  }
  bool settled() {
    const std::lock_guard lock(mutex_);
    return settled_;
  }
  // nullopt: not settled; an inner nullopt: settled without a value.
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

// Runs `start(done)` and suspends until `done(value)` is called, or until the deadline: then there is no value. `done`
// may be called by any thread, also before `start` returns; later calls, and calls after the deadline, do nothing.
// Resumes on the executor of the awaiting coroutine, whose context one thread must run. Throws std::runtime_error when
// all copies of `done` are destroyed without a call. `done` may outlive the context.
//
//   auto start = [&](std::function<void(Placed)> done) { engine.submit(command, std::move(done)); };
//   std::optional<Placed> placed = co_await await_callback_until<Placed>(std::move(start), request.deadline);
template <class T, class Start>
boost::asio::awaitable<std::optional<T>> await_callback_until(Start start,
                                                              std::chrono::steady_clock::time_point deadline) {
  namespace asio = boost::asio;
  asio::steady_timer timer(co_await asio::this_coro::executor, deadline);
  const auto awaiter = std::make_shared<CallbackAwaiter<T>>(timer);
  struct DetachOnExit {
    CallbackAwaiter<T>& awaiter;
    ~DetachOnExit() { awaiter.detach(); }
  } detach_on_exit{*awaiter};
  struct CompletionGuard {
    std::shared_ptr<CallbackAwaiter<T>> awaiter;
    ~CompletionGuard() { awaiter->settle(std::nullopt); }
  };
  {
    std::shared_ptr<CompletionGuard> guard(new CompletionGuard{awaiter});
    std::function<void(T)> done = [guard = std::move(guard)](T value) {
      guard->awaiter->settle(std::optional<T>(std::move(value)));
    };
    start(std::move(done));
  }
  // Nothing else runs on this executor between the check and the wait, so no wake-up is lost.
  if (!awaiter->settled()) co_await timer.async_wait(asio::as_tuple(asio::use_awaitable));
  std::optional<std::optional<T>> outcome = awaiter->take();
  if (!outcome) co_return std::nullopt;
  if (!*outcome) throw std::runtime_error("a callback was destroyed without being called");
  co_return std::move(*outcome);
}

// The same without a deadline, for callbacks that are always called in bounded time.
template <class T, class Start>
boost::asio::awaitable<T> await_callback(Start start) {
  std::optional<T> value =
      co_await await_callback_until<T>(std::move(start), std::chrono::steady_clock::time_point::max());
  co_return std::move(*value);
}

}  // namespace sagactl::http
