// How connections to Kafka are encrypted, and how a client logs in.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/result.hpp"
#include "common/text/spelling.hpp"

namespace sagactl {

enum class KafkaLogin : std::uint8_t { none, plain, scram_sha_256, scram_sha_512, oauthbearer };

template <>
struct Spelling<KafkaLogin> {
  static constexpr std::string_view names[] = {"none", "plain", "scram-sha-256", "scram-sha-512", "oauthbearer"};
};

struct KafkaSecurity {
  bool tls = false;
  // Files in PEM. Any of them implies TLS.
  std::string ca_file;           // whose certificates are trusted; empty: those that this machine trusts
  std::string certificate_file;  // of the client, for brokers that ask for one (mutual TLS)
  std::string key_file;          // of that certificate
  KafkaLogin login = KafkaLogin::none;
  std::string user, password;  // of plain and scram
  std::string token_file;      // of oauthbearer: read again whenever a token is about to expire

  bool uses_tls() const { return tls || !ca_file.empty() || !certificate_file.empty() || !key_file.empty(); }
};

// `invalid` when members are missing, do not go together or name files that cannot be read, and when a password or a
// token would cross a network readable: then `brokers` must all be on this machine. Names the flags of `sagactl serve`.
Result<void> check_security(const KafkaSecurity& security, std::string_view brokers);

}  // namespace sagactl
