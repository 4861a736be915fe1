// The address of a MongoDB database: mongodb://USER:PASSWORD@HOST:PORT/DATABASE?tls=true, as all of its clients read
// it.
#pragma once

#include <string_view>

namespace sagactl {

inline bool is_mongo_url(std::string_view text) {
  return text.starts_with("mongodb://") || text.starts_with("mongodb+srv://");
}

}  // namespace sagactl
