// SPDX-License-Identifier: GPL-3.0-or-later
#include "action/match.hpp"

#include "action/states.hpp"
#include "base/paths.hpp"

#include <catch2/catch.hpp>

using namespace ctys;
using action::matching;
using model::Address;
using model::Record;

namespace {

Record machine(const std::string& label, const std::string& name, const std::string& uuid,
               const std::string& context = "qemu:///system") {
  Record record;
  record.set(Field::host, "lab01").set(Field::type, "QEMU").set(Field::label, label).set(Field::name, name);
  record.set(Field::uuid, uuid).set(Field::context, context).set(Field::state, "running");
  return record;
}

Address word(const std::string& text) {
  return {{{"WORD", text}}, text};
}

const std::string kA = "11111111-2222-3333-4444-00000000000a";
const std::string kB = "11111111-2222-3333-4444-00000000000b";

}  // namespace

TEST_CASE("a bare word is a label before it is a name, and a name before it is anything else") {
  const std::vector<Record> all{machine("web01", "vm1", kA), machine("db01", "web01", kB)};
  REQUIRE(matching(word("web01"), all).size() == 1);
  CHECK(matching(word("web01"), all)[0].get(Field::uuid) == kA);
  CHECK(matching(word("vm1"), all)[0].get(Field::uuid) == kA);
  CHECK(matching(word(kB), all)[0].get(Field::uuid) == kB);
  CHECK(matching(word("1111111122223333444400000000000B"), all)[0].get(Field::uuid) == kB);
  CHECK(matching(word("web"), all).empty());
  CHECK(matching(word("WEB01"), all).empty());
}

TEST_CASE("all keys of an address must hold") {
  const std::vector<Record> all{machine("web01", "vm1", kA), machine("web01", "vm2", kB)};
  CHECK(matching({{{"LABEL", "web01"}}, ""}, all).size() == 2);
  CHECK(matching({{{"LABEL", "web01"}, {"NAME", "vm2"}}, ""}, all).size() == 1);
  CHECK(matching({{{"LABEL", "web01"}, {"UUID", kA}, {"NAME", "vm2"}}, ""}, all).empty());
  CHECK(matching({{{"WORD", "web01"}, {"NAME", "vm1"}}, ""}, all).size() == 1);
}

TEST_CASE("empty fields never match") {
  const std::vector<Record> all{machine("", "", "")};
  for (const auto* key : {"UUID", "MAC", "TCP", "ID", "FILENAME"})
    CHECK(matching({{{key, ""}}, ""}, all).empty());
  // Dots alone are what a host name has left when its end is cut off.
  for (const auto* dots : {".", "..", "..."}) {
    CHECK(matching(word(dots), all).empty());
    CHECK(matching({{{"TCP", dots}}, ""}, all).empty());
  }
}

TEST_CASE("the interfaces of one machine are one machine") {
  auto first = machine("web01", "vm1", kA);
  auto second = first;
  first.set(Field::mac, "52:54:00:00:00:01");
  second.set(Field::mac, "52:54:00:00:00:02");
  const std::vector<Record> all{first, second};
  CHECK(matching(word("web01"), all).size() == 1);
  CHECK(matching({{{"MAC", "52-54-00-00-00-02"}}, ""}, all).size() == 1);
}

TEST_CASE("acting needs exactly one machine") {
  const std::vector<Record> all{machine("web01", "vm1", kA), machine("web01", "vm1", kA, "qemu:///session")};
  const auto address = word("web01");
  const auto both = action::the_one(address, matching(address, all), {});
  REQUIRE_FALSE(both);
  CHECK(both.error().code == Exit::refused);
  CHECK(both.error().why.find("qemu:///session") != std::string::npos);
  const auto nobody = action::the_one(address, {}, {});
  REQUIRE_FALSE(nobody);
  CHECK(nobody.error().code == Exit::nothing);
  CHECK(action::the_one(address, {all[0]}, {}));
}

