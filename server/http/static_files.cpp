#include "server/http/static_files.hpp"

#include <fmt/format.h>

#include <fstream>
#include <iterator>
#include <system_error>

#include "common/text/percent.hpp"
#include "common/text/text.hpp"
#include "server/http/message/conditional.hpp"

namespace sagactl::http {
namespace {

namespace fs = std::filesystem;

constexpr std::pair<std::string_view, std::string_view> types[] = {
    {".html", media::html},
    {".htm", media::html},
    {".js", "text/javascript; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", media::json},
    {".map", media::json},
    {".txt", media::text},
    {".xml", "application/xml"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".jpeg", "image/jpeg"},
    {".gif", "image/gif"},
    {".webp", "image/webp"},
    {".ico", "image/x-icon"},
    {".woff", "font/woff"},
    {".woff2", "font/woff2"},
    {".wasm", "application/wasm"},
    {".webmanifest", "application/manifest+json"},
    {".pdf", "application/pdf"},
};

Error cannot_serve(const fs::path& what, std::string_view why) {
  return Error{ErrorCode::invalid, fmt::format("{}: {}", what.string(), why)};
}

bool is_hidden(const fs::path& relative) {
  for (const fs::path& part : relative)
    if (part.string().starts_with('.')) return true;
  return false;
}

// Whether the file, or what it links to, is below the directory. Both are canonical.
bool is_below(const fs::path& file, const fs::path& directory) {
  const fs::path relative = file.lexically_relative(directory);
  return !relative.empty() && *relative.begin() != "..";
}

// Builds name such files by their content, so that one never changes.
bool is_named_by_content(std::string_view path) {
  constexpr std::size_t hash_length = 8;
  const auto slash = path.rfind('/');
  const std::string_view name = path.substr(slash + 1);
  const auto dot = name.rfind('.');
  const auto dash = name.substr(0, dot).find_last_of("-.");
  return path.find("/assets/") != path.npos && dot != name.npos && dash != name.npos && dot - dash - 1 >= hash_length;
}

// A person opens a page: other programs do not ask for HTML by its name.
bool asks_for_page(const Request& request) {
  const auto slash = request.path.rfind('/');
  return request.path.find('.', slash) == request.path.npos &&
         request.header("accept").find("text/html") != std::string_view::npos;
}

}  // namespace

std::string_view media_type_of(std::string_view file_name) {
  const auto dot = file_name.rfind('.');
  const std::string end = dot == file_name.npos ? std::string() : lower(file_name.substr(dot));
  for (const auto& [suffix, type] : types)
    if (suffix == end) return type;
  return "application/octet-stream";
}

Result<std::shared_ptr<const StaticFiles>> StaticFiles::read(const fs::path& directory, Limits limits) {
  std::error_code error;
  const fs::path root = fs::canonical(directory, error);
  if (error || !fs::is_directory(root, error)) return cannot_serve(directory, "there is no such directory");
  const auto files = std::make_shared<StaticFiles>();
  std::size_t bytes = 0;
  fs::recursive_directory_iterator entry(root, error), end;
  for (; !error && entry != end; entry.increment(error)) {
    const fs::path relative = entry->path().lexically_relative(root);
    if (is_hidden(relative)) {
      if (entry->is_directory(error)) entry.disable_recursion_pending();
      continue;
    }
    const fs::path real = fs::canonical(entry->path(), error);
    if (error) return cannot_serve(entry->path(), error.message());
    if (!fs::is_regular_file(real, error) || !is_below(real, root)) continue;
    bytes += static_cast<std::size_t>(fs::file_size(real, error));
    if (error) return cannot_serve(entry->path(), error.message());
    if (files->files_.size() == limits.files)
      return cannot_serve(directory, fmt::format("it has more than {} files", limits.files));
    if (bytes > limits.bytes)
      return cannot_serve(directory, fmt::format("its files have more than {} bytes together", limits.bytes));
    std::ifstream in(real, std::ios::binary);
    File file;
    file.body.assign(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
    if (!in.is_open() || in.bad()) return cannot_serve(entry->path(), "it cannot be read");
    file.etag = etag_of(file.body);
    file.type = media_type_of(entry->path().filename().string());
    files->files_.emplace("/" + relative.generic_string(), std::move(file));
  }
  if (error) return cannot_serve(directory, error.message());
  return std::shared_ptr<const StaticFiles>(files);
}

std::optional<Response> StaticFiles::find(const Request& request) const {
  const auto decoded = percent_decode(request.path);
  if (!decoded) return std::nullopt;
  std::string path = *decoded;
  if (path.ends_with('/')) path += "index.html";
  auto found = files_.find(path);
  if (found == files_.end() && asks_for_page(request)) found = files_.find("/index.html");
  if (found == files_.end()) return std::nullopt;
  const File& file = found->second;
  Response response;
  response.content_type = file.type;
  response.headers.push_back({"ETag", file.etag});
  const bool is_fixed = is_named_by_content(found->first);
  response.headers.push_back({"Cache-Control", is_fixed ? "public, max-age=31536000, immutable" : "no-cache"});
  response.headers.push_back({"X-Frame-Options", "SAMEORIGIN"});
  response.headers.push_back({"Referrer-Policy", "same-origin"});
  const Condition seen(request, "if-none-match");
  if (seen.any() || seen.has_weakly(file.etag)) {
    response.status = 304;
    response.content_type = {};
    return response;
  }
  response.body = file.body;
  return response;
}

}  // namespace sagactl::http
