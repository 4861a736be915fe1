// `open`: the address of the dashboard, and the browser.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/cli/support/command.hpp"
#include "tests/cli/support/fake_node.hpp"
#include "tests/services/waiting.hpp"

namespace sagactl {
namespace {

using testing::HasSubstr;
using testing::Not;

class CliOpen : public testing::Test {
 protected:
  CliOpen() {
    node.answer("POST /ui/codes", 201,
                {{"code", "c"}, {"expiresAt", "2026-11-29T17:00:00.000Z"}, {"path", "/ui/#code=c&d"}});
  }
  // A browser that copies the address that it is to open.
  std::string browser() {
    sandbox.write("browser", "#!/bin/sh\ncp \"$1\" \"$HOME/seen.tmp\" && mv \"$HOME/seen.tmp\" \"$HOME/seen\"\n");
    const auto path = sandbox.directory() / "browser";
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    return path.string();
  }

  CliSandbox sandbox;
  FakeNode node;
};

TEST_F(CliOpen, PrintsAnAddressThatIsGoodOnce) {
  const CommandResult opened = sandbox.run({"open", "--print", "--url", node.url()});
  EXPECT_EQ(opened.code, 0) << opened.err;
  EXPECT_EQ(opened.out, node.url() + "/ui/#code=c&d\n");
  EXPECT_EQ(opened.err, "");
  EXPECT_EQ(sandbox.run({"open", "--print", "-o", "json", "--url", node.url()}).json(),
            (Json{{"url", node.url() + "/ui/#code=c&d"}, {"expiresAt", "2026-11-29T17:00:00.000Z"}}));
}

TEST_F(CliOpen, GivesTheBrowserAFileThatOnlyItsUserCanRead) {
  sandbox.variables["BROWSER"] = browser();
  sandbox.variables["HOME"] = sandbox.home().string();
  const CommandResult opened = sandbox.run({"open", "--url", node.url()});
  EXPECT_EQ(opened.code, 0) << opened.err;
  EXPECT_THAT(opened.err, HasSubstr("opening the browser"));
  ASSERT_TRUE(eventually([&] { return std::filesystem::exists(sandbox.home() / "seen"); }));
  EXPECT_THAT(sandbox.read(sandbox.home() / "seen"), HasSubstr("0;url=" + node.url() + "/ui/#code=c&amp;d\""));
  struct stat page {};
  ASSERT_EQ(stat((sandbox.home() / ".config/sagactl/open.html").c_str(), &page), 0);
  EXPECT_EQ(page.st_mode & 0777, 0600u);
}

TEST_F(CliOpen, WithoutABrowserTheAddressIsThere) {
  sandbox.variables["BROWSER"] = "/no/such/browser";
  sandbox.variables["HOME"] = sandbox.home().string();
  const CommandResult opened = sandbox.run({"open", "--url", node.url()});
  EXPECT_EQ(opened.code, 0);
  EXPECT_THAT(opened.out, HasSubstr("/ui/#code="));
  EXPECT_THAT(opened.err, HasSubstr("no browser was opened (/no/such/browser: No such file or directory)"));
}

TEST_F(CliOpen, WithoutADisplayTheAddressIsThere) {
  sandbox.variables["HOME"] = sandbox.home().string();
  const CommandResult opened = sandbox.run({"open", "--url", node.url()});
  EXPECT_EQ(opened.code, 0);
  EXPECT_THAT(opened.out, HasSubstr("/ui/#code="));
  EXPECT_THAT(opened.err, HasSubstr("no browser was opened (there is no display, and no program in BROWSER)"));
  EXPECT_FALSE(std::filesystem::exists(sandbox.home() / ".config/sagactl/open.html")) << "it would hold the code";
}

TEST_F(CliOpen, ANodeWithoutADashboardSaysSo) {
  FakeNode old;
  const CommandResult refused = sandbox.run({"open", "--url", old.url()});
  EXPECT_NE(refused.code, 0);
  EXPECT_THAT(refused.err, HasSubstr("the node is of a version without a dashboard"));
}

}  // namespace
}  // namespace sagactl
