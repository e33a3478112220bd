// Is this the host it claims to be?
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/known_hosts.hpp"

#include <ctys/error.hpp>

#include <catch2/catch.hpp>

#include <unistd.h>

#include <filesystem>
#include <fstream>

using namespace ctys;
using ssh::Verdict;

namespace {
constexpr const char* kType = "ssh-ed25519";
constexpr const char* kRight = "AAAAC3NzaC1lZDI1NTE5AAAAIBbxNKVNt8yo9u2bLcWnFQMXxzCLzzsDv8wxVD9GwQMQ";
constexpr const char* kWrong = "AAAAC3NzaC1lZDI1NTE5AAAAIFqjcY4d4gWLfGbAgjZHzrHB3o0qKq9dM5Yc1x3Y5rZ1";

// Each test has a file of its own: files are read once.
Verdict judged(const std::string& lines, const std::string& host = "lab01", unsigned port = 22,
               const std::string& alias = {}) {
  static int count = 0;
  const auto path = std::filesystem::temp_directory_path() /
                    ("ctys-known." + std::to_string(::getpid()) + "." + std::to_string(++count));
  std::ofstream(path) << lines;
  const ssh::Lines known({path.string(), "/nowhere/known_hosts"}, ssh::names_of(host, port, alias));
  std::filesystem::remove(path);
  return known.judge(kType, kRight);
}
std::string line(const std::string& host, const char* key = kRight, const std::string& mark = {}) {
  return mark + host + " " + kType + " " + key + " comment\n";
}
}  // namespace

TEST_CASE("known types of host keys come first where they are allowed, and nothing else is added") {
  CHECK(ssh::in_order("ssh-rsa,b", "a,b,c") == "b,a,b,c");
  CHECK(ssh::in_order("", "a,b") == "a,b");
  CHECK(ssh::in_order("x", "a") == "a");
  CHECK(ssh::in_order("a,b", "") == "a,b");
  CHECK(ssh::without_certificates("ssh-ed25519-cert-v01@openssh.com,ssh-ed25519,rsa-sha2-512") ==
        "ssh-ed25519,rsa-sha2-512");
  CHECK(ssh::without_certificates("ssh-ed25519-cert-v01@openssh.com").empty());
}

TEST_CASE("a key that stands there is known, by name, pattern, port and alias") {
  CHECK(judged(line("lab01")) == Verdict::known);
  CHECK(judged(line("other,lab01")) == Verdict::known);
  CHECK(judged(line("lab*")) == Verdict::known);
  CHECK(judged(line("[lab01]:2222"), "lab01", 2222) == Verdict::known);
  CHECK(judged(line("lab01"), "lab01", 2222) == Verdict::known);
  CHECK(judged(line("box"), "lab01", 2222, "box") == Verdict::known);
  CHECK(judged("# comment\n\n" + line("x", kWrong) + line("lab01")) == Verdict::known);
  CHECK(judged(line("LAB01"), "Lab01") == Verdict::known);
  CHECK(judged(line("l?b0*"), "lab01") == Verdict::known);
}

TEST_CASE("a host without any key is unknown") {
  CHECK(judged("") == Verdict::unknown);
  CHECK(judged(line("lab02")) == Verdict::unknown);
  CHECK(judged(line("lab*,!lab01")) == Verdict::unknown);
  CHECK(judged(line("[lab01]:2222")) == Verdict::unknown);
  CHECK(judged(line("lab01", kWrong), "lab01", 2222) == Verdict::unknown);
  CHECK(judged("lab01 ssh-ed25519\nlab01\n@strange lab01 x y\n") == Verdict::unknown);
}

TEST_CASE("another key than the known one is refused") {
  CHECK(judged(line("lab01", kWrong)) == Verdict::changed);
  CHECK(judged(line("[lab01]:2222", kWrong), "lab01", 2222) == Verdict::changed);
  CHECK(judged(line("lab01", kWrong) + line("lab01")) == Verdict::known);
}

TEST_CASE("a revoked key is refused whatever else stands there") {
  CHECK(judged(line("lab01") + line("*", kRight, "@revoked ")) == Verdict::revoked);
  CHECK(judged(line("lab01", kRight, "@revoked ") + line("lab01")) == Verdict::revoked);
  CHECK(judged(line("lab01") + line("lab02", kRight, "@revoked ")) == Verdict::known);
  CHECK(judged(line("lab01") + line("*", kWrong, "@revoked ")) == Verdict::known);
}

TEST_CASE("a certificate authority alone knows no key") {
  CHECK(judged(line("lab01", kRight, "@cert-authority ")) == Verdict::authority);
}

TEST_CASE("a file that is there and cannot be read is not one without the host") {
  const auto names = ssh::names_of("lab01", 22, {});
  const auto folder = std::filesystem::temp_directory_path().string();
  for (int time = 0; time < 2; ++time) CHECK_THROWS_AS(ssh::Lines({folder}, names), Error);
  CHECK_NOTHROW(ssh::Lines({"/dev/null", "/nowhere/known_hosts", "/dev/null/known_hosts"}, names));
}

TEST_CASE("a key that was accepted is known from then on") {
  const auto path =
      std::filesystem::temp_directory_path() / ("ctys-known." + std::to_string(::getpid()) + ".new");
  std::ofstream(path) << "# no end of line";
  ssh::remember(path.string(), ssh::line_of("[lab01]:2222", kType, kRight));
  const ssh::Lines known({path.string()}, ssh::names_of("lab01", 2222, {}));
  std::filesystem::remove(path);
  CHECK(known.judge(kType, kRight) == Verdict::known);
  CHECK(known.judge(kType, kWrong) == Verdict::changed);
  CHECK(known.types() == std::vector<std::string>{kType});
  CHECK_THROWS(ssh::remember("/proc/none/known_hosts", "x"));
}
