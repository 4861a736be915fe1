#include "server/api/embedded_text.hpp"

#include "common/result.hpp"
#include "embedded/api_files.hpp"

namespace sagactl::api {

std::string_view embedded_text(std::string_view name) {
  for (const EmbeddedFile& file : embedded::api_files())
    if (file.name == name) return file.text;
  crash("the binary has no embedded file of this name");
}

}  // namespace sagactl::api
