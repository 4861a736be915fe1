// A file of the source tree that is embedded in the binary (see cmake/embed.cmake).
#pragma once

#include <string_view>

namespace sagactl {

struct EmbeddedFile {
  std::string_view name;
  std::string_view text;
};

}  // namespace sagactl
