// The files of the pages, as `web/dist` has them, ready to be sent: the binary carries them.
#pragma once

#include <string>
#include <string_view>

namespace sagactl::api {

struct PageFile {
  std::string_view name;          // "index.html", "index-DxQ3.js"
  std::string_view content_type;  // by the end of its name
  std::string_view text;
  std::string gzip;  // empty: it would not be smaller
  std::string etag;  // weak, since it stands for both
};

// Null: there is none of that name. Compressed once, at the first call of the process. Any thread.
const PageFile* find_page_file(std::string_view name);

}  // namespace sagactl::api
