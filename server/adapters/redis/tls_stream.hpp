// TLS of one connection, without its socket: encrypted bytes go in and come out, plain ones as well.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "common/result.hpp"
#include "server/adapters/redis/redis_address.hpp"

struct ssl_ctx_st;
struct ssl_st;

namespace sagactl::redis {

struct FreeTlsContext {
  void operator()(ssl_ctx_st* context) const;
};
using TlsContext = std::shared_ptr<ssl_ctx_st>;

// The certificates of a client, read once. `invalid` names the file that cannot be used.
Result<TlsContext> make_tls_context(const RedisSecurity& security);

class TlsStream {
 public:
  // Begins the handshake. The server's certificate must be for `server_name`, a name or an address.
  TlsStream(const TlsContext& context, const std::string& server_name);
  ~TlsStream();
  TlsStream(const TlsStream&) = delete;

  void write(std::string_view plain);                      // kept until the handshake is over
  void receive(std::string_view encrypted);                // from the peer
  std::string take_plain();                                // what it said
  std::string take_encrypted();                            // what is to be sent to it
  const std::string& failure() const { return failure_; }  // empty: none
  bool is_open() const { return open_; }                   // the handshake is over

 private:
  void advance();
  void fail(std::string_view what, int result);

  struct Free {
    void operator()(ssl_st* session) const;
  };
  std::unique_ptr<ssl_st, Free> session_;
  std::string unsent_, plain_;
  std::string failure_;
  bool open_ = false;
};

}  // namespace sagactl::redis
