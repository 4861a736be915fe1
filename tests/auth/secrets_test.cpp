#include "server/auth/secrets.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <set>
#include <thread>
#include <vector>

#include "common/crypto.hpp"

namespace sagactl::auth {
namespace {

namespace fs = std::filesystem;

class Secrets : public testing::Test {
 protected:
  Secrets() : directory(fs::temp_directory_path() / ("sagactl-secrets-" + hex(random_bytes(8)))) {}
  ~Secrets() override { fs::remove_all(directory); }

  unsigned mode_of(const fs::path& path) const {
    struct stat status {};
    EXPECT_EQ(::stat(path.c_str(), &status), 0);
    return status.st_mode & 07777;
  }
  const fs::path directory;
  const fs::path file = directory / "deep" / "jwt.secret";
};

TEST_F(Secrets, AreCreatedOnceAndThenKept) {
  const auto made = load_or_create_secret(file);
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(made->size(), 64u);
  EXPECT_EQ(*load_or_create_secret(file), *made);
  EXPECT_EQ(*load_secret(file), *made);
  EXPECT_NE(*load_or_create_secret(directory / "other"), *made);
}

TEST_F(Secrets, AreReadableByTheirOwnerAlone) {
  ASSERT_TRUE(load_or_create_secret(file).ok());
  EXPECT_EQ(mode_of(file), 0600u);
  EXPECT_EQ(mode_of(file.parent_path()), 0700u);
  ASSERT_TRUE(save_secret(file, "another").ok());
  EXPECT_EQ(mode_of(file), 0600u);
}

TEST_F(Secrets, AreRefusedWhenOthersCanReachThem) {
  ASSERT_TRUE(load_or_create_secret(file).ok());
  for (const auto extra : {fs::perms::group_read, fs::perms::others_read, fs::perms::others_write}) {
    fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write | extra);
    const auto refused = load_or_create_secret(file);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, ErrorCode::forbidden);
    EXPECT_NE(refused.error().message.find("chmod 600 " + file.string()), std::string::npos);
  }
}

TEST_F(Secrets, AreReplacedAtomically) {
  ASSERT_TRUE(save_secret(file, "first").ok());
  ASSERT_TRUE(save_secret(file, "second").ok());
  EXPECT_EQ(*load_secret(file), "second");
  EXPECT_EQ(std::distance(fs::directory_iterator(file.parent_path()), fs::directory_iterator()), 1)
      << "nothing else is left behind";
}

TEST_F(Secrets, ReportWhatIsWrong) {
  EXPECT_EQ(load_secret(file).error().code, ErrorCode::not_found);
  EXPECT_EQ(save_secret(file, "").error().code, ErrorCode::invalid);
  EXPECT_EQ(save_secret(file, std::string(5000, 'x')).error().code, ErrorCode::invalid);
  ASSERT_TRUE(save_secret(file, "x").ok());
  std::ofstream(file, std::ios::trunc) << "\n";
  EXPECT_EQ(load_secret(file).error().code, ErrorCode::invalid);
  // Only a secret that this program creates is created again.
  EXPECT_EQ(load_secret(file).error().message, file.string() + " is empty; it has to hold a secret");
  EXPECT_EQ(load_or_create_secret(file).error().message,
            file.string() + " is empty; it has to hold a secret; delete it, and a new one is created");
  std::ofstream(file, std::ios::trunc) << std::string(5000, 'x');
  EXPECT_EQ(load_secret(file).error().code, ErrorCode::invalid);
  EXPECT_EQ(load_secret(file.parent_path()).error().code, ErrorCode::invalid);
  EXPECT_FALSE(save_secret(file / "below a file", "x").ok());
}

TEST_F(Secrets, AreTheSameForConcurrentProcesses) {
  std::vector<std::string> seen(8);
  std::vector<std::thread> threads;
  for (std::string& one : seen) {
    threads.emplace_back([&one, this] {
      const auto secret = load_or_create_secret(file);
      one = secret ? *secret : secret.error().message;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()).size(), 1u);
  EXPECT_EQ(seen[0].size(), 64u);
  EXPECT_EQ(std::distance(fs::directory_iterator(file.parent_path()), fs::directory_iterator()), 1);
}

}  // namespace
}  // namespace sagactl::auth
