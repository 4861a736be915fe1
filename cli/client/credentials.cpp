#include "cli/client/credentials.hpp"

#include "cli/client/json_answer.hpp"

namespace sagactl {
namespace {

constexpr const char* credentials_file = "credentials.json";

Error no_place_for_credentials() {
  return Error{ErrorCode::invalid, "neither HOME nor XDG_CONFIG_HOME is set, so there is no place for credentials"};
}

}  // namespace

Result<CredentialStore> CredentialStore::load(const std::filesystem::path& config_directory) {
  CredentialStore credentials;
  if (config_directory.empty()) return credentials;
  credentials.path_ = config_directory / credentials_file;
  const auto json = read_json_file(credentials.path_);
  if (!json) return json.error();
  for (const auto& [url, session] : json->items())
    credentials.sessions_[url] = {text_member(session, "email"), text_member(session, "accessToken"),
                                  text_member(session, "refreshToken")};
  return credentials;
}

std::optional<StoredLogin> CredentialStore::find(const std::string& url) const {
  const auto found = sessions_.find(url);
  if (found == sessions_.end()) return std::nullopt;
  return found->second;
}

void CredentialStore::replace(const std::string& refresh_token, const StoredLogin& session) {
  for (auto& [url, kept] : sessions_)
    if (kept.refresh_token == refresh_token) kept = session;
}

void CredentialStore::forget(const std::string& refresh_token) {
  std::erase_if(sessions_, [&](const auto& entry) { return entry.second.refresh_token == refresh_token; });
}

Result<EditLock> CredentialStore::lock(const std::filesystem::path& config_directory) {
  if (config_directory.empty()) return no_place_for_credentials();
  return EditLock::take(config_directory / credentials_file);
}

Result<void> CredentialStore::save() const {
  if (path_.empty()) return no_place_for_credentials();
  Json json = Json::object();
  for (const auto& [url, session] : sessions_)
    json[url] = {{"email", session.email},
                 {"accessToken", session.access_token},
                 {"refreshToken", session.refresh_token}};
  return write_private_file(path_, json_text(json, 2) + "\n");
}

}  // namespace sagactl