TEST_CASE("an ambiguous name tells the host of each machine and what to write") {
  const auto on = [](Record record, const char* host) { return record.set(Field::host, host); };
  const auto error = [](std::vector<Record> all) {
    return action::the_one(word("web01"), std::move(all), {}).error();
  };
  const auto a = machine("web01", "vm1", kA);
  const auto b = machine("web01", "vm2", kB);
  const auto hosts = error({on(a, "lab01"), on(b, "lab02")});
  CHECK(hosts.why.find("QEMU on lab01, " + kA) != std::string::npos);
  CHECK(hosts.why.find("QEMU on lab02, " + kB) != std::string::npos);
  CHECK(hosts.fix == "name the host: --on lab01, or the UUID: uuid:" + kA);
  // A copy has the same UUID, and a host with two of them is no answer.
  CHECK(error({on(a, "lab01"), on(a, "lab02")}).fix == "name the host: --on lab01");
  CHECK(error({on(a, "lab01"), on(b, "lab01"), on(a, "lab02")}).fix == "name the host: --on lab02");
  CHECK(error({on(a, paths::host_name().c_str()), on(a, "lab02")}).fix == "name the host: --on localhost");
  CHECK(error({a, b}).fix == "name one by its UUID: uuid:" + kA);
  auto other_type = a;
  CHECK(error({a, other_type.set(Field::type, "XEN")}).fix == "name the type: -t QEMU");
  CHECK(error({a, machine("web01", "vm1", kA, "qemu:///session")}).fix ==
        "name the connection: LIBVIRT_DEFAULT_URI=qemu:///system");
  CHECK(error({on(a, "lab\x1b[2J"), on(b, "lab02")}).why.find('\x1b') == std::string::npos);
}

TEST_CASE("who is in the way of an action is named") {
  const auto found = machine("web01", "vm1", kA);
  std::vector<plugin::Failure> silent{{{Exit::unreachable, "cannot reach the host", "refused"}, "lab02", {}}};
  silent.front().no_answer = true;
  const auto uncertain = action::the_one(word("web01"), {found}, silent).error();
  CHECK(uncertain.where == "lab02");
  CHECK(uncertain.why == "cannot reach the host: refused");
  CHECK(uncertain.fix == "name the host: --on lab01, or name the UUID: uuid:" + kA);
  CHECK(action::the_one(word("web01"), {}, silent).error().where == "lab02");
  std::vector<plugin::Failure> hangs{{{Exit::deadline, "no answer"}, "lab02", "XEN"}};
  hangs.front().error.where = "xen:///";
  CHECK(action::the_one(word("web01"), {found}, hangs).error().where == "lab02, xen:///");
}

TEST_CASE("a daemon that died may have left a machine of that name") {
  const auto found = machine("web01", "vm1", kA);
  const auto with = [&](const char* why) {
    const std::vector<plugin::Failure> failures{
        {{Exit::unreachable, "cannot connect to qemu:///system", why, "start it again"}, "lab01", "QEMU"}};
    return action::the_one(word("web01"), {found}, failures);
  };
  CHECK(with("Failed to connect socket to '/run/libvirt/libvirt-sock': No such file or directory"));
  const auto died = with("Failed to connect socket to '/run/libvirt/libvirt-sock': Connection refused");
  REQUIRE_FALSE(died);
  CHECK(died.error().code == Exit::refused);
  CHECK(died.error().fix == "start it again, or name the UUID: uuid:" + kA);
}

TEST_CASE("an interrupted search is no machine that cannot be found") {
  const auto found = machine("web01", "vm1", kA);
  std::vector<plugin::Failure> failures{{{Exit::unreachable, "libvirtd is not running"}, "lab01", "QEMU"},
                                        {plugin::interrupted(), "lab01", "XEN"}};
  failures.back().no_answer = true;
  for (const auto& matches : {std::vector<Record>{}, std::vector<Record>{found}}) {
    const auto error = action::the_one(word("web01"), matches, failures).error();
    CHECK(error.summary == "interrupted, nothing was done");
    CHECK(error.why.empty());
  }
}

