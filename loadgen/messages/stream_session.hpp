// What carries one OpenStream: its connection, on the thread of StreamTraffic.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <memory>
#include <string>

#include "httpclient/connecting/tls.hpp"
#include "httpclient/url.hpp"
#include "loadgen/messages/open_stream.hpp"

namespace sagactl {

// Where a stream is opened. All outlive the session.
struct StreamTarget {
  Url url;
  std::unique_ptr<TlsContext> tls;   // null for http
  const HttpProxy* proxy = nullptr;  // null for none
};

// `request` is the head that opens it, with its empty line. They run until the stream is closed or ends, and hold
// themselves meanwhile.

// WHATWG HTML, section 9.2: connects again when the connection ends, with Last-Event-ID.
void start_event_stream(const boost::asio::any_io_executor& executor, const StreamTarget& target, std::string request,
                        std::shared_ptr<OpenStream> stream);

// RFC 6455, by Boost.Beast.
void start_websocket(const boost::asio::any_io_executor& executor, const StreamTarget& target, std::string request,
                     std::shared_ptr<OpenStream> stream);

}  // namespace sagactl
