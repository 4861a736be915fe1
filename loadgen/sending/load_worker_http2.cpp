// The part of the worker in which one connection carries many requests.
#include "loadgen/sending/load_worker.hpp"

namespace sagactl {

void LoadWorker::handle(Http2Link& link) {
  const std::int64_t now = steady_ns();
  if (link.state == Http2Link::State::down) return;
  if (link.state == Http2Link::State::connecting) {
    if (pool_.continue_opening(link, input_, now) != ConnectionPool::Opening::failed) return;
    setup_.plan->step(setup_.plan->creating_step()).first_answers.note(FirstAnswers::no_connection, link.reason(), {});
    failed_targets_.push_back(link.target());
    return;
  }
  const NonblockingStream::Progress progress = link.receive(input_);
  end_streams(link, now);
  if (progress == NonblockingStream::Progress::failed) return link_lost(link, now);
  pool_.settle(link, now);
  if (link.has_session()) pool_.mark_dirty(link);
}

void LoadWorker::end_streams(Http2Link& link, std::int64_t now) {
  for (const EndedStream& it : link.take_ended()) end_stream(*it.slot, it.error, now);
}

void LoadWorker::end_stream(LoadConnection& slot, std::uint32_t error, std::int64_t now) {
  if (slot.state != ConnectionState::busy) return;
  slot.link->has_answered = true;
  if (error == NGHTTP2_NO_ERROR && slot.answer.status() != 0) return conclude(slot, now, false);
  // A refused one was not processed (RFC 9113, section 8.7).
  fail(slot, error == NGHTTP2_REFUSED_STREAM ? TransportFailure::kept_closed : TransportFailure::closed, now);
}

void LoadWorker::link_lost(Http2Link& link, std::int64_t now) {
  for (LoadConnection* slot : link.slots) {
    if (slot->state != ConnectionState::busy) continue;
    slot->stream_id = 0;  // nothing can be said about it any more
    fail(*slot, TransportFailure::closed, now);
  }
  pool_.close_link(link, now);
}

void LoadWorker::flush() {
  pool_.flush([this](Http2Link& link, bool is_lost) {
    const std::int64_t now = steady_ns();
    end_streams(link, now);
    if (is_lost) return link_lost(link, now);
    pool_.settle(link, now);
  });
}

}  // namespace sagactl
