// The token of a log-in by OAUTHBEARER, from a file that somebody else keeps fresh (a sidecar, a timer, Kubernetes).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/result.hpp"
#include "common/time.hpp"

namespace sagactl::kafka {

struct LoginToken {
  std::string text;
  std::string principal;  // whom the token is about
  Timestamp expires_at;
};

// A JSON Web Token says when it expires and whom it is about; any other token counts as good for five minutes after
// `now`. White space around it is removed. `invalid` when there is none, or it has expired.
Result<LoginToken> read_token(std::string_view text, Timestamp now);

}  // namespace sagactl::kafka
