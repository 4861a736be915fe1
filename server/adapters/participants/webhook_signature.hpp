// Signs calls as Standard Webhooks does (https://www.standardwebhooks.com), so that its libraries verify them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/result.hpp"

namespace sagactl {

class WebhookKey {
 public:
  // "whsec_<base64>", or the bytes of the key themselves. `invalid` when what follows whsec_ is no base64.
  static Result<WebhookKey> parse(std::string_view secret);

  // The header webhook-signature: "v1,<base64>".
  std::string sign(std::string_view id, std::int64_t timestamp_s, std::string_view body) const;

 private:
  explicit WebhookKey(std::string bytes) : bytes_(std::move(bytes)) {}

  std::string bytes_;
};

}  // namespace sagactl
