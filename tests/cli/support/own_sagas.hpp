// A real node and a participant in this process, and the commands of sagactl for users' sagas.
#pragma once

#include <gtest/gtest.h>

#include "server/node/node.hpp"
#include "tests/api/support/fake_participant.hpp"
#include "tests/cli/support/command.hpp"

namespace sagactl::test {

class OwnSagaCommands : public testing::Test {
 protected:
  OwnSagaCommands();

  // Runs `sagactl WORDS` for the node.
  CommandResult run(std::vector<std::string> words);
  CommandResult start(const std::string& input, std::vector<std::string> more = {});
  // Publishes trip.yaml and starts a saga, which waits for an approval after hotel and flight; its id.
  std::string start_and_await_approval(const std::string& key = "k1");
  Json get(const std::string& id) { return run({"saga", "get", id, "-o", "json"}).json(); }
  // Waits until the saga has that status.
  Json await_status(const std::string& id, const std::string& status);

  // hotel and flight together, then an approval, then a mail; no pivot.
  std::string trip() const;
  static std::string replaced(std::string text, const std::string& from, const std::string& to);

  FakeParticipant participant;
  CliSandbox sandbox;
  std::unique_ptr<Nodes> nodes;
  std::string url;
};

}  // namespace sagactl::test
