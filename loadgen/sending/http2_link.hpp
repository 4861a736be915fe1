// One HTTP/2 connection of the load generator (RFC 9113): its requests are streams, many at once.
#pragma once

#include <nghttp2/nghttp2.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "httpclient/connecting/nonblocking_stream.hpp"
#include "loadgen/sending/event_source.hpp"

namespace sagactl {

struct LoadConnection;

// A stream that has ended: answered when `error` is NGHTTP2_NO_ERROR.
struct EndedStream {
  LoadConnection* slot;
  std::uint32_t error;
};

// flush() writes what the client sends; receive() reads what has arrived. For one thread.
class Http2Link : public EventSource {
 public:
  enum class State : std::uint8_t {
    down,
    connecting,  // since `since_ns`, until the server's settings have come
    open,
    draining,  // the server takes no new streams: those that it has are answered
  };

  Http2Link(std::uint16_t target, std::size_t streams_max)
      : EventSource(Kind::link), target_(target), streams_max_(streams_max) {}

  NonblockingStream stream;
  State state = State::down;
  bool is_accepted = false;   // as for LoadConnection
  bool is_dirty = false;      // something waits for flush()
  bool is_writing = false;    // epoll reports when it is writable
  bool has_answered = false;  // a request, since it was connected
  std::int64_t since_ns = 0, accepted_ns = 0;
  std::vector<LoadConnection*> slots;  // for its streams

  std::uint16_t target() const { return target_; }
  // How many streams the server allows, of those that are wanted; once it is open.
  std::size_t capacity() const { return capacity_; }
  // Whether another one may be used.
  bool has_room() const { return used_ < capacity_; }
  void use_one() { ++used_; }
  void free_one() { --used_; }
  std::size_t used() const { return used_; }

  // A connection attempt begins.
  void begin(std::int64_t now);
  // Begins HTTP/2 on a stream that is established: the preface waits for flush().
  void start_session();
  bool has_session() const { return session_ != nullptr; }
  void close();

  // The request in `slot.out` as a new stream.
  void submit(LoadConnection& slot);
  // Nobody waits for its answer any more.
  void cancel(LoadConnection& slot);

  // Reads what has come. Not `wants_read`: the connection cannot be used any more, and reason() says why.
  NonblockingStream::Progress receive(std::span<char> buffer);
  // Sends what waits.
  NonblockingStream::Progress flush();
  // The streams that have ended in either of these, since the last call.
  std::vector<EndedStream> take_ended() { return std::exchange(ended_, {}); }
  const std::string& reason() const { return reason_.empty() ? stream.reason() : reason_; }

 private:
  using Session = std::unique_ptr<nghttp2_session, decltype(&nghttp2_session_del)>;
  struct Callbacks;

  NonblockingStream::Progress broken(std::string reason);

  const std::uint16_t target_;
  const std::size_t streams_max_;
  std::size_t capacity_ = 0, used_ = 0;
  Session session_{nullptr, nghttp2_session_del};
  std::vector<EndedStream> ended_;
  std::vector<nghttp2_nv> fields_;
  std::string out_;
  std::size_t out_done_ = 0;
  std::string reason_;
};

}  // namespace sagactl
