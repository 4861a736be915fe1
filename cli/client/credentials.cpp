#include "cli/client/credentials.hpp"

#include "cli/client/json_answer.hpp"

namespace sagactl {
namespace {

constexpr const char* credentials_file = "credentials.json";

}  // namespace

Result<CredentialStore> CredentialStore::load(const std::filesystem::path& config_directory) {
  CredentialStore credentials;
  if (config_directory.empty()) return credentials;
  credentials.path_ = config_directory / credentials_file;
  const auto json = read_json_file(credentials.path_);
  if (!json) return json.error();
  for (const auto& [url, login] : json->items())
    credentials.logins_[url] = {text_member(login, "email"), text_member(login, "accessToken"),
                                text_member(login, "refreshToken")};
  return credentials;
}

std::optional<StoredLogin> CredentialStore::find(const std::string& url) const {
  const auto found = logins_.find(url);
  if (found == logins_.end()) return std::nullopt;
  return found->second;
}

void CredentialStore::replace(const std::string& refresh_token, const StoredLogin& login) {
  for (auto& [url, stored] : logins_)
    if (stored.refresh_token == refresh_token) stored = login;
}

void CredentialStore::remove(const std::string& refresh_token) {
  std::erase_if(logins_, [&](const auto& entry) { return entry.second.refresh_token == refresh_token; });
}

Result<EditLock> CredentialStore::lock(const std::filesystem::path& config_directory) {
  if (config_directory.empty()) return no_config_directory("credentials");
  return EditLock::take(config_directory / credentials_file);
}

Result<void> CredentialStore::save() const {
  if (path_.empty()) return no_config_directory("credentials");
  Json json = Json::object();
  for (const auto& [url, login] : logins_)
    json[url] = {{"email", login.email}, {"accessToken", login.access_token}, {"refreshToken", login.refresh_token}};
  return write_private_file(path_, json_text(json, 2) + "\n");
}

}  // namespace sagactl
