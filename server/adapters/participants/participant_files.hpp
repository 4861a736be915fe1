// The files that definitions name: authorities, certificates, keys and secrets, all in one directory of this node.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "common/result.hpp"
#include "httpclient/connecting/tls.hpp"
#include "server/adapters/participants/participant_secret.hpp"
#include "server/saga/definition.hpp"

namespace sagactl {

// Errors of all: `invalid` or `forbidden`, with the participant's name, the file and what is wrong with it. Keys and
// secrets that others can read are refused.
class ParticipantFiles {
 public:
  // Empty: there is none, and a definition that names a file cannot be called.
  explicit ParticipantFiles(std::filesystem::path directory) : directory_(std::move(directory)) {}

  // Null for http.
  Result<std::unique_ptr<TlsContext>> tls_for(const Url& url, const ParticipantDefinition& participant) const;
  // Nothing in it without a secret.
  Result<ParticipantSecret> secret_of(const ParticipantDefinition& participant) const;

 private:
  Result<std::filesystem::path> path_of(const ParticipantDefinition& participant, const std::string& name) const;
  Result<std::string> read_private(const ParticipantDefinition& participant, const std::string& name) const;
  Result<TlsIdentity> identity_of(const ParticipantDefinition& participant) const;

  std::filesystem::path directory_;
};

}  // namespace sagactl
