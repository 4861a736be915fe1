#include "loadgen/messages/open_stream.hpp"

#include <fmt/format.h>

#include "loadgen/sending/steady_ns.hpp"

namespace sagactl {

void OpenStream::opened(int http_status) {
  const std::lock_guard lock(mutex_);
  if (state_ != State::opening) return;  // an event stream that was connected again
  state_ = State::open;
  http_status_ = http_status;
  begin_step();
}

// The connection is there: the step sends, and has what it waits for or goes on waiting.
void OpenStream::begin_step() {
  if (!step_) return;
  const MessageStep& step = step_->plan->step;
  came_ = kept_.size();
  if (came_ > 0) last_ = kept_.back();
  for (std::size_t i = 0; i < step.send.size(); ++i)
    if (send_) send_(step_->texts[step.conditions.size() + i]);
  if (!step.waits) {
    StepReport done = step_->report();
    done.at_ns = steady_ns();
    return report(std::move(done));
  }
  for (auto it = kept_.begin(); it != kept_.end(); ++it) {
    if (!step_->is_met_by(**it)) continue;
    StepReport found = step_->report();
    found.message = *it;
    found.at_ns = (*it)->at_ns;
    kept_size_ -= (*it)->size();
    kept_.erase(it);
    return report(std::move(found));
  }
}

void OpenStream::report(StepReport report) {
  if (step_->plan->step.opens()) report.http_status = http_status_;
  step_->inbox->put(std::move(report));
  step_.reset();
}

void OpenStream::received(ReceivedMessage message) {
  const auto shared = std::make_shared<const ReceivedMessage>(std::move(message));
  const std::lock_guard lock(mutex_);
  const bool is_wanted = state_ == State::open && step_ && step_->plan->step.waits && step_->is_met_by(*shared);
  if (!is_wanted) return keep(shared);
  StepReport found = step_->report();
  found.message = shared;
  found.at_ns = shared->at_ns;
  report(std::move(found));
}

void OpenStream::keep(SharedMessage message) {
  ++came_;
  last_ = message;
  if (!stays_open_) return;
  kept_size_ += message->size();
  kept_.push_back(std::move(message));
  while (kept_.size() > kept_max || (kept_size_ > kept_size_max && kept_.size() > 1)) {
    kept_size_ -= kept_.front()->size();
    kept_.pop_front();
    ++dropped_;
  }
}

void OpenStream::ended(StepReport::End end, TransportFailure failure, int http_status, std::string why) {
  const std::lock_guard lock(mutex_);
  if (state_ == State::ended) return;
  state_ = State::ended;
  end_ = end;
  failure_ = failure;
  if (http_status != 0) http_status_ = http_status;
  why_ = std::move(why);
  if (step_) report_end();
}

void OpenStream::report_end() {
  StepReport ended = step_->report();
  ended.end = end_;
  ended.failure = failure_;
  ended.at_ns = steady_ns();
  ended.why = why_;
  report(std::move(ended));
}

void OpenStream::on_close(std::function<void()> close) {
  const std::lock_guard lock(mutex_);
  if (is_closed_)
    close();
  else
    close_ = std::move(close);
}

void OpenStream::on_send(std::function<void(std::string)> send) {
  const std::lock_guard lock(mutex_);
  send_ = std::move(send);
}

// What came before the connection ended is still there.
void OpenStream::use(StepInProgress step) {
  const std::lock_guard lock(mutex_);
  step_ = std::move(step);
  if (state_ == State::opening) return;
  const MessageStep& wanted = step_->plan->step;
  const bool may_be_there = wanted.waits && wanted.send.empty();
  if (state_ == State::open || may_be_there) begin_step();
  if (step_ && state_ == State::ended) report_end();
}

std::string OpenStream::what_came() const {
  if (state_ == State::opening) return "there was no connection yet";
  std::string text = came_ == 0 ? std::string("nothing came")
                                : fmt::format("{} of others came, the last: {}", came_, excerpt_of(*last_));
  if (dropped_ > 0) text += fmt::format("; {} that no step had waited for were dropped", dropped_);
  return text;
}

CancelledStep OpenStream::cancel(StepTicket ticket) {
  const std::lock_guard lock(mutex_);
  if (!step_ || step_->ticket != ticket) return {};
  CancelledStep cancelled{state_ != State::opening, what_came()};
  step_.reset();
  return cancelled;
}

void OpenStream::close() {
  std::function<void()> close;
  {
    const std::lock_guard lock(mutex_);
    if (is_closed_) return;
    is_closed_ = true;
    step_.reset();
    close.swap(close_);
    send_ = nullptr;
  }
  if (close) close();
}

bool OpenStream::is_closed() const {
  const std::lock_guard lock(mutex_);
  return is_closed_;
}

}  // namespace sagactl
