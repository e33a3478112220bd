// Answers of `ssh -G` that are used again: never one that ssh would not give any more.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ssh/answers.hpp"

#include <catch2/catch.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <fstream>

using namespace ctys;
using ssh::Answers;
using ssh::Place;
namespace fs = std::filesystem;

namespace {

// A home with an SSH configuration, and a folder for what is kept.
struct Home {
  fs::path folder;
  Home() {
    std::string name = (fs::temp_directory_path() / "ctysanswers.XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    folder = name;
    fs::create_directories(folder / ".ssh" / "conf.d");
    fs::create_directories(folder / "cache" / "ctys");
    write(folder / "system", "Host *\n  HashKnownHosts yes\n");
    write(folder / ".ssh" / "config", "Host lab*\n  Port 2222\n");
  }
  Home(const Home&) = delete;
  Home& operator=(const Home&) = delete;
  ~Home() { fs::remove_all(folder); }

  static void write(const fs::path& file, const std::string& text) { std::ofstream(file) << text; }
  void configure(const std::string& text) const { write(folder / ".ssh" / "config", text); }
  [[nodiscard]] ssh::Sources sources() const { return {"", folder.string(), (folder / "system").string()}; }
  [[nodiscard]] std::string kept() const { return (folder / "cache" / "ctys" / "answers").string(); }
  // As if all of it had been written a while ago.
  [[nodiscard]] Answers answers(const std::string& who = "me") const {
    return {kept(), who, sources(), std::time(nullptr) + 60};
  }
  [[nodiscard]] std::string answer(const std::string& host, const std::string& more = "") const {
    return "OpenSSH_9.2p1\r\ndebug1: Reading configuration data " + (folder / ".ssh" / "config").string() +
           "\r\ndebug1: Reading configuration data " + (folder / "system").string() + "\r\n" + more +
           "hostname " + host + "\nuser me\nport 2222\nsomething else\n";
  }
  void keep(const std::string& host, const std::string& more = "") const {
    auto answers = this->answers();
    CHECK(answers.find({host, "", 0}) == nullptr);
    answers.add({host, "", 0}, answer(host, more));
    answers.keep();
  }
  [[nodiscard]] bool knows(const std::string& host) const {
    auto answers = this->answers();
    return answers.find({host, "", 0}) != nullptr;
  }
};

}  // namespace

TEST_CASE("an answer is used again for the same host, user and port") {
  const Home home;
  home.keep("lab01");
  auto answers = home.answers();
  const auto* known = answers.find({"lab01", "", 0});
  REQUIRE(known != nullptr);
  CHECK(*known == "hostname lab01\nuser me\nport 2222\n");
  CHECK(ssh::parse_config(*known, {"lab01", "", 0}, "/home/me").port == 2222);
  CHECK(answers.find({"lab02", "", 0}) == nullptr);
  CHECK(answers.find({"lab01", "root", 0}) == nullptr);
  CHECK(answers.find({"lab01", "", 22}) == nullptr);
  struct stat status {};
  REQUIRE(::stat(home.kept().c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  auto other = home.answers("you");
  CHECK(other.find({"lab01", "", 0}) == nullptr);
}

TEST_CASE("answers add up from call to call") {
  const Home home;
  home.keep("lab01");
  home.keep("lab02");
  CHECK(home.knows("lab01"));
  CHECK(home.knows("lab02"));
}

TEST_CASE("an answer ends with the files it was made from") {
  const Home home;
  const auto mine = home.folder / ".ssh" / "config";
  SECTION("the user's changes") {
    home.keep("lab01");
    home.configure("Host lab*\n  Port 2223\n");
  }
  SECTION("the system's goes") {
    home.keep("lab01");
    fs::remove(home.folder / "system");
  }
  SECTION("another file takes its place, of the same size and time") {
    home.keep("lab01");
    const auto time = fs::last_write_time(mine);
    Home::write(home.folder / "new", "Host lab*\n  Port 3333\n");
    fs::last_write_time(home.folder / "new", time);
    fs::rename(home.folder / "new", mine);
  }
  SECTION("something new is included") {
    home.configure("Include conf.d/*.conf\n");
    home.keep("lab01");
    Home::write(home.folder / ".ssh" / "conf.d" / "more.conf", "Port 4\n");
  }
  SECTION("what is included changes") {
    const auto more = home.folder / ".ssh" / "conf.d" / "more.conf";
    Home::write(more, "Port 4\n");
    home.configure("Host other\n  Include conf.d/*.conf\n");
    home.keep("lab01", "debug1: Reading configuration data " + more.string() + "\r\n");
    CHECK(home.knows("lab01"));
    Home::write(more, "Port 55\n");
  }
  SECTION("a file that was named and missing appears") {
    home.configure("Include ~/.ssh/later\n");
    home.keep("lab01");
    CHECK(home.knows("lab01"));
    Home::write(home.folder / ".ssh" / "later", "Port 4\n");
  }
  CHECK_FALSE(home.knows("lab01"));
}

TEST_CASE("an answer that rests on more than files is not kept") {
  const Home home;
  for (const auto* text :
       {"Match exec \"test -e /tmp/x\"\n  Port 4\n", "Match host a !exec true\n", "match final\n",
        "Match localnetwork 10.0.0.0/8\n", "Match host\n", "CanonicalizeHostname yes\n",
        "canonicalizehostname=always\n", "IdentityFile ${KEYS}/id\n", "Include ~other/config\n",
        "Include ~/.ssh/*/config\n", "Include \"conf.d/a b\"\n", "\"Include\" conf.d/x\n",
        "Include %d/x\n"}) {
    INFO(text);
    home.configure(text);
    home.keep("lab01");
    CHECK_FALSE(home.knows("lab01"));
  }
  for (const auto* text : {"# Match exec x\n", "Match all\n", "Match host lab*,!lab3 user root\n  Port 4\n",
                           "Match originalhost x\n", "CanonicalizeHostname no\n", "Port=22\n"}) {
    INFO(text);
    home.configure(text);
    home.keep("lab01");
    CHECK(home.knows("lab01"));
  }
}

TEST_CASE("an answer made from other files than those found is not kept") {
  const Home home;
  home.keep("lab01", "debug1: Reading configuration data /opt/etc/ssh_config\r\n");
  CHECK_FALSE(home.knows("lab01"));
}

TEST_CASE("an answer is not kept when a file has changed just now, or meanwhile") {
  const Home home;
  Answers now(home.kept(), "me", home.sources(), std::time(nullptr));
  CHECK(now.find({"lab01", "", 0}) == nullptr);
  now.add({"lab01", "", 0}, home.answer("lab01"));
  now.keep();
  CHECK_FALSE(fs::exists(home.kept()));
  auto later = home.answers();
  CHECK(later.find({"lab01", "", 0}) == nullptr);
  home.configure("Host lab*\n  Port 9\n");
  later.add({"lab01", "", 0}, home.answer("lab01"));
  later.keep();
  CHECK_FALSE(fs::exists(home.kept()));
}

TEST_CASE("a file of answers counts when it is whole and the user's own") {
  const Home home;
  home.keep("lab01");
  SECTION("cut off") {
    fs::resize_file(home.kept(), fs::file_size(home.kept()) - 5);
  }
  SECTION("longer") {
    std::ofstream(home.kept(), std::ios::app) << "x\n";
  }
  SECTION("written by others") {
    REQUIRE(::chmod(home.kept().c_str(), 0666) == 0);
  }
  SECTION("a link") {
    fs::rename(home.kept(), home.kept() + ".there");
    fs::create_symlink(home.kept() + ".there", home.kept());
  }
  CHECK_FALSE(home.knows("lab01"));
}

TEST_CASE("without a place to keep them, ssh is asked") {
  const Home home;
  for (const auto* file : {"", "/proc/none/answers"}) {
    Answers answers(file, "me", home.sources(), std::time(nullptr) + 60);
    CHECK(answers.find({"lab01", "", 0}) == nullptr);
    answers.add({"lab01", "", 0}, home.answer("lab01"));
    answers.keep();
  }
}

namespace {

// The answer for `host` when `asked` has been answered with `answer`, in the same call.
std::string shared(const Home& home, const std::string& asked, const std::string& host,
                   const std::string& answer) {
  auto answers = home.answers();
  CHECK(answers.find({asked, "", 0}) == nullptr);
  CHECK_FALSE(answers.awaits({asked, "", 0}));
  const bool awaits = answers.awaits({host, "", 0});
  answers.add({asked, "", 0}, answer);
  const auto* known = answers.find({host, "", 0});
  CHECK((known == nullptr || awaits));
  return known == nullptr ? "" : *known;
}

}  // namespace

TEST_CASE("hosts that no line of the configuration tells apart have one answer") {
  const Home home;
  CHECK(shared(home, "lab01", "lab02", home.answer("lab01")) == "hostname lab02\nuser me\nport 2222\n");
  home.configure("Host lab0?\n  HostName gw\nHost * !lab03\n  Port 3\nMatch all\n  User me\n");
  CHECK(shared(home, "lab01", "lab02", home.answer("gw")) == "hostname gw\nuser me\nport 2222\n");
  CHECK(shared(home, "lab01", "lab03", home.answer("gw")).empty());
  CHECK(shared(home, "lab01", "lab10", home.answer("gw")).empty());
}

TEST_CASE("where something may tell hosts apart, each is asked for") {
  const Home home;
  CHECK(shared(home, "lab01", "Lab02", home.answer("lab01")).empty());
  CHECK(shared(home, "lab01", "lab02", home.answer("lab01") + "identityfile /keys/lab01\n").empty());
  CHECK(shared(home, "lab01", "lab02", home.answer("lab01") + "proxyjump gw\n").empty());
  CHECK(shared(home, "lab01", "lab02", home.answer("lab01") + "proxyjump none\n").size() > 10);
  for (const auto* text : {"Host lab01\n  Port 4\n", "Host * !lab02\n  Port 4\n", "HostName %h.lab\n",
                           "Match host lab01\n  Port 4\n", "Host lab*\n  HostName LAB01\n",
                           "Host \"lab01\"\n", "Host lab01,lab03\n"}) {
    INFO(text);
    home.configure(text);
    CHECK(shared(home, "lab01", "lab02", home.answer("lab01")).empty());
  }
}

TEST_CASE("another user or port is another question") {
  const Home home;
  auto answers = home.answers();
  CHECK(answers.find({"lab01", "", 0}) == nullptr);
  CHECK_FALSE(answers.awaits({"lab01", "", 0}));
  CHECK_FALSE(answers.awaits({"lab02", "root", 0}));
  CHECK_FALSE(answers.awaits({"lab03", "", 22}));
  CHECK(answers.awaits({"lab04", "", 0}));
  answers.give_up({"lab04", "", 0});
  CHECK(answers.awaits({"lab05", "", 0}));
  answers.give_up({"lab01", "", 0});
  CHECK_FALSE(answers.awaits({"lab05", "", 0}));
  CHECK(answers.awaits({"lab06", "", 0}));
}