TEST_CASE("a source that hangs makes a label uncertain, a UUID stays certain") {
  const auto found = machine("web01", "vm1", kA);
  const std::vector<plugin::Failure> hangs{
      {{Exit::deadline, "XEN did not answer within 10 s"}, "lab01", "XEN"}};
  const std::vector<plugin::Failure> absent{
      {{Exit::unreachable, "libvirtd is not running"}, "lab01", "QEMU"}};
  CHECK(action::the_one(word("web01"), {found}, hangs).error().code == Exit::refused);
  CHECK(action::the_one(word("web01"), {found}, absent));
  CHECK(action::the_one({{{"UUID", kA}}, kA}, {found}, hangs));
}

TEST_CASE("a host that does not answer may have another machine of that name") {
  const auto found = machine("web01", "vm1", kA);
  std::vector<plugin::Failure> silent{{{Exit::unreachable, "lab02 does not answer"}, "lab02", {}}};
  silent.front().no_answer = true;
  Error no_daemon{Exit::unreachable, "libvirtd is not running"};
  no_daemon.where = "QEMU, qemu:///system";
  const std::vector<plugin::Failure> no_answer_there{{no_daemon, "lab02", {}}};
  CHECK(action::the_one(word("web01"), {found}, no_answer_there).error().fix ==
        "name the host: --on lab01, or name the UUID: uuid:" + kA);
  no_daemon.absent = true;
  const std::vector<plugin::Failure> nothing_there{{no_daemon, "lab02", {}}};
  CHECK(action::the_one(word("web01"), {found}, silent).error().code == Exit::refused);
  CHECK(action::the_one(word("web01"), {found}, nothing_there));
  CHECK(action::the_one({{{"UUID", kA}}, kA}, {found}, silent));
}

TEST_CASE(
    "a host that cannot be asked may have another machine of that name, whatever keeps it from telling") {
  const auto found = machine("web01", "vm1", kA);
  const auto judged = [&](Error error, const std::string& host, bool no_answer) {
    std::vector<plugin::Failure> failures{{std::move(error), host, {}}};
    failures.front().no_answer = no_answer;
    return action::the_one(word("web01"), {found}, failures);
  };
  const Error configuration{Exit::usage, "cannot reach the host", "it has a ProxyCommand"};
  const Error unserved{Exit::usage, "no plugin serves LIBVIRT_DEFAULT_URI=test:///default"};
  Error broken{Exit::failed, "cannot load plugin test.so"};
  broken.no_plugin = true;
  CHECK(judged(configuration, "lab02", true).error().code == Exit::refused);
  CHECK(judged(unserved, "lab02", false).error().where == "lab02");
  CHECK(judged(broken, "lab02", false).error().code == Exit::refused);
  CHECK(judged(unserved, "lab01", false));
  CHECK(judged(broken, "lab01", false));
}

TEST_CASE("only what an address needs is asked for") {
  CHECK_FALSE(action::needs_of(word("web01")).guest_address);
  CHECK(action::needs_of(word("10.0.2.15")).guest_address);
  CHECK(action::needs_of(word("fe80::1")).guest_address);
  CHECK(action::needs_of(word("52:54:00:ab:cd:ef")).every_mac);
  CHECK(action::needs_of(word("/vm/web01.ctys")).files);
  CHECK_FALSE(action::needs_of(word("web01")).files);
}

TEST_CASE("stored machines are shown by their state") {
  using action::accepts_state;
  const auto with = [](std::initializer_list<std::string> words) { return std::vector<std::string>(words); };
  for (const auto* shown : {"", "ACTIVE", "active", "DISABLED"}) CHECK(accepts_state({}, shown, true));
  for (const auto* hidden : {"BACKUP", "TEMPLATE", "mine"}) CHECK_FALSE(accepts_state({}, hidden, true));
  CHECK(accepts_state(with({"BACKUP", "TEMPLATE"}), "TEMPLATE", true));
  CHECK_FALSE(accepts_state(with({"BACKUP"}), "", true));
  CHECK(accepts_state(with({"EMPTY"}), "", true));
  CHECK(accepts_state(with({"ALL"}), "anything", true));
  CHECK(accepts_state(with({"PRESENT"}), "anything", true));
  CHECK(accepts_state(with({"ENABLED"}), "ACTIVE", true));
  CHECK_FALSE(accepts_state(with({"ENABLED"}), "DISABLED", true));
  CHECK_FALSE(accepts_state(with({"ENABLED"}), "ACTIVE", false));
  CHECK(accepts_state({}, "ACTIVE", false));
  CHECK(accepts_state(with({"mine"}), "mine", true));
}

