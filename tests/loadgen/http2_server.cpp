#include "tests/loadgen/http2_server.hpp"

#include <netinet/in.h>
#include <nghttp2/nghttp2.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "common/result.hpp"

namespace sagactl {

class Http2Server::Connection {
 public:
  Connection(Http2Server& server, int fd) : server_(server), fd_(fd) {
    nghttp2_session_callbacks* callbacks = nullptr;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
    nghttp2_session_server_new(&session_, callbacks, this);
    nghttp2_session_callbacks_del(callbacks);
    const nghttp2_settings_entry limit{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, server.options_.streams_max};
    nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, &limit, 1);
  }
  ~Connection() { nghttp2_session_del(session_); }

  void run() {
    std::uint8_t bytes[16 * 1024];
    while (flush()) {
      const ssize_t count = recv(fd_, bytes, sizeof bytes, 0);
      if (count <= 0 || nghttp2_session_mem_recv(session_, bytes, static_cast<std::size_t>(count)) < 0) return;
      answer_held();
    }
  }

 private:
  struct Stream {
    Http2Request request;
    std::string body;  // of the answer, what is left of it
  };

  static Connection& of(void* it) { return *static_cast<Connection*>(it); }

  static int on_header(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name, std::size_t name_size,
                       const std::uint8_t* value, std::size_t value_size, std::uint8_t, void* it) {
    of(it).streams_[frame->hd.stream_id].request.headers.emplace(
        std::string(reinterpret_cast<const char*>(name), name_size),
        std::string(reinterpret_cast<const char*>(value), value_size));
    return 0;
  }

  static int on_data(nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* bytes, std::size_t size,
                     void* it) {
    of(it).streams_[id].request.body.append(reinterpret_cast<const char*>(bytes), size);
    return 0;
  }

  static int on_frame(nghttp2_session*, const nghttp2_frame* frame, void* it) {
    const bool is_end = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    if (is_end && (frame->hd.type == NGHTTP2_DATA || frame->hd.type == NGHTTP2_HEADERS))
      of(it).held_.push_back(frame->hd.stream_id);
    Connection& self = of(it);
    self.server_.streams_most_ = std::max<std::size_t>(self.server_.streams_most_, self.streams_.size());
    return 0;
  }

  static int on_close(nghttp2_session*, std::int32_t id, std::uint32_t, void* it) {
    of(it).streams_.erase(id);
    return 0;
  }

  static ssize_t read_body(nghttp2_session*, std::int32_t, std::uint8_t* into, std::size_t room, std::uint32_t* flags,
                           nghttp2_data_source* source, void*) {
    auto& body = *static_cast<std::string*>(source->ptr);
    const std::size_t size = std::min(room, body.size());
    std::memcpy(into, body.data(), size);
    body.erase(0, size);
    if (body.empty()) *flags |= NGHTTP2_DATA_FLAG_EOF;
    return static_cast<ssize_t>(size);
  }

  void answer_held() {
    if (held_.size() < server_.options_.holds_until) return;
    for (const std::int32_t id : held_) answer(id);
    held_.clear();
  }

  void answer(std::int32_t id) {
    const auto found = streams_.find(id);
    if (found == streams_.end()) return;  // nobody waits for it any more
    Stream& stream = found->second;
    Http2Answer given = server_.handler_(stream.request);
    if (given.reset != 0) {
      nghttp2_submit_rst_stream(session_, NGHTTP2_FLAG_NONE, id, given.reset);
      return;
    }
    stream.body = std::move(given.body);
    given.headers[":status"] = std::to_string(given.status);
    std::vector<nghttp2_nv> fields;  // :status is the first: no name is smaller
    for (const auto& [name, value] : given.headers)
      fields.push_back({reinterpret_cast<std::uint8_t*>(const_cast<char*>(name.data())),
                        reinterpret_cast<std::uint8_t*>(const_cast<char*>(value.data())), name.size(), value.size(),
                        0});
    nghttp2_data_provider body{};
    body.source.ptr = &stream.body;
    body.read_callback = read_body;
    nghttp2_submit_response(session_, id, fields.data(), fields.size(), &body);
    if (++answered_ == server_.options_.requests_max)
      nghttp2_submit_goaway(session_, NGHTTP2_FLAG_NONE, nghttp2_session_get_last_proc_stream_id(session_),
                            NGHTTP2_NO_ERROR, nullptr, 0);
  }

  bool flush() {
    for (;;) {
      const std::uint8_t* bytes = nullptr;
      const ssize_t size = nghttp2_session_mem_send(session_, &bytes);
      if (size < 0) return false;
      if (size == 0) return nghttp2_session_want_read(session_) != 0 || nghttp2_session_want_write(session_) != 0;
      if (send(fd_, bytes, static_cast<std::size_t>(size), MSG_NOSIGNAL) != size) return false;
    }
  }

  Http2Server& server_;
  const int fd_;
  nghttp2_session* session_ = nullptr;
  std::map<std::int32_t, Stream> streams_;
  std::vector<std::int32_t> held_;
  std::uint32_t answered_ = 0;
};

Http2Server::Http2Server(Handler handler, Http2ServerOptions options)
    : handler_(std::move(handler)), options_(options), listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listener_, 64) != 0)
    crash("the test's HTTP/2 server cannot listen");
  getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  acceptor_ = std::thread([this] { accept_all(); });
}

Http2Server::~Http2Server() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    for (const int fd : open_) shutdown(fd, SHUT_RDWR);
  }
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  for (std::thread& thread : threads_) thread.join();
  for (const int fd : open_) close(fd);
  close(listener_);
}

void Http2Server::accept_all() {
  for (;;) {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0) return;
    const std::lock_guard lock(mutex_);
    open_.push_back(fd);
    if (stopping_) return;
    ++connections_;
    threads_.emplace_back([this, fd] {
      Connection(*this, fd).run();
      shutdown(fd, SHUT_RDWR);
    });
  }
}

}  // namespace sagactl
