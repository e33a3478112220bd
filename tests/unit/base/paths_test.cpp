// Tests of where things live.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "base/paths.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>

using namespace ctys;

namespace {

// A variable with another value, until the end of the test.
class Variable {
 public:
  Variable(const char* name, const char* value) : name_(name), before_(paths::environment(name)) {
    ::setenv(name, value, 1);  // NOLINT(concurrency-mt-unsafe): one thread
  }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable() {
    if (before_)
      ::setenv(name_, before_->c_str(), 1);  // NOLINT(concurrency-mt-unsafe): one thread
    else
      ::unsetenv(name_);  // NOLINT(concurrency-mt-unsafe): one thread
  }

 private:
  const char* name_;
  std::optional<std::string> before_;
};

}  // namespace

TEST_CASE("a relative path in a variable names no folder") {
  for (const auto* value : {"foo", "./foo", "", "~"}) {
    const Variable home("HOME", value);
    const Variable config("XDG_CONFIG_HOME", value);
    const Variable data("XDG_DATA_HOME", value);
    const Variable cache("XDG_CACHE_HOME", value);
    const Variable run("XDG_RUNTIME_DIR", value);
    CHECK_FALSE(paths::absolute_path("HOME"));
    for (const auto& path : {paths::home(), paths::config_home(), paths::data_home(), paths::cache_home(),
                             paths::runtime_place()})
      CHECK(path.is_absolute());
  }
  const Variable home("HOME", "/h");
  const Variable config("XDG_CONFIG_HOME", "relative");
  const Variable run("XDG_RUNTIME_DIR", "/r");
  CHECK(paths::config_home() == "/h/.config/ctys");
  CHECK(paths::runtime_place() == "/r/ctys");
}

TEST_CASE("who has no HOME gets the one of the password file") {
  const Variable kept("HOME", "/tmp");
  ::unsetenv("HOME");  // NOLINT(concurrency-mt-unsafe): one thread
  const auto own = paths::home().string();
  for (const auto* value : {static_cast<const char*>(nullptr), "", "relative"}) {
    if (value == nullptr)
      ::unsetenv("HOME");  // NOLINT(concurrency-mt-unsafe): one thread
    else
      ::setenv("HOME", value, 1);  // NOLINT(concurrency-mt-unsafe): one thread
    paths::settle_home();
    CHECK(paths::environment("HOME") == own);
  }
  ::setenv("HOME", "/nonexistent", 1);  // NOLINT(concurrency-mt-unsafe): one thread
  paths::settle_home();
  CHECK(paths::environment("HOME") == "/nonexistent");
}

TEST_CASE("users and groups are known by name, and any number may be one") {
  CHECK(paths::is_user("root"));
  CHECK(paths::is_group("root"));
  CHECK(paths::is_user("4711"));
  CHECK_FALSE(paths::is_user("no such user"));
  CHECK_FALSE(paths::is_group("no such group"));
}

TEST_CASE("a host is the same with and without its domain") {
  CHECK(paths::same_host("LAB01", "lab01"));
  const auto& domain = paths::host_domain();
  CHECK(paths::same_host("lab01", "lab01.example.org") == (domain == "example.org"));
  if (!domain.empty()) CHECK(paths::same_host("lab01." + domain, "lab01"));
  CHECK(paths::same_host("LAB01.example.org.", "lab01.example.org"));
  CHECK_FALSE(paths::same_host("lab01.example.org", "lab01.example.net"));
  CHECK_FALSE(paths::same_host("lab01", "lab011"));
  CHECK_FALSE(paths::same_host("", ""));
  CHECK(paths::same_host_name("LAB01.", "lab01"));
  CHECK_FALSE(paths::same_host_name("lab01", "lab01.example.org"));
}

TEST_CASE("the domain of a host without one in its name is what /etc/hosts says") {
  constexpr std::string_view kHosts =
      "# 127.0.1.1 lab01.comment.org lab01\n127.0.0.1\tlocalhost lab03\n127.0.1.1 "
      "LAB01.example.org.\tlab01\r\n"
      "::1 lab02.example.net other # lab02\n10.0.0.1 lab02 lab02.example.com";
  CHECK(paths::domain_in(kHosts, "lab01") == "example.org");
  CHECK(paths::domain_in(kHosts, "lab02") == "example.com");
  CHECK(paths::domain_in(kHosts, "lab03").empty());
  CHECK(paths::domain_in(kHosts, "lab").empty());
  CHECK(paths::domain_in("", "lab01").empty());
}
