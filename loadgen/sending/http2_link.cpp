#include "loadgen/sending/http2_link.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string_view>

#include "common/result.hpp"
#include "loadgen/sending/connection_pool.hpp"

namespace sagactl {
namespace {

using Progress = NonblockingStream::Progress;

constexpr std::int32_t connection_window = 1 << 30;
constexpr std::uint32_t stream_window = 1 << 24;
constexpr std::size_t written_at_once = 64 * 1024;
constexpr std::string_view version_1 = "HTTP/1.";

// Of the library's kind, which copies what is sent later.
nghttp2_nv field_of(std::string_view name, std::string_view value) {
  nghttp2_nv field{};
  field.name = reinterpret_cast<std::uint8_t*>(const_cast<char*>(name.data()));
  field.namelen = name.size();
  field.value = reinterpret_cast<std::uint8_t*>(const_cast<char*>(value.data()));
  field.valuelen = value.size();
  return field;
}

// Takes the text up to `end` from the beginning of `rest`, and `end`.
std::string_view take_until(std::string_view& rest, std::string_view end) {
  const std::size_t at = std::min(rest.find(end), rest.size());
  const std::string_view taken = rest.substr(0, at);
  rest.remove_prefix(std::min(at + end.size(), rest.size()));
  return taken;
}

void make_lower(std::string_view name) {
  for (char* it = const_cast<char*>(name.data()); it != name.data() + name.size(); ++it)
    if (*it >= 'A' && *it <= 'Z') *it = static_cast<char>(*it + 32);
}

// Headers that no request of HTTP/2 may have (RFC 9113, section 8.2.2).
bool is_of_http1(std::string_view name) {
  return name == "connection" || name == "keep-alive" || name == "proxy-connection" || name == "upgrade";
}

LoadConnection* slot_of(nghttp2_session* session, std::int32_t stream) {
  return static_cast<LoadConnection*>(nghttp2_session_get_stream_user_data(session, stream));
}

}  // namespace

// What the library calls while it reads and writes; `link` is the Http2Link.
struct Http2Link::Callbacks {
  static int on_begin_headers(nghttp2_session* session, const nghttp2_frame* frame, void*) {
    LoadConnection* const slot = slot_of(session, frame->hd.stream_id);
    if (slot && slot->times.first_byte_ns == 0) slot->times.first_byte_ns = steady_ns();
    return 0;
  }

  static int on_header(nghttp2_session* session, const nghttp2_frame* frame, const std::uint8_t* name,
                       std::size_t name_size, const std::uint8_t* value, std::size_t value_size, std::uint8_t, void*) {
    LoadConnection* const slot = slot_of(session, frame->hd.stream_id);
    if (!slot || frame->hd.type != NGHTTP2_HEADERS) return 0;
    const std::string_view key(reinterpret_cast<const char*>(name), name_size);
    const std::string_view text(reinterpret_cast<const char*>(value), value_size);
    if (key != ":status") {
      slot->answer.keep_header(key, text);
      return 0;
    }
    int status = 0;
    std::from_chars(text.data(), text.data() + text.size(), status);
    slot->answer.begin_parsed(status);
    return 0;
  }

  static int on_data(nghttp2_session* session, std::uint8_t, std::int32_t stream, const std::uint8_t* bytes,
                     std::size_t size, void*) {
    if (LoadConnection* const slot = slot_of(session, stream))
      slot->answer.keep_body({reinterpret_cast<const char*>(bytes), size});
    return 0;
  }

  static int on_stream_close(nghttp2_session* session, std::int32_t stream, std::uint32_t error, void* link) {
    LoadConnection* const slot = slot_of(session, stream);
    if (!slot) return 0;
    slot->stream_id = 0;
    static_cast<Http2Link*>(link)->ended_.push_back({slot, error});
    return 0;
  }

  static int on_frame(nghttp2_session* session, const nghttp2_frame* frame, void* it) {
    auto& link = *static_cast<Http2Link*>(it);
    if (frame->hd.type == NGHTTP2_GOAWAY) link.state = State::draining;
    if (frame->hd.type != NGHTTP2_SETTINGS || (frame->hd.flags & NGHTTP2_FLAG_ACK) != 0) return 0;
    const std::uint32_t allowed = nghttp2_session_get_remote_settings(session, NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS);
    link.capacity_ = std::min<std::size_t>(link.streams_max_, allowed);
    if (link.state == State::connecting) link.state = State::open;
    return 0;
  }

  // The body of a request.
  static ssize_t read_body(nghttp2_session*, std::int32_t, std::uint8_t* into, std::size_t room, std::uint32_t* flags,
                           nghttp2_data_source* source, void*) {
    auto& slot = *static_cast<LoadConnection*>(source->ptr);
    const std::size_t size = std::min(room, slot.out_size - slot.out_done);
    std::memcpy(into, slot.out.data() + slot.out_done, size);
    slot.out_done += size;
    if (slot.out_done == slot.out_size) *flags |= NGHTTP2_DATA_FLAG_EOF;
    return static_cast<ssize_t>(size);
  }

