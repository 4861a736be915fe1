// What became of the steps that a worker has handed to other threads; the worker's epoll watches it.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "loadgen/ledger/ledger_entry.hpp"
#include "loadgen/messages/received_message.hpp"
#include "loadgen/sending/event_source.hpp"

namespace sagactl {

using StepTicket = std::uint64_t;  // of a step in progress; unique in the run

struct StepReport {
  enum class End : std::uint8_t {
    done,     // it was opened, sent, or the message is there
    refused,  // the other side said no, and why
    lost,     // no connection, or no answer: `failure` says which
  };
  StepTicket ticket = 0;
  End end = End::done;
  int http_status = 0;     // of the connection that the step opened; 0: it opened none
  std::int64_t at_ns = 0;  // when it happened, by steady_ns()
  TransportFailure failure = TransportFailure::none;
  SharedMessage message;  // that the step waited for; null: it waits for none
  std::string why;        // refused, lost: for people
};

class StepInbox : public EventSource {
 public:
  StepInbox();
  ~StepInbox();
  StepInbox(const StepInbox&) = delete;
  StepInbox& operator=(const StepInbox&) = delete;

  int fd() const { return fd_; }  // readable when there are reports
  void put(StepReport report);    // any thread
  std::vector<StepReport> take_all();

 private:
  const int fd_;
  std::mutex mutex_;
  std::vector<StepReport> reports_;
};

}  // namespace sagactl
