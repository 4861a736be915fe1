// What the tests of `loadtest init` share: the profile that it writes, and what that sends.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/cli/support/command.hpp"

namespace sagactl {

class InitCommand : public testing::Test {
 protected:
  CommandResult init(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"loadtest", "init"});
    return sandbox_.run(arguments);
  }
  // The profile from that source; `said_` is what the command printed.
  std::string profile_by(std::vector<std::string> source) {
    source.insert(source.begin(), "--overwrite");
    const CommandResult done = init(std::move(source));
    EXPECT_EQ(done.code, 0) << done.err;
    said_ = done.out;
    return sandbox_.read("profile.toml");
  }
  // What a profile sends: that it can be read is part of it.
  std::string sent_with(const char* profile = "profile.toml") {
    const CommandResult shown =
        sandbox_.run({"loadtest", "individual", "--profile", profile, "--url", "http://127.0.0.1:1", "--dry-run"});
    EXPECT_EQ(shown.code, 0) << shown.err << sandbox_.read(profile);
    return shown.out;
  }

  CliSandbox sandbox_;
  std::string said_;
};

}  // namespace sagactl
