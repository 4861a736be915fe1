// Where a Redis is, as a URL, and how to log in there.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/result.hpp"
#include "common/text/host_port.hpp"

namespace sagactl {

// What is not written in a URL.
struct RedisSecurity {
  // Files in PEM, of connections with TLS.
  std::string ca_file;                     // whose certificates are trusted; empty: those that this machine trusts
  std::string certificate_file, key_file;  // of the client, for servers that ask for one
  std::string sentinel_user, sentinel_password;  // of the sentinels; empty: they ask for none
};

enum class RedisKind : std::uint8_t { standalone, sentinel, cluster };

struct RedisAddress {
  RedisKind kind = RedisKind::standalone;
  std::string host = "127.0.0.1";
  std::uint16_t port = 6379;
  std::string socket;             // the path of a Unix socket; then host and port do not count
  std::vector<HostPort> members;  // the sentinels, or nodes of the cluster, each with its port; not of a standalone one
  std::string master;             // by which name the sentinels know it
  std::string user;               // empty: Redis' default user
  std::string password;           // empty: none
  int database = 0;
  bool tls = false;
  RedisSecurity security = {};

  std::string shown() const;  // "host:port/db", without the password, for logs and errors
};

// redis://[[user]:password@]host[:port][/db]                  valkey:// is the same; rediss:// and valkeys:// with TLS
// redis+sentinel://[[user]:password@]host[:port],.../name[/db]   and rediss+sentinel://
// redis+cluster://[[user]:password@]host[:port],...              and rediss+cluster://
// unix://[[user]:password@]/path/of/the/socket[?db=number]
// User and password may be percent-encoded, and must be where they hold one of `:/@?#%`. The error says what would
// be right, and does not repeat the password. It is also `invalid` when the files of `security` cannot be read.
Result<RedisAddress> parse_redis_url(std::string_view url, const RedisSecurity& security = {});

}  // namespace sagactl
