#include "server/api/pages/page_files.hpp"

#include <array>
#include <map>
#include <utility>

#include "common/crypto.hpp"
#include "embedded/page_files.hpp"
#include "server/http/compression.hpp"
#include "server/http/message/response.hpp"

namespace sagactl::api {
namespace {

constexpr std::size_t etag_digits = 24;  // of 64; a collision of two versions of a file is negligible

constexpr std::array<std::pair<std::string_view, std::string_view>, 10> types = {{
    {".html", http::media::html},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".json", http::media::json},
    {".webmanifest", "application/manifest+json"},
    {".txt", http::media::text},
}};

std::string_view type_of(std::string_view name) {
  for (const auto& [end, type] : types)
    if (name.ends_with(end)) return type;
  return "application/octet-stream";
}

std::map<std::string_view, PageFile> make_files() {
  std::map<std::string_view, PageFile> files;
  for (const EmbeddedFile& file : embedded::page_files()) {
    std::string etag = "W/\"";
    etag += hex(sha256(file.text)).substr(0, etag_digits);
    etag += '"';
    files.emplace(file.name,
                  PageFile{file.name, type_of(file.name), file.text, http::smallest_gzip(file.text), std::move(etag)});
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
