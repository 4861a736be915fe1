#include "server/api/pages/page_files.hpp"

#include <map>

#include "common/crypto.hpp"
#include "embedded/page_files.hpp"
#include "server/http/compression.hpp"
#include "server/http/static_files.hpp"

namespace sagactl::api {
namespace {

constexpr std::size_t etag_digits = 24;  // of 64; a collision of two versions of a file is negligible

std::map<std::string_view, PageFile> make_files() {
  std::map<std::string_view, PageFile> files;
  for (const EmbeddedFile& file : embedded::page_files()) {
    std::string etag = "W/\"";
    etag += hex(sha256(file.text)).substr(0, etag_digits);
    etag += '"';
    files.emplace(file.name, PageFile{file.name, http::media_type_of(file.name), file.text,
                                      http::smallest_gzip(file.text), std::move(etag)});
  }
  return files;
}

}  // namespace

const PageFile* find_page_file(std::string_view name) {
  static const std::map<std::string_view, PageFile> files = make_files();
  const auto found = files.find(name);
  return found == files.end() ? nullptr : &found->second;
}

}  // namespace sagactl::api
