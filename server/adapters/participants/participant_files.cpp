#include "server/adapters/participants/participant_files.hpp"

#include <fmt/format.h>

#include <fstream>
#include <iterator>

#include "server/auth/secrets.hpp"

namespace sagactl {
namespace {

Error file_error(const ParticipantDefinition& participant, const Error& error) {
  return {error.code == ErrorCode::forbidden ? ErrorCode::forbidden : ErrorCode::invalid,
          fmt::format("the participant '{}' cannot be called: {}", participant.name, error.message)};
}

}  // namespace

Result<std::filesystem::path> ParticipantFiles::path_of(const ParticipantDefinition& participant,
                                                        const std::string& name) const {
  const auto no = [&](std::string why) { return file_error(participant, {ErrorCode::invalid, std::move(why)}); };
  if (name.find('/') != std::string::npos || name.find("..") != std::string::npos || name.find('\0') != name.npos)
    return no(fmt::format("'{}' is no name of a file: a definition names files by their names alone", name));
  if (directory_.empty())
    return no(
        fmt::format("its definition names the file '{}', and this node has no directory of such files; start it "
                    "with --participants-files DIR",
                    name));
  return directory_ / name;
}

Result<std::string> ParticipantFiles::read_private(const ParticipantDefinition& participant,
                                                   const std::string& name) const {
  const auto path = path_of(participant, name);
  if (!path) return path.error();
  auto text = auth::load_secret(*path);
  if (!text && text.error().code == ErrorCode::not_found)
    return file_error(participant, {ErrorCode::invalid, "there is no file " + path->string()});
  if (!text) return file_error(participant, text.error());
  return text;
}

Result<TlsIdentity> ParticipantFiles::identity_of(const ParticipantDefinition& participant) const {
  if (participant.key.empty() || participant.certificate.empty())
    return file_error(participant,
                      {ErrorCode::invalid, "a `certificate` needs its `key`, and a `key` its certificate"});
  const auto path = path_of(participant, participant.certificate);
  if (!path) return path.error();
  TlsIdentity identity;
  std::ifstream file(*path, std::ios::binary);
  identity.certificate.assign(std::istreambuf_iterator<char>(file), {});
  if (identity.certificate.empty())
    return file_error(participant, {ErrorCode::invalid, path->string() + " cannot be read, or is empty"});
  auto key = read_private(participant, participant.key);
  if (!key) return key.error();
  identity.key = std::move(*key);
  return identity;
}

Result<std::unique_ptr<TlsContext>> ParticipantFiles::tls_for(const Url& url,
                                                              const ParticipantDefinition& participant) const {
  if (!url.tls) return std::unique_ptr<TlsContext>();
  std::filesystem::path authorities;
  if (!participant.ca.empty()) {
    auto path = path_of(participant, participant.ca);
    if (!path) return path.error();
    authorities = std::move(*path);
  }
  std::optional<TlsIdentity> identity;
  if (!participant.certificate.empty() || !participant.key.empty()) {
    auto read = identity_of(participant);
    if (!read) return read.error();
    identity = std::move(*read);
  }
  auto context = make_tls(authorities, identity);
  if (!context) return file_error(participant, context.error());
  return context;
}

Result<ParticipantSecret> ParticipantFiles::secret_of(const ParticipantDefinition& participant) const {
  if (participant.secret.empty()) return ParticipantSecret{};
  const auto text = read_private(participant, participant.secret);
  if (!text) return text.error();
  auto secret = ParticipantSecret::parse(*text);
  if (secret) return secret;
  return file_error(participant, {ErrorCode::invalid, fmt::format("its secret '{}' is wrong: {}", participant.secret,
                                                                  secret.error().message)});
}

}  // namespace sagactl
