// Hashes, message authentication and randomness: thin wrappers of OpenSSL.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sagactl {

using Digest = std::array<std::uint8_t, 32>;

Digest sha256(std::string_view data);
Digest hmac_sha256(std::string_view key, std::string_view data);

std::string hex(std::string_view bytes);
std::string hex(const Digest& digest);
std::string base64url(std::string_view bytes);  // without padding
std::optional<std::string> from_base64url(std::string_view text);

// Takes the same time whatever the position of the first difference.
bool equal_in_constant_time(std::string_view a, std::string_view b);

std::string random_bytes(std::size_t count);  // from a cryptographic generator, fit for secrets
std::uint64_t random_u64();                   // seeded from it once per thread; not for secrets

}  // namespace sagactl
