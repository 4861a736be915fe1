// What `sagactl login` keeps: tokens per node, in credentials.json of the user's configuration directory.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "cli/configuration/private_file.hpp"
#include "common/result.hpp"

namespace sagactl {

struct Session {
  std::string email;
  std::string access_token;
  std::string refresh_token;
};

class Credentials {
 public:
  // Without a file there are none.
  static Result<Credentials> load(const std::filesystem::path& config_directory);

  // By the node's base URL as Url::text gives it.
  std::optional<Session> find(const std::string& url) const;
  void put(const std::string& url, Session session) { sessions_[url] = std::move(session); }
  // The session that has this refresh token, at whatever nodes it is kept for: one login is good for several.
  void replace(const std::string& refresh_token, const Session& session);
  void forget(const std::string& refresh_token);
  void forget_at(const std::string& url) { sessions_.erase(url); }

  // For a change: from before load() until after save().
  static Result<FileTurn> turn(const std::filesystem::path& config_directory);

  // `invalid` when there is no configuration directory.
  Result<void> save() const;

 private:
  std::filesystem::path path_;
  std::map<std::string, Session> sessions_;
};

}  // namespace sagactl
