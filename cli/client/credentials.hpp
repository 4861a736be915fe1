// The tokens that `sagactl login` stores per node, in credentials.json of the user's configuration directory.
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
  // A missing file is an empty store.
  static Result<CredentialStore> load(const std::filesystem::path& config_directory);

  // By the node's base URL, as written by Url::text.
  std::optional<StoredLogin> find(const std::string& url) const;
  void put(const std::string& url, StoredLogin login) { logins_[url] = std::move(login); }
  // Every entry with this refresh token: one login may be stored for several nodes.
  void replace(const std::string& refresh_token, const StoredLogin& login);
  void remove(const std::string& refresh_token);
  void remove_at(const std::string& url) { logins_.erase(url); }

  // Hold it from before load() until after save().
  static Result<EditLock> lock(const std::filesystem::path& config_directory);

  // `invalid` when there is no configuration directory.
  Result<void> save() const;

 private:
  std::filesystem::path path_;
  std::map<std::string, StoredLogin> logins_;
};

}  // namespace sagactl
