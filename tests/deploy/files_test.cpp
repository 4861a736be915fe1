// What the deployment files name exists: environment variables that the program reads, versions, no secrets.
#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>

namespace sagactl {
namespace {

const std::filesystem::path root = SAGACTL_SOURCE_DIR;

struct File {
  std::string path;
  std::string text;
};

std::string read(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

void add_files(const char* folder, std::vector<File>& files) {
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root / folder)) {
    const std::string path = std::filesystem::relative(entry.path(), root).generic_string();
    const bool ignored = path == "compose/.env" || path == "compose/.env.new";  // as .gitignore says
    if (entry.is_regular_file() && !ignored) files.push_back({path, read(entry.path())});
  }
}

std::vector<File> deployment_files() {
  std::vector<File> files = {{"Dockerfile", read(root / "Dockerfile")}};
  add_files("compose", files);
  add_files("k8s", files);
  add_files("charts", files);
  return files;
}

std::vector<std::string> all_matches(const std::string& text, const std::regex& pattern) {
  std::vector<std::string> found;
  for (std::sregex_iterator it(text.begin(), text.end(), pattern), end; it != end; ++it) found.push_back(it->str(1));
  return found;
}

// Everything in double quotes in cli/: names of flags and of variables.
std::set<std::string> strings_of_the_command_line() {
  std::set<std::string> strings;
  const std::regex quoted(R"re("([^"\n]*)")re");
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root / "cli"))
    if (entry.is_regular_file())
      for (const std::string& text : all_matches(read(entry.path()), quoted)) strings.insert(text);
  return strings;
}

// SAGACTL_URL is the flag --url; SAGACTL_SERVE_HOST is --host of `serve`.
bool is_flag(const std::string& variable, const std::set<std::string>& strings) {
  if (!variable.starts_with("SAGACTL_")) return false;
  const std::string of_serve = "SAGACTL_SERVE_";
  std::string flag = "--";
  for (const char c : variable.substr(variable.starts_with(of_serve) ? of_serve.size() : 8))
    flag += c == '_' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return strings.contains(flag);
}

bool is_known(const std::string& variable, const std::set<std::string>& strings) {
  return strings.contains(variable) || is_flag(variable, strings);
}

// The part of a text from one mark to the next.
std::string between(const std::string& text, const std::string& from, const std::string& to) {
  const std::size_t begin = text.find(from);
  if (begin == std::string::npos) return "";
  const std::size_t end = text.find(to, begin);
  return text.substr(begin, end == std::string::npos ? std::string::npos : end - begin);
}

// The variables that are given to sagactl, with the file that gives them.
std::vector<std::pair<std::string, std::string>> variables_of_nodes() {
  std::vector<std::pair<std::string, std::string>> variables;
  const auto add = [&](const std::string& path, const std::string& part, const char* pattern) {
    const auto found = all_matches(part, std::regex(pattern));
    EXPECT_FALSE(found.empty()) << path << " gives nodes no environment, or in another form than expected";
    for (const std::string& variable : found) variables.emplace_back(variable, path);
  };
  const std::string compose = read(root / "compose/docker-compose.yml");
  add("compose/docker-compose.yml", between(compose, "x-node-environment:", "services:"), R"(\n  ([A-Z_]+):)");
  add("compose/docker-compose.yml", between(compose, "services:", "nginx:"), R"((NODE_ID):)");
  add("k8s/base/kustomization.yaml", read(root / "k8s/base/kustomization.yaml"), R"(- ([A-Z_]+)=)");
  add("k8s/base/nodes.yaml", read(root / "k8s/base/nodes.yaml"), R"(- name: ([A-Z_]+)\n)");
  add("charts/sagactl", read(root / "charts/sagactl/templates/nodes.yaml"), R"(- name: ([A-Z_]+)\n)");
  add("charts/sagactl",
      between(read(root / "charts/sagactl/templates/_helpers.tpl"), "sagactl.environment", "{{- end }}\n{{- range"),
      R"(\n([A-Z_]+):)");
  add("tests/deploy/chart", read(root / "tests/deploy/chart/outside.yaml"), R"(([A-Z_]{4,}):)");
  add("k8s/loadtest/job.yaml", read(root / "k8s/loadtest/job.yaml"), R"(name: ([A-Z_]+)[,\n])");
  add("Dockerfile", between(read(root / "Dockerfile"), "\nENV ", "\nWORKDIR"), R"(([A-Z_]+)=)");
  return variables;
}

TEST(DeploymentFiles, GiveNodesOnlyVariablesThatTheProgramReads) {
  const auto strings = strings_of_the_command_line();
  ASSERT_TRUE(strings.contains("JWT_SECRET")) << "the variables are no longer read in cli/";
  for (const auto& [variable, path] : variables_of_nodes())
    EXPECT_TRUE(is_known(variable, strings)) << path << ": nothing in cli/ reads " << variable;
  EXPECT_FALSE(is_known("DATABASE_HOSTS", strings));
  EXPECT_FALSE(is_known("SAGACTL_URLS", strings));
}

TEST(DeploymentFiles, GiveEveryNodeTheSameVariables) {
  std::set<std::string> compose, kubernetes;
  for (const auto& [variable, path] : variables_of_nodes()) {
    if (path.starts_with("compose")) compose.insert(variable);
    if (path.starts_with("k8s/base")) kubernetes.insert(variable);
  }
  EXPECT_EQ(compose, kubernetes);
}

// packaging/versions.tsv: the version of everything that is taken from others.
std::map<std::string, std::string> versions_in_use() {
  std::map<std::string, std::string> versions;
  for (std::istringstream lines(read(root / "packaging/versions.tsv")); lines;) {
    std::string line;
    std::getline(lines, line);
    const std::size_t tab = line.find('\t');
    if (tab != std::string::npos && line[0] != '#') versions[line.substr(0, tab)] = line.substr(tab + 1);
  }
  return versions;
}

// Every image and action that a text names, as {name, version}.
std::vector<std::pair<std::string, std::string>> named_versions(const std::string& text) {
  const std::regex image(R"re((?:^|\n)\s*(?:-\s+)?(?:image:|FROM)[ \t]+([^\s:@]+)(?::(\S+))?)re");
  const std::regex action(R"re(\n\s*(?:-\s+)?uses:\s+([^\s@]+)@(\S+))re");
  std::vector<std::pair<std::string, std::string>> found;
  for (const std::regex& pattern : {image, action})
    for (std::sregex_iterator it(text.begin(), text.end(), pattern), end; it != end; ++it)
      found.emplace_back(it->str(1), it->str(2));
  return found;
}

TEST(DeploymentFiles, TakeTheVersionsThatAreListed) {
  const auto versions = versions_in_use();
  auto files = deployment_files();
  add_files(".github", files);
  add_files("docs/ci", files);
  std::set<std::string> named;
  for (const File& file : files) {
    for (const auto& [name, version] : named_versions(file.text)) {
      // Ours, a workflow's own list, and a value of the chart.
      if (name == "sagactl" || name.starts_with("$") || name.starts_with("{{") || name.starts_with("\"{{")) continue;
      named.insert(name);
      const auto listed = versions.find(name);
      if (listed == versions.end())
        ADD_FAILURE() << file.path << " names " << name << ", which packaging/versions.tsv does not";
      else
        EXPECT_EQ(version, listed->second) << file.path << ": " << name;
    }
  }
  for (const auto& [name, version] : versions) EXPECT_TRUE(named.contains(name)) << "nothing names " << name;
}

TEST(DeploymentFiles, TakeNoVersionThatMovesWithoutANumber) {
  const std::regex pinned(R"(v?\d+(\.\d+)*(-[a-z0-9]+)*)");
  for (const auto& [name, version] : versions_in_use())
    EXPECT_TRUE(std::regex_match(version, pinned)) << name << " " << version;
  EXPECT_FALSE(std::regex_match("latest", pinned));
}

TEST(DeploymentFiles, AreTriedWithTheKafkaThatTheyName) {
  const std::string version = versions_in_use().at("apache/kafka");
  EXPECT_THAT(read(root / "tools/services.d/kafka.sh"), testing::HasSubstr("\nkafka_version=" + version + "\n"));
  EXPECT_THAT(read(root / "tools/services.d/kafka/pom.xml"), testing::HasSubstr("<kafka.version>" + version + "<"));
}

TEST(DeploymentFiles, NameTheVersionThatIsBuilt) {
  const auto version = all_matches(read(root / "CMakeLists.txt"), std::regex(R"(project\(sagactl VERSION (\S+))"));
  ASSERT_EQ(version.size(), 1u);
  const std::regex ours(R"([^/]sagactl:(\d[\d.]*)|newTag: (\S+)|appVersion: (\S+))");
  std::size_t named = 0;
  for (const File& file : deployment_files()) {
    for (std::sregex_iterator it(file.text.begin(), file.text.end(), ours), end; it != end; ++it) {
      ++named;
      EXPECT_EQ(it->str(1) + it->str(2) + it->str(3), version[0]) << file.path;
    }
  }
  EXPECT_GE(named, 5u);
}

TEST(DeploymentFiles, HoldNoSecret) {
  // A password, secret, token or key may be a reference, a name in lower case, or nothing.
  const std::regex given(
      R"re(((?:PASSWORD|SECRET|TOKEN|AUTH)["']?\s*(?:=|:|, value:)[ \t]*["']?[^\s"'$\n{?][^\n]*))re");
  const std::regex inlined(R"((\w+://[^\s:/@]+:[^\s:/@]+@))");
  for (const File& file : deployment_files()) {
    for (const std::string& line : all_matches(file.text, given)) ADD_FAILURE() << file.path << ": " << line;
    for (const std::string& url : all_matches(file.text, inlined)) ADD_FAILURE() << file.path << ": " << url;
    EXPECT_THAT(file.text, testing::Not(testing::HasSubstr("kind: Secret\n"))) << file.path;
    EXPECT_THAT(file.text, testing::Not(testing::HasSubstr("secretGenerator"))) << file.path;
  }
  EXPECT_FALSE(all_matches("JWT_SECRET: hunter2\n", given).empty());
  EXPECT_FALSE(all_matches("- {name: REDIS_PASSWORD, value: hunter2}\n", given).empty());
  EXPECT_FALSE(all_matches("postgres://saga:hunter2@host", inlined).empty());
}

TEST(DeploymentFiles, KeepWhatMakeEnvWritesOutOfGit) {
  EXPECT_THAT(read(root / ".gitignore"), testing::HasSubstr("/compose/.env\n"));
  EXPECT_THAT(read(root / ".dockerignore"), testing::HasSubstr("**/.env\n"));
}

}  // namespace
}  // namespace sagactl
