// The connection of one journey over which messages come: an event stream or a WebSocket. Keeps what comes for the
// steps that use it, and lets one of them at a time wait. Any thread.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "loadgen/messages/message_plan.hpp"

namespace sagactl {

class OpenStream {
 public:
  // What comes and no step has taken. The oldest are dropped.
  static constexpr std::size_t kept_max = 1000, kept_size_max = 4u << 20;

  // `step` is the one that opens it.
  explicit OpenStream(StepInProgress step) : stays_open_(step.plan->step.stays_open), step_(std::move(step)) {}

  // Of the connection. The step that opens the stream and waits for nothing is done when it is opened.
  void opened(int http_status);
  void received(ReceivedMessage message);
  // It will not be opened, or nothing comes any more.
  void ended(StepReport::End end, TransportFailure failure, int http_status, std::string why);
  // What is to be called, from any thread, when nobody needs it any more, and to send a text.
  void on_close(std::function<void()> close);
  void on_send(std::function<void(std::string)> send);

  // Of the journey: another step uses it. Reports at once what has already come.
  void use(StepInProgress step);
  CancelledStep cancel(StepTicket ticket);
  void close();
  bool is_closed() const;

 private:
  enum class State : std::uint8_t { opening, open, ended };

  void begin_step();
  void report(StepReport report);
  void report_end();
  void keep(SharedMessage message);
  std::string what_came() const;

  const bool stays_open_;
  mutable std::mutex mutex_;
  State state_ = State::opening;
  bool is_closed_ = false;
  std::optional<StepInProgress> step_;
  int http_status_ = 0;
  StepReport::End end_ = StepReport::End::lost;
  TransportFailure failure_ = TransportFailure::none;
  std::string why_;
  std::deque<SharedMessage> kept_;
  std::size_t kept_size_ = 0;
  std::uint64_t dropped_ = 0;
  std::uint64_t came_ = 0;  // messages since the step began that it does not wait for
  SharedMessage last_;      // of these
  std::function<void()> close_;
  std::function<void(std::string)> send_;
};

}  // namespace sagactl
