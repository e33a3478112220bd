// What a gateway may say of the hosts behind it.
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin/behind.hpp"

#include "plugin/conversation.hpp"

#include <catch2/catch.hpp>

using namespace ctys;
using plugin::Numbered;

namespace {

constexpr const char* kHello = "{\"ctys\":1,\"t\":\"hello\",\"host\":\"x\",\"version\":\"1\"}\n";

plugin::Conversation talk_with_gateway() {
  plugin::Peer peer{"the host", {}, "gw1"};
  peer.strict_host = true;
  peer.behind = {"lab01", "lab02"};
  plugin::Conversation talk(std::move(peer));
  talk.feed(kHello, {});
  return talk;
}

std::string record(const char* host, const char* label) {
  model::Record record;
  return wire::encode(record.set(Field::host, host).set(Field::label, label));
}
std::string from(std::size_t number) {
  return wire::encode(wire::From{number});
}
std::string done(std::size_t number, bool lost = false) {
  return wire::encode(wire::From{number, true, lost});
}

Numbered complete(plugin::Conversation& talk) {
  Numbered all;
  talk.take_complete(7, all);
  return all;
}

}  // namespace

TEST_CASE("answers of hosts behind a gateway are theirs, in whatever order they come") {
  auto talk = talk_with_gateway();
  talk.feed(from(1) + record("gw9", "db") + done(1, false), {});
  auto first = complete(talk);
  REQUIRE(first.size() == 1);
  CHECK(first[0].first == 1);
  CHECK(first[0].second.records.at(0).get(Field::host) == "lab02");
  talk.feed(from(0) + record("", "web") + wire::encode(Error{Exit::unreachable, "no answer"}) + done(0, true),
            {});
  talk.feed(wire::encode(wire::End{0}), {});
  CHECK(talk.ended());
  CHECK(talk.records() == 2);
  const auto rest = talk.take();
  REQUIRE(rest.records.size() == 1);
  CHECK(rest.records[0].get(Field::host) == "lab01");
  REQUIRE(rest.failures.size() == 1);
  CHECK(rest.failures[0].host == "lab01");
  CHECK(rest.failures[0].no_answer);
  CHECK(complete(talk).empty());
}

TEST_CASE("whoever breaks the rules is not heard any more, and every host has one answer") {
  const auto end = wire::encode(wire::End{0});
  for (const auto& said :
       {from(2), from(99), done(2), record("lab01", "x"), done(0) + from(0), done(0) + done(0), done(0, true),
        from(0) + record("", "x") + done(0) + record("", "y"), std::string("x\n"), end}) {
    INFO(said);
    auto talk = talk_with_gateway();
    talk.feed(said, {});
    CHECK(talk.ended());
    std::size_t told = 0;
    for (const auto& [number, outcome] : complete(talk)) {
      ++told;
      for (const auto& one : outcome.records)
        CHECK(one.get(Field::host) == (number == 0 ? "lab01" : "lab02"));
      for (const auto& failure : outcome.failures) CHECK(failure.host == (number == 0 ? "lab01" : "lab02"));
      if (number == 1) {
        REQUIRE(outcome.failures.size() == 1);
        CHECK(outcome.failures[0].error.summary.starts_with("gateway gw1: "));
        CHECK(outcome.failures[0].no_answer);
      }
    }
    CHECK(told == 2);
  }
}

TEST_CASE("what a gateway says of itself holds for those it did not tell of") {
  auto talk = talk_with_gateway();
  talk.feed(from(0) + record("", "web") + done(0) + wire::encode(Error{Exit::usage, "bad", "why"}) +
                wire::encode(wire::End{2}),
            {});
  const auto all = complete(talk);
  REQUIRE(all.size() == 2);
  CHECK(all[0].second.failures.empty());
  CHECK(all[1].second.failures.at(0).error.summary == "gateway gw1: bad");
  CHECK(all[1].second.failures.at(0).error.code == Exit::usage);
}

TEST_CASE("a remedy is about whom it helps, and says where it is to be tried") {
  const Error refused{Exit::unreachable, "cannot log in", "no key", "ssh-copy-id HOST"};
  auto talk = talk_with_gateway();
  talk.stop(refused);
  for (const auto& failure : talk.take().failures) CHECK(failure.error.fix == "ssh-copy-id gw1");

  const auto fix_of = [](const Error& error, bool lost) {
    auto one = talk_with_gateway();
    one.feed(from(0) + wire::encode(error) + done(0, lost), {});
    return complete(one).at(0).second.failures.at(0).error.fix;
  };
  CHECK(fix_of(refused, true) == "on gw1: ssh-copy-id HOST");
  CHECK(fix_of({Exit::unreachable, "a", "b", "on gw2: ssh-copy-id HOST"}, true) ==
        "on gw2: ssh-copy-id HOST");
  CHECK(fix_of({Exit::deadline, "a", "b", "see: ssh HOST"}, true) == "on gw1: see: ssh HOST");
  CHECK(fix_of({Exit::deadline, "a", "b", "give it more time"}, true) == "give it more time");
  CHECK(fix_of({Exit::unreachable, "a", "b", "run the command again"}, true) == "run the command again");
  CHECK(fix_of({Exit::unreachable, "a", "b", ""}, true).empty());
  // What the host itself says is to be tried there.
  CHECK(fix_of({Exit::unreachable, "no libvirt", "b", "start it"}, false) == "start it");
}

TEST_CASE("who is interrupted is told so, without a gateway to blame") {
  auto talk = talk_with_gateway();
  talk.feed(from(0) + record("", "web"), {});
  talk.stop(plugin::interrupted());
  const auto all = talk.take();
  CHECK(all.records.size() == 1);
  REQUIRE(all.failures.size() == 2);
  for (const auto& failure : all.failures) CHECK(plugin::is_interrupted(failure));
}

TEST_CASE("a conversation with one host is complete when it has ended, once") {
  plugin::Conversation talk(plugin::Peer{"the host", {}, "lab01"});
  talk.feed(kHello, {});
  CHECK(complete(talk).empty());
  talk.feed(from(0), {});  // says nothing to those who asked nobody else
  talk.feed(wire::encode(wire::End{0}), {});
  const auto all = complete(talk);
  REQUIRE(all.size() == 1);
  CHECK(all[0].first == 7);
  CHECK(complete(talk).empty());
}
