// What `sagactl login` keeps: tokens per node, in credentials.json of the user's configuration directory.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "cli/configuration/private_file.hpp"
#include "common/result.hpp"

namespace sagactl {

struct StoredLogin {
  std::string email;
  std::string access_token;
  std::string refresh_token;
};

class CredentialStore {
 public:
  // Without a file there are none.
  static Result<CredentialStore> load(const std::filesystem::path& config_directory);

  // By the node's base URL as Url::text gives it.
  std::optional<StoredLogin> find(const std::string& url) const;
  void put(const std::string& url, StoredLogin session) { sessions_[url] = std::move(session); }
  // The session that has this refresh token, at whatever nodes it is kept for: one login is good for several.
  void replace(const std::string& refresh_token, const StoredLogin& session);
  void forget(const std::string& refresh_token);
  void forget_at(const std::string& url) { sessions_.erase(url); }

  // For a change: from before load() until after save().
  static Result<EditLock> lock(const std::filesystem::path& config_directory);

  // `invalid` when there is no configuration directory.
  Result<void> save() const;

 private:
  std::filesystem::path path_;
  std::map<std::string, StoredLogin> sessions_;
};

}  // namespace sagactl
