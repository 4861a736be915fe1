// Files of a directory that are served as they are, beside the routes: web pages of others.
//
// They are read once, at the start, so that no path of a request ever reaches the file system.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/result.hpp"
#include "server/http/message/request.hpp"
#include "server/http/message/response.hpp"

namespace sagactl::http {

// The type of a file by the end of its name; "application/octet-stream" when it is not known.
std::string_view media_type_of(std::string_view file_name);

class StaticFiles {
 public:
  struct Limits {
    std::size_t files = 2000;
    std::size_t bytes = 32u << 20;  // of all files together
  };

  // Reads all files below the directory but hidden ones. Links are followed only to what is below it. `invalid` for
  // what is no directory, cannot be read, or has more than the limits.
  static Result<std::shared_ptr<const StaticFiles>> read(const std::filesystem::path& directory, Limits limits);
  static Result<std::shared_ptr<const StaticFiles>> read(const std::filesystem::path& directory) {
    return read(directory, Limits{});
  }

  // The response to a GET or HEAD: of the file of that path; of index.html for a directory, and for a browser that asks
  // for a page that does not exist, since applications have pages of their own making. None: there is nothing.
  std::optional<Response> find(const Request& request) const;

  bool has_index() const { return files_.contains("/index.html"); }
  std::size_t size() const { return files_.size(); }

 private:
  struct File {
    std::string body;
    std::string etag;
    std::string_view type;
  };

  std::map<std::string, File, std::less<>> files_;  // by path: "/assets/app.js"
};

}  // namespace sagactl::http