TEST_CASE("a scope names whose sessions are meant, and nobody named means everybody's") {
  auto session = machine("web01", "vm1", kA);
  session.set(Field::user, "ada").set(Field::group, "staff");
  CHECK(action::in_scope({}, session));
  CHECK(action::in_scope({false, {"ada"}, {}}, session));
  CHECK(action::in_scope({false, {}, {"staff"}}, session));
  CHECK_FALSE(action::in_scope({false, {"bob"}, {}}, session));
  CHECK_FALSE(action::in_scope({false, {}, {"wheel"}}, session));
  CHECK(action::in_scope({true, {"bob"}, {}}, session));
}

TEST_CASE("what kept several hosts from answering names each of them") {
  const auto silent = [](const char* host, const char* why) {
    plugin::Failure failure{
        {Exit::unreachable, "cannot log in", why, "give it your key: ssh-copy-id HOST"}, host, {}};
    failure.no_answer = true;
    return failure;
  };
  const std::vector<plugin::Failure> one{silent("root@h1:22", "no key")};
  CHECK(action::the_one(word("web01"), {}, one).error().fix == "give it your key: ssh-copy-id -p 22 root@h1");
  const std::vector<plugin::Failure> alike{silent("h1", "no key"), silent("h2", "no key")};
  const auto both = action::the_one(word("web01"), {}, alike).error();
  CHECK(both.where == "h1; h2");
  CHECK(both.fix == "give it your key: ssh-copy-id HOST (HOST: h1, h2)");
  const std::vector<plugin::Failure> differ{silent("h1", "no key"), silent("h2", "no route")};
  const auto each = action::the_one(word("web01"), {}, differ).error();
  CHECK(each.where == "h1");
  CHECK(each.why == "cannot log in: no key; h2: cannot log in: no route");
}

TEST_CASE("who could not be asked may have what nobody told of") {
  const auto leaves = [](Exit code, bool no_answer = false, bool absent = false, bool no_plugin = false) {
    plugin::Failure failure{{code, "it failed"}, "h1", {}};
    failure.no_answer = no_answer;
    failure.error.absent = absent;
    failure.error.no_plugin = no_plugin;
    return action::leave_machines_unseen(std::vector{failure});
  };
  CHECK_FALSE(action::leave_machines_unseen({}));
  CHECK(leaves(Exit::unreachable));
  CHECK(leaves(Exit::deadline));
  CHECK(leaves(Exit::usage));  // of its SSH configuration
  CHECK(leaves(Exit::failed, true));
  CHECK(leaves(Exit::failed, false, false, true));
  CHECK_FALSE(leaves(Exit::failed));  // of one machine
  CHECK_FALSE(leaves(Exit::unreachable, false, true));
}

TEST_CASE("a machine that runs and of which two hosts tell may be one with two names of its host") {
  std::vector<Record> machines{machine("web01", "web01", kA), machine("db01", "db01", kB)};
  CHECK_FALSE(action::told_twice(machines));
  machines.push_back(machines.front());
  CHECK_FALSE(action::told_twice(machines));
  machines.back().set(Field::host, "127.0.0.2");
  const auto failure = action::told_twice(machines);
  REQUIRE(failure);
  CHECK(failure->error.code == Exit::refused);
  CHECK(failure->error.summary == "'web01' may be one machine on lab01 and on 127.0.0.2, nothing was done");
  SECTION("but not what it left behind on the host that it was migrated from") {
    machines.back().set(Field::state, "stopped");
    CHECK_FALSE(action::told_twice(machines));
  }
}