  static const nghttp2_session_callbacks* all() {
    static const nghttp2_session_callbacks* const made = [] {
      nghttp2_session_callbacks* callbacks = nullptr;
      if (nghttp2_session_callbacks_new(&callbacks) != 0) crash("nghttp2 has no room");
      nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin_headers);
      nghttp2_session_callbacks_set_on_header_callback(callbacks, on_header);
      nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data);
      nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_stream_close);
      nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
      return callbacks;
    }();
    return made;
  }
};

void Http2Link::begin(std::int64_t now) {
  state = State::connecting;
  is_accepted = has_answered = false;
  since_ns = now;
  reason_.clear();
}

void Http2Link::start_session() {
  nghttp2_session* made = nullptr;
  if (nghttp2_session_client_new(&made, Callbacks::all(), this) != 0) crash("nghttp2 has no room");
  session_.reset(made);
  const nghttp2_settings_entry settings[] = {{NGHTTP2_SETTINGS_ENABLE_PUSH, 0},
                                             {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, stream_window}};
  nghttp2_submit_settings(made, NGHTTP2_FLAG_NONE, settings, std::size(settings));
  nghttp2_session_set_local_window_size(made, NGHTTP2_FLAG_NONE, 0, connection_window);
}

void Http2Link::close() {
  session_.reset();
  stream.close();
  state = State::down;
  is_writing = false;
  capacity_ = used_ = 0;
  ended_.clear();
  out_.clear();
  out_done_ = 0;
}

// The request is written as HTTP/1.1 ("POST /orders HTTP/1.1", headers, body).
void Http2Link::submit(LoadConnection& slot) {
  std::string_view rest(slot.out.data(), slot.out_size);
  std::string_view first = take_until(rest, "\r\n");
  const std::string_view method = take_until(first, " "), path = take_until(first, " ");
  fields_.assign({field_of(":method", method), field_of(":path", path),
                  field_of(":scheme", stream.is_secured() ? "https" : "http"), field_of(":authority", "")});
  for (std::string_view line = take_until(rest, "\r\n"); !line.empty(); line = take_until(rest, "\r\n")) {
    const std::string_view name = take_until(line, ":");
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    make_lower(name);
    if (name == "host")
      fields_[3] = field_of(":authority", line);
    else if (!is_of_http1(name))
      fields_.push_back(field_of(name, line));
  }
  slot.out_done = slot.out_size - rest.size();
  nghttp2_data_provider body{};
  body.source.ptr = &slot;
  body.read_callback = Callbacks::read_body;
  const std::int32_t id = nghttp2_submit_request(session_.get(), nullptr, fields_.data(), fields_.size(),
                                                 rest.empty() ? nullptr : &body, &slot);
  // Only a connection that has no number for it left refuses one.
  if (id < 0) state = State::draining;
  slot.stream_id = std::max(id, 0);
}

void Http2Link::cancel(LoadConnection& slot) {
  if (slot.stream_id == 0 || !session_) return;
  nghttp2_session_set_stream_user_data(session_.get(), slot.stream_id, nullptr);
  nghttp2_submit_rst_stream(session_.get(), NGHTTP2_FLAG_NONE, slot.stream_id, NGHTTP2_CANCEL);
  slot.stream_id = 0;
}

Progress Http2Link::broken(std::string reason) {
  reason_ = std::move(reason);
  return Progress::failed;
}

Progress Http2Link::receive(std::span<char> buffer) {
  bool is_first = state == State::connecting;
  for (;;) {
    const auto [progress, bytes] = stream.read(buffer.data(), buffer.size());
    if (bytes == 0) return progress == Progress::closed ? broken("the connection was closed") : progress;
    if (is_first && std::string_view(buffer.data(), bytes).starts_with(version_1))
      return broken("the server answers in HTTP/1: leave out --http2");
    is_first = false;
    const ssize_t read =
        nghttp2_session_mem_recv(session_.get(), reinterpret_cast<const std::uint8_t*>(buffer.data()), bytes);
    if (read < 0) return broken(fmt::format("no HTTP/2: {}", nghttp2_strerror(static_cast<int>(read))));
    if (nghttp2_session_want_read(session_.get()) == 0 && nghttp2_session_want_write(session_.get()) == 0)
      return broken("the server ended the connection");
    if (!stream.holds_received() && bytes < buffer.size()) return Progress::wants_read;
  }
}

Progress Http2Link::flush() {
  for (;;) {
    if (out_done_ == out_.size()) {
      out_.clear();
      out_done_ = 0;
      while (out_.size() < written_at_once) {
        const std::uint8_t* bytes = nullptr;
        const ssize_t size = nghttp2_session_mem_send(session_.get(), &bytes);
        if (size < 0) return broken(nghttp2_strerror(static_cast<int>(size)));
        if (size == 0) break;
        out_.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
      }
      if (out_.empty()) return Progress::done;
    }
    const auto [progress, written] = stream.write(std::string_view(out_).substr(out_done_));
    out_done_ += written;
    if (progress != Progress::done) return progress;
  }
}

}  // namespace sagactl
