// The documents and files of the pages.
#include <gmock/gmock.h>

#include <regex>

#include "tests/api/support/api_node.hpp"

namespace sagactl::test {
namespace {

using testing::HasSubstr;
using testing::Not;

class NodePages : public testing::Test {
 protected:
  HttpResponse get(const std::string& path, std::vector<std::pair<std::string, std::string>> headers = {}) {
    HttpRequest request{"GET", path, "", {}};
    for (auto& [name, value] : headers) request.headers.emplace_back(name, value);
    return nobody.send(request).value();
  }
  // The paths of the files that a document names.
  static std::vector<std::string> files_of(const std::string& document) {
    static const std::regex attribute("(?:src|href)=\"(/[^\"]*)\"");
    std::vector<std::string> files;
    for (std::sregex_iterator each(document.begin(), document.end(), attribute), end; each != end; ++each)
      files.push_back((*each)[1]);
    return files;
  }

  ApiNode node;
  HttpClient nobody = node.client();
};

TEST_F(NodePages, TheDashboardIsAtTheRootAndAtEveryPlaceBelowUi) {
  const std::string document = get("/", {{"Accept", "text/html,*/*;q=0.8"}}).body;
  EXPECT_THAT(document, HasSubstr("<!doctype html>"));
  for (const char* path : {"/ui", "/ui/", "/ui/sagas", "/ui/sagas/00000000-0000-7000-8000-000000000001/steps/one"}) {
    const HttpResponse answer = get(path);
    EXPECT_EQ(answer.status, 200) << path;
    EXPECT_EQ(answer.body, document) << path;
  }
  EXPECT_NE(get("/shop/orders").body, document);
  EXPECT_EQ(nobody.post("/ui/sagas", Json::object())->status, 405);
}

TEST_F(NodePages, ADocumentRunsNothingButItsOwnFiles) {
  for (const char* path : {"/", "/ui/sagas", "/shop"}) {
    const HttpResponse answer = get(path, {{"Accept", "text/html"}});
    EXPECT_EQ(answer.header("Content-Security-Policy"),
              "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
              "connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'")
        << path;
    EXPECT_EQ(answer.header("X-Content-Type-Options"), "nosniff") << path;
    EXPECT_EQ(answer.header("Cross-Origin-Opener-Policy"), "same-origin") << path;
    EXPECT_EQ(answer.header("Cross-Origin-Resource-Policy"), "same-origin") << path;
    EXPECT_EQ(answer.header("Referrer-Policy"), "no-referrer") << path;
    EXPECT_EQ(answer.header("Cache-Control"), "no-cache") << path;
    EXPECT_THAT(answer.body, Not(HasSubstr("style="))) << path;
    EXPECT_THAT(answer.body, Not(HasSubstr("<script>"))) << path;
    EXPECT_THAT(answer.body, Not(HasSubstr("https://"))) << path << " names something of elsewhere";
  }
}

TEST_F(NodePages, EveryFileThatADocumentNamesIsServedForever) {
  for (const char* path : {"/ui", "/shop"}) {
    bool has_script = false;
    for (const std::string& file : files_of(get(path).body)) {
      if (!file.starts_with("/ui/assets/")) continue;
      const HttpResponse answer = get(file);
      ASSERT_EQ(answer.status, 200) << file;
      EXPECT_EQ(answer.header("Cache-Control"), "public, max-age=31536000, immutable") << file;
      EXPECT_EQ(answer.header("Cross-Origin-Resource-Policy"), "same-origin") << file;
      const bool is_script = file.ends_with(".js");
      has_script |= is_script;
      EXPECT_EQ(answer.header("Content-Type"), is_script                ? "text/javascript; charset=utf-8"
                                               : file.ends_with(".css") ? "text/css; charset=utf-8"
                                                                        : "image/svg+xml")
          << file;
    }
    EXPECT_TRUE(has_script) << path;
  }
}

TEST_F(NodePages, AFileIsCompressedForBrowsersAndComesOnce) {
  for (const std::string& file : files_of(get("/ui").body)) {
    if (!file.ends_with(".js") || get(file).body.size() < 1024) continue;
    const HttpResponse small = get(file, {{"Accept-Encoding", "gzip, deflate, br"}});
    EXPECT_EQ(small.header("Content-Encoding"), "gzip");
    EXPECT_EQ(small.header("Vary"), "Accept-Encoding");
    EXPECT_LT(std::stoul(std::string(small.header("Content-Length"))), small.body.size());
    EXPECT_EQ(small.body, get(file).body);
    const HttpResponse seen =
        get(file, {{"If-None-Match", std::string(small.header("ETag"))}, {"Accept-Encoding", "gzip"}});
    EXPECT_EQ(seen.status, 304);
    EXPECT_EQ(seen.header("Content-Encoding"), "");
    return;
  }
  FAIL() << "the dashboard has no script of a kilobyte";
}

TEST_F(NodePages, WhatThereIsNotIsNotFound) {
  for (const char* path : {"/ui/assets/none.js", "/ui/assets/index.html", "/ui/assets/..%2Findex.html"}) {
    const HttpResponse answer = get(path);
    EXPECT_EQ(answer.status, 404) << path;
    EXPECT_EQ(answer.json().value()["detail"], "no page has a file of this name") << path;
  }
}

TEST_F(NodePages, APageOfAnotherOriginMayShowNone) {
  const HttpResponse answer = get("/ui", {{"Origin", "https://elsewhere.example"}});
  EXPECT_EQ(answer.header("Access-Control-Allow-Origin"), "");
  EXPECT_EQ(answer.header("X-Frame-Options"), "DENY");
}

}  // namespace
}  // namespace sagactl::test
