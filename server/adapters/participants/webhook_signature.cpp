#include "server/adapters/participants/webhook_signature.hpp"

#include <openssl/evp.h>

#include <array>

#include "common/crypto.hpp"

namespace sagactl {
namespace {

constexpr std::string_view encoded_prefix = "whsec_";

}  // namespace

Result<WebhookKey> WebhookKey::parse(std::string_view secret) {
  if (!secret.starts_with(encoded_prefix)) return WebhookKey(std::string(secret));
  std::string text(secret.substr(encoded_prefix.size()));
  while (text.ends_with('=')) text.pop_back();
  for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
  auto bytes = from_base64url(text);
  if (!bytes || bytes->empty()) return Error{ErrorCode::invalid, "what follows whsec_ is no base64"};
  return WebhookKey(std::move(*bytes));
}

std::string WebhookKey::sign(std::string_view id, std::int64_t timestamp_s, std::string_view body) const {
  std::string text;
  text.reserve(id.size() + body.size() + 16);
  text.append(id).append(".").append(std::to_string(timestamp_s)).append(".").append(body);
  const Digest digest = hmac_sha256(bytes_, text);
  std::array<unsigned char, 45> encoded;  // 44 characters, and the zero that OpenSSL writes after them
  const int length = EVP_EncodeBlock(encoded.data(), digest.data(), static_cast<int>(digest.size()));
  return "v1," + std::string(reinterpret_cast<const char*>(encoded.data()), static_cast<std::size_t>(length));
}

}  // namespace sagactl
