#include "server/api/page.hpp"

#include "common/result.hpp"
#include "embedded/api_pages.hpp"

namespace sagactl::api {

std::string_view page(std::string_view name) {
  for (const EmbeddedFile& file : embedded::api_pages())
    if (file.name == name) return file.text;
  crash("a page that is not in the binary was asked for");
}

}  // namespace sagactl::api
